"""Share cards: every page has a picture of its title where its address is shared."""

import json
import shutil
from contextlib import closing
from io import BytesIO
from pathlib import Path
from typing import Any
from unittest.mock import Mock

import pytest
from lxml import html
from PIL import Image

from sitegen import versions
from sitegen.artwork import card_painter, fonts, shaping
from sitegen.artwork.card_painter import paint
from sitegen.artwork.drawings import drawing
from sitegen.artwork.fonts import Lettering, installed, packaged
from sitegen.artwork.share_cards import Colours, ShareCard
from sitegen.build.run import Reason, Workers
from sitegen.cache.session import BuildSession
from sitegen.system.disk import open_without_links
from tests.support.sites import SETTINGS, Made, article, codes, rebuild, run, write_site

WITH_CARDS = SETTINGS.replace("share_cards: false\n", "")
MARK = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 9 9"><circle cx="4" cy="4" r="4" fill="#b3402a"/></svg>'


def build(root: Path, files: dict[str, Any], **options: Any) -> Made:
    write_site(root, {"site.yaml": WITH_CARDS, **files})
    return rebuild(root, workers=Workers(1), **options)


def opened(made: Made, page: str) -> Image.Image:
    return Image.open(BytesIO(made.files[card_of(made, page)])).convert("RGB")


def card_of(made: Made, page: str) -> str:
    (address,) = html.fromstring(made.text(page)).xpath("//meta[@property='og:image']/@content")
    return str(address).removeprefix("https://example.org/site/")


def painted(title: str, locale: str = "vi", **more: Any) -> Image.Image:
    """A card as it comes out, in the fonts that come with the packages."""
    chosen = shaping.choose(title + "Thử 0123456789 tháng", locale, ())
    card = ShareCard(title, "Thử", "2024-10-04", locale, drawing((), "a", "deep"), MARK, chosen)
    (data,) = paint([card])
    assert len(data) < 150_000
    return Image.open(BytesIO(data)).convert("RGB")


def ink(picture: Image.Image, box: tuple[int, int, int, int]) -> int:
    """How many pixels of a part are quite dark."""
    return sum(shade < 60 for shade in picture.crop(box).convert("L").tobytes())


TITLE = (60, 150, 800, 530)


def test_every_page_has_one_and_says_so(tmp_path: Path) -> None:
    made = build(
        tmp_path,
        {
            "content/news/a/index.vi.md": article("Sông & biển", image={"src": "a.svg", "alt": "Sóng"}),
            "content/news/a/index.ja.md": article("川と海"),
            "content/news/a/a.svg": MARK,
            "content/about.vi.md": article("Giới thiệu", date=""),
        },
    )
    assert made.build.problems == ()
    own = {}
    for page in ("vi/", "ja/", "vi/news/", "vi/news/a/", "ja/news/a/", "vi/about/"):
        own[page] = card_of(made, f"{page}index.html")
        picture = Image.open(BytesIO(made.files[own[page]]))
        assert (picture.format, picture.size) == ("PNG", (1200, 630))
    assert len(set(own.values())) == len(own)
    for page in ("vi/tags/index.html", "vi/search/index.html", "vi/404.html"):
        assert card_of(made, page) == own["vi/"]
    assert card_of(made, "en/news/index.html") != own["vi/news/"]
    head = html.fromstring(made.text("vi/news/a/index.html"))
    values = {meta.get("property") or meta.get("name"): meta.get("content") for meta in head.xpath("//meta")}
    assert values["og:image:width"], values["og:image:height"] == ("1200", "630")
    assert values["og:image:alt"] == "Sông & biển"
    assert values["twitter:card"] == "summary_large_image"
    (news,) = head.xpath("//script[@type='application/ld+json']/text()")
    assert [image.rpartition("/")[2] for image in json.loads(news)["image"]] == [
        "a.svg",
        own["vi/news/a/"].rpartition("/")[2],
    ]


def test_the_same_fonts_give_the_same_bytes_and_nothing_is_drawn_twice(tmp_path: Path) -> None:
    files = {"content/news/a.vi.md": article("Một")}
    made, again = (build(tmp_path / name, files) for name in ("one", "two"))
    assert made.files == again.files
    after = build(tmp_path / "one", {"content/news/a.vi.md": article("Một", body="Khác.")})
    assert card_of(after, "vi/news/a/index.html") == card_of(made, "vi/news/a/index.html")
    assert (made.build.memos["fonts"], after.build.memos["fonts"], after.build.made) == ("none kept", "", 0)


@pytest.mark.parametrize("lasting", [False, True])
@pytest.mark.parametrize(
    ("second", "third", "fonts"),
    [
        ("Một hai hai", "Một Một hai", ""),  # the same letters
        ("Một ước", "Một", "letters"),  # new ones, then fewer
        ("Một 日本", "Một 日", "letters"),
        ("Một 🦀", "Một", "letters"),
    ],
)
def test_other_titles_have_the_cards_that_a_clean_build_makes(
    tmp_path: Path, second: str, third: str, fonts: Reason, lasting: bool
) -> None:
    """And nothing is arranged anew for them; fonts are chosen anew where there are other letters."""
    base = {"content/news/a.vi.md": article("Một hai", fallback="copy"), "content/news/b.vi.md": article("Hai")}
    hidden = {"content/news/c.vi.md": article("Nháp", draft=True)}
    with closing(BuildSession()) as session:
        known = session if lasting else None
        build(tmp_path / "site", {**base, **hidden}, session=known)
        for title in (second, third):
            edited = {"content/news/a.vi.md": article(title, fallback="copy"), "site.yaml": WITH_CARDS}
            made = build(tmp_path / "site", edited, session=known)
            assert (made.build.memos["arrangement"], made.build.memos["fonts"]) == ("", fonts)
        build(tmp_path / "site", {"content/news/c.vi.md": article("Nháp 2", draft=True)}, session=known)
        made = build(tmp_path / "site", {"content/news/b.vi.md": article("Hai", "Other.")}, session=known)
    clean = build(tmp_path / "clean", {**base, **edited, "content/news/b.vi.md": article("Hai", "Other.")})
    assert made.files == clean.files
    assert codes(made.build.problems) == codes(clean.build.problems)


def test_cards_have_the_colours_and_the_logo_that_the_site_has(tmp_path: Path) -> None:
    theme = "theme: {logo: own.svg, colors: {light: {paper: '#fff8e7'}}}\n"
    made = build(tmp_path, {"site.yaml": WITH_CARDS + theme, "assets/own.svg": MARK, "content/a.vi.md": article("A")})
    card = opened(made, "vi/a/index.html")
    assert is_near(card, (20, 600, 30, 620), (0xFF, 0xF8, 0xE7))
    assert is_near(card, (40, 30, 200, 130), (0xB3, 0x40, 0x2A))


def is_near(card: Image.Image, box: tuple[int, int, int, int], colour: tuple[int, int, int]) -> bool:
    """Whether a part has this colour, or one that nobody could tell from it: cards have a palette."""
    found = card.crop(box).getcolors(2**16) or []
    return any(max(abs(a - b) for a, b in zip(shade, colour, strict=True)) < 4 for _, shade in found)  # type: ignore[arg-type]


def test_a_title_is_written_and_another_one_otherwise() -> None:
    one, other = painted("Rác thải"), painted("Đại dương")
    assert ink(one, TITLE) > 3_000
    assert one.tobytes() != other.tobytes()


def test_languages_that_run_from_right_to_left_begin_on_the_right() -> None:
    left, right = painted("Rác thải"), painted("تعاون بيئي (JCM) 2024", "ar")
    assert ink(left, (0, 600, 800, 630)) == ink(right, (400, 600, 1200, 630)) == 0
    assert left.crop((840, 20, 1200, 630)).tobytes() == right.crop((12, 20, 372, 630)).tobytes()
    assert ink(right, (440, 150, 1140, 530)) > 3_000
    assert ink(right, (1141, 150, 1200, 530)) == 0


def test_a_line_in_both_directions_within_one_that_runs_to_the_right() -> None:
    assert ink(painted("Từ שלום là lời chào"), TITLE) > 3_000


def shades(picture: Image.Image, box: tuple[int, int, int, int]) -> set[tuple[int, int, int]]:
    return {color for _, color in picture.crop(box).getcolors(2**16) or []}  # type: ignore[misc]


DAY = (60, 535, 800, 600)


@pytest.mark.parametrize(
    "colors", [Colours(), Colours("#131816", "#e6e8e3", "#a3ada6", "#7cc4a5"), Colours("#ffffff", "#000000", "#777777")]
)
def test_letters_are_smooth_and_have_their_colours(colors: Colours) -> None:
    """Between paper and ink there are as many shades as an eye can tell."""
    chosen = shaping.choose("Thử 0123456789 tháng", "vi", ())
    (data,) = paint([ShareCard("Thử Thử", "", "2024-10-04", "vi", drawing((), "a", "deep"), MARK, chosen, colors)])
    card = Image.open(BytesIO(data)).convert("RGB")
    for box, color, steps in ((TITLE, colors.ink, 15), (DAY, colors.muted, 8)):
        paper, ink = (tuple(bytes.fromhex(color[1:])) for color in (colors.paper, color))
        found = shades(card, box)
        assert found >= {paper, ink}
        assert len(found) == steps + 1
        assert {
            len({round(steps * (c - p) / (i - p)) for c, p, i in zip(shade, paper, ink, strict=True)})
            for shade in found
        } == {1}


def test_cards_are_the_same_whatever_is_painted_before_them() -> None:
    """What they have in common is painted once."""
    chosen = shaping.choose("Rác thải nhựa Thử 0123456789 tháng", "vi", ())
    one, two, three, four = (
        ShareCard(title, site, day, "vi", drawing((), key, "deep"), MARK, chosen)
        for title, site, day, key in (
            ("Rác thải", "Thử", "2024-10-04", "a"), ("Rác", "Thử", "", "a"),
            ("Rác", "", "", "a"), ("Rác", "Thử", "", "b"),
        )
    )  # fmt: skip
    alone = {card: next(paint([card])) for card in (one, two, three, four)}
    assert len({*alone.values()}) == 4
    assert [*paint([one, two, one, four, three, two])] == [alone[card] for card in (one, two, one, four, three, two)]


def test_cards_that_processes_paint(tmp_path: Path) -> None:
    files = {f"content/news/{key}.{lang}.md": article(f"Tin {key}") for key in "abc" for lang in ("vi", "ja")}
    write_site(tmp_path, {"site.yaml": WITH_CARDS, **files})
    made, again = (rebuild(tmp_path, workers=Workers(jobs), clean=True) for jobs in (1, 2))
    assert made.files == again.files
    assert len([path for path in made.files if path.endswith(".png")]) == 12


def test_a_wide_logo_on_a_plain_card_leaves_the_pattern_as_it_is() -> None:
    """It is made smaller."""
    wide = MARK.replace('"0 0 9 9"', '"0 0 63 9"').replace(
        "<circle", '<rect width="63" height="9" fill="#26416b"/><circle'
    )
    cards = [ShareCard("Thử", "", "", "vi", drawing((), "a", "deep"), mark, Lettering((), "")) for mark in (wide, "")]
    one, none = (Image.open(BytesIO(data)).convert("RGB") for data in paint(cards))
    assert one.crop((829, 0, 1200, 630)).tobytes() == none.crop((829, 0, 1200, 630)).tobytes()
    assert is_near(one, (700, 300, 750, 330), (0x26, 0x41, 0x6B))
    assert is_near(one, (40, 300, 50, 330), (0xFB, 0xFA, 0xF6))


def test_symbols_that_no_font_has_are_left_out() -> None:
    assert painted("Biển \U0001f30a xanh").tobytes() == painted("Biển xanh").tobytes()
    assert ink(painted("\U0001f30a"), TITLE) == 0


def test_without_a_date_and_with_the_title_of_the_site() -> None:
    chosen = shaping.choose("Thử", "vi", ())
    (data,) = paint([ShareCard("Thử", "", "", "vi", drawing((), "a", "deep"), MARK, chosen)])
    picture = Image.open(BytesIO(data)).convert("RGB")
    assert ink(picture, TITLE) > 1_000
    assert ink(picture, DAY) == 0


NO_MARKS = {
    "nothing": "",
    "not XML": '<svg width="9" height="9"',
    "no size": "no picture",
    "nothing to see": '<svg xmlns="http://www.w3.org/2000/svg" width="0" height="0"/>',
    "another namespace": '<svg xmlns="https://example.org/" width="9" height="9"/>',
    "a mere line": '<svg xmlns="http://www.w3.org/2000/svg" width="900000" height="1"/>',
    "reads a file": MARK.replace("<circle", '<image href="/etc/logo.png" width="9" height="9"/><circle'),
}


@pytest.mark.parametrize("mark", [MARK, *NO_MARKS.values()], ids=["drawn", *NO_MARKS])
def test_a_logo_that_cannot_be_drawn_is_left_out(mark: str) -> None:
    card = ShareCard("Thử", "", "", "vi", drawing((), "a", "deep"), mark, shaping.choose("Thử", "vi", ()))
    (data,) = paint([card])
    picture = Image.open(BytesIO(data)).convert("L")
    assert (picture.crop((60, 60, 130, 130)).getextrema()[0] < 200) is (mark == MARK)  # type: ignore[operator]
    assert ink(picture, TITLE) > 1_000


KILLING = {
    "deep": "<g>" * 250 + "<rect width='9' height='9'/>" + "</g>" * 250,
    "deeper by patterns": "".join(
        f"<pattern id='a{n}' width='1' height='1'><rect width='9' height='9' fill='url(#a{n + 1})'/></pattern>"
        for n in range(4_000)
    )
    + "<rect width='9' height='9' fill='url(#a0)'/>",
    "never done": "<filter id='a'><feTurbulence baseFrequency='.1' numOctaves='1000000000'/></filter>"
    "<rect width='9' height='9' filter='url(#a)'/>",
}


@pytest.mark.parametrize("inner", KILLING.values(), ids=KILLING)
def test_a_logo_that_would_end_the_process_is_left_out(inner: str, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(card_painter, "_PATIENCE", 2.0)
    mark = f'<svg xmlns="http://www.w3.org/2000/svg" width="40" height="28">{inner}</svg>'
    card = ShareCard("Thử", "", "", "vi", drawing((), "a", "deep"), mark, shaping.choose("Thử", "vi", ()))
    (data,) = paint([card])
    assert ink(Image.open(BytesIO(data)), TITLE) > 1_000


def test_a_logo_with_a_style_is_drawn_apart() -> None:
    mark = MARK.replace("<circle", "<style>circle{stroke:#000}</style><circle")
    card = ShareCard("Thử", "", "", "vi", drawing((), "a", "deep"), mark, shaping.choose("Thử", "vi", ()))
    (data,) = paint([card])
    assert Image.open(BytesIO(data)).convert("L").crop((60, 60, 130, 130)).getextrema()[0] < 200  # type: ignore[operator]


ODD = {
    "controls": "a\x01\x0b\x7f\x9fb",
    "line ends": "a\t\n\r\u2028\u2029b",
    "surrogates": "a\ud800b",
    "no characters": "a\ufffe\uffff\ufdd0b",
    "overrides": "a\u202eb\u202c\u202c\u202c",
    "isolates": "\u2067" * 500 + "a" + "\u2069" * 3,
    "marks": "a" + "\u0301" * 10_000,
    "joiners": "\U0001f469" + "\u200d\U0001f469" * 3_000,
    "flags": "\U0001f1fb" * 10_000,
    "private": "\ue000\U000f0000",
    "nothing to see": "\u200b\u00ad \u2003",
    "long": "từ " * 30_000,
    "one long word": "a" * 100_000,
    "markup": "<&]]>\"'",
}


@pytest.mark.parametrize(("before", "lang"), [("", "vi"), ("שלום", "he"), ("日本", "ja")], ids=["vi", "he", "ja"])
@pytest.mark.parametrize("title", ODD.values(), ids=ODD)
def test_titles_of_anything(title: str, before: str, lang: str) -> None:
    text = before + title
    lettering = shaping.choose(text.encode("utf-8", "replace").decode() + "0123456789…", lang, ())
    (data,) = paint([ShareCard(text, "", "", lang, drawing((), "a", "deep"), MARK, lettering)])
    assert Image.open(BytesIO(data)).size == (1200, 630)


@pytest.mark.parametrize("word", ["từ ", "a", "(", "a\u0301", "ア"])
def test_only_the_beginning_of_a_long_title_is_looked_at(word: str) -> None:
    """So that it takes no longer than any other."""
    assert painted(word * 50_000).tobytes() == painted(word * 1_000).tobytes()


@pytest.fixture
def _no_fonts(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(shaping, "packaged", tuple)
    monkeypatch.setattr(shaping, "installed", lambda lang, letters: ())


@pytest.mark.usefixtures("_no_fonts")
def test_where_there_is_no_font_the_card_is_plain_and_the_author_is_told(tmp_path: Path) -> None:
    made = build(tmp_path, {"content/news/a.vi.md": article("Một"), "content/news/b.vi.md": article("Hai")})
    assert codes(made.build.problems) == ["no-card-font"] * 3
    one, other = (opened(made, f"vi/news/{key}/index.html") for key in "ab")
    assert ink(one, TITLE) == ink(other, TITLE) == 0
    assert len(one.getcolors(1000) or ()) > 10
    said = run("build", "--root", tmp_path, "--clean")
    assert said.status == 0
    assert "site.yaml: warning: No font on this machine has these letters of Tiếng Việt: 0123456789" in said.err


def test_a_card_is_plain_only_where_its_own_letters_are_lacking(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (latin,) = (path for path in packaged() if path.name.startswith("NotoSans["))
    monkeypatch.setattr(shaping, "packaged", lambda: (latin,))
    monkeypatch.setattr(shaping, "installed", lambda lang, letters: ())
    files = {"content/news/a.vi.md": article("Sông"), "content/news/b.vi.md": article("Sông 川")}
    made = build(tmp_path, files)
    assert [problem.message for problem in made.build.problems if "川" in problem.message] != []
    assert ink(opened(made, "vi/news/a/index.html"), TITLE) > 1_000
    assert ink(opened(made, "vi/news/b/index.html"), TITLE) == 0
    dated = {"content/news/c.ja.md": article("Latin")}
    assert ink(opened(build(tmp_path, dated), "ja/news/c/index.html"), TITLE) == 0  # for want of 年


def test_fonts_are_chosen_for_the_language_with_other_letters_alone(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    build(tmp_path, {"content/news/a.vi.md": article("Một")})
    choosing = Mock(side_effect=shaping.choose)
    monkeypatch.setattr(shaping, "choose", choosing)
    assert build(tmp_path, {"content/news/a.vi.md": article("Một ước")}).build.memos["fonts"] == "letters"
    assert [call.args[1] for call in choosing.call_args_list] == ["vi"]


@pytest.mark.usefixtures("_no_fonts")
def test_the_fonts_of_a_site_come_first(tmp_path: Path, settled: None) -> None:
    (latin,) = (path for path in packaged() if path.name.startswith("NotoSans["))
    files = {"content/news/a.vi.md": article("Sông"), "fonts/Own.ttf": latin.read_bytes(), "fonts/OFL.txt": "Licence"}
    settings = WITH_CARDS.replace("  ja: {name: 日本語}\n", "").replace("ja: 試し, ", "")
    tags = "jcm: {name: JCM}\n"
    made = build(tmp_path, {**files, "site.yaml": settings, "content/tags.yaml": tags})
    assert made.build.problems == ()
    assert ink(opened(made, "vi/news/a/index.html"), TITLE) > 1_000
    assert [path for path in made.files if "Own" in path] == []
    assert rebuild(tmp_path).build.site is None
    edited = build(
        tmp_path, {"content/news/a.vi.md": article("Biển"), "site.yaml": settings, "content/tags.yaml": tags}
    )
    assert ink(opened(edited, "vi/news/a/index.html"), TITLE) > 1_000
    (tmp_path / "fonts/Own.ttf").write_bytes(b"no font")
    assert codes(rebuild(tmp_path, workers=Workers(1)).build.problems) == ["no-card-font"] * 2


def test_a_site_that_is_moved_with_its_fonts(tmp_path: Path, settled: None) -> None:
    (latin,) = (path for path in packaged() if path.name.startswith("NotoSans["))
    settings = WITH_CARDS.replace("  ja: {name: 日本語}\n", "").replace("ja: 試し, ", "")
    tags = {"site.yaml": settings, "content/tags.yaml": "jcm: {name: JCM}\n"}
    build(tmp_path / "here", {**tags, "fonts/Own.ttf": latin.read_bytes(), "content/a.vi.md": article("Hai")})
    (tmp_path / "here").rename(tmp_path / "there")
    made = build(tmp_path / "there", {**tags, "content/a.vi.md": article("iaH")})
    assert ink(opened(made, "vi/a/index.html"), TITLE) > 1_000
    families = made.site.letterings["vi"].families
    assert [face.file for family in families for face in family.faces if not Path(face.file).is_file()] == []


def test_a_font_of_the_site_that_cannot_be_read(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("sitegen.files.open_without_links", _refusing(open_without_links, "Own.ttf"))
    write_site(tmp_path, {"fonts/Own.ttf": "x", "content/news/a.vi.md": article("A")})
    said = run("build", "--root", tmp_path)
    assert (said.status, "fonts/Own.ttf: error: This file cannot be read" in said.err) == (1, True)


def _refusing(opens: Any, name: str) -> Any:
    def refuse(path: str, **given: Any) -> Any:
        if Path(path).name == name:
            raise PermissionError(13, "Permission denied")
        return opens(path, **given)

    return refuse


def test_fonts_that_come_later_are_noticed(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with monkeypatch.context() as bare:
        bare.setattr(shaping, "packaged", tuple)
        bare.setattr(shaping, "installed", lambda lang, letters: ())
        made = build(tmp_path, {"content/news/a.vi.md": article("Một")})
    assert "no-card-font" in codes(made.build.problems)
    monkeypatch.setattr(fonts, "font_folders", lambda: (str(tmp_path / "system"),))
    (tmp_path / "system").mkdir()
    assert rebuild(tmp_path, workers=Workers(1)).build.problems == ()


def test_without_the_libraries_the_build_says_so_and_the_rest_works(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(versions, "CARD_LIBRARIES", ("a_library_that_nobody_has",))
    made = build(
        tmp_path,
        {
            "content/news/a/index.vi.md": article("A", image={"src": "a.svg", "alt": "Sóng"}),
            "content/news/a/a.svg": MARK,
            "content/b.vi.md": article("B"),
        },
    )
    assert codes(made.build.problems) == ["no-card-libraries"]
    assert card_of(made, "vi/news/a/index.html") == "files/news/a/a.svg"
    assert "og:image" not in made.text("vi/b/index.html")


def test_a_copy_for_other_readers_shows_the_card_of_the_original(tmp_path: Path) -> None:
    made = build(tmp_path, {"content/news/a.vi.md": article("Một", fallback="copy")})
    assert card_of(made, "ja/news/a/index.html") == card_of(made, "vi/news/a/index.html")


@pytest.fixture
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A machine whose fonts lie in one folder, without fontconfig."""
    monkeypatch.setattr(fonts, "font_folders", lambda: (str(tmp_path),))
    monkeypatch.setattr(fonts, "find_program", lambda name: None)
    return tmp_path


def test_where_there_is_no_fontconfig_fonts_are_known_by_name(folders: Path) -> None:
    good = (
        "ARIALUNI.TTF",
        "NotoSans-Bold.ttf",
        "arial.ttf",
        "meiryo.ttc",
        "segoeui.ttf",
        "ヒラキ\u3099ノ角コ\u3099シック W3.ttc",
    )
    for name in (*good, "NotoSans-Italic.ttf", "Zapfino.ttf", "NotoSansCJK-Regular.ttc.txt", "ARIALN-Condensed.TTF"):
        (folders / name).write_bytes(b"")
    assert [path.name for path in installed("ja", "日")] == [*good]


def test_what_is_slanted_is_left_out(tmp_path: Path) -> None:
    """Whatever its file is called, as `ariali.ttf`."""
    slanted = next((path for path in Path("/usr/share/fonts").rglob("*Sans*Oblique.ttf")), None)
    if slanted is None:
        pytest.skip("there is no such font")
    shutil.copy(slanted, tmp_path / "ariali.ttf")
    assert shaping.choose("A", "en", (tmp_path / "ariali.ttf",)) == shaping.choose("A", "en", ())


@pytest.mark.skipif(shutil.which("fc-match") is None, reason="there is no fontconfig")
def test_fontconfig_is_asked_for_the_language_and_the_letters() -> None:
    found = installed("vi", "ễ")
    assert found
    assert all(path.is_absolute() and path.suffix in fonts.SUFFIXES for path in found)


def test_a_language_has_its_own_shapes_of_letters() -> None:
    japanese, other = (shaping.choose("日本", lang, ()) for lang in ("ja", "vi"))
    assert [family.name for family in japanese.families] == ["Noto Sans CJK JP"]
    assert japanese == other
    assert [family.name for family in shaping.choose("Sông", "vi", ()).families] == ["Noto Sans"]
    assert [family.name for family in shaping.choose("Tin tức từ Nhật Bản 日本", "vi", ()).families] == [
        "Noto Sans",
        "Noto Sans CJK JP",
    ]
    assert shaping.choose("", "vi", ()) == Lettering((), "")
