"""One page → text: the Jinja environment, its filters, and mistakes in templates as problems."""

import re
import traceback
from collections.abc import Iterable, Mapping
from contextlib import suppress
from functools import partial
from typing import Any

from jinja2 import Environment, TemplateNotFound, TemplateSyntaxError, UndefinedError, pass_context
from jinja2.runtime import Context
from msgspec import Struct

from sitegen.codes.table import TOO_LARGE
from sitegen.i18n.dates import Moment
from sitegen.i18n.languages import Language
from sitegen.i18n.typography import mark_names, text_width
from sitegen.i18n.zones import in_zone
from sitegen.problems import Lost, Place, Problem, nearest, problem
from sitegen.site.model import Layout, Site, missing_layout
from sitegen.site.parts import PartName
from sitegen.site.urls import Page
from sitegen.text import without_controls

from .context import context
from .fragments import Fragments
from .layouts import IncludedTemplate, environment, syntax_problem
from .view import Bodies, MissingAsset, View


class Rendered(Struct, frozen=True):
    """`data` is None when the layout failed. `seen`: what it looked at, in order, for its trace."""

    data: bytes | None
    seen: tuple[PartName, ...]
    problems: tuple[Problem, ...]


class Renderer:
    """Templates compiled once, for any number of pages of a site."""

    def __init__(
        self, site: Site, languages: Mapping[str, Language], bodies: Bodies, templates: Environment | None = None
    ) -> None:
        """`templates`: the environment of the site's layouts, with what was compiled before."""
        self._site, self._languages, self._bodies = site, languages, bodies
        self._environment = templates or environment(site.layouts)
        self._fragments = Fragments(self._environment.globals)
        self._environment.filters |= {**_FILTERS, "together": partial(mark_names, names=site.config.keep_together)}

    def compile(self, layouts: Iterable[str]) -> None:
        """Compile templates now, with all that they extend and include, for processes to come."""
        known = self._site.layouts
        for name in sorted({part for layout in layouts if layout in known for part in known[layout].made_of}):
            with suppress(Exception):  # told where a page is rendered
                self._environment.get_template(name)

    def render(self, page: Page) -> Rendered:
        view = View(self._site, page, self._languages, self._bodies)
        view.look("layout", page.layout)
        variables: dict[str, Any] = {}
        try:
            template = self._environment.get_template(page.layout)
            assert isinstance(template, IncludedTemplate)
            variables = context(view, self._fragments)
            data = without_controls(template.written(variables).encode())
        except Lost:
            raise
        except Exception as error:  # noqa: BLE001 - a template may raise anything
            found = _problem(error, page, self._site.layouts, self._environment, variables)
            return Rendered(None, self._fragments.seen(view), (found,))
        return Rendered(data, self._fragments.seen(view), ())


def _language(context: Context) -> Language:
    language = context["language"]
    assert isinstance(language, Language)
    return language


@pass_context
def _date(context: Context, moment: Moment) -> str:
    return _language(context).date(moment)


@pass_context
def _moment(context: Context, moment: Moment) -> str:
    return _language(context).moment(moment)


@pass_context
def _iso(context: Context, moment: Moment) -> str:
    """For `<time datetime>`: a day, or a moment with offset where a time was given (HTML, section 2.3.5)."""
    zone = _language(context).zone
    if not moment.timed:
        return moment.at.astimezone(zone).date().isoformat()
    at = in_zone(moment.at, zone)
    return at.isoformat(timespec="seconds" if at.second else "minutes")


@pass_context
def _rfc3339(context: Context, moment: Moment) -> str:
    return in_zone(moment.at, _language(context).zone).isoformat(timespec="seconds")


@pass_context
def _number(context: Context, value: float) -> str:
    return _language(context).number(value)


@pass_context
def _filesize(context: Context, size: int) -> str:
    return _language(context).filesize(size)


@pass_context
def _listing(context: Context, items: list[str]) -> str:
    return _language(context).listing([str(item) for item in items])


_FILTERS = {
    "date": _date,
    "moment": _moment,
    "iso": _iso,
    "rfc3339": _rfc3339,
    "number": _number,
    "filesize": _filesize,
    "listing": _listing,
    "width": text_width,
}


_UNDEFINED = re.compile(r"'(?P<name>[^']+)' is undefined|has no attribute '(?P<attribute>[^']+)'")


def _problem(
    error: Exception, page: Page, layouts: Mapping[str, Layout], jinja: Environment, variables: Mapping[str, Any]
) -> Problem:
    """What went wrong in a template, at its line; the last template in the traceback is the one to mend."""
    by_path = {layout.path: layout for layout in layouts.values()}
    place = Place(f"layouts/{page.layout}")
    for frame in traceback.extract_tb(error.__traceback__):
        if frame.filename in by_path:
            place = Place(frame.filename, frame.lineno or 0, 1)
    text = by_path[place.path].text.split("\n")[place.line - 1] if place.path in by_path and place.line else ""
    if isinstance(error, MissingAsset):
        return error.at(_at(place, text, error.name))
    if isinstance(error, TemplateSyntaxError) or (path := _not_compiled(error)):
        return syntax_problem(error, place.path if isinstance(error, TemplateSyntaxError) else path)
    if isinstance(error, TemplateNotFound):
        return missing_layout(str(error.name), place, layouts)
    detail = str(error).rstrip(".")
    if isinstance(error, UndefinedError):
        match = _UNDEFINED.search(detail)
        name = (match["name"] or match["attribute"]) if match else ""
        known = [*variables, *jinja.globals] if match and match["name"] else _attributes(error, variables)
        return problem("layout-undefined", _at(place, text, name), name=name or detail, nearest=nearest(name, known))
    if isinstance(error, MemoryError):
        detail = TOO_LARGE
    return problem("layout-failed", place, detail=detail or type(error).__name__)


def _not_compiled(error: Exception) -> str:
    """The path of the template that could not be made a program of."""
    frames = (frame for frame, _ in traceback.walk_tb(error.__traceback__) if frame.f_code.co_name == "compile")
    return next((frame.f_locals["filename"] for frame in frames if "filename" in frame.f_locals), "")


def _attributes(error: Exception, variables: Mapping[str, Any]) -> list[str]:
    """Names that the object had which lacked one: its class is named in the message."""
    values: list[Any] = [value for value in variables.values() if value is not None]
    return [
        name
        for value in values
        if type(value).__name__ in str(error)
        for name in dir(value)
        if not name.startswith("_")
    ]


def _at(place: Place, line: str, name: str) -> Place:
    return Place(place.path, place.line, max(1, line.find(name) + 1)) if name else place
