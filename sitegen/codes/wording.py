"""How a problem is said: its severity, what is wrong, what to do."""

from typing import Literal

from msgspec import Struct

Severity = Literal["error", "warning"]


class Wording(Struct, frozen=True):
    """How a code is said; `hint_plain` serves when the hint's own arguments are not all known."""

    severity: Severity
    message: str
    hint: str
    hint_plain: str = ""


def error(message: str, hint: str, hint_plain: str = "") -> Wording:
    return Wording("error", message, hint, hint_plain)


def warning(message: str, hint: str, hint_plain: str = "") -> Wording:
    return Wording("warning", message, hint, hint_plain)
