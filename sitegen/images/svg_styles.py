"""Styles in SVG files: what in them would load something. Taken is what is known to load nothing; all else is refused,
so that what browsers learn tomorrow is refused as well."""

import re
from collections.abc import Iterator

from sitegen.css import Token, tokens
from sitegen.text import shortened

_RULES = frozenset(
    (
        "charset", "container", "counter-style", "font-face", "font-feature-values", "keyframes",
        "-moz-keyframes", "-webkit-keyframes", "layer", "media", "page", "property", "scope", "starting-style",
        "supports",
    )
)  # fmt: skip
_FUNCTIONS = frozenset(
    (
        # values
        "abs", "acos", "asin", "atan", "atan2", "calc", "clamp", "cos", "exp", "hypot", "log", "max", "min",
        "mod", "pow", "rem", "round", "sign", "sin", "sqrt", "tan", "counter", "counters", "env", "var",
        "fit-content", "minmax", "repeat",
        # colours; icc-color and device-cmyk are for print
        "color", "color-mix", "device-cmyk", "hsl", "hsla", "hwb", "icc-color", "lab", "lch", "light-dark",
        "oklab", "oklch", "rgb", "rgba",
        # gradients, shapes, transforms, filters, time
        "conic-gradient", "linear-gradient", "radial-gradient", "repeating-conic-gradient",
        "repeating-linear-gradient", "repeating-radial-gradient", "circle", "ellipse", "inset", "path",
        "polygon", "ray", "rect", "shape", "xywh", "matrix", "matrix3d", "perspective", "rotate", "rotate3d",
        "rotatex", "rotatey", "rotatez", "scale", "scale3d", "scalex", "scaley", "scalez", "skew", "skewx",
        "skewy", "translate", "translate3d", "translatex", "translatey", "translatez", "blur", "brightness",
        "contrast", "drop-shadow", "grayscale", "hue-rotate", "invert", "opacity", "saturate", "sepia",
        "cubic-bezier", "linear", "steps",
        # fonts of this machine; how a font is written
        "format", "local", "tech",
        # selectors
        "dir", "has", "host", "is", "lang", "not", "nth-child", "nth-last-child", "nth-last-of-type",
        "nth-of-type", "selector", "where",
    )
)  # fmt: skip
_WITHIN = re.compile(
    r"\s*(#|data:(image/(png|jpe?g|gif|webp|avif)|font/[a-z0-9.+-]+|application/(x-)?font-[a-z0-9-]+)[;,])",
    re.IGNORECASE,
)

_TEXTS = frozenset(
    (
        "alt", "class", "content", "d", "glyph-name", "id", "label", "lang", "name", "orientation", "points",
        "string", "systemlanguage", "target", "title", "type", "unicode", "unicode-range", "version", "viewbox",
    )
)  # fmt: skip
"""Attributes that no browser reads as a style."""


def loading(style_sheet: str) -> Iterator[tuple[str, int]]:
    """What in a style sheet would load something, and where it begins."""
    if "(" not in style_sheet and "@" not in style_sheet:  # nothing else loads
        return
    behind_import = False
    for token in tokens(style_sheet):
        if not behind_import and not _is_harmless(token):
            yield _shown(token)
        behind_import = token.kind == "at" and token.value.lower() == "import"


def is_loading(attribute: str, value: str) -> bool:
    """Whether an attribute, by its name in lower case, has a style that would load something."""
    if "(" not in value or attribute in _TEXTS or attribute.startswith(("data-", "aria-")):
        return False
    return not all(token.kind == "at" or _is_harmless(token) for token in tokens(value))


def _is_harmless(token: Token) -> bool:
    match token.kind:
        case "url":
            return _WITHIN.match(token.value) is not None
        case "at":
            return token.value.lower() in _RULES
        case "function":
            return token.value.lower() in _FUNCTIONS
        case "bad":
            return False
    return True


def _shown(token: Token) -> tuple[str, int]:
    match token.kind:
        case "at":
            return f"@{shortened(token.value, _SHOWN)}", token.start - 1
        case "url":
            return shortened(token.value, _SHOWN) or "url()", token.start
    return f"{shortened(token.value, _SHOWN)}()", token.start


_SHOWN = 60
"""Bytes of a name or an address that a problem tells."""
