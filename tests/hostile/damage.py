"""What builds remember and publish, damaged by chance between two builds."""

import os
import shutil
from contextlib import suppress
from pathlib import Path

from sitegen.build.run import Build
from sitegen.problems import errors
from tests.support.sites import BASE, Content, article, output_files

from .mutations import Files, Vandal, put
from .properties import Broken, attempt, check_places

SECRET = b"a secret outside the site"
SITE: Files = {
    **BASE,
    "content/news/a/index.vi.md": article("A", "[plan](plan.pdf) ![p](p.svg)", tags="jcm", aliases=["/old/"]),
    "content/news/a/plan.pdf": b"%PDF-1.4 plan",
    "content/news/a/p.svg": "<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 4 3'/>",
    "content/news/b.ja.md": article("B", "## Heading\n\nText."),
    "content/about.vi.md": article("About", date=""),
}


def check_damage(folder: Path, vandal: Vandal) -> str:
    """Whatever lies in the memory and in the output, a build makes what a clean one makes, or is refused; it changes
    nothing beside the site."""
    root, beside = folder / "site", folder / "beside"
    beside.mkdir()
    (beside / "file").write_bytes(SECRET)
    put(root, SITE)
    attempt(root, keep_going=True)
    edited: dict[str, Content] = dict(SITE)
    done: list[str] = []
    for _ in range(vandal.chance.choice((1, 1, 2, 3))):
        done += [damage(root, beside, vandal) for _ in range(vandal.chance.choice((1, 1, 2, 5)))]
        if vandal.chance.random() < 0.6:
            edited = {**edited, "content/news/b.ja.md": article(f"Edited {len(done)}", "Text.")}
            put(root, edited, SITE)
        said = attempt(root, keep_going=True, clean=vandal.chance.random() < 0.2)
        if (beside / "file").read_bytes() != SECRET or len([*beside.iterdir()]) > 1:
            raise Broken(f"something beside the site is changed: {done}")
        check_places(root, said.problems if isinstance(said, Build) else said)
    if not isinstance(said, Build):
        return repr(done)
    if errors(said.problems):
        raise Broken(f"errors of a site that has none: {done}")
    put(folder / "clean", edited)
    attempt(folder / "clean", keep_going=True)
    expected = output_files(folder / "clean" / "output")
    made = {path: data for path, data in output_files(root / "output").items() if path in expected}
    if made != expected:
        raise Broken(f"not what a clean build makes: {done}")
    return repr(done)


def damage(root: Path, beside: Path, vandal: Vandal) -> str:
    """Do something to one file or folder of the memory or the output; what was done."""
    chance = vandal.chance
    base = root / chance.choice((".sitegen", ".sitegen", "output"))
    found = sorted(base.rglob("*")) if base.is_dir() and not base.is_symlink() else []
    named = [path for path in found if "manifest" in path.name or path.suffix == ".sqlite" or path.name == "made"]
    place = chance.choice([*found, *named * (1 + len(found) // 4), base])
    what = chance.choice(
        (
            "bytes",
            "bytes",
            "text",
            "cut",
            "empty",
            "remove",
            "folder",
            "link",
            "other",
            "pipe",
            "new",
            "away",
            "move",
            "chmod",
        )
    )
    with suppress(OSError):
        _damage(place, what, beside, vandal, found)
    return f"{what} {place.relative_to(root)}"


def _damage(place: Path, what: str, beside: Path, vandal: Vandal, found: list[Path]) -> None:
    chance = vandal.chance
    is_file = place.is_file() and not place.is_symlink()
    match what:
        case "bytes" if is_file:
            place.write_bytes(
                vandal.data(place.read_bytes(), "bytes")
            ) if place.stat().st_size < 60_000 else _overwrite(place, vandal)
        case "text" if is_file and place.stat().st_size < 60_000:
            place.write_bytes(vandal.data(place.read_bytes(), "registries"))
        case "cut" if is_file:
            os.truncate(place, chance.randint(0, place.stat().st_size))
        case "empty" if is_file:
            os.truncate(place, 0)
        case "folder":
            _take_away(place)
            (place / chance.choice(("x", "made", "index.html"))).mkdir(parents=True)
        case "link":
            _take_away(place)
            place.symlink_to(
                chance.choice((beside / "file", beside, Path("gone"), Path(), Path(place.name), place.parent))
            )
        case "other" if found:
            other = chance.choice(found)
            if other.is_file() and not other.is_symlink():
                data = other.read_bytes()
                _take_away(place)
                place.write_bytes(data)
        case "pipe":
            _take_away(place)
            os.mkfifo(place)
        case "new":
            folder = place if place.is_dir() and not place.is_symlink() else place.parent
            (folder / vandal.name()).write_bytes(vandal.text("registries").encode("utf-8", "surrogatepass"))
        case "away" | "remove":
            _take_away(place)
        case "move" if found:
            place.rename(chance.choice(found).parent / vandal.name())
        case "chmod":
            place.chmod(chance.choice((0o000, 0o444, 0o777, 0o4755)))


def _overwrite(place: Path, vandal: Vandal) -> None:
    with place.open("r+b") as file:
        for _ in range(vandal.chance.choice((1, 8, 64))):
            file.seek(vandal.chance.randint(0, place.stat().st_size))
            file.write(vandal.data(b"\0\0\0\0", "bytes")[:64])


def _take_away(place: Path) -> None:
    if place.is_dir() and not place.is_symlink():
        shutil.rmtree(place)
    else:
        place.unlink(missing_ok=True)
