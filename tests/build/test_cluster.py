"""A real Dask scheduler with two workers on loopback, asked by `sitegen build --cluster`."""

import os
import shutil
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from pathlib import Path

import msgspec
import pytest

from sitegen.build.parallel import Batches, NoCluster, Work, carry_out
from sitegen.build.run import Workers
from tests.support.sites import article, output_files, run, write_site

SITE = {f"content/news/a{n}/index.vi.md": article(f"Tin {n}", "Nước sạch. " * 20) for n in range(90)}
WAIT = 60.0


class Cluster:
    """`folder`: where its programs write what they say."""

    def __init__(self, folder: Path, stack: ExitStack) -> None:
        self.folder, self._stack = folder, stack
        note = folder / "scheduler.json"
        self._start("scheduler", "--scheduler-file", note, "--port", "0")
        self.wait(lambda: note.is_file() and note.read_text("utf-8").rstrip().endswith("}"))
        self.address = str(msgspec.json.decode(note.read_bytes())["address"])

    def add_worker(self, name: str) -> None:
        self._start("worker", self.address, "--name", name, "--nthreads", "2", "--local-directory", self.folder)
        self.wait(lambda: "Registered to" in (self.folder / "worker.log").read_text("utf-8").split(f"name {name}")[-1])

    def wait(self, is_so: Callable[[], bool]) -> None:
        until = time.monotonic() + WAIT
        while not is_so():
            assert time.monotonic() < until, [path.read_text("utf-8") for path in self.folder.glob("*.log")]
            time.sleep(0.05)

    def _start(self, *arguments: str | Path) -> None:
        command = [sys.executable, "-m", "dask", *arguments, "--host", "127.0.0.1", "--no-dashboard"]
        with (self.folder / f"{arguments[0]}.log").open("ab") as log:
            process = self._stack.enter_context(subprocess.Popen(command, stdout=log, stderr=log, cwd=self.folder))
        self._stack.callback(process.terminate)


@pytest.fixture
def cluster(tmp_path: Path) -> Iterator[Cluster]:
    folder = tmp_path / "cluster"
    folder.mkdir()
    with ExitStack() as stack:
        yield Cluster(folder, stack)


def test_a_cluster_makes_the_same_bytes(tmp_path: Path, cluster: Cluster) -> None:
    alone, shared = tmp_path / "alone", tmp_path / "shared"
    write_site(alone, SITE)
    shutil.copytree(alone, shared)
    cluster.add_worker("one")
    cluster.add_worker("two")
    assert run("build", "--root", alone).status == 0
    made = run("build", "--root", shared, "--cluster", cluster.address)
    assert made.status == 0, made
    assert output_files(shared / "output") == output_files(alone / "output")


def test_a_cluster_that_does_not_answer_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.build.parallel.CLUSTER_PATIENCE", 0.3)
    write_site(tmp_path, SITE)
    made = run("build", "--root", tmp_path, "--cluster", "tcp://127.0.0.1:9")
    assert made.status == 1
    assert "no-cluster" in made.err
    assert not (tmp_path / "output").exists()


def test_a_cluster_without_workers_is_named(tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.build.parallel.CLUSTER_PATIENCE", 1.0)
    write_site(tmp_path / "site", SITE)
    made = run("build", "--root", tmp_path / "site", "--cluster", cluster.address)
    assert made.status == 1
    assert "no-cluster" in made.err


def test_workers_with_other_versions_are_refused(
    tmp_path: Path, cluster: Cluster, monkeypatch: pytest.MonkeyPatch
) -> None:
    cluster.add_worker("one")
    monkeypatch.setattr("sitegen.build.parallel.versions", lambda: str(os.getpid()))
    write_site(tmp_path / "site", SITE)
    made = run("build", "--root", tmp_path / "site", "--cluster", cluster.address)
    assert made.status == 1
    assert "other-version" in made.err


def test_work_that_ends_every_worker_is_named(cluster: Cluster) -> None:
    cluster.add_worker("one")
    workers = Workers(cluster=cluster.address)
    with pytest.raises(NoCluster) as raised:
        list(
            carry_out(
                Work(lambda _, item: os._exit(item), str, lambda _, item, found: item),
                None,
                [*range(Batches().size + 1)],
                workers,
                lambda done, total: None,
            )
        )
    assert raised.value.problem.code == "no-cluster"


def test_without_dask_the_extra_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setitem(sys.modules, "distributed", None)
    write_site(tmp_path, SITE)
    made = run("build", "--root", tmp_path, "--cluster", "tcp://127.0.0.1:9")
    assert made.status == 1
    assert "sitegen[cluster]" in made.err
