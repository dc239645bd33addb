"""Files made from others: made once, kept by what they were made from, never under a wrong name."""

from io import BytesIO
from pathlib import Path

from PIL import Image

from sitegen.build.output import Output
from sitegen.build.picture_files import make_missing
from sitegen.build.run import Workers
from sitegen.cache.store import Store
from sitegen.files import digest
from sitegen.images.variants import Variant
from sitegen.site.media import Derived
from sitegen.sources import Source
from tests.support.sites import codes

Made = tuple[dict[str, bytes], list[str]]


def picture(colour: str = "green") -> bytes:
    out = BytesIO()
    Image.new("RGB", (64, 48), colour).save(out, "PNG")
    return out.getvalue()


def bring_up_to_date(root: Path, jobs: int = 1, promised: bytes | None = None) -> Made:
    """Make two variants of each picture in `root`, as a build does; also what was wrong."""
    (root / "store").mkdir(exist_ok=True)
    sources, derived = {}, []
    for path in sorted(root.glob("*.png")):
        sources[path.name] = Source(path.name, "file", str(path), 0, 0, 0)
        source = digest(promised or path.read_bytes())
        for form in ("avif", "webp"):
            recipe = Variant(32, 24, form, 64, 80)
            key = digest(f"{source} {form}".encode())
            derived.append(Derived(f"{path.stem}.{key[:10]}.{form}", key, recipe, ((path.name, source),)))
    output = Output(root / "output", {})
    store = Store(root / "store")
    try:
        staged, problems = make_missing(derived, sources, output, store, Workers(jobs), lambda done, total: None)
        kept = set() if problems else {file.path for file in derived} - staged.keys()
        output.finish(staged, kept)
        store.keep_only({file.key for file in derived})
    finally:
        output.abandon()
    return {path: (root / "output" / path).read_bytes() for path in staged}, codes(problems)


def test_made_once_whatever_becomes_of_the_output(tmp_path: Path) -> None:
    """What is in the store is taken, whatever it is: nothing is made again."""
    (tmp_path / "a.png").write_bytes(picture())
    made, _ = bring_up_to_date(tmp_path)
    assert [path.rpartition(".")[2] for path in made] == ["avif", "webp"]
    assert bring_up_to_date(tmp_path) == ({}, [])
    for path in made:
        (tmp_path / "output" / path).unlink()
    assert bring_up_to_date(tmp_path) == (made, [])
    for kept in (tmp_path / "store").iterdir():
        Store(kept.parent).put(kept.name, b"kept")
    for path in made:
        (tmp_path / "output" / path).unlink()
    assert bring_up_to_date(tmp_path) == (dict.fromkeys(made, b"kept"), [])
    (tmp_path / "a.png").unlink()
    bring_up_to_date(tmp_path)
    assert list((tmp_path / "store").iterdir()) == []


def test_a_damaged_store_costs_time_only(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(picture())
    made, _ = bring_up_to_date(tmp_path)
    for kept in (tmp_path / "store").iterdir():
        kept.write_bytes(kept.read_bytes()[:-1])
    for path in made:
        (tmp_path / "output" / path).unlink()
    assert bring_up_to_date(tmp_path) == (made, [])


def test_any_number_of_processes_gives_the_same_bytes(tmp_path: Path) -> None:
    made = []
    for jobs in (1, 2):
        root = tmp_path / str(jobs)
        root.mkdir()
        for colour in ("green", "red", "blue"):
            (root / f"{colour}.png").write_bytes(picture(colour))
        made.append(bring_up_to_date(root, jobs))
    assert made[0] == made[1]
    assert len(made[0][0]) == 6


def test_a_source_that_changed_meanwhile_is_not_taken_for_what_it_was(tmp_path: Path) -> None:
    (tmp_path / "a.png").write_bytes(picture("red"))
    assert bring_up_to_date(tmp_path, promised=picture("green")) == ({}, ["changed-meanwhile"])
