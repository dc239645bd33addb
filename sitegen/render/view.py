"""One page's look at the site: every look is noted down, so that a page knows what it was made from."""

from collections.abc import Iterable, Mapping
from typing import Any, Protocol, Self

from sitegen.config.settings import Config
from sitegen.i18n.languages import Language
from sitegen.markdown.anchors import Fragments
from sitegen.problems import Place, Problem
from sitegen.site.model import Site
from sitegen.site.parts import PARTS, PartName
from sitegen.site.urls import Page, feed_path, quoted

from .assets import missing_asset


class Bodies(Protocol):
    """Path of a content file → its HTML."""

    def __getitem__(self, path: str, /) -> str: ...


class MissingAsset(Exception):
    """A template asked for an asset that is not there; the renderer knows the template's line."""

    def __init__(self, name: str, known: Mapping[str, object]) -> None:
        super().__init__(name)
        self.name, self.known = str(name), known

    def at(self, place: Place) -> Problem:
        return missing_asset(self.name, place, self.known)


class NoPage(Exception):
    """What is worked out for many pages asked for one."""


class AssetAddress(str):
    """An address that also knows what must be found there, for `integrity` attributes."""

    __slots__ = ("integrity",)

    def __new__(cls, address: str, integrity: str) -> Self:
        made = super().__new__(cls, address)
        made.integrity = integrity
        return made

    integrity: str


_GET = {kind: part.get for kind, part in PARTS.items()}


class View:
    """The site as one page sees it, or any page of a language."""

    def __init__(
        self, site: Site, page: Page | None, languages: Mapping[str, Language], bodies: Bodies, lang: str = ""
    ) -> None:
        self._site, self._page, self.languages, self._bodies = site, page, languages, bodies
        self.lang = page.lang if page else lang
        self.language = languages[self.lang]
        self._seen: dict[PartName, Any] = {}
        self._noted: set[PartName] = set()
        self._fragments: dict[str, Fragments] = {}
        self.config: Config = self.look("config", "")
        self._base: str = self.config.base_path
        self._origin: str = self.config.origin

    @property
    def record(self) -> Page:
        """The page. Raises NoPage."""
        if self._page is None:
            raise NoPage
        return self._page

    def without_page(self) -> "View":
        """As any page of the language sees the site, with nothing seen yet."""
        return View(self._site, None, self.languages, self._bodies, self.lang)

    def look(self, kind: str, name: str) -> Any:
        part = kind, name if type(name) is str else str(name)  # texts in templates may be Markup: not for traces
        found = self._seen.get(part, self)
        if found is self:
            found = self._seen[part] = _GET[kind](self._site, part[1])
        return found

    def note(self, seen: Iterable[PartName]) -> None:
        """Note what a text looked at that this page shows."""
        self._noted.update(seen)

    @property
    def seen(self) -> set[PartName]:
        """Every part that was looked at."""
        return self._noted.union(self._seen)

    def body(self, path: str) -> str:
        """The HTML of a document, which has been looked at."""
        return self._bodies[path]

    def fragments(self, path: str) -> Fragments:
        """What fragments of links to a document may mean."""
        if path not in self._fragments:
            self._fragments[path] = Fragments(self.look("document", path).anchors)
        return self._fragments[path]

    def asset(self, name: str) -> "AssetAddress":
        """The root-relative address of a file of assets/."""
        found = self.look("asset", name)
        if found is None:
            raise MissingAsset(name, self._site.assets)
        path, integrity = found
        return AssetAddress(self.url(path), integrity)

    def url(self, path: str) -> str:
        """The root-relative address of what lies at a path below the root."""
        return self._base + quoted(path)

    def absolute(self, path: str) -> str:
        return self._origin + self._base + quoted(path)

    def feed(self, folder: str) -> str | None:
        """The address of the first feed of the list that lies at `folder`."""
        return self.url(feed_path(folder, self.config.feeds[0])) if self.config.feeds else None

    def text(self, value: Any) -> str:
        return self.config.text(value, self.lang)
