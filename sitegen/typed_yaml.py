"""YAML text → a typed value, and every mistake in it with its place.

Scalars stay the text that stands in the file until a type asks for more: `no`, `12:30` and `1_000` are text.
Parts typed `Any` follow the core schema of YAML 1.2 (section 10.3).

Settings, registries, front matter and charts are all read by it. libyaml composes the nodes; what would nest deeper
than its stack is refused before.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin

import msgspec
import yaml

from .problems import Place, Problem, nearest, problem
from .text import nfc
from .yaml_errors import syntax_problem

T = TypeVar("T")
Marks = dict[str, tuple[int, int]]
Scalars = Mapping[Any, Callable[[str], Any]]

DEEPEST = 40
MOST_VALUES = 100_000
_SAFE_DEPTH = 500


class Refused(ValueError):
    """Raised by a scalar's reader: the code and arguments of the Problem to report."""

    def __init__(self, code: str, **arguments: object) -> None:
        super().__init__(code)
        self.code, self.arguments = code, arguments


class Typed(NamedTuple):
    """What a YAML text holds: all of it that could be read, None where nothing could. `marks`: "tags.0" → line, column.
    `unread`: keys with a problem of their own, such as "date"; their defaults stand in, or what is empty."""

    value: Any
    marks: Marks
    problems: tuple[Problem, ...]
    unread: frozenset[str] = frozenset()


def read(
    text: str,
    shape: Any,
    path: str,
    *,
    first_line: int = 1,
    scalars: Scalars = MappingProxyType({}),
    most_values: int = MOST_VALUES,
) -> Typed:
    """Read YAML `text`, which begins on `first_line` of the file `path`, as a value of the type `shape`."""
    reader = _Reader(path, first_line, scalars, most_values)
    value = None
    try:
        _refuse_depth_that_ends_the_process(text, Place(path, first_line, 1))
        node = yaml.compose(text, Loader=_Composer)
        value = reader.value(node, shape, "") if node else reader.empty(shape, None, "")
    except yaml.MarkedYAMLError as error:
        reader.problems.append(syntax_problem(error, text, path, first_line))
    except yaml.reader.ReaderError as error:
        line = text.count("\n", 0, error.position) + first_line
        reader.problems.append(problem("yaml-syntax", Place(path, line, 1), detail="a control character"))
    except _TooMuch as error:
        reader.problems.append(error.problem)
    return Typed(None if value is _UNREAD else value, reader.marks, tuple(reader.problems), frozenset(reader.unread))


class _Composer(yaml.CSafeLoader):
    """libyaml's composer without YAML 1.1's guesses at types."""

    yaml_implicit_resolvers = {}


def _refuse_depth_that_ends_the_process(text: str, place: Place) -> None:
    """Libyaml composes by recursion in C. Depth needs brackets or long lines, so most texts pass at once."""
    brackets = text.count("[") + text.count("{")
    if brackets < _SAFE_DEPTH and max(map(len, text.split("\n"))) < _SAFE_DEPTH:
        return
    depth = 0
    for event in yaml.parse(text, Loader=_Composer):
        if isinstance(event, yaml.CollectionStartEvent):
            depth += 1
        elif isinstance(event, yaml.CollectionEndEvent):
            depth -= 1
        if depth > _SAFE_DEPTH:
            mark = event.start_mark
            at = Place(place.path, place.line + mark.line, mark.column + 1) if mark else place
            raise _TooMuch(problem("yaml-too-deep", at, limit=DEEPEST))


class _TooMuch(Exception):
    def __init__(self, found: Problem) -> None:
        super().__init__(found.code)
        self.problem = found


_UNREAD: Any = object()
"""Stands for a value with a problem of its own."""


class _Reader:
    """Walks a node tree beside a type; collects problems instead of raising the first."""

    def __init__(self, path: str, first_line: int, scalars: Scalars, most_values: int) -> None:
        self.path, self.first_line, self.scalars = path, first_line, scalars
        self.left = self.most_values = most_values
        self.problems: list[Problem] = []
        self.marks: Marks = {}
        self.unread: set[str] = set()

    def value(self, node: Any, shape: Any, name: str, depth: int = 0) -> Any:
        self.left -= 1
        if self.left < 0:
            raise _TooMuch(problem("yaml-too-many-values", self._place(node), limit=self.most_values))
        if depth > DEEPEST:
            raise _TooMuch(problem("yaml-too-deep", self._place(node), limit=DEEPEST))
        self.marks[name] = self._spot(node)
        kind, arms = _arms(shape)
        if kind is Any:
            return self._anything(node, name, depth)
        if isinstance(node, yaml.MappingNode) and "mapping" in arms:
            target = arms["mapping"]
            if isinstance(target, type) and issubclass(target, msgspec.Struct):
                return self._struct(node, target, name, depth)
            return self._mapping(node, get_args(target)[1], name, depth)
        if isinstance(node, yaml.SequenceNode) and "sequence" in arms:
            return self._sequence(node, get_args(arms["sequence"])[0], name, depth)
        if isinstance(node, yaml.ScalarNode):
            if is_empty(node):
                return self.empty(shape, node, name)
            if "scalar" in arms:
                return self._scalar(node, arms["scalar"], name)
        self._report("wrong-type", self._place(node), key=_last(name), expected=_describe(arms), found=_found(node))
        return _UNREAD

    def empty(self, shape: Any, node: Any, name: str) -> Any:
        """What a key with nothing behind it means."""
        target = _arms(shape)[1].get("mapping")
        if target is None:
            return ()
        if issubclass(get_origin(target) or target, msgspec.Struct):
            mark = node.start_mark if node else None
            return self._struct(yaml.MappingNode("", [], mark), target, name, 0)
        return {}

    def _struct(self, node: Any, target: type[msgspec.Struct], name: str, depth: int) -> Any:
        shapes, required = _fields(target)
        found: dict[str, Any] = {}
        for key, key_node, child in self._pairs(node, name):
            if key not in shapes:
                known = ", ".join(shapes)
                self._report("unknown-key", self._place(key_node), key=key, nearest=nearest(key, shapes), known=known)
            elif not is_empty(child):
                value = self.value(child, shapes[key], _join(name, key), depth + 1)
                if value is _UNREAD:
                    self.unread.add(_join(name, key))
                else:
                    found[key] = value
        for key in required - found.keys():
            if _join(name, key) not in self.unread:
                self._report("missing-key", self._place(node), key=key)
                self.unread.add(_join(name, key))
            found[key] = _empty(shapes[key])
        return target(**found)

    def _mapping(self, node: Any, item: Any, name: str, depth: int) -> dict[str, Any]:
        found = {}
        for key, _, child in self._pairs(node, name):
            value = self.value(child, item, _join(name, key), depth + 1)
            if value is _UNREAD:
                self.unread.add(_join(name, key))
            found[key] = _empty(item) if value is _UNREAD else value
        return found

    def _sequence(self, node: Any, item: Any, name: str, depth: int) -> tuple[Any, ...]:
        """Items that could be read, each marked by its number among them."""
        items: list[Any] = []
        for child in node.value:
            value = self.value(child, item, f"{name}.{len(items)}", depth + 1)
            if value is not _UNREAD:
                items.append(value)
        return tuple(items)

    def _pairs(self, node: Any, name: str) -> Iterator[tuple[str, Any, Any]]:
        """Each key once, with its node and its value's."""
        seen: dict[str, Any] = {}
        for key_node, child in node.value:
            if not isinstance(key_node, yaml.ScalarNode):
                found = _found(key_node)
                self._report(
                    "wrong-type", self._place(key_node), key=_last(name), expected="a text as key", found=found
                )
                continue
            key = nfc(key_node.value)
            if key in seen:
                self._report("duplicate-key", self._place(key_node), key=key, first=self._spot(seen[key])[0])
                continue
            seen[key] = key_node
            yield key, key_node, child

    def _scalar(self, node: Any, target: Any, name: str) -> Any:
        text = nfc(node.value)
        if target is str:
            return text
        try:
            if target in self.scalars:
                return self.scalars[target](text)
            return _plain_scalar(text, target)
        except Refused as refused:
            self._report(refused.code, self._place(node), **{"key": _last(name), "value": text, **refused.arguments})
            return _UNREAD

    def _anything(self, node: Any, name: str, depth: int) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, Any, name, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, Any, f"{name}.{index}", depth + 1) for index, child in enumerate(node.value)]
        return core_schema(node.value) if not node.style else nfc(node.value)

    def _spot(self, node: Any) -> tuple[int, int]:
        """Line and column."""
        mark = node.start_mark  # None where a struct stands for an empty file
        return (self.first_line + mark.line, mark.column + 1) if mark else (1, 1)

    def _place(self, node: Any) -> Place:
        return Place(self.path, *self._spot(node))

    def _report(self, code: str, place: Place, **arguments: object) -> None:
        self.problems.append(problem(code, place, **arguments))


def _empty(shape: Any) -> Any:
    """What stands in for a value of this type that could not be read, and has no default."""
    arms = _arms(shape)[1]
    if "mapping" in arms and "scalar" not in arms:
        target = arms["mapping"]
        if not isinstance(target, type):
            return {}
        shapes, required = _fields(target)
        return target(**{key: _empty(shapes[key]) for key in required})
    return "" if "scalar" in arms else ()


def is_empty(node: Any) -> bool:
    """Nothing behind the key, or null written out; quotes make it a text."""
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value in ("", "~", "null", "Null", "NULL")


_INTEGER = re.compile(r"[-+]?[0-9]+\Z|0o[0-7]+\Z|0x[0-9a-fA-F]+\Z")
_FLOAT = re.compile(r"[-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?\Z")


def core_schema(text: str) -> Any:
    """A plain scalar by YAML 1.2 (section 10.3.2); infinities, NaN and what 64 bits cannot hold stay text."""
    if text in ("", "~", "null", "Null", "NULL"):
        return None
    if text in ("true", "True", "TRUE", "false", "False", "FALSE"):
        return text[0] in "tT"
    if _INTEGER.match(text) and len(text) < 19:
        return int(text, 0) if text[:2] in ("0o", "0x") else int(text)
    return float(text) if _FLOAT.match(text) else nfc(text)


def _plain_scalar(text: str, target: Any) -> Any:
    origin, limits = target, None
    if get_origin(target) is Annotated:
        origin, limits = get_args(target)[:2]
    if get_origin(origin) is Literal:
        choices = get_args(origin)
        if text not in choices:
            raise Refused("not-a-choice", nearest=nearest(text, choices), choices=", ".join(choices))
        return text
    value = core_schema(text)
    if origin is bool and not isinstance(value, bool):
        raise Refused("wrong-type", expected="true or false", found=f"“{text}”")
    if origin is int:
        if not isinstance(value, int) or isinstance(value, bool):
            raise Refused("wrong-type", expected="a whole number", found=f"“{text}”")
        if isinstance(limits, msgspec.Meta) and limits.ge is not None and value < limits.ge:
            raise Refused("out-of-range", least=limits.ge)
    return value


@cache
def _arms(shape: Any) -> tuple[Any, dict[str, Any]]:
    """The type to use for each kind of node; a union has one for each at most."""
    if get_origin(shape) is Annotated:
        inner = get_args(shape)[0]
        if inner is int:
            return shape, {"scalar": shape}
        return _arms(inner)
    if shape is Any:
        return Any, {}
    origin = get_origin(shape)
    if origin in (Union, UnionType):
        merged: dict[str, Any] = {}
        for arm in get_args(shape):
            if arm is not NoneType:
                merged |= _arms(arm)[1]
        return shape, merged
    if origin is tuple:
        return shape, {"sequence": shape}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return shape, {"mapping": shape}
    if isinstance(shape, type) and issubclass(shape, msgspec.Struct) and not getattr(shape, "from_scalar", False):
        return shape, {"mapping": shape}
    return shape, {"scalar": shape}


@cache
def _fields(target: type[msgspec.Struct]) -> tuple[dict[str, Any], frozenset[str]]:
    fields = msgspec.structs.fields(target)
    return {f.encode_name: f.type for f in fields}, frozenset(f.encode_name for f in fields if f.required)


def _describe(arms: Mapping[str, Any]) -> str:
    words = {"scalar": "a text", "sequence": "a list", "mapping": "a mapping"}
    return " or ".join(words[kind] for kind in ("scalar", "sequence", "mapping") if kind in arms)


def _found(node: Any) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    return "a list" if isinstance(node, yaml.SequenceNode) else f"“{node.value}”"


def _join(name: str, key: str) -> str:
    return f"{name}.{key}" if name else key


def _last(name: str) -> str:
    return name or "this file"
