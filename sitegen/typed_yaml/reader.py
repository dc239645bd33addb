"""YAML text → a typed value, and every mistake in it with its place.

Scalars stay the text that stands in the file until a type asks for more: `no`, `12:30` and `1_000` are text.
Parts typed `Any` follow the core schema of YAML 1.2 (section 10.3).

Settings, registries, front matter and charts are all read by it.
"""

from collections.abc import Callable, Iterator, Mapping
from sys import maxsize
from types import MappingProxyType
from typing import Any, NamedTuple, TypeVar, get_args, get_origin

import msgspec
import yaml
from msgspec import Struct

from sitegen.codes.other_names import own_name
from sitegen.problems import Place, Problem, nearest, problem
from sitegen.text import clean

from .errors import STAND_IN, is_separated
from .nodes import DEEPEST, Source, TooMuch, compose
from .shapes import Refused, arms_of, core_schema, describe, fields_of, plain_scalar, stand_in

T = TypeVar("T")
Marks = dict[str, tuple[int, int]]
Scalars = Mapping[Any, Callable[[str], Any]]


def place_of(marks: Marks, name: str, path: str) -> Place:
    """Where a value stands; where that is not known, the top of the file."""
    return Place(path, *marks.get(name, (1, 1)))


MOST_VALUES = 100_000
LONGEST_KEY = 255
"""Characters. The place of each value goes by its keys, so that these must be short."""


class Bounds(Struct, frozen=True):
    """How much a document may hold. `values`: in all, aliases unfolded; `text`: characters of a text, of those that are
    `longer` by their keys; `entries`: of a list; `settings`: what allows more of either, in site.yaml."""

    values: int = MOST_VALUES
    text: int = maxsize
    longer: Mapping[str, int] = {}
    entries: int = maxsize
    settings: tuple[str, str] = ("", "")


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
    bounds: Bounds = Bounds(),
) -> Typed:
    """Read YAML `text`, which begins on `first_line` of the file `path`, as a value of the type `shape`."""
    source = compose(text, path, first_line, has_keys="mapping" in arms_of(shape)[1], most=bounds.values)
    reader = _Reader(source, scalars, bounds)
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

    def __init__(self, source: Source, scalars: Scalars, bounds: Bounds) -> None:
        self.source, self.scalars, self.bounds = source, scalars, bounds
        self.left = bounds.values
        self.problems = [*source.problems]
        self.marks: Marks = {}
        self.unread: set[str] = set()

    def value(self, node: Any, shape: Any, name: str, depth: int = 0) -> Any:
        self._check_depth(node, depth)
        self.marks[name] = self._spot(node)
        kind, arms = arms_of(shape)
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
            key, expected = name or self.source.path, describe(arms)
            self._report("wrong-type", self._place(node), key=key, expected=expected, found=_found(node))
        return _UNREAD

    def empty(self, shape: Any, node: Any, name: str) -> Any:
        """What a key with nothing behind it means: a text that says nothing, else what holds nothing."""
        arms = arms_of(shape)[1]
        target = arms.get("mapping")
        if target is None or (name and "scalar" in arms):
            return stand_in(shape)
        if issubclass(get_origin(target) or target, msgspec.Struct):
            mark = node.start_mark if node else None
            return self._struct(yaml.MappingNode("", [], mark), target, name, 0)
        return {}

    def _struct(self, node: Any, target: type[msgspec.Struct], name: str, depth: int) -> Any:
        shapes, required = fields_of(target)
        found: dict[str, Any] = {}
        for key, key_node, child in self._pairs(node, name):
            if key not in shapes:
                self._unknown_key(key_node, key, target, name)
                continue
            at = _join(name, key)
            if not is_empty(child):
                value = self.value(child, shapes[key], at, depth + 1)
            elif self._is_misread(child, arms_of(shapes[key])[1], at):
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
            found[key] = stand_in(shapes[key])
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
        shapes = fields_of(target)[0]
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
            found[key] = stand_in(item) if value is _UNREAD else value
        return found

    def _sequence(self, node: Any, item: Any, name: str, depth: int) -> Any:
        """Items that could be read, each marked by its number among them."""
        items: list[Any] = []
        if len(node.value) > self.bounds.entries:
            words = {"limit": self.bounds.entries, "count": len(node.value), "setting": self.bounds.settings[1] or None}
            self._report("too-many-entries", self._place(node.value[self.bounds.entries]), key=name, **words)
            return _UNREAD
        for child in node.value:
            self._count(child)
            at = f"{name}.{len(items)}"
            if is_empty(child):
                if not self._is_misread(child, arms_of(item)[1], at):
                    self._report("empty-entry", self._place(child), key=name or self.source.path)
                continue
            value = self.value(child, item, at, depth + 1)
            if value is not _UNREAD:
                items.append(value)
        return tuple(items)

    def _pairs(self, node: Any, name: str) -> Iterator[tuple[str, Any, Any]]:
        """Each key once, with its node and its value's."""
        seen: dict[str, Any] = {}
        for key_node, child in node.value:
            self._count(key_node)
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
            if len(key) > LONGEST_KEY:
                self._report("text-too-long", self._place(key_node), key=key, limit=LONGEST_KEY)
                continue
            if key in seen:
                self._report("duplicate-key", self._place(key_node), key=key, first=self._spot(seen[key])[0])
                continue
            seen[key] = key_node
            yield key, key_node, child

    def _scalar(self, node: Any, target: Any, name: str) -> Any:
        text, bounds = clean(node.value), self.bounds
        if target is str:
            most = bounds.longer.get(name, bounds.text)
            if len(text) <= most:
                return text
            self._report("text-too-long", self._place(node), key=name, limit=most, setting=bounds.settings[0] or None)
            return _UNREAD
        try:
            if target in self.scalars:
                return self.scalars[target](text)
            return plain_scalar(text, target)
        except Refused as refused:
            self._report(
                refused.code, self._place(node), **{"key": name or self.source.path, "value": text, **refused.arguments}
            )
            return _UNREAD

    def _anything(self, node: Any, name: str, depth: int) -> Any:
        """A value without a type; only its own place is noted."""
        self._check_depth(node, depth)
        if isinstance(node, yaml.MappingNode):
            return {key: self._anything(child, name, depth + 1) for key, _, child in self._pairs(node, name)}
        if isinstance(node, yaml.SequenceNode):
            for child in node.value:
                self._count(child)
            return [self._anything(child, name, depth + 1) for child in node.value]
        return core_schema(node.value) if not node.style else clean(node.value)

    def _count(self, node: Any) -> None:
        self.left -= 1
        if self.left < 0:
            raise TooMuch(problem("yaml-too-many-values", self._place(node), limit=self.bounds.values))

    def _check_depth(self, node: Any, depth: int) -> None:
        if depth > DEEPEST:
            raise TooMuch(problem("yaml-too-deep", self._place(node), limit=DEEPEST))

    def _spot(self, node: Any) -> tuple[int, int]:
        """Line and column."""
        place = self._place(node)
        return place.line, place.column

    def _place(self, node: Any) -> Place:
        return self.source.place(node.start_mark)

    def _report(self, code: str, place: Place, **arguments: object) -> None:
        self.problems.append(problem(code, place, **arguments))


def is_empty(node: Any) -> bool:
    """Nothing behind the key, or null written out; quotes make it a text."""
    return isinstance(node, yaml.ScalarNode) and not node.style and node.value in ("", "~", "null", "Null", "NULL")


def _found(node: Any) -> str:
    if isinstance(node, yaml.MappingNode):
        return "a mapping"
    return "a list" if isinstance(node, yaml.SequenceNode) else f"“{node.value}”"


def _join(name: str, key: str) -> str:
    return f"{name}.{key}" if name else key
