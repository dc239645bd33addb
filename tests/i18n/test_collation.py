"""Names in order, by a list for each language."""

import unicodedata

import pytest

from sitegen.i18n.collation import sort_key
from tests.test_text import EXAMPLES


@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
@pytest.mark.parametrize("form", ["NFC", "NFD"])
def test_order(lang: str, form: str) -> None:
    sections = (EXAMPLES / "order.md").read_text("utf-8").split("\n## ")
    wanted = next(section for section in sections if section.startswith(f"{lang}\n")).split("\n- ")[1:]
    names = [unicodedata.normalize(form, name.strip()) for name in wanted]  # type: ignore[arg-type]
    jumbled = sorted(names, key=str.__len__)
    assert sorted(jumbled, key=lambda name: sort_key(name, lang)) == names


ODD = [
    "",
    "B\u0301",
    "\u0301",
    "\u0301\u0301a",
    "\u0323\u0301",
    "\u1100\u1161",
    "か\u3099ー",
    "ー",
    "\u3099",
    "\ufeff",
    "\u200d",
    "İ",
    "ŉ",
    "ﬃ",
]


@pytest.mark.parametrize("lang", ["vi", "ja", "en", "ko", "x"])
@pytest.mark.parametrize("name", ODD)
def test_names_that_are_no_words_have_a_place(lang: str, name: str) -> None:
    assert sorted(["a", name, "b"], key=lambda name: sort_key(name, lang)).index("a") in (0, 1)
