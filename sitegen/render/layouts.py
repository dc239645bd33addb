"""The templates of a site: their text, which include which, and mistakes that show before any page is made."""

import re
import traceback
from collections.abc import Collection, Iterable, Iterator, Mapping
from types import MappingProxyType

from jinja2 import BaseLoader, Environment, StrictUndefined, TemplateNotFound, TemplateSyntaxError, nodes
from jinja2.ext import extract_from_ast
from jinja2.parser import Parser
from msgspec import Struct

from sitegen.codes.table import TOO_DEEP
from sitegen.files import digest
from sitegen.i18n.languages import Language
from sitegen.markdown.anchors import OURS
from sitegen.problems import Checked, Place, Problem, problem
from sitegen.site.model import Layout, Message, missing_layout


class Analysis(Struct, frozen=True, array_like=True):
    """What the text of a template says, whatever other templates there are. `uses`: the templates that it names, with
    the line; None where only a run can tell."""

    uses: tuple[tuple[str | None, int], ...]
    messages: tuple[Message, ...]


def environment(layouts: Mapping[str, Layout]) -> Environment:
    """The Jinja environment of a site's layouts; an undefined name is an error, all but text and JSON is escaped."""
    made = Environment(
        loader=_Loader(layouts),
        autoescape=lambda name: name is None or not name.endswith((".txt", ".json")),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        auto_reload=False,
        cache_size=-1,
        extensions=["jinja2.ext.i18n"],
    )
    made.policies["json.dumps_kwargs"] = {"ensure_ascii": False, "sort_keys": True}
    return made


def read_layouts(
    texts: Mapping[str, str], known: Mapping[str, Analysis] = MappingProxyType({})
) -> Checked[tuple[dict[str, Layout], dict[str, Analysis]]]:
    """Read all templates, given as path → text with paths like layouts/base.html. What the site's own file hides
    goes by a name of its own: layouts/home.html may extend theme/home.html. Also what was found in each text, by its
    digest; those that are `known` are not parsed again."""
    named = {path.replace("layouts/", "", 1): (path, text) for path, text in texts.items()}
    parser = environment({})
    problems: list[Problem] = []
    analyses: dict[str, Analysis] = {}
    uses: dict[str, set[str]] = {}
    messages: dict[str, tuple[Message, ...]] = {}
    for name, (path, text) in named.items():
        key = digest(text.encode())
        found = known.get(key) or _analyse(parser, text, name, path)
        if isinstance(found, Problem):
            problems.append(found)
            continue
        analyses[key], messages[name], uses[name] = found, found.messages, set()
        for target, line in found.uses:
            if target is None:
                uses[name] |= named.keys()
            elif target in named:
                uses[name].add(target)
            else:
                problems.append(missing_layout(target, Place(path, line, 1), named))
    ids = {name: tuple(_ids(path, text)) for name, (path, text) in named.items()}
    layouts = {}
    for name, (path, text) in named.items():
        closure = sorted(_closure(name, uses))
        key = digest("\0".join(part for member in closure for part in (member, named[member][1])).encode())
        shown = tuple(found for member in closure for found in ids[member])
        layouts[name] = Layout(name, path, text, key, messages.get(name, ()), shown)
    return (layouts, analyses), tuple(problems)


def _analyse(parser: Environment, text: str, name: str, path: str) -> Analysis | Problem:
    try:
        tree = parser.parse(text, name, path)
        return Analysis(tuple(_references(tree)), tuple(_messages(tree)))
    except Exception as error:  # noqa: BLE001 - what Jinja's parser raises for want of depth is written nowhere
        return syntax_problem(error, path)


def syntax_problem(error: Exception, path: str) -> Problem:
    """What Jinja's parser, its compiler or Python's refuse, at the line of the template where they were."""
    if isinstance(error, TemplateSyntaxError):
        return problem("layout-syntax", Place(path, error.lineno, 1), detail=(error.message or "").rstrip("."))
    line = 0
    for frame, _ in traceback.walk_tb(error.__traceback__):
        known = frame.f_locals
        own, node, source = known.get("self"), known.get("node"), known.get("source")
        if isinstance(own, Parser):
            line = own.stream.current.lineno
        elif isinstance(one := own if isinstance(own, nodes.Node) else node, nodes.Node):
            line = one.lineno or line
        elif isinstance(error, SyntaxError) and isinstance(source, str):
            line = _template_line(source, error.lineno or 0) or line
    is_deep = isinstance(error, SyntaxError | RecursionError | MemoryError)
    return problem("layout-syntax", Place(path, max(1, line), 1), detail=TOO_DEEP if is_deep else str(error))


def _template_line(source: str, line: int) -> int:
    """The line of a template from which one of the Python text was made that Jinja has made of it, as that says at its
    end."""
    pairs = (pair.split("=") for pair in re.findall(r"\d+=\d+", source.rpartition("debug_info = ")[2]))
    return max((int(of_template) for of_template, below in pairs if int(below) <= line), default=0)


class _Loader(BaseLoader):
    def __init__(self, layouts: Mapping[str, Layout]) -> None:
        self.layouts = layouts

    def get_source(self, environment: Environment, template: str) -> tuple[str, str, None]:
        layout = self.layouts.get(template)
        if layout is None:
            raise TemplateNotFound(template)
        return layout.text, layout.path, None


def _references(tree: nodes.Template) -> Iterator[tuple[str | None, int]]:
    """Templates that a template names, with the line; None where only a run can tell. `ignore missing` may name
    what is not there."""
    for node in tree.find_all((nodes.Extends, nodes.Include, nodes.Import, nodes.FromImport)):
        assert isinstance(node, nodes.Extends | nodes.Include | nodes.Import | nodes.FromImport)
        if getattr(node, "ignore_missing", False) or not isinstance(node.template, nodes.Const):
            yield None, node.lineno
        else:
            yield str(node.template.value), node.lineno


def _messages(tree: nodes.Template) -> Iterator[Message]:
    for line, _, found in extract_from_ast(tree):
        texts = [text for text in (found if isinstance(found, tuple) else (found,)) if text]
        if texts:
            yield Message(texts[0], texts[1] if len(texts) > 1 else "", line)


def untranslated(layouts: Iterable[Layout], language: Language) -> dict[Message, Place]:
    """The texts that no catalogue of a language has, each with the place where it is first used."""
    missing: dict[tuple[str, str], tuple[Message, Place]] = {}
    for layout in sorted(layouts, key=lambda layout: (layout.name.startswith("theme/"), layout.path)):
        for message in layout.messages:
            if not language.has(message.text):
                place = Place(layout.path, message.line, 1)
                missing.setdefault((message.text, message.plural), (message, place))
    return dict(missing.values())


def check_messages(layouts: Collection[Layout], languages: Iterable[Language]) -> tuple[Problem, ...]:
    """What readers will see in English, as one problem for each language."""
    problems = []
    for language in languages:
        missing = untranslated(layouts, language)
        if missing:
            texts = ", ".join(f"“{message.text}”" for message in list(missing)[:3])
            place = next(iter(missing.values()))
            found = problem("missing-message", place, lang=language.code, count=len(missing), texts=texts)
            problems.append(found)
    return tuple(problems)


_ID = re.compile(r"\sid=[\"']([^\"'{}]+)[\"']")


def _ids(path: str, text: str) -> Iterator[tuple[str, str, int]]:
    line, counted = 1, 0
    for found in _ID.finditer(text):
        if not found[1].startswith(OURS):
            line, counted = line + text.count("\n", counted, found.start(1)), found.start(1)
            yield found[1], path, line


def _closure(name: str, uses: Mapping[str, set[str]]) -> set[str]:
    """All that a template is made from, itself among it."""
    closure: set[str] = set()
    pending = [name]
    while pending:
        current = pending.pop()
        if current not in closure:
            closure.add(current)
            pending += uses.get(current, ())
    return closure
