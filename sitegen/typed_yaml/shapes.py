"""Types → what may stand for them in YAML: kinds of nodes, keys, and scalars that mean more than their text."""

import re
from collections.abc import Mapping
from functools import cache
from math import isfinite
from types import NoneType, UnionType
from typing import Annotated, Any, Literal, Union, get_args, get_origin

import msgspec

from sitegen.problems import nearest
from sitegen.text import clean


class Refused(ValueError):
    """Raised by a scalar's reader: the code and arguments of the Problem to report."""

    def __init__(self, code: str, **arguments: object) -> None:
        super().__init__(code)
        self.code, self.arguments = code, arguments


@cache
def arms_of(shape: Any) -> tuple[Any, dict[str, Any]]:
    """The type to use for each kind of node; a union has one for each at most."""
    if get_origin(shape) is Annotated:
        inner = get_args(shape)[0]
        if inner is int:
            return shape, {"scalar": shape}
        return arms_of(inner)
    if shape is Any:
        return Any, {}
    origin = get_origin(shape)
    if origin in (Union, UnionType):
        merged: dict[str, Any] = {}
        for arm in get_args(shape):
            if arm is not NoneType:
                merged |= arms_of(arm)[1]
        return shape, merged
    if origin is tuple:
        return shape, {"sequence": shape}
    if isinstance(origin, type) and issubclass(origin, Mapping):
        return shape, {"mapping": shape}
    if isinstance(shape, type) and issubclass(shape, msgspec.Struct) and not getattr(shape, "from_scalar", False):
        return shape, {"mapping": shape}
    return shape, {"scalar": shape}


@cache
def fields_of(target: type[msgspec.Struct]) -> tuple[dict[str, Any], frozenset[str]]:
    """The type of each key, and the keys that must be there."""
    fields = msgspec.structs.fields(target)
    return {f.encode_name: f.type for f in fields}, frozenset(f.encode_name for f in fields if f.required)


def describe(arms: Mapping[str, Any]) -> str:
    """What is expected, in words (see codes.table.PHRASES)."""
    words = {"scalar": "a text", "sequence": "a list", "mapping": "a mapping"}
    return " or ".join(words[kind] for kind in ("scalar", "sequence", "mapping") if kind in arms)


def stand_in(shape: Any) -> Any:
    """What stands in for a value of this type that could not be read, and has no default."""
    arms = arms_of(shape)[1]
    if "mapping" in arms and "scalar" not in arms:
        target = arms["mapping"]
        if not isinstance(target, type):
            return {}
        shapes, required = fields_of(target)
        return target(**{key: stand_in(shapes[key]) for key in required})
    return "" if "scalar" in arms else ()


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
    if _FLOAT.match(text) and isfinite(value := float(text)):
        return value
    return clean(text)


def plain_scalar(text: str, target: Any) -> Any:
    """A text as a value of the type `target`: a choice, true or false, a whole number. Raises Refused."""
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
        if isinstance(limits, msgspec.Meta) and limits.le is not None and value > limits.le:
            raise Refused("above-range", most=limits.le)
    return value
