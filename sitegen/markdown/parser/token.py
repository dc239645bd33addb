"""Tokens, of which a text has hundreds."""

from typing import Any, cast

from markdown_it.token import Token as AnyToken
from msgspec import Struct


class _Token(Struct, gc=False):
    """The library's token: made in a quarter of the time, and not looked at by the garbage collector, as tokens are in
    no cycles."""

    type: str
    tag: str
    nesting: int
    level: int = 0
    block: bool = False
    content: str = ""
    map: list[int] | None = None
    markup: str = ""
    info: str = ""
    attrs: dict[str, str | int | float] = {}
    meta: dict[Any, Any] = {}
    children: list[AnyToken] | None = None
    hidden: bool = False

    attrSet, attrItems = AnyToken.attrSet, AnyToken.attrItems  # noqa: N815 - the library's names


Token = cast("type[AnyToken]", _Token)
