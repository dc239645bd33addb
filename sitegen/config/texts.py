"""Texts, one or one per language: whether the languages are the site's, and whether addresses among them lead
anywhere."""

from collections.abc import Iterable, Iterator, Mapping
from typing import Any

from sitegen.i18n.codes import meant_among
from sitegen.problems import Problem, problem
from sitegen.typed_yaml.reader import Typed, place_of

from .addresses import meant_link, read_link

Text = str | dict[str, str]


def check_link(value: Text, key: str, base_url: str, typed: Typed, path: str) -> Iterator[Problem]:
    """Every address among texts should lead somewhere, on the site or elsewhere."""
    for mark, text in texts_of(value, key).items():
        if read_link(text, base_url) is None and mark not in typed.unread:
            yield problem("invalid-link", place_of(typed.marks, mark, path), value=text, nearest=meant_link(text))


def texts_of(value: Text, key: str) -> dict[str, str]:
    """A text, or those of each language, by its place below a key."""
    return {key: value} if isinstance(value, str) else {f"{key}.{code}": text for code, text in value.items()}


def check_text(value: Text, key: str, codes: Mapping[str, Any], typed: Typed, path: str) -> list[Problem]:
    """A text per language should name the site's languages, and all of them, where these are known."""
    if isinstance(value, str) or not codes:
        return []
    marks = typed.marks
    problems = [
        problem("unknown-language", place_of(marks, f"{key}.{code}", path), **meant_language(code, codes))
        for code in value
        if code not in codes
    ]
    return problems + [
        problem(
            "missing-text",
            place_of(marks, f"{key}.{code}" if code in value else key, path),
            key=key.rpartition(".")[2],
            lang=code,
        )
        for code in codes
        if value and not value.get(code) and f"{key}.{code}" not in typed.unread
    ]


def meant_language(code: str, codes: Iterable[str]) -> dict[str, str | None]:
    """What is said of a language that is not the site's."""
    return {"value": code, "known": ", ".join(codes), "nearest": meant_among(code, codes)}
