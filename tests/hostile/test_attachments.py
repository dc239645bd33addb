"""Files beside texts: XML that may be a page, names with very many points, entities in addresses."""

from collections.abc import Callable, Mapping

import pytest

from sitegen.config.file_types import is_page, refusal
from sitegen.markdown.raw_html import decoded, unescaped

from .growth import check_growth

XML: Mapping[str, Callable[[int], str]] = {
    "deep": lambda size: "<a>" * (size // 3),
    "wide": lambda size: f"<a>{'<b/>' * (size // 4)}</a>",
    "names": lambda size: "<a " + " ".join(f"xmlns:a{n}='{n}'" for n in range(size // 16)) + "/>",
    "text": lambda size: f"<a>{'&amp;' * (size // 5)}</a>",
    "entities in entities": lambda size: (
        "<!DOCTYPE a [<!ENTITY e0 'x'>"
        + "".join(f"<!ENTITY e{n} '&e{n - 1};&e{n - 1};'>" for n in range(1, size // 32))
        + f"]><a>&e{max(0, size // 32 - 1)};</a>"
    ),
    "comments": lambda size: f"<a>{'<!-- -->' * (size // 8)}</a>",
}


@pytest.mark.parametrize("name", XML)
def test_xml(name: str, thorough: bool) -> None:
    check_growth(XML[name], lambda text: is_page(text.encode()), thorough=thorough)


ENTITIES: Mapping[str, str] = {"names": "&amp", "numbers": "&#", "zeros": "0", "digits": "1", "hexadecimal": "&#xA"}


@pytest.mark.parametrize("name", ENTITIES)
def test_entities(name: str, thorough: bool) -> None:
    check_growth(
        lambda size: "&#" + ENTITIES[name] * size, lambda text: (decoded(text), unescaped(text)), thorough=thorough
    )


@pytest.mark.parametrize("part", [".", ".php", ".pdf", "a", ". "])
def test_names(part: str, thorough: bool) -> None:
    check_growth(lambda size: part * (size // len(part)), lambda name: refusal(name, ()), thorough=thorough)
