"""A host's key is written into site.yaml, and nothing else there is touched."""

import pytest

from sitegen.publish.trust import with_host_key

KEY = "SHA256:zHY44eBWDwK85pm+hnD3g47rWBYq8TZWoaiUXLhTv+0"
LINE = f'host_key: "{KEY}"'
HEAD = "# Our site\ntitle: Thử\nbase_url: https://example.org/\nlanguages: {vi: {}}\n"


@pytest.mark.parametrize(
    ("before", "after"),
    [
        (
            "publish:\n  live:\n    to: sftp://web@example.org/www  # the web host\n    host: apache\n",
            f"publish:\n  live:\n    to: sftp://web@example.org/www  # the web host\n    {LINE}\n    host: apache\n",
        ),
        (
            'publish: {live: {to: "sftp://web@example.org/www", host: apache}}',
            f'publish: {{live: {{to: "sftp://web@example.org/www", host_key: "{KEY}", host: apache}}}}',
        ),
        (
            "publish:\n  live:\n    host_key: SHA256:" + "a" * 43 + " # old\n    to: sftp://web@example.org/www",
            f'publish:\n  live:\n    host_key: "{KEY}" # old\n    to: sftp://web@example.org/www',
        ),
        (
            "publish:\r\n    live:\r\n        to: sftp://example.org/www\r\n",
            f"publish:\r\n    live:\r\n        to: sftp://example.org/www\r\n        {LINE}\r\n",
        ),
    ],
)
def test_key_is_written(before: str, after: str) -> None:
    assert with_host_key(HEAD + before, "live", KEY) == HEAD + after


@pytest.mark.parametrize(
    "text",
    [
        "publish: {trial: {to: folder:x}}",
        "publish: {live: }",
        "publish: [",
        "x: &x {to: sftp://example.org/www}\npublish: {live: *x}",
        "publish: {live: {host: apache}}",
        "- a list",
    ],
)
def test_what_is_not_simple_is_left_to_the_author(text: str) -> None:
    assert with_host_key(HEAD + text, "live", KEY) is None
