"""Fragments: the texts of includes that are the same on many pages, written once for each language.

What an include is made from is known: the variables that it and all that it includes may ask for. Where each of these
is the same whatever the page, or goes by a name (an entry of a list, a topic), its text is made with a look at the site
without a page, and what that saw counts as seen by every page that shows the text. All else is written page by page.
"""

from collections.abc import Hashable, Mapping
from typing import Any

from jinja2.environment import TemplateModule
from jinja2.runtime import Context
from jinja2.utils import missing
from markupsafe import Markup

from sitegen.site.parts import PartName

from .articles import Entry, Term
from .layouts import FRAGMENTS, IncludedTemplate
from .site_view import SiteView
from .view import NoPage, View

MOST = 1000
"""Texts that are kept in memory, in UTF-8: about 1 MB."""

_PLAIN = (str, Markup, int, float, bool, type(None))
_SAME, _MISSING = "same", "missing"


class Fragments:
    """Of one site, one page after the other."""

    def __init__(self, always: Mapping[str, Any]) -> None:
        """`always`: the variables that every template has."""
        self._always = always
        self._texts: dict[Hashable, tuple[bytes, tuple[PartName, ...]]] = {}
        self._parts: dict[PartName, PartName] = {}
        self._modules: dict[Hashable, TemplateModule] = {}
        self._of_one_page: set[str | None] = set()
        self._words: dict[str, dict[str, Any]] = {}
        self._view: View
        self._common: dict[str, Any] = {}

    def begin(self, view: View) -> dict[str, Any]:
        """The variables that a page has in common with others; what is included from now on is part of this page."""
        self._view, self._common = view, {**self._of_language(view), "site": SiteView(view), "asset": view.asset}
        return self._common.copy()

    def _of_language(self, view: View) -> dict[str, Any]:
        if view.lang not in self._words:
            language = view.language
            words = {"_": language.gettext, "gettext": language.gettext, "ngettext": language.ngettext}
            self._words[view.lang] = {**self._always, FRAGMENTS: self, "language": language, **words}
        return self._words[view.lang]

    def seen(self, view: View) -> tuple[PartName, ...]:
        """What a view looked at, in order; what many look at is one value, that is sent and kept in memory once."""
        return tuple(self._parts.setdefault(part, part) for part in sorted(view.seen))

    def text(self, template: IncludedTemplate, context: Context) -> str | None:
        """What an include writes; None where that is another text on each page."""
        known = self._key(template, context)
        if known is None:
            return None
        key = template.name, self._view.lang, known
        found = self._texts.get(key)
        if found is None:
            found = self._write(template, context)
            if found is None:
                self._of_one_page.add(template.name)
                return None
            if len(self._texts) == MOST:
                del self._texts[next(iter(self._texts))]
            self._texts[key] = found
        text, seen = found
        self._view.note(seen)
        return text.decode()

    def module(self, template: IncludedTemplate, context: Context) -> TemplateModule | None:
        """What is imported from a template; None where that looks at the site, for each page is to note it."""
        known = self._key(template, context)
        if (
            known is None
            or {"site", "asset"}.intersection(template.names or ())
            or any(isinstance(part, tuple) for part in known)
        ):
            return None
        key = template.name, self._view.lang
        if key not in self._modules:
            self._modules[key] = template.run(template.new_context(self._of_language(self._view), shared=True))
        return self._modules[key]

    def _write(self, template: IncludedTemplate, context: Context) -> tuple[bytes, tuple[PartName, ...]] | None:
        """The text and what it looks at; None where it wants a page after all."""
        outer = self._view, self._common
        view = self._view.without_page()
        given = self.begin(view)
        for name in (template.names or frozenset()) - given.keys():
            if (value := context.resolve_or_missing(name)) is not missing:
                given[name] = _again(value, view)
        try:
            text = "".join(template.write(template.new_context(given, shared=True)))
            return text.encode(), self.seen(view)
        except NoPage:
            return None
        finally:
            self._view, self._common = outer

    def _key(self, template: IncludedTemplate, context: Context) -> tuple[Hashable, ...] | None:
        """What the variables of a template are, but for those that all pages have; None where one has no name."""
        if template.names is None or template.name in self._of_one_page:
            return None
        key: list[Hashable] = []
        for name in template.names:
            value = context.resolve_or_missing(name)
            if value is missing:
                key.append(_MISSING)
            elif value is self._common.get(name, missing):
                key.append(_SAME)
            elif type(value) in _PLAIN:
                key.append((type(value), value))
            elif type(value) is Entry or type(value) is Term:
                key.append((type(value), value.id))
            else:
                return None
        return tuple(key)


def _again(value: Any, view: View) -> Any:
    """The same, looked at anew."""
    return type(value)(view, value.id) if isinstance(value, Entry | Term) else value
