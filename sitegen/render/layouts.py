"""The templates of a site: their text, which include which, and mistakes that show before any page is made."""

import marshal
import re
import traceback
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from functools import cached_property
from types import MappingProxyType, MethodType
from typing import Any, Protocol

from jinja2 import (
    BaseLoader,
    BytecodeCache,
    Environment,
    StrictUndefined,
    Template,
    TemplateNotFound,
    TemplateSyntaxError,
    nodes,
)
from jinja2.bccache import Bucket
from jinja2.compiler import CodeGenerator, Frame
from jinja2.environment import TemplateModule
from jinja2.ext import extract_from_ast
from jinja2.idtracking import VAR_LOAD_RESOLVE
from jinja2.parser import Parser
from jinja2.runtime import Context, Macro, new_context
from markupsafe import Markup, escape
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


FRAGMENTS = "sitegen.fragments"
"""The variable of what knows texts that many pages show; no template can name it."""
_NAMES = "names"


class _CodeGenerator(CodeGenerator):
    """Adds to the program of a template which variables it may ask for."""

    def visit_Template(self, node: nodes.Template, frame: Frame | None = None) -> None:  # noqa: N802 - Jinja's name
        self._names: set[str] = set()
        super().visit_Template(node, frame)
        self.writeline(f"{_NAMES} = {sorted(self._names)!r}")

    def enter_frame(self, frame: Frame) -> None:
        super().enter_frame(frame)
        self._names.update(name for action, name in frame.symbols.loads.values() if action == VAR_LOAD_RESOLVE and name)


class _Context(Context):
    """The variables of a template. What most templates call wants none of Jinja's own objects but macros, so that it
    need not be asked each time."""

    def call(self, called: Callable[..., Any], *arguments: Any, **named: Any) -> Any:
        if type(called) is Macro:
            arguments = self.eval_ctx, *arguments
        elif type(called) is not MethodType or hasattr(called, "jinja_pass_arg"):
            return super().call(called, *arguments, **named)
        named.pop("_block_vars", None)
        named.pop("_loop_vars", None)
        return called(*arguments, **named)


class _Shared(Protocol):
    """What knows the texts of includes that are the same on many pages, and what is imported."""

    def text(self, template: "IncludedTemplate", context: Context) -> str | None: ...
    def module(self, template: "IncludedTemplate", context: Context) -> TemplateModule | None: ...


class IncludedTemplate(Template):
    """A template that is not run again where another page has had the same of it."""

    @property
    def root_render_func(self) -> Callable[[Context], Iterator[str]]:
        return self._included

    @root_render_func.setter
    def root_render_func(self, root: Callable[[Context], Iterator[str]]) -> None:
        self.write = root
        root.__globals__["escape"] = _escaped

    def _included(self, context: Context) -> Iterator[str]:
        """`context` is that of a template which extends this one, unless it is this one's."""
        shared: _Shared | None = context.parent.get(FRAGMENTS) if context.name == self.name else None
        text = shared.text(self, context) if shared else None
        yield "".join(self.write(context)) if text is None else text  # in one piece, for many templates may hand it on

    def new_context(
        self,
        vars: dict[str, Any] | None = None,  # noqa: A002 - Jinja's name
        shared: bool = False,
        locals: Mapping[str, Any] | None = None,  # noqa: A002
    ) -> Context:
        """Variables that are shared have those of the environment among them, which need not be told apart then."""
        always = None if shared else self.globals
        return new_context(self.environment, self.name, self.blocks, vars, shared, always, locals)

    def make_module(self, *variables: Any, **named: Any) -> TemplateModule:
        context = self.new_context(*variables, **named)
        known: _Shared | None = context.parent.get(FRAGMENTS)
        return (known.module(self, context) if known else None) or self.run(context)

    def written(self, variables: dict[str, Any]) -> str:
        """All that the template writes. `variables`: those of the environment among them."""
        try:
            return "".join(self.write(self.new_context(variables, shared=True)))
        except Exception:  # noqa: BLE001 - it is raised again, at the lines of templates
            self.environment.handle_exception()

    def run(self, context: Context) -> TemplateModule:
        """What the template exports."""
        return TemplateModule(self, context, [*self.write(context)])

    @cached_property
    def names(self) -> frozenset[str] | None:
        """The variables that this and all it includes, imports and extends may ask for; None where one of these has a
        mistake, which is told if it comes to that."""
        loader = self.environment.loader
        assert isinstance(loader, _Loader)
        names: set[str] = set()
        for name in loader.layouts[self.name or ""].made_of:
            try:
                template = self.environment.get_template(name)
            except Exception:  # noqa: BLE001 - what a compiler raises is written nowhere
                return None
            assert isinstance(template, IncludedTemplate)
            names.update(template.write.__globals__[_NAMES])
        return frozenset(names)


def _escaped(value: object) -> str:
    """As HTML. Most values have nothing to escape, and need not be marked as escaped only to be written."""
    if type(value) is Markup or (type(value) is str and not _SPECIAL.search(value)):
        return value
    return escape(value)


_SPECIAL = re.compile("[&<>'\"]")


Program = tuple[str, bytes]
"""The checksum of a template's text, and what it was compiled to."""


class Programs(BytecodeCache):
    """What templates were compiled to, in this build or an earlier one of this very program."""

    def __init__(self, known: Mapping[str, Program]) -> None:
        self.by_name = {**known}

    def load_bytecode(self, bucket: Bucket) -> None:
        checksum, code = self.by_name.get(bucket.key, ("", b""))
        if checksum == bucket.checksum:
            bucket.code = marshal.loads(code)  # noqa: S302 - of the cache, in which nobody else can have written

    def dump_bytecode(self, bucket: Bucket) -> None:
        self.by_name[bucket.key] = bucket.checksum, marshal.dumps(bucket.code)


def environment(layouts: Mapping[str, Layout], programs: Programs | None = None) -> Environment:
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
        bytecode_cache=programs,
        extensions=["jinja2.ext.i18n"],
    )
    made.template_class, made.code_generator_class, made.context_class = IncludedTemplate, _CodeGenerator, _Context
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
        layouts[name] = Layout(name, path, text, key, messages.get(name, ()), shown, tuple(closure))
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
