"""Screenshots of every kind of page, to be looked at: `make shots`, then open index.html in the folder it names."""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from html import escape
from pathlib import Path
from tempfile import TemporaryDirectory

import pypdfium2
from playwright.sync_api import Page, sync_playwright

from tests.support.browser import CHROMIUM, QUIET, Reader, serve
from tests.support.matrix import ADDRESSES, KINDS, SCHEMES
from tests.support.sites import make, rebuild
from tests.support.stress import PAGES, RIGHT_TO_LEFT, STRESS

PROJECT = Path(__file__).parents[2]
WIDTHS = (360, 1280)


def main(folder: Path) -> None:
    folder.mkdir(parents=True, exist_ok=True)
    for old in folder.glob("*.png"):
        old.unlink()
    with TemporaryDirectory() as temporary, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=CHROMIUM, args=QUIET)
        reader = Reader(browser)
        with _sites(Path(temporary)) as (microsite, stress, rtl):
            taken = [
                *_screens(reader, folder, microsite, [path for _, _, path in ADDRESSES]),
                *_screens(reader, folder, f"{rtl}/site", ["ar/", "ar/news/a/", "he/"], "rtl-"),
                *_screens(
                    reader,
                    folder,
                    f"{stress}/site",
                    [p.format(lang) for p in PAGES for lang in KINDS["home"]],
                    "stress-",
                ),
                *_paper(
                    reader, folder, microsite, [path for kind in ("article", "home") for path in KINDS[kind].values()]
                ),
            ]
        browser.close()
    (folder / "index.html").write_text(_index(taken), "utf-8")
    print(f"{len(taken)} pictures: {folder / 'index.html'}")


@contextmanager
def _sites(folder: Path) -> Iterator[tuple[str, str, str]]:
    for name in ("microsite", "stress", "rtl"):
        (folder / name).mkdir()
    rebuild(PROJECT, output=folder / "microsite")
    for name, files in (("stress", STRESS), ("rtl", RIGHT_TO_LEFT)):
        make(folder / name, files, base={})
        (folder / name / "site").symlink_to("output")
    with serve(folder / "microsite") as first, serve(folder / "stress") as second, serve(folder / "rtl") as third:
        yield first, second, third


def _screens(reader: Reader, folder: Path, address: str, paths: list[str], prefix: str = "") -> Iterator[str]:
    for path in paths:
        for width in WIDTHS:
            for scheme in SCHEMES:
                page = reader.open(f"{address}/{path}", width, scheme)
                _unfold(page)
                name = f"{prefix}{_plain(path)}-{width}-{scheme}.png"
                page.screenshot(path=folder / name, full_page=True)
                yield name


def _paper(reader: Reader, folder: Path, address: str, paths: list[str]) -> Iterator[str]:
    for path in paths:
        page = reader.open(f"{address}/{path}")
        _unfold(page)
        printed = pypdfium2.PdfDocument(page.pdf(prefer_css_page_size=True, print_background=True))
        for number, leaf in enumerate(printed, 1):
            name = f"print-{_plain(path)}-{number}.png"
            leaf.render(scale=1.5).to_pil().save(folder / name)
            yield name
        printed.close()


def _unfold(page: Page) -> None:
    """Pictures below the fold load only when they come near."""
    page.evaluate(
        """async () => { for (const image of document.images) { image.loading = 'eager'; }
        await Promise.all([...document.images].map(image => image.decode().catch(() => null))); }"""
    )


def _plain(path: str) -> str:
    return path.strip("/").removesuffix(".html").replace("/", "_") or "chooser"


def _index(names: list[str]) -> str:
    figures = "\n".join(
        f'<figure><a href="{escape(name)}"><img src="{escape(name)}" alt="" loading="lazy"></a>'
        f"<figcaption>{escape(name.removesuffix('.png'))}</figcaption></figure>"
        for name in names
    )
    style = (
        "body{font:14px system-ui;display:grid;grid-template-columns:repeat(auto-fill,minmax(20rem,1fr));gap:1rem}"
        "figure{margin:0}img{width:100%;max-height:40rem;object-fit:cover;object-position:top;border:1px solid #999}"
    )
    head = f'<!doctype html>\n<html lang="en">\n<meta charset="utf-8">\n<title>Shots</title>\n<style>{style}</style>\n'
    return f"{head}{figures}\n"


if __name__ == "__main__":
    main(Path(sys.argv[1]))
