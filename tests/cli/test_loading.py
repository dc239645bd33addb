"""What a build in which nothing has changed does without, whatever it has to say."""

import subprocess
import sys
from pathlib import Path

import pytest

from tests.support.sites import article, write_site

DEAR = ("babel", "jinja2", "markdown_it", "PIL.Image", "rapidfuzz", "rich.console", "tempfile", "yaml", "zoneinfo")
SITE = {"content/news/a/index.vi.md": article("Đ", "![](https://x.example/p.png)\n\n[x](/no/)")}


@pytest.mark.parametrize("lang", ["vi", "ja", "en"])
def test_a_build_in_which_nothing_has_changed_loads_little(tmp_path: Path, lang: str) -> None:
    """Also where it has warnings to print, in the author's language."""
    write_site(tmp_path, SITE)
    code = (
        "import atexit, sys; from sitegen.__main__ import main; from tests.support.settled import settle; settle(); "
        f"atexit.register(lambda: print([name for name in {DEAR} if name in sys.modules])); main()"
    )
    command = [sys.executable, "-c", code, "build", "--lang", lang, "--root", str(tmp_path)]
    for loaded in (True, False):
        told = subprocess.run(command, capture_output=True, encoding="utf-8", check=True)
        assert "[broken-address]" in told.stderr
        assert (told.stdout.splitlines()[-1] != "[]") == loaded, told.stdout
