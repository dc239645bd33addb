"""Names as long as disks take them, and longer ones."""

import os
from pathlib import Path

import pytest

from tests.support.photos import saved, scene
from tests.support.sites import SETTINGS, article, codes, make, problems_of

PICTURE = saved(scene(), "PNG")
DRAWING = '<svg xmlns="http://www.w3.org/2000/svg" width="1" height="1"/>'


def longest(letter: str, ending: str = "") -> str:
    """A name of 255 bytes, or as near as that comes."""
    return letter * ((255 - len(ending)) // len(letter.encode())) + ending


@pytest.mark.parametrize("letter", ["a", "ơ", "漢", "𠮷"])
def test_names_as_long_as_disks_take_them(tmp_path: Path, letter: str) -> None:
    key, section = longest(letter), longest(letter)
    picture, drawing, plan = (longest(letter, ending) for ending in (".png", ".svg", ".pdf"))
    text = f"![A]({picture})\n\n![B]({drawing})\n\n[c]({plan})"
    folder = f"content/{section}/{key}"
    made = make(
        tmp_path,
        {
            "site.yaml": SETTINGS.replace("share_cards: false\n", "redirect_files: [netlify, apache, nginx]\n"),
            "content/tags.yaml": f"x: {{name: X, slug: {{vi: {longest(letter)}}}}}",
            f"{folder}/index.vi.md": article(
                "A",
                text,
                tags="x",
                attachments=[{"src": plan}],
                image={"src": picture, "alt": "A"},
                aliases=longest("b"),
            ),
            f"content/{section}/{longest(letter, '.vi.md')}": article("B", slug=longest("s")),
            f"{folder}/{picture}": PICTURE,
            f"{folder}/{drawing}": DRAWING,
            f"{folder}/{plan}": "%PDF",
            f"assets/{longest(letter, '.css')}": "a { color: red }",
            f"assets/{longest(letter, '.png')}": PICTURE,
            f"assets/a.{longest(letter)[2:]}": "x",
        },
    )
    assert codes(made.build.problems) == []
    assert max(len(os.fsencode(part)) for path in made.files for part in path.split("/")) <= 255
    assert f"vi/{section}/{key}/index.html" in made.files
    assert f"files/{section}/{key}/{plan}" in made.files
    assert [path[-4:] for path in made.files if path.startswith("pictures/")]
    assert [path for path in made.files if path.startswith(f"cards/vi/{section}/{letter}")]


def nested(levels: int) -> str:
    return "/".join(["s" * 100] * levels)


DEEP = f"content/{nested(30)}"
TOO_LONG = {
    "a slug": ({"content/news/a.vi.md": article("A", slug="s" * 256)}, ["invalid-slug"]),
    "the slug of a tag": ({"content/tags.yaml": f"x: {{name: X, slug: {'ơ' * 128}}}"}, ["invalid-slug"]),
    "the id of a tag": ({"content/tags.yaml": f"{'x' * 256}: {{name: X}}"}, ["text-too-long"]),
    "the id of a tag, in bytes": ({"content/tags.yaml": f"{'漢' * 100}: {{name: X}}"}, ["invalid-slug"]),
    "an alias": ({"content/news/a.vi.md": article("A", aliases=f"/old/{'s' * 256}/")}, ["invalid-path"]),
    "a file as alias": ({"content/news/a.vi.md": article("A", aliases=f"/{'s' * 251}.html")}, ["invalid-path"]),
    "a long alias": ({"content/news/a.vi.md": article("A", aliases=f"/{nested(31)}/")}, ["text-too-long"]),
    "a translation_key": ({"content/news/a.vi.md": article("A", translation_key="k" * 256)}, ["invalid-path"]),
    "a deep folder": ({f"{DEEP}/a.vi.md": article("A", "[x](a.pdf)"), f"{DEEP}/a.pdf": ""}, ["lies-too-deep"]),
}


@pytest.mark.parametrize("name", TOO_LONG)
def test_what_is_too_long(tmp_path: Path, name: str) -> None:
    files, wanted = TOO_LONG[name]
    found = [each for each in problems_of(tmp_path, files) if each.severity == "error"]
    assert sorted({*codes(tuple(found))}) == wanted
    assert all(each.place.path.startswith("content/") for each in found)


def test_a_deep_folder_that_is_not_too_long(tmp_path: Path) -> None:
    made = make(tmp_path, {f"content/{nested(25)}/a.vi.md": article("A")})
    assert f"vi/{nested(25)}/a/index.html" in made.files
