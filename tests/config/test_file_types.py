"""Files beside texts: which of them readers get."""

from pathlib import Path

import pytest

from sitegen.config.file_types import Refusal, is_page, refusal
from tests.support.sites import SETTINGS, article, codes, make


@pytest.mark.parametrize(
    "name",
    [
        "a.pdf",
        "Báo cáo 1.2.2024.PDF",
        "QĐ 12.TT-BTNMT.signed.pdf",
        "a.tar.gz",
        "a.csv.zip",
        "a.html.zip",
        "news/a.php/b.pdf",
        "Node.js.pdf",
        "ABC.com.pdf",
        "v1.0.zip",
        "a.geojson",
        "a.shp",
        "環境.docx",
        "a..pdf",
        "a.svg",
        "a.docx.asc",
    ],
)
def test_what_is_published(name: str) -> None:
    assert refusal(name, ()) is None


@pytest.mark.parametrize(
    ("name", "why", "suffix"),
    [
        ("a.html", "type", "html"),
        ("a.HTM", "type", "htm"),
        ("a.pdf.html", "type", "html"),
        ("a.xhtml", "type", "xhtml"),
        ("a.svgz", "type", "svgz"),
        ("a.php", "type", "php"),
        ("a.js", "type", "js"),
        ("a.wasm", "type", "wasm"),
        ("a.swf", "type", "swf"),
        ("a.exe", "type", "exe"),
        ("a.xml", "type", "xml"),
        ("a.mht", "type", "mht"),
        ("a.docm", "type", "docm"),
        ("a.css", "type", "css"),
        ("a.rdf", "type", "rdf"),
        ("a.htaccess", "type", "htaccess"),
        ("pdf", "type", ""),
        (".pdf", "type", ""),
        ("a.pdf.", "type", ""),
        ("a.pdf ", "type", "pdf "),
        ("a.\uff50df", "type", "\uff50df"),
        ("a.pdf\u200b", "type", "pdf\u200b"),
        ("a.htm\u0131", "type", "htm\u0131"),
        ("a.php.pdf", "name", "php"),
        ("a.PHP5.jpg", "name", "php5"),
        ("a.phtml.png", "name", "phtml"),
        ("a.asp;.jpg", "name", "asp"),
        ("a.cgi.x.pdf", "name", "cgi"),
        ("a.html.gz", "name", "html"),
        ("a.svg.xz", "name", "svg"),
        ("a.shtml.gpkg", "name", "shtml"),
        ("a.shtml.jpg", "name", "shtml"),
        ("a.stm.pdf", "name", "stm"),
        ("a.var.pdf", "name", "var"),
        ("a.asis.zip", "name", "asis"),
        ("a.b.xml.json", "name", "xml"),
    ],
)
def test_what_is_not(name: str, why: str, suffix: str) -> None:
    assert refusal(f"news/{name}", ("gml",)) == Refusal("name" if why == "name" else "type", suffix)


def test_what_the_settings_allow() -> None:
    assert refusal("a.HTML", ("html",)) is refusal("a.php.pdf", ("PHP",)) is None
    assert refusal("a.php.html", ("html",)) == Refusal("name", "php")


@pytest.mark.parametrize(
    ("xml", "page"),
    [
        ("<kml/>", False),
        ('<kml><description>&lt;script xmlns="http://www.w3.org/1999/xhtml"/></description></kml>', False),
        ('<script xmlns="http://www.w3.org/1999/xhtml">x</script>', True),
        ('<!DOCTYPE a [<!ENTITY x "http://www.w3.org/1999/xhtml">]><a><b:script xmlns:b="&x;"/></a>', True),
        ("<!DOCTYPE a [<!ENTITY x \"<b:p xmlns:b='http://www.w3.org/2000/svg'/>\">]><a>&x;</a>", True),
        ("<?xml-stylesheet href='x.css'?><a/>", True),
        ("<a><script xmlns='http://www.w3.org/1999/xhtml'/><b></a>", True),
        ("<a>", True),
        ("", True),
    ],
)
def test_xml_that_may_be_a_page(xml: str, page: bool) -> None:
    assert is_page(xml.encode()) is page
    assert is_page(xml.encode("utf-16")) is page


def test_no_reader_gets_what_is_refused(tmp_path: Path, plain_theme: None) -> None:
    names = ("a.html", "b.php.pdf", "c.kml", "d.gml", "moving.gif.html")
    body = " ".join(f"[x]({name})" for name in names)
    files = {f"content/news/a/{name}": b"<a>" for name in names}
    made = make(tmp_path, {"content/news/a/index.vi.md": article("A", body), **files}, keep_going=True)
    assert sorted(codes(made.build.problems)) == ["page-in-disguise", "refused-name", *["refused-type"] * 3]
    assert [path for path in made.files if path.startswith("files/")] == []
    settings = f"{SETTINGS}attachment_types: [gml, PHP]\n"
    made = make(tmp_path, {"site.yaml": settings, "content/news/a/index.vi.md": article("A", body)}, keep_going=True)
    assert [path for path in made.files if path.startswith("files/")] == [
        "files/news/a/b.php.pdf",
        "files/news/a/d.gml",
    ]
