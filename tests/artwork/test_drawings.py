"""Pictures drawn for articles that have none."""

import math
import re
from itertools import product
from math import inf, nextafter
from pathlib import Path
from typing import get_args

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree, html

from sitegen.artwork import pattern_tools, patterns
from sitegen.artwork.drawings import _COLORS, VARIANTS, VERSION, Drawing, Manner, draw, drawing, inks_of
from sitegen.artwork.pattern_tools import WHOLE
from sitegen.config.theme import LIGHT, Colors, PatternName, ThemeColors, ThemeSettings, contrast, mix
from sitegen.files import digest
from tests.support.sites import SETTINGS, TAGS, Made, article, make

PATTERNS = get_args(PatternName)
ALL = {
    one: draw(one)
    for pattern in PATTERNS
    for parts in product(_COLORS[pattern], get_args(Manner), range(VARIANTS))
    for one in (Drawing(pattern, *parts),)
}
SVG = "{http://www.w3.org/2000/svg}"
COLOUR = re.compile(r'(fill|stroke)="(#[0-9a-f]{6})"')


def test_each_is_a_small_picture_without_anything_that_runs() -> None:
    for one, text in ALL.items():
        assert len(text) <= 6_000, one
        root = etree.fromstring(text)
        assert (root.tag, root.get("width"), root.get("height")) == (f"{SVG}svg", "640", "480")
        assert {element.tag.removeprefix(SVG) for element in root.iter()} <= {
            "svg", "style", "path", "g", "defs", "use", "circle", "ellipse", "pattern",
        }  # fmt: skip
        ids = {element.get("id") for element in root.iter() if element.get("id")}
        used = set(re.findall(r'(?:href="|url\()#(\w+)', text))
        assert used == ids or one.pattern == "terraces", one  # the last rows of whose plants lie below the picture


def test_every_colour_has_one_for_the_dark() -> None:
    for one, text in ALL.items():
        style, body = text.split("</style>")
        for attribute, colour in set(COLOUR.findall(body)):
            assert f"[{attribute}='{colour}']{{{attribute}:#" in style, one


def test_the_pattern_comes_from_the_first_tag_and_the_rest_from_the_key() -> None:
    one, other = drawing(("jcm", "water"), "news/one", "soft"), drawing(("jcm",), "news/other", "soft")
    assert one.pattern == other.pattern
    assert (one.colour, one.variant) != (other.colour, other.variant)
    assert drawing(("jcm",), "news/one", "deep").variant == one.variant
    assert drawing(("jcm",), "news/one", "soft", "waves").pattern == "waves"
    assert drawing((), "news/one", "soft") == drawing((), "news/one", "soft")


@pytest.mark.parametrize("tagged", [True, False])
def test_tags_of_any_site_lead_to_all_patterns(tagged: bool) -> None:
    names = [f"topic-{number}" for number in range(200)]
    drawn = [drawing((name,) if tagged else (), "news/a" if tagged else name, "soft") for name in names]
    assert {one.pattern for one in drawn} == set(PATTERNS)


def test_variants_differ() -> None:
    for pattern in PATTERNS:
        assert (
            len({draw(Drawing(pattern, _COLORS[pattern][0], "soft", number)) for number in range(VARIANTS)}) == VARIANTS
        )


def test_names_promise_the_same_bytes() -> None:
    """Hosts cache drawings for ever under names that hold VERSION: if this fails, raise it, then write the new pair."""
    assert (VERSION, digest("".join(ALL.values()).encode())) == (1, "a16e67946b6c8dee541fc5986a065db0")


def shown(made: Made, page: str) -> list[tuple[str, str]]:
    """Drawings on a page, with what they say."""
    images = html.fromstring(made.text(page)).xpath("//main//img")
    return [(image.get("src"), image.get("alt")) for image in images if "/drawn/" in image.get("src")]


@settings(deadline=None)
@given(*4 * [st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")])
def test_a_sites_own_colours_are_drawn_with_and_seen(green: str, indigo: str, vermilion: str, paper: str) -> None:
    own = Colors(green=green, indigo=indigo, vermilion=vermilion, paper=paper)
    for inks in inks_of(ThemeSettings(ThemeColors(light=own, dark=own))).values():
        for ground, ink in inks:
            assert contrast(ink, ground) >= 4.5
    assert inks_of(ThemeSettings(ThemeColors(light=Colors(indigo=LIGHT["indigo"])))) == {}


def test_drawings_follow_the_colours_of_a_site(tmp_path: Path) -> None:
    """What is not made of the chosen colour stays as it is, with its name."""
    tags = TAGS.replace("jcm:\n", "jcm:\n  drawing: leaf\n").replace("change:\n", "change:\n  drawing: waves\n")
    chosen = "theme: {colors: {light: {green: 7a1f2b}, dark: {green: f0a9b0}}}\n"
    files = {
        "content/tags.yaml": tags,
        "content/news/a.vi.md": article("A", tags=["jcm"]),
        "content/news/b.vi.md": article("B", tags=["climate"], date="03/10/2024"),
    }
    plain, own = make(tmp_path, files), make(tmp_path, {"site.yaml": SETTINGS + chosen}, base={})
    drawn = [{path: data for path, data in made.files.items() if path.startswith("drawn/")} for made in (plain, own)]
    assert {path for path in drawn[0] if "leaf" in path}.isdisjoint(drawn[1])
    assert {path: data for path, data in drawn[0].items() if "waves" in path}.items() <= drawn[1].items()
    soft = next(data.decode() for path, data in drawn[1].items() if "leaf" in path and "soft" in path)
    deep = next(data.decode() for path, data in drawn[1].items() if "leaf" in path and "deep" in path)
    assert f'<path d="{WHOLE}" fill="{mix("#fbfaf6", "#7a1f2b", 0.1)}"/>' in soft
    assert f"{{fill:{mix('#131816', '#f0a9b0', 0.1)}}}" in soft
    assert f'<path d="{WHOLE}" fill="#7a1f2b"/>' in deep


def test_articles_without_a_picture_show_a_drawing_that_says_nothing(tmp_path: Path) -> None:
    tags = TAGS.replace("jcm:\n", "jcm:\n  drawing: waves\n")
    made = make(
        tmp_path,
        {
            "content/tags.yaml": tags,
            "content/news/a.vi.md": article("A", date="05/10/2024", tags=["climate"]),
            "content/news/b/index.vi.md": article("B", image={"src": "b.svg", "alt": "B"}),
            "content/news/b/b.svg": '<svg xmlns="http://www.w3.org/2000/svg" width="4" height="3"/>',
            "content/news/c.vi.md": article("C", tags=["jcm"]),
            "content/about.vi.md": article("Trang", date=""),
        },
    )
    (lead, silent), (waves, _) = shown(made, "vi/index.html")
    assert re.fullmatch(r"/site/drawn/[a-z]+-[a-z]+-\d+-deep\.[0-9a-f]{10}\.svg", lead)
    assert re.fullmatch(r"/site/drawn/waves-indigo-\d+-soft\.[0-9a-f]{10}\.svg", waves)
    assert silent == ""
    assert shown(made, "vi/news/a/index.html") == [(lead, "")]
    assert [address.replace("deep", "soft")[:30] for address, _ in shown(made, "vi/news/c/index.html")] == [waves[:30]]
    assert shown(made, "vi/news/b/index.html") == shown(made, "vi/about/index.html") == []
    pages = "".join(text.decode() for path, text in made.files.items() if path.endswith(".html"))
    drawn = {path for path in made.files if path.startswith("drawn/")}
    assert drawn == {path.removeprefix("/site/") for path in re.findall(r'src="(/site/drawn/[^"]+)', pages)}
    assert made.files[lead.removeprefix("/site/")] in {text.encode() for text in ALL.values()}


@pytest.mark.parametrize("towards", [inf, -inf])
def test_the_last_bit_of_a_sine_does_not_show(towards: float, monkeypatch: pytest.MonkeyPatch) -> None:
    """Libraries for C differ in it from system to system."""
    for module, name in product((patterns, pattern_tools), ("sin", "cos", "hypot", "sqrt")):
        nearly = lambda *given, exact=getattr(math, name): nextafter(exact(*given), towards)  # noqa: E731
        monkeypatch.setattr(module, name, nearly, raising=False)
    assert {one: draw(one) for one in ALL} == ALL
