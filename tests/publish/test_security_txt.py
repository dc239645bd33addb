"""/.well-known/security.txt, as RFC 9116 has it."""

from collections.abc import Sequence
from datetime import UTC, datetime

import pytest

from sitegen.config.settings import Config, read_config
from sitegen.i18n.messages import Words
from sitegen.problems import Problem
from sitegen.publish.hosting.security_txt import PATH, security_txt
from tests.support.sites import SETTINGS

ROOT = SETTINGS.replace("https://example.org/site/", "https://example.org/")
NOW = datetime(2026, 11, 27, 12, 0, tzinfo=UTC)


def settings(text: str, base: str = ROOT) -> Config:
    read, problems = read_config(f"{base}security: {text}\n", "site.yaml")
    assert read, problems
    return read[0]


def said(problems: Sequence[Problem]) -> list[tuple[str, str]]:
    return [(found.code, found.severity) for found in problems]


def test_all_of_it() -> None:
    config = settings(
        "{contact: [security@example.org, 'https://example.org/report', 'tel:+84-24-1234'], expires: 04/10/2027, "
        "policy: 'https://example.org/policy', encryption: 'https://example.org/key.asc', "
        "acknowledgments: 'https://example.org/thanks'}"
    )
    files, problems = security_txt(config, {}, NOW)
    assert said(problems) == []
    assert files[PATH].decode().splitlines() == [
        "Contact: mailto:security@example.org",
        "Contact: https://example.org/report",
        "Contact: tel:+84-24-1234",
        "Expires: 2027-10-03T17:00:00Z",
        "Encryption: https://example.org/key.asc",
        "Acknowledgments: https://example.org/thanks",
        "Preferred-Languages: vi, ja, en",
        "Canonical: https://example.org/.well-known/security.txt",
        "Policy: https://example.org/policy",
    ]


def test_the_least() -> None:
    config = settings("{contact: a@example.org, expires: 04/10/2027}", ROOT.replace("  vi:", "  pt_BR: {}\n  vi:"))
    files, _ = security_txt(config, {}, NOW)
    names = [line.partition(":")[0] for line in files[PATH].decode().splitlines()]
    assert names == ["Contact", "Expires", "Preferred-Languages", "Canonical"]
    assert b"Preferred-Languages: pt-BR, vi, ja, en\n" in files[PATH]


def test_none() -> None:
    config, _ = read_config(ROOT, "site.yaml")
    assert config
    assert security_txt(config[0], {}, NOW) == ({}, ())


@pytest.mark.parametrize(
    ("expires", "expected"),
    [
        ("27/11/2026", [("security-expired", "error")]),
        ("27/11/2026 19:00", [("security-expired", "error")]),
        ("27/11/2026 19:01", [("security-expires", "warning")]),
        ("27/12/2026", [("security-expires", "warning")]),
        ("28/12/2026", []),
        ("27/11/2027", []),
        ("30/11/2027", [("security-holds-long", "warning")]),
    ],
)
def test_how_long_it_holds(expires: str, expected: list[tuple[str, str]]) -> None:
    config = settings(f"{{contact: a@example.org, expires: '{expires}'}}")
    files, problems = security_txt(config, {}, NOW)
    assert said(problems) == expected
    assert bool(files) == (("security-expired", "error") not in expected)
    for found in problems:
        assert expires.partition(" ")[0] in found.message
        assert found.place.path == "site.yaml"
        assert {Words(lang).problem(found) for lang in ("vi", "ja")}


def test_a_file_of_the_sites_own() -> None:
    config = settings("{contact: a@example.org, expires: 04/10/2025}")
    files, problems = security_txt(config, {}, NOW, {PATH})
    assert (files, said(problems)) == ({}, [("own-security-txt", "warning")])
    assert problems[0].place.path == "assets/root/.well-known/security.txt"


def test_below_a_path() -> None:
    config = settings("{contact: a@example.org, expires: 04/10/2027}", SETTINGS)
    files, problems = security_txt(config, {}, NOW)
    assert (files, said(problems)) == ({}, [("security-below-root", "error")])
    assert "/site/" in problems[0].message
