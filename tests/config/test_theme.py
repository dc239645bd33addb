"""What owners choose in site.yaml, and what becomes of it."""

import json
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from lxml import html

from sitegen.config.theme import DARK, LIGHT, contrast, unreadable
from tests.conftest import PROJECT
from tests.support import photos
from tests.support.sites import BASE, SETTINGS, Content, article, make, run

CHOSEN = """\
theme:
  logo: ministry.svg
  colors:
    light: {green: "#7a1f2b", indigo: 345}
    dark: {green: F0A9B0}
footer: {vi: Bộ Thử nghiệm, ja: 試験省, en: Ministry of Trials}
keep_together: [Việt Nam, 日本, TN&MT, Côte d'Ivoire]
"""
LOGO = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 90 30"/>'

colors = st.integers(0, 0xFFFFFF).map(lambda value: f"#{value:06x}")


def test_colors_logo_and_footer(tmp_path: Path) -> None:
    made = make(tmp_path, {"site.yaml": SETTINGS + CHOSEN + "minify: false\n", "assets/ministry.svg": LOGO})
    (path,) = (path for path in made.files if path.startswith("assets/css/colors."))
    light, dark = made.text(path).split("@media (prefers-color-scheme: dark)")
    assert "--green: #7a1f2b;" in light
    assert "--indigo: #334455;" in light
    assert f"--ink: {LIGHT['ink']};" in light
    assert "--green: #f0a9b0;" in dark
    for lang, footer in (("vi", "Bộ Thử nghiệm"), ("ja", "試験省"), ("en", "Ministry of Trials")):
        page = html.document_fromstring(made.files[f"{lang}/index.html"])
        assert page.find(".//link[@rel='stylesheet']").get("href") == f"/site/{path}"
        assert footer in page.find(".//footer").text_content()
        logo = page.find(".//header//img")
        assert logo.get("src").startswith("/site/assets/ministry.")
        assert (logo.get("width"), logo.get("height")) == ("90", "30")


@pytest.mark.parametrize(
    ("name", "data", "size"),
    [
        ("a.png", photos.screenshot(image=photos.scene(90, 30)), ("90", "30")),
        ("a.jpg", photos.photo(6, photos.scene(30, 90)), ("90", "30")),
        ("a.webp", photos.webp(image=photos.scene(90, 30)), ("90", "30")),
        ("a.svg", b'<svg xmlns="http://www.w3.org/2000/svg"/>', (None, None)),
        ("a.png", b"\x89PNG\r\n\x1a\n", (None, None)),
        ("a.avif", b"", (None, None)),
    ],
    ids=["png", "turned", "webp", "svg", "broken", "other"],
)
def test_a_logo_has_its_size(tmp_path: Path, name: str, data: bytes, size: tuple[str | None, str | None]) -> None:
    """Remembered, so that an edit elsewhere opens no picture."""
    files: dict[str, Content] = {"site.yaml": f"{SETTINGS}theme: {{logo: {name}}}\n", f"assets/{name}": data}
    for made in (make(tmp_path, files), make(tmp_path, {"assets/more.txt": "more"}, base={})):
        logo = html.document_fromstring(made.files["vi/index.html"]).find(".//header//img")
        assert (logo.get("width"), logo.get("height")) == size


def test_the_page_about_the_look_is_right(tmp_path: Path) -> None:
    """Its example builds, and it names every colour."""
    page = (PROJECT / "docs" / "theme.md").read_text("utf-8")
    example = page.split("```yaml\n")[1].split("```")[0]
    settings = SETTINGS.split("\n", 1)[1] + example
    files = {
        "site.yaml": settings,
        "assets/ministry.svg": LOGO,
        "content/about.vi.md": article("Giới thiệu", date=""),
        "content/news/opening.vi.md": article("Khai mạc ở Hà Nội"),
        "content/news/later.vi.md": article("Sau", date="05/10/2024"),
    }
    made = make(tmp_path, files)
    assert made.build.problems == ()
    home = html.document_fromstring(made.files["vi/index.html"])
    assert home.findtext(".//header//span[@class='brand-name']") == "Môi trường xanh"
    assert home.find(".//*[@class='lead-title']").text_content() == "Khai mạc ở Hà Nội"
    assert [link.text for link in home.iterfind(".//nav[@class='menu']//a")] == ["News", "Chủ đề", "Giới thiệu"]
    assert all(f"`{name}`" in page for name in LIGHT)


def test_a_style_sheet_of_ones_own_stands_in_for_the_colors(tmp_path: Path) -> None:
    made = make(tmp_path, {"assets/css/colors.css": ":root { --ink: navy }\n"})
    (path,) = (path for path in made.files if path.startswith("assets/css/colors."))
    assert made.text(path) == ":root{--ink:navy}"


def test_a_changed_color_is_a_new_address(tmp_path: Path) -> None:
    before = make(tmp_path, {}).text("vi/index.html")
    made = make(tmp_path, {"site.yaml": SETTINGS + CHOSEN, "assets/ministry.svg": LOGO})
    assert made.text("vi/index.html").count("css/colors.") == 1
    assert len([path for path in made.files if path.startswith("assets/css/colors.")]) == 1
    assert next(line for line in before.splitlines() if "css/colors." in line) not in made.text("vi/index.html")


def test_names_are_kept_together_in_pages_alone(tmp_path: Path) -> None:
    name = '<span class="name">Việt Nam</span>'
    files = {
        "site.yaml": SETTINGS + CHOSEN,
        "assets/ministry.svg": LOGO,
        "content/news/a/index.vi.md": article(
            "Sông ở Việt Nam", "Ở Việt\nNam có **TN&MT**; `Việt Nam`.\n\n## Việt Nam"
        ),
        "content/news/b/index.ja.md": article("日本と川", "日本語"),
    }
    made = make(tmp_path, files)
    page = made.text("vi/news/a/index.html")
    assert "<title>Sông ở Việt Nam – Thử</title>" in page
    assert f"<h1>Sông ở {name}</h1>" in page
    assert 'Ở <span class="name">Việt\nNam</span> có <strong><span class="name word">TN&amp;MT</span></strong>' in page
    assert "<code>Việt Nam</code>" in page
    assert f'<h2 id="viet-nam">{name}</h2>' in page
    assert f"Sông ở {name}</a>" in made.text("vi/index.html")
    assert '<h1><span class="name word">日本</span>と川</h1>' in made.text("ja/news/b/index.html")
    assert "<title>Sông ở Việt Nam</title>" in made.text("vi/feed.xml")
    assert json.loads(made.text("vi/feed.json"))["items"][0]["title"] == "Sông ở Việt Nam"
    assert "\u00a0" not in page


def test_contrast_as_wcag_counts_it() -> None:
    assert contrast("#000000", "#ffffff") == 21
    assert contrast("#777777", "#ffffff") == pytest.approx(4.478, abs=0.001)
    assert contrast("#0d4f3c", "#0d4f3c") == 1


@given(st.sampled_from(sorted(LIGHT)), colors, st.sampled_from([LIGHT, DARK]))
def test_the_color_that_is_advised_will_do(name: str, color: str, theme: dict[str, str]) -> None:
    chosen = {**theme, name: color}
    for weak in unreadable(chosen, [name]):
        assert weak.at == name
        assert weak.ratio < weak.least
        if weak.enough:
            assert list(unreadable({**chosen, name: weak.enough}, [name])) == []


def test_the_theme_itself_is_readable() -> None:
    assert [*unreadable(LIGHT, LIGHT), *unreadable(DARK, DARK)] == []


def test_where_no_color_will_do(tmp_path: Path) -> None:
    """Text that stands on white paper and on a black card: no advice is better than a wrong one."""
    settings = BASE["site.yaml"] + 'theme: {colors: {light: {card: "#222", ink: "#777"}}}\n'
    (tmp_path / "site.yaml").write_text(settings, "utf-8")
    said = run("build", "--root", tmp_path)
    assert said.status == 2
    assert "“ink” on “card” has a contrast of" in said.err
    assert "Choose a darker or a lighter one." in said.err
