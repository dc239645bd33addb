"""Pictures in a browser: as wide as `sizes` says, so that no reader loads more than is shown."""

from collections.abc import Iterator

import pytest
from PIL import Image

from tests.support import photos
from tests.support.browser import Reader, serve
from tests.support.full import in_full
from tests.support.matrix import WIDTHS
from tests.support.sites import SETTINGS, article, make

pytestmark = pytest.mark.browser

PARTS = "\n\n".join(f"## Part {number}\n\nText." for number in range(4))
PICTURE = {"src": "photo.jpg", "alt": "", "caption": "A caption"}


@pytest.fixture(scope="module")
def address(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    root = tmp_path_factory.mktemp("pictures")
    shown = "![](photo.jpg)\n\nText."
    make(
        root,
        {
            "content/news/short/index.en.md": article("Short", shown, image=PICTURE),
            "content/news/long/index.en.md": article("Long", f"{shown}\n\n{PARTS}", date="03/10/2024", image=PICTURE),
            "content/about/index.en.md": article("About", shown, date="", image=PICTURE),
            **{
                f"content/{name}/photo.jpg": photos.saved(Image.linear_gradient("L").resize((1000, 700)), "JPEG")
                for name in ("news/short", "news/long", "about")
            },
        },
        base={"site.yaml": SETTINGS.replace("example.org/site/", "example.org/")},
    )
    with serve(root / "output") as served:
        yield served


KINDS = {
    "lead": ("en/", ".lead-picture img"),
    "thumbnail": ("en/", ".entry-picture img"),
    "thumbnail in a section": ("en/news/", ".entry-picture img"),
    "article": ("en/news/short/", ".article-picture img"),
    "article with its contents beside it": ("en/news/long/", ".article-picture img"),
    "page": ("en/about/", ".article-picture img"),
    "text": ("en/news/short/", ".prose img"),
    "text of a page": ("en/about/", ".prose img"),
}


@pytest.mark.parametrize("width", [360, 1024, *map(in_full, WIDTHS[1:])])
def test_sizes_are_what_is_shown(reader: Reader, address: str, width: int) -> None:
    """A browser takes a picture with `srcset` to be as wide as `sizes` says (HTML, section 4.8.4.3)."""
    wrong = []
    for name, (path, selector) in KINDS.items():
        page = reader.open(f"{address}/{path}", width)
        image = page.locator(selector).first
        image.scroll_into_view_if_needed()
        said, shown = image.evaluate(
            "async image => { await image.decode(); return [image.naturalWidth, image.getBoundingClientRect().width]; }"
        )
        if not shown - 2 <= said <= 1.05 * shown + 2:
            wrong.append((name, said, shown))
    assert wrong == []
