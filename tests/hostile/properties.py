"""What holds of every site, whatever is written in it."""

import hashlib
import json
import os
import re
from collections import Counter
from collections.abc import Iterable, Iterator, Mapping
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from click import unstyle
from lxml import etree, html

from sitegen.build import build
from sitegen.build.run import Build, Options, Workers
from sitegen.cli.terminal import overview
from sitegen.config.registries import in_order, read_sources, read_tags
from sitegen.config.settings import Config, read_config, read_exclude
from sitegen.config.settings import language_of as language_of_config
from sitegen.files import decode, lines_of
from sitegen.i18n.languages import read_catalogue
from sitegen.i18n.messages import LANGUAGES, Words
from sitegen.images import codecs
from sitegen.images.svg import read_svg
from sitegen.preview.builder import Attempt
from sitegen.preview.overview import overview as preview_overview
from sitegen.preview.problem_list import problem_list
from sitegen.preview.snapshot import Snapshot
from sitegen.preview.toolbar import blank_page, with_toolbar
from sitegen.problems import UNFORESEEN, Problem, SiteError, errors, printable
from sitegen.render.assets import read_assets
from sitegen.render.layouts import read_layouts
from sitegen.site.document import parse
from sitegen.text import CONTROLS, nfc
from tests.support.sites import NOW, output_files, run

from .fragments import ADDRESSES, ODD_TEXT
from .mutations import Vandal


class Broken(AssertionError):
    """Something that should hold of every site does not."""


def check_document(path: str, text: str, config: Config) -> None:
    """A content file by itself: problems that can be said, HTML that holds nothing it may not."""
    document, page, problems = parse(path, text, config)
    count = text.count("\n") + 1
    for found in problems:
        check_words(found)
        if not (found.place.path == path and 0 <= found.place.line <= count + 1):
            raise Broken(f"on line {found.place.line} of {count}: {found.code}")
    if page and document:
        marks = {int(mark) for mark in re.findall(r"\0([0-9]+)\0", page)}
        if marks and max(marks) >= len(document.references):
            raise Broken("a marker without a reference")
        if re.search(r"\0(?![a-z0-9]+\0)", re.sub(r"\0[a-z0-9@]+\0", "", page)):
            raise Broken("NUL in a page")
        shown = re.sub(r"\0[a-z0-9@]+\0", "x", page)
        if not document.broken:
            check_html(f"<div>{shown}</div>", raw=config.markdown.html)


def check_part(language: str, data: bytes, config: Config) -> str:
    """A file of one language by itself, as far as that can be read: problems that can be said, within it."""
    path = PATHS[language]
    text = decode(data, path)
    if isinstance(text, Problem):
        check_words(text)
        text = ""
    match language:
        case "settings":
            problems = read_config(text, path)[1]
            read_exclude(text, path)
        case "registries":
            problems = (*read_tags(text, config)[1], *read_sources(text, config)[1])
            for lang in config.languages:
                in_order(read_tags(text, config)[0], lang, config)
        case "svg":
            problems = read_svg(data, path)[1]
        case "css" | "script":
            problems = read_assets({path: data, "assets/icon.svg": b"<svg xmlns='http://www.w3.org/2000/svg'/>"})[1]
        case "catalogue":
            found = read_catalogue(text, path, "vi")
            problems = (found,) if isinstance(found, Problem) else ()
            if not isinstance(found, Problem):
                language_ = language_of_config(config, "vi", (found,))
                for word in ("Latest", "Data", "Details", "a", "%(n)s article"):
                    with suppress(KeyError, TypeError, ValueError):  # a layout that says it would fail
                        language_.gettext(word)
                        for number in (0, 1, 2, 5, 11, 100):
                            language_.ngettext(word, f"{word}s", number, n=number)
        case "layout":
            problems = read_layouts({path: text, "layouts/base.html": "{% block main %}{% endblock %}"})[1]
        case _:
            problems = ()
            codecs.size(data)
    lines = data.decode("utf-8", "replace").replace("\r\n", "\n").replace("\r", "\n").split("\n")
    for found in problems:
        check_words(found)
        if found.place.path in (path, "content/tags.yaml", "content/sources.yaml") and found.place.line > len(lines):
            raise Broken(f"on line {found.place.line} of {len(lines)}: {found.code}")
    return ""


PATHS = {
    "settings": "site.yaml",
    "registries": "content/tags.yaml",
    "svg": "content/news/a.svg",
    "css": "assets/css/theme.css",
    "script": "assets/js/theme.js",
    "catalogue": "layouts/locales/vi.po",
    "layout": "layouts/article.html",
    "bytes": "content/news/a.png",
}
"""Languages that can be read by themselves, and files of each."""


@cache
def words(lang: str) -> Words:
    return Words(lang)


def check_words(found: Problem) -> None:
    """A problem can be said in each language, on any terminal."""
    for lang in LANGUAGES:
        for text in words(lang).problem(found):
            text.encode()
            if CONTROLS.search(text):
                raise Broken(f"control character in words of {found.code}")


def check_places(root: Path, problems: Iterable[Problem]) -> None:
    """Each problem names a file, a folder or an option that is there, and a place within it."""
    names = {printable(path) for path in _paths(root)} | {"site.yaml", "output", ".sitegen", "--output"}
    texts: dict[str, list[str]] = {}
    for found in problems:
        check_words(found)
        place = found.place
        if found.code in UNFORESEEN:
            raise Broken(f"{found.code} {place.path} {found.arguments.get('reason', '')}")
        if place.path not in names and not _is_reached(root, place.path):
            raise Broken(f"at a path that is not there: {place.path}, {found.code}")
        if place.line and place.path.isascii():  # else there may be another file of that name, in its letters
            lines = texts.setdefault(place.path, lines_of(root, place.path))
            if lines and place.line > len(lines):
                raise Broken(f"on line {place.line} of {len(lines)}: {found.code}")
            is_told_apart = not place.path.endswith((".svg", ".js"))  # which may have any encoding, or CR alone
            if is_told_apart and lines and place.column > len(lines[place.line - 1]) + 2:
                raise Broken(f"in column {place.column} of {len(lines[place.line - 1])}: {found.code}")
    for line in overview(root, problems, words("vi"), every=True):
        if CONTROLS.search(unstyle(line).replace("\n", "").replace("\t", "")):
            raise Broken("control character in the overview")


def _is_reached(root: Path, path: str) -> bool:
    """By a link, in the theme, or under a name that may be shown in another form."""
    is_spelt_otherwise = "\\" in path or not path.isascii()
    return is_spelt_otherwise or os.path.lexists(root / path) or bool(lines_of(root, path.removeprefix("theme/")))


def _paths(root: Path) -> Iterator[str]:
    for folder, folders, names in os.walk(root):
        above = os.path.relpath(folder, root)
        for name in (*folders, *names):
            path = name if above == "." else f"{above}/{name}"
            yield path
            if not path.isascii():
                yield nfc(path)


_NEVER = ["iframe", "object", "embed", "base", "frame", "frameset", "applet", "style", "foreignobject"]
_OWN = {"script": "src", "link": "href", "form": "action", "meta": "content"}
"""What layouts have, and an attribute that says whose it is."""
_SCHEME = re.compile(r"[\x00-\x20]*([a-zA-Z][a-zA-Z0-9+.\-\t\n\r]*):")
_RUNS = ("javascript", "vbscript", "data")
_ADDRESSES = ("href", "src", "action", "data", "poster", "cite", "background", "xlink:href")
_EVENT = re.compile(r"on.*|style|srcdoc|formaction|ping", re.DOTALL)


def check_html(text: str | bytes, *, raw: bool, base: str = "") -> None:
    """A page has no id twice, and nothing that no text may make. `raw`: its author may write HTML; `base`: the address
    of a site, below which its layouts take what they have themselves."""
    if not text.strip():
        return
    parser = html.HTMLParser(encoding="utf-8", huge_tree=True)
    tree = html.document_fromstring(text if isinstance(text, bytes) else text.encode(), parser=parser)
    ids = Counter(found for element in tree.iter(etree.Element) if (found := element.get("id")))
    twice = [name for name, times in ids.items() if times > 1]
    if twice:
        raise Broken(f"an id twice: {twice[0]!r}")
    for element in () if raw else tree.iter(etree.Element):
        name = str(element.tag).lower()
        if name in _NEVER or (name in _OWN and not (base and _is_own(element, base))):
            raise Broken(f"a page has <{name}>")
        for attribute, value in element.attrib.items():
            if _EVENT.fullmatch(attribute.lower()):
                raise Broken(f"a page has {attribute}=")
            scheme = _SCHEME.match(value) if attribute.lower() in _ADDRESSES else None
            if scheme and re.sub(r"[\t\n\r]", "", scheme[1]).lower() in _RUNS:
                raise Broken(f"a page leads to {scheme[1]}:")


def _is_own(element: Any, base: str) -> bool:
    """Whether it is what a layout has: nothing that leads out of the site."""
    if element.get("type") == "application/ld+json" or element.get("rel") == "license":
        return True
    if element.tag == "form" and (element.get("data-index") is not None or element.get("role") == "search"):
        return True
    if element.tag == "meta":
        return element.get("http-equiv") in (None, "Content-Security-Policy", "refresh")
    path = urlsplit(base).path
    return str(element.get(_OWN[element.tag])).startswith((base, path))


def check_output(done: Build, files: Mapping[str, bytes], own: Mapping[str, Any]) -> None:
    """`own`: the site's files; whoever writes layouts may write anything."""
    assert done.site is not None
    config = done.site.config
    trusted = any(path.startswith("layouts/") for path in own)
    for path in done.site.pages:
        data = files.get(path)
        if data is None:
            if not done.problems:
                raise Broken("a page is not there")
            continue
        if re.search(rb"[\x00-\x08\x0b\x0c\x0e-\x1f]|\xef\xbf[\xbe\xbf]", data):
            raise Broken("a page has control characters")
        data.decode()
        if path.endswith(".html") and not trusted:
            check_html(data, raw=config.markdown.html, base=config.base_url)
        elif path.endswith(".xml") and not trusted and data.startswith(b"<"):
            for element in etree.fromstring(data).iter(etree.Element):
                if element.get("type") == "html" and element.text and element.text.strip():
                    check_html(f"<div>{element.text}</div>", raw=config.markdown.html)
        elif path.endswith(".json") and not trusted:
            json.loads(data)


def check_preview(root: Path, vandal: Vandal) -> None:
    """What an author sees of a site in the preview: nothing in it runs, whatever the site and its problems say."""
    options = Options(output=root / "output", now=NOW, keep_going=True)
    state = Snapshot(root=root, words=words(vandal.chance.choice(LANGUAGES)), options=options)
    done = attempt(root, keep_going=True)
    over = Attempt(done, done.problems) if isinstance(done, Build) else Attempt(None, done)
    state = state.after(over)
    query = {name: vandal.fragment("markdown") for name in ("state", "lang", "section", "text", "page")}
    pages = [preview_overview(state, {}), preview_overview(state, query), problem_list(state), blank_page(state)]
    paths = state.site.pages if state.site else ()
    pages += [with_toolbar(b"<html><body></body>", path, state).decode() for path in paths]
    for page in pages:
        check_html(page, raw=False, base="http://127.0.0.1/__sitegen/")


def check_commands(root: Path, vandal: Vandal) -> None:
    """No command ends with a traceback, and what it prints does nothing in a terminal."""
    address, moment, title = (
        vandal.chance.choice(texts).replace("\0", "") for texts in (ADDRESSES, ODD_TEXT, ODD_TEXT)
    )
    where = vandal.name()
    for arguments in (
        ("messages", "--root", root),
        ("new", "--root", root, "--section", where, "--", title),
        ("new", "--root", root, "--key", where, "--", title),
        ("--lang", "ja", "build", "--root", root, "--all"),
        ("build", "--root", root, "--json", "--keep-going", "--base-url", address),
        ("build", "--root", root, "--keep-going", "--now", moment),
    ):  # fmt: skip
        said = run(*arguments)
        if said.status not in (0, 1, 2):
            raise Broken(f"status {said.status} of {arguments[0]}")
        if CONTROLS.search((said.out + said.err).replace("\n", "")):
            raise Broken(f"control characters from a command: {arguments}")
        if "--json" in arguments and said.status < 2:
            json.loads(said.out)


def attempt(root: Path, **options: Any) -> Build | tuple[Problem, ...]:
    """A build, or the problems with which it was refused."""
    try:
        return build(root, Options(**{"now": NOW, "index": False, "workers": Workers(1), "assembled": True, **options}))
    except SiteError as error:
        if not errors(error.problems):
            raise Broken("refused without an error") from error
        return error.problems


def check_site(root: Path, own: Mapping[str, Any], **options: Any) -> str:
    """A site on disk: built, refused or built as far as possible; and again. A digest of all that came of it.
    `options`: how it is built."""
    before = output_files(root / "output")
    strict = attempt(root, **options)
    if not isinstance(strict, Build):
        check_places(root, strict)
        if output_files(root / "output") != before:
            raise Broken("the output is not as it was")
    done = attempt(root, keep_going=True, **options)
    if not isinstance(done, Build):
        check_places(root, done)
        if isinstance(strict, Build):
            raise Broken("refused when it keeps going")
        return _digest(root, done, {})
    check_places(root, done.problems)
    if isinstance(strict, Build) and done.problems != strict.problems:
        raise Broken("other problems when it keeps going")
    if not isinstance(strict, Build) and not errors(done.problems):
        raise Broken("refused, but there is no error when it keeps going")
    files = output_files(root / "output")
    check_output(done, files, own)
    again = attempt(root, keep_going=True, **options)
    if not isinstance(again, Build) or again.written.written or again.written.removed:
        raise Broken(f"a second build writes: {again.written if isinstance(again, Build) else again}"[:200])
    if again.problems != done.problems:
        raise Broken("a second build has other problems")
    return _digest(root, done.problems, files)


def compare(root: Path, clean: Path, **options: Any) -> None:
    """What was built step by step is what is built at once."""
    now, new = attempt(root, keep_going=True, **options), attempt(clean, keep_going=True, **options)
    if isinstance(now, Build) != isinstance(new, Build):
        raise Broken("refused, and a clean build is not, or the other way round")
    if isinstance(new, Build) and isinstance(now, Build):
        files, expected = output_files(root / "output"), output_files(clean / "output")
        differ = sorted(path for path in files.keys() | expected.keys() if files.get(path) != expected.get(path))
        if differ:
            raise Broken(f"not what a clean build makes: {differ[:3]}")
        now, new = now.problems, new.problems
    if [(p.code, p.place) for p in now] != [(p.code, p.place) for p in new]:  # type: ignore[union-attr]
        raise Broken("other problems than a clean build has")


def _digest(root: Path, problems: Iterable[Problem], files: Mapping[str, bytes]) -> str:
    words = repr([(found.code, found.place, sorted(found.arguments.items())) for found in problems])
    for name in (os.path.realpath(root), os.path.realpath(root.parent)):  # where links lead
        words = words.replace(name, "")
    said = hashlib.sha256(words.encode("utf-8", "backslashreplace"))
    for path, data in files.items():
        said.update(os.fsencode(path) + b"\0" + hashlib.sha256(data).digest())
    return said.hexdigest()
