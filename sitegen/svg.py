"""SVG files: how large they are."""

import re

_ROOT = re.compile(r"<svg\b[^>]*>", re.IGNORECASE)
_ATTRIBUTE = re.compile(r"""\b(width|height|viewBox)\s*=\s*["']([^"']*)["']""")
_LENGTH = re.compile(r"\s*([0-9.]+)(px)?\s*\Z")


def svg_size(data: bytes) -> tuple[int, int] | None:
    """Width and height of an SVG in CSS pixels, from its attributes, else from its viewBox (SVG 2, section 8.2)."""
    root = _ROOT.search(data[:4096].decode("utf-8", "replace"))
    if root is None:
        return None
    attributes = dict(_ATTRIBUTE.findall(root[0]))
    lengths = [_LENGTH.match(attributes.get(name, "")) for name in ("width", "height")]
    if lengths[0] and lengths[1]:
        return round(float(lengths[0][1])), round(float(lengths[1][1]))
    box = attributes.get("viewBox", "").replace(",", " ").split()
    try:
        return round(float(box[2])), round(float(box[3]))
    except (IndexError, ValueError):
        return None
