"""What kind of file a name is."""

import pytest

from sitegen.config.file_types import TYPES
from sitegen.config.media_types import BY_SUFFIX, UNKNOWN, content_type


@pytest.mark.parametrize(
    ("name", "expected"),
    [
        ("a.avif", "image/avif"), ("a.webp", "image/webp"), ("a.mjs", "text/javascript; charset=utf-8"),
        ("a.wasm", "application/wasm"), ("a.webmanifest", "application/manifest+json; charset=utf-8"),
        ("a.json", "application/json; charset=utf-8"), ("a.mp4", "video/mp4"), ("a.pdf", "application/pdf"),
        ("a.svg", "image/svg+xml; charset=utf-8"), ("a.woff2", "font/woff2"), ("a.tar.gz", "application/gzip"),
        ("a.html", "text/html; charset=utf-8"), ("a", "application/octet-stream"),
        ("A.PDF", "application/pdf"), ("b/.htaccess", "application/octet-stream"),
        ("a.csv", "text/csv; charset=utf-8"), ("a.Z", "application/octet-stream"),
        ("wasm.vi.pagefind", "application/octet-stream"),
    ],
)  # fmt: skip
def test_types_by_name(name: str, expected: str) -> None:
    assert content_type(name) == expected


def test_what_readers_may_have_has_a_type() -> None:
    """But for what only its own programs read, which browsers save as it is."""
    lacking = {suffix for suffix in TYPES if content_type(f"a.{suffix}") == UNKNOWN}
    assert lacking == {
        "accdb", "db", "dta", "grb", "grb2", "grib", "indd", "mat", "mbtiles", "mdb", "pmtiles", "por",
        "rdata", "rds", "sav", "skp",
    }  # fmt: skip


def test_no_suffix_twice() -> None:
    assert all(kind.count(";") <= 1 and "/" in kind for kind in BY_SUFFIX.values())
    assert len({suffix.lower() for suffix in BY_SUFFIX}) == len(BY_SUFFIX)
