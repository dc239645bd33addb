"""The preview as a browser has it, without a server: its pages are handed to the browser as it asks for them."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, unquote, urlsplit

from msgspec.structs import replace
from playwright.sync_api import BrowserContext, Route

from sitegen.build.run import Options
from sitegen.i18n.messages import Words
from sitegen.preview.handlers import FILES
from sitegen.preview.overview import overview
from sitegen.preview.problem_list import problem_list
from sitegen.preview.snapshot import Snapshot
from sitegen.preview.toolbar import blank_page, with_toolbar
from tests.support.browser import POLICY
from tests.support.sites import NOW, Made, article

ORIGIN = "http://preview.test"
TYPES = {
    "html": "text/html; charset=utf-8",
    "css": "text/css; charset=utf-8",
    "js": "text/javascript; charset=utf-8",
    "svg": "image/svg+xml",
}

AUTHORED = {
    "content/_index.vi.md": article("Trang đầu", date=""),
    "content/news/_index.vi.md": article("Tin tức", date=""),
    "content/news/_index.ja.md": article("ニュース", date=""),
    "content/news/out/index.vi.md": article("Đã ra", updated="20/11/2026"),
    "content/news/out/index.ja.md": article("出た"),
    "content/news/out/index.en.md": article("Out", updated="21/11/2026"),
    "content/news/draft/index.vi.md": article("Nháp", draft=True),
    "content/news/draft/index.ja.md": article("下書きではない", expires="01/02/2027"),
    "content/news/later/index.en.md": article("Later", publish="01/02/2027 09:00"),
    "content/news/later/index.vi.md": article("Sau này"),
    "content/news/over/index.vi.md": article("Đã qua", expires="01/10/2026"),
    "content/news/over/index.en.md": article("Over"),
    "content/events/copied/index.vi.md": article("Chép lại", fallback="copy"),
    "content/events/marks/index.en.md": article("<script>window.hit = 1</script> & “marks”"),
    "content/about.vi.md": article("Giới thiệu", date=""),
    "layouts/page.html": '{% extends "theme/page.html" %}',
}
"""Articles in every state there is, but for broken ones."""


def state_of(root: Path, made: Made, lang: str = "en", **changes: Any) -> Snapshot:
    """What the preview shows after a build that went well."""
    values = {"problems": made.build.problems, "failed": False, "options": Options(now=NOW), **changes}
    return Snapshot(root=root, build=made.build, site=made.site, words=Words(lang), **values)


class Desk:
    """Answers for `ORIGIN` in a window. `state` may change; `opened`: what was to be opened in an editor, which works
    with `status`."""

    def __init__(self, window: BrowserContext, state: Snapshot, files: Mapping[str, bytes]) -> None:
        assert state.site
        self.state, self.files, self.base = state, files, state.site.config.base_path
        self.opened: list[dict[str, str]] = []
        self.status = 204
        window.route(f"{ORIGIN}/**", self._answer)

    def url(self, path: str = "") -> str:
        return f"{ORIGIN}{self.base}{path}"

    def _answer(self, route: Route) -> None:
        parts = urlsplit(route.request.url)
        path, query = unquote(parts.path).removeprefix(self.base), dict(parse_qsl(parts.query))
        if route.request.method == "POST":
            self.opened.append(query)
            route.fulfill(status=self.status)
            return
        data = self._data(path, query)
        if data is None:
            route.fulfill(status=404)
            return
        kind = "html" if path.endswith("/") or not path else path.rpartition(".")[2]
        headers = {"Content-Type": TYPES.get(kind, "application/octet-stream"), "Content-Security-Policy": POLICY}
        route.fulfill(body=data, headers=headers)

    def _data(self, path: str, query: Mapping[str, str]) -> bytes | None:
        state = replace(self.state, base=self.base)
        if path.startswith("__sitegen/"):
            name = path.removeprefix("__sitegen/")
            if name == "live.js":
                return b""  # there is no line to a server
            if name == "problems":
                return problem_list(state).encode()
            return _read(FILES / name) if name else overview(state, query).encode()
        if state.build is None:
            return blank_page(state).encode()
        output = f"{path}index.html" if not path or path.endswith("/") else path
        found = self.files.get(output)
        return with_toolbar(found, output, state) if found is not None else None


def _read(file: Path) -> bytes:
    return file.read_bytes() if file.is_file() else b""
