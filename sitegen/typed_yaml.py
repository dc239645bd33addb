"""YAML text → a typed value, and every mistake in it with its place.

Scalars stay the text that stands in the file until a type asks for more: `no`, `12:30` and `1_000` are text.
Parts typed `Any` follow the core schema of YAML 1.2 (section 10.3).

Settings, registries, front matter and charts are all read by it.
"""

import re
from collections.abc import Callable, Iterator, Mapping
from functools import cache
from types import MappingProxyType, NoneType, UnionType
from typing import Annotated, Any, Literal, NamedTuple, TypeVar, Union, get_args, get_origin

import msgspec
import yaml

from sitegen.codes.other_names import own_name

from .problems import Place, Problem, nearest, problem
from .text import clean
from .yaml_errors import STAND_IN, is_separated
from .yaml_nodes import DEEPEST, Source, TooMuch, compose

T = TypeVar("T")
Marks = dict[str, tuple[int, int]]
Scalars = Mapping[Any, Callable[[str], Any]]

MOST_VALUES = 100_000


class Refused(ValueError):
    """Raised by a scalar's reader: the code and arguments of the Problem to report."""

    def __init__(self, code: str, **arguments: object) -> None:
        super().__init__(code)
        self.code, self.arguments = code, arguments


class Typed(NamedTuple):
    """What a YAML text holds: all of it that could be read, None where nothing could. `marks`: "tags.0" → line,
    column, of values; "jcm:" of a mapping's key.
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
    source = compose(text, path, first_line, has_keys="mapping" in _arms(shape)[1])
    reader = _Reader(source, scalars, most_values)
    value = None
    try:
        if source.node is not None:
            value = reader.value(source.node, shape, "")
        elif not source.problems:
            value = reader.empty(shape, None, "")
    except TooMuch as error:
        reader.problems.append(error.problem)
    return Typed(None if value is _UNREAD else value, reader.marks, tuple(reader.problems), frozenset(reader.unread))


_UNREAD: Any = object()
"""Stands for a value with a problem of its own."""


class _Reader:
    """Walks a node tree beside a type; collects problems instead of raising the first."""

    def __init__(self, source: Source, scalars: Scalars, most_values: int) -> None:
        self.source, self.scalars = source, scalars
        self.left = self.most_values = most_values
        self.problems = [*source.problems]
        self.marks: Marks = {}
        self.unread: set[str] = set()

    def value(self, node: Any, shape: Any, name: str, depth: int = 0) -> Any:
        self.left -= 1
        if self.left < 0:
            raise TooMuch(problem("yaml-too-many-values", self._place(node), limit=self.most_values))
        if depth > DEEPEST:
            raise TooMuch(problem("yaml-too-deep", self._place(node), limit=DEEPEST))
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
            if self._is_misread(node, arms, name):
                return _UNREAD
            if is_empty(node):
                return self.empty(shape, node, name)
            if "scalar" in arms:
                return self._scalar(node, arms["scalar"], name)
        if arms == {"scalar": str} and node.flow_style and not name.rpartition(".")[2].isdigit():
            self.problems.append(self.source.unquoted(node))
        else:
            key, expected = name or self.source.path, _describe(arms)
            self._report("wrong-type", self._place(node), key=key, expected=expected, found=_found(node))
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
                self._unknown_key(key_node, key, target, name)
                continue
            at = _join(name, key)
            if not is_empty(child):
                value = self.value(child, shapes[key], at, depth + 1)
            elif self._is_misread(child, _arms(shapes[key])[1], at):
                value = _UNREAD
            else:
                continue
            if value is _UNREAD:
                self.unread.add(at)
            else:
                found[key] = value
        for key in required - found.keys():
            if _join(name, key) not in self.unread:
                self._report("missing-key", self._place(node), key=key)
                self.unread.add(_join(name, key))
            found[key] = _empty(shapes[key])
        return target(**found)

    def _is_misread(self, node: Any, arms: Mapping[str, Any], name: str) -> bool:
        """Whether a plain text is not what its author wrote; says so."""
        if node.value.startswith(STAND_IN):
            return True
        found = self.source.misread(node, name) if arms.get("scalar") is str and not node.style else None
        self.problems += [found] if found else ()
        return found is not None and found.severity == "error"

    def _unknown_key(self, node: Any, key: str, target: type[msgspec.Struct], name: str) -> None:
        if is_separated(key):
            found = self.source.lone(node)
            self.problems.append(found)
            self.unread.add(_join(name, found.arguments.get("key", "")))
            return
        shapes = _fields(target)[0]
        own = own_name(target.__name__, key, shapes)
        if own in shapes:
            self._report("unknown-key", self._place(node), key=key, own=own, advice="Here it is called “{own}”.")
            self.unread.add(_join(name, own))
        elif own:
            self._report("unknown-key", self._place(node), key=key, advice=own)
        else:
            known = ", ".join(shapes)
            self._report("unknown-key", self._place(node), key=key, nearest=nearest(key, shapes), known=known)

    def _mapping(self, node: Any, item: Any, name: str, depth: int) -> dict[str, Any]:
        found = {}
        for key, key_node, child in self._pairs(node, name):
            self.marks[f"{_join(name, key)}:"] = self._spot(key_node)
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
                    "wrong-type",
                    self._place(key_node),
                    key=name or self.source.path,
                    expected="a text as key",
                    found=found,
                )
                continue
            key = clean(key_node.value)
            if key in seen:
                self._report("duplicate-key", self._place(key_node), key=key, first=self._spot(seen[key])[0])
                continue
            seen[key] = key_node
            yield key, key_node, child

    def _scalar(self, node: Any, target: Any, name: str) -> Any:
        text = clean(node.value)
        if target is str:
            return text
        try:
            if target in self.scalars:
                return self.scalars[target](text)
            return _plain_scalar(text, target)
        except Refused as refused:
            self._report(
                refused.code, self._place(node), **{"key": name or self.source.path, "value": text, **refused.arguments}
            )
            return _UNREAD

    def _anything(self, node: Any, name: str, depth: int) -> Any:
        if isinstance(node, yaml.MappingNode):
            return self._mapping(node, Any, name, depth)
        if isinstance(node, yaml.SequenceNode):
            return [self.value(child, Any, f"{name}.{index}", depth + 1) for index, child in enumerate(node.value)]
        return core_schema(node.value) if not node.style else clean(node.value)

    def _spot(self, node: Any) -> tuple[int, int]:
        """Line and column."""
        place = self._place(node)
        return place.line, place.column

    def _place(self, node: Any) -> Place:
        return self.source.place(node.start_mark)

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
    return float(text) if _FLOAT.match(text) else clean(text)


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
