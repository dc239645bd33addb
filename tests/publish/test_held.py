"""The host's manifest: the same bytes for the same, damage noticed, nothing outside the site's folder."""

import gzip
import json
from datetime import UTC, datetime, timedelta

import pytest
from msgspec.structs import replace

from sitegen.publish.changes.held import Coming, Held, Kept, Left, decode, encode
from sitegen.publish.targets.target import Facts

NOW = datetime(2026, 11, 27, 9, tzinfo=UTC)
FILES = {"index.html": Left("a" * 32, 12, "", "12-1"), "vi/tin-tuc/ế/index.html": Left("b" * 32, 3, "c", "3-2")}
HELD = Held(
    "vjec", "https://example.org/", 7, NOW, NOW, FILES, {"index.html": "0" * 12}, frozenset({"x/index.html"}),
    frozenset({".htaccess", "web.config"}), frozenset({"vi/cu/"}),
    {"assets/a.0123456789.css": Kept(Left("d" * 32, 9, "", "9-1"), 5, NOW + timedelta(days=30))},
    frozenset({"00", "11", "22"}), Facts(tells_case=False), Coming({"index.html": Left("e" * 32, 12, "", "12-9")}),
)  # fmt: skip


def test_comes_back_as_it_was() -> None:
    assert decode(encode(HELD)) == HELD


def test_same_bytes() -> None:
    turned = replace(HELD, files=dict(reversed(FILES.items())), rules=frozenset(["web.config", ".htaccess"]))
    assert encode(turned) == encode(HELD)
    assert encode(HELD)[4:8] == bytes(4)  # no time of its own (RFC 1952, section 2.3)


@pytest.mark.parametrize("step", [1, 7])
def test_any_damage_is_noticed(step: int) -> None:
    data = encode(HELD)
    for at in range(0, len(data), step):
        assert decode(data[:at]) == "damaged"
        for bit in (1, 128):
            flipped = data[:at] + bytes([data[at] ^ bit]) + data[at + 1 :]
            assert decode(flipped) in ("damaged", HELD)  # the head names a system and a time, which say nothing


def test_damage_inside_is_noticed() -> None:
    """Packed again by somebody who meant well."""
    text = gzip.decompress(encode(HELD)).replace(b"vjec", b"vjeb")
    assert decode(gzip.compress(text)) == "damaged"


@pytest.mark.parametrize(
    "data", [b"", b"{}", gzip.compress(b"{}", mtime=0), gzip.compress(b"[" * 100_000, mtime=0), b"\x1f\x8b\x08"]
)
def test_what_is_none(data: bytes) -> None:
    assert decode(data) == "damaged"


def test_newer() -> None:
    found = json.loads(gzip.decompress(encode(HELD)))
    raw = gzip.decompress(encode(HELD)).replace(b'"format":1', b'"format":2')
    assert found["format"] == 1
    assert decode(gzip.compress(raw)) == "newer"


@pytest.mark.parametrize("path", ["../x", "/etc/passwd", "a//b", ".sitegen/lock", "C:/x", "a\\b", "a/../../b"])
def test_names_nothing_outside(path: str) -> None:
    """What it names is removed from the host."""
    for held in (
        replace(HELD, files={path: Left("a", 1)}),
        replace(HELD, kept={path: Kept(Left("a", 1), 1, NOW)}),
        replace(HELD, coming=Coming({path: Left("a", 1)})),
    ):
        assert decode(encode(held)) == "damaged"


@pytest.mark.parametrize(
    "held",
    [
        replace(HELD, moment=NOW.replace(tzinfo=None)),
        replace(HELD, listed=NOW.replace(tzinfo=None)),
        replace(HELD, kept={"a": Kept(Left("a", 1), 1, NOW.replace(tzinfo=None))}),
    ],
)
def test_moments_are_of_no_place(held: Held) -> None:
    """One without an offset could be compared with none."""
    assert decode(encode(held)) == "damaged"


def test_ten_thousand_files() -> None:
    """Some hundred kB, read before each publish."""
    from sitegen.files import digest

    files = {
        f"vi/tin-tuc/bai-so-{n}/index.html": Left(
            digest(b"%d" % n), 9_000 + n % 997, "", f"{9_000 + n % 997}-{n * 7_919}"
        )
        for n in range(10_000)
    }
    promised = {path: digest(path.encode())[:12] for path in files}
    assert len(encode(replace(HELD, files=files, promised=promised))) < 500_000
