"""A public reader of feeds, feedsmith (npm), which knows Atom and JSON Feed."""

import json
import shutil
import subprocess
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.support.nu import TOOLS

READER = """
import { readFileSync } from "node:fs";
const { parseFeed } = await import(process.argv[1]);
const found = {};
for (const path of process.argv.slice(2)) found[path] = parseFeed(readFileSync(path, "utf8"));
console.log(JSON.stringify(found));
"""


def read_feeds(feeds: Mapping[str, bytes], folder: Path) -> dict[str, Any]:
    """What the reader makes of each feed: its `format` and what is in it; skips the test where it cannot run."""
    node, library = shutil.which("node"), TOOLS / "feedsmith" / "dist" / "index.mjs"
    if node is None or not library.is_file():
        pytest.skip("there is no node or no feedsmith")
    for path, data in feeds.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_bytes(data)
    said = subprocess.run(
        [node, "--input-type=module", "--eval", READER, library.as_uri(), *feeds],
        cwd=folder, capture_output=True, check=True,
    )  # fmt: skip
    return dict(json.loads(said.stdout))
