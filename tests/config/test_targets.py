"""Targets in site.yaml: what is said of them, and where they lead."""

import pytest

from sitegen.config.settings import read_config
from sitegen.config.targets import SecuritySettings, TargetAddress, read_target_address, secret_variable
from sitegen.text import without_secrets
from tests.support.sites import SETTINGS

ADDRESSES = {
    "folder:/var/www/site": TargetAddress("folder", "/var/www/site"),
    "folder:../www": TargetAddress("folder", "../www"),
    r"folder:\\server\www$\site": TargetAddress("folder", r"\\server\www$\site"),
    "sftp://web@sv1234.example.jp:10022/public_html": TargetAddress(
        "sftp", "public_html", "web", "sv1234.example.jp", 10022
    ),
    "sftp://www.example.org//var/www/site": TargetAddress("sftp", "/var/www/site", "", "www.example.org"),
    "sftp://web@[::1]:22/": TargetAddress("sftp", "", "web", "::1", 22),
    "sftp://web@example.org/trang%20web": TargetAddress("sftp", "trang web", "web", "example.org"),
    "git:git@example.org:env/site.git#pages": TargetAddress("git", "git@example.org:env/site.git", branch="pages"),
    "git:https://example.org/env/site.git#gh-pages": TargetAddress(
        "git", "https://example.org/env/site.git", branch="gh-pages"
    ),
    "git:../site.git#pages/live": TargetAddress("git", "../site.git", branch="pages/live"),
}


@pytest.mark.parametrize("text", ADDRESSES)
def test_address(text: str) -> None:
    assert read_target_address(text) == ADDRESSES[text]


@pytest.mark.parametrize(
    "text",
    ["", "folder:", "folder", "/var/www", "sftp:/www", "sftp://", "sftp://example.org:99999/", "sftp://[::1/x",
     "sftp://example.org/a?b", "sftp://example.org/a#b", "sftp://example.org/../etc", "sftp://-oProxyCommand=x/",
     "sftp://example.org/a\\b", "git:https://example.org/x.git", "git:#pages", "git:--upload-pack=x#pages",
     "git:x#-f", "git:x#a..b", "git:x#a b", "git:x#a.", "ftp://example.org/", "s3://bucket/", "folder:/a\nb"],
)  # fmt: skip
def test_no_address(text: str) -> None:
    assert read_target_address(text) is None


@pytest.mark.parametrize(
    "text",
    ["sftp://web:xyzzy@example.org/", "password: xyzzy", "  token: 'xyzzy'", "SITEGEN_LIVE_PASSWORD=xyzzy",
     'headers: {X-Auth-Token: "xyzzy"}', "https://ghp_xyzzyxyzzyxyzzy@example.org/",
     "Authorization: Bearer xyzzyxyzzy"],
)  # fmt: skip
def test_secrets_are_not_shown(text: str) -> None:
    shown = without_secrets(text)
    assert "xyzzy" not in shown
    assert len(shown) == len(text)


@pytest.mark.parametrize(
    "text", ["sftp://web@example.org:22/", "https://example.org/", "a passage: long", "key: value"]
)
def test_all_else_is_shown(text: str) -> None:
    assert without_secrets(text) == text


def test_variables_of_targets() -> None:
    assert secret_variable("trial-2", "PASSWORD") == "SITEGEN_TRIAL_2_PASSWORD"


def test_contacts_are_addresses_in_full() -> None:
    security = SecuritySettings("security@example.org", "01/02/2027")
    assert security.contacts == ("mailto:security@example.org",)


@pytest.mark.parametrize("url", ["https://[/", "https://a:b/", "https:///", "ftp://example.org/", "https://a/?b"])
def test_where_no_reader_can_be(url: str) -> None:
    _, problems = read_config(f'{SETTINGS}publish: {{live: {{to: "folder:../www", url: "{url}"}}}}\n', "site.yaml")
    assert [each.code for each in problems] == ["invalid-address"]
