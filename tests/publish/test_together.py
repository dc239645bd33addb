"""Others are there at the same time: a second publisher, readers."""

import re
import subprocess
import urllib.request
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from urllib.parse import urljoin

import pytest

from tests.publish.test_cuts import files_of, long_and_short
from tests.support.browser import serve
from tests.support.publisher import Publisher
from tests.support.sites import SETTINGS, TAGS, article, write_site
from tests.support.sshd import Sshd, sshd

pytestmark = pytest.mark.posix

PLAIN = Path(__file__).parents[1] / "support" / "plain"


def write_release(root: Path, name: str) -> None:
    """Every page and its style sheet say which one it is."""
    style = (PLAIN / "assets" / "css" / "theme.css").read_text("utf-8")
    settings = root / "site.yaml"
    text = settings.read_text("utf-8")
    settings.write_text(re.sub(r"title: \{vi: [^,]*", f"title: {{vi: Bản {name}", text), "utf-8")
    files = {
        "assets/css/theme.css": f"{style}\n.release-{name} {{ order: 1; }}\n",
        "content/news/same/index.vi.md": article("Như cũ", f"Bản {name}."),
        "content/news/also/index.vi.md": article("Cũng thế", f"Bản {name}. [Tải](a.csv)"),
        "content/news/also/a.csv": f"{name}\n",
    }
    write_site(root, files, {})


@contextmanager
def target(kind: str, place: Path) -> Iterator[tuple[str, Path, Sshd | None]]:
    """A setting, and where that leads."""
    live = place / "www" / "site"
    live.mkdir(parents=True)
    if kind == "git":
        subprocess.run(["git", "init", "--quiet", "--bare", str(live)], check=True)
        yield f'to: "git:{live}#pages"', live, None
    elif kind == "folder":
        yield f'to: "folder:{live}"', live, None
    else:
        with sshd(place / "run", place) as server:
            to = f"sftp://{server.user}@127.0.0.1:{server.port}/{live}"
            yield f'to: "{to}", host_key: "{server.fingerprint}"', live, server


def site(place: Path, name: str, to: str, address: str, server: Sshd | None) -> Publisher:
    settings = SETTINGS.replace("https://example.org/", address) + f"publish: {{live: {{{to}}}}}\n"
    root = write_site(place / name, {}, {"site.yaml": settings, "content/tags.yaml": TAGS})
    write_release(root, f"{name}0")
    return Publisher(root, {"HOME": str(place)} | ({"SITEGEN_LIVE_KEY_FILE": str(server.key)} if server else {}))


def has(live: dict[str, bytes], publisher: Publisher) -> bool:
    """Whether all that was built there is live."""
    output = publisher.root / "output"
    built = {path.relative_to(output).as_posix(): path for path in output.rglob("*") if path.is_file()}
    return all(live.get(name) == path.read_bytes() for name, path in built.items() if not name.startswith(".sitegen"))


@long_and_short("folder", "sftp", "git")
def test_two_publishers_at_once(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """From two machines: in the end one of the two releases is there, whole, and nobody was told a lie."""
    rounds = 50 if request.node.get_closest_marker("full") else 3
    ends = []
    with target(kind, tmp_path) as (to, live, server):
        both = [site(tmp_path, name, to, "http://127.0.0.1:9/", server) for name in "ab"]
        assert both[0].publish().status == 0
        for number in range(1, rounds + 1):
            for name, publisher in zip("ab", both, strict=True):
                write_release(publisher.root, f"{name}{number}")
            done = [wait() for wait in [publisher.start() for publisher in both]]
            assert [one.said for one in done if "Traceback" in one.said] == []
            ends.append(tuple(one.status for one in done))
            assert 0 in ends[-1], [one.said for one in done]
            assert set(ends[-1]) <= {0, 1}, [one.said for one in done]
            files = files_of(live)
            there = [has(files, publisher) for publisher in both]
            assert sum(there) == 1, (number, there, done)
            assert all(status == 0 for status, is_there in zip(ends[-1], there, strict=True) if is_there)
    print(f"{kind}: {rounds} rounds of two; in {ends.count((0, 0))} of them both were published")


@long_and_short("folder", "sftp")
def test_readers_meanwhile(kind: str, tmp_path: Path, request: pytest.FixtureRequest) -> None:
    """No page is missing, and none is shown with the style sheet of another release, during so many publishes."""
    publishes = 20 if request.node.get_closest_marker("full") else 3
    seen, wrong, is_over = [0], list[str](), Event()
    with target(kind, tmp_path) as (to, live, server), serve(live.parent) as address:
        publisher = site(tmp_path, "a", to, f"{address}/", server)
        assert publisher.publish().status == 0
        pages = ["vi/", "vi/news/", "vi/news/same/", "vi/news/also/"]

        def read() -> None:
            while not is_over.is_set():
                for page in pages:
                    try:
                        with urllib.request.urlopen(f"{address}/site/{page}") as answer:
                            text = answer.read().decode()
                        release = re.search(r"<title>[^<]*Bản (\w+)", text)
                        style = re.search(r'href="([^"]*theme\.[^"]*\.css)"', text)
                        assert release is not None
                        assert style is not None
                        with urllib.request.urlopen(urljoin(f"{address}/site/{page}", style[1])) as answer:
                            if not re.search(rf"\.release-{release[1]}\b", answer.read().decode()):
                                wrong.append(f"{page} of release {release[1]} with another style sheet")
                    except OSError as error:
                        wrong.append(f"{page}: {error}")
                    seen[0] += 1

        readers = [Thread(target=read) for _ in range(2)]
        for reader in readers:
            reader.start()
        try:
            for number in range(1, publishes + 1):
                write_release(publisher.root, f"a{number}")
                done = publisher.publish()
                assert done.status == 0, done.said
        finally:
            is_over.set()
            for reader in readers:
                reader.join()
    print(f"{kind}: {seen[0]} pages read during {publishes} publishes")
    assert wrong == []
    assert seen[0] > 10 * publishes
