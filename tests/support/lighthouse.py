"""Lighthouse (npm), as Google runs it for a phone."""

import json
import os
import shutil
import subprocess

import pytest

from tests.support.browser import CHROMIUM, QUIET
from tests.support.nu import TOOLS

CLI = TOOLS / "lighthouse" / "cli" / "index.js"


def audit(address: str, categories: tuple[str, ...], leave_out: tuple[str, ...] = ()) -> dict[str, int]:
    """Marks from 0 to 100 by category, some audits left out; skips the test where it cannot run."""
    node = shutil.which("node")
    if node is None or CHROMIUM is None or not CLI.is_file():
        pytest.skip("there is no node, no Chromium or no Lighthouse")
    said = subprocess.run(
        [
            node, str(CLI), address, "--output=json", "--quiet", "--no-enable-error-reporting",
            f"--only-categories={','.join(categories)}",
            *(f"--skip-audits={name}" for name in leave_out),
            f"--chrome-flags=--headless=new {' '.join(QUIET)}",
        ],
        capture_output=True, check=True, env={**os.environ, "CHROME_PATH": CHROMIUM},
    )  # fmt: skip
    report = json.loads(said.stdout)
    return {name: round(100 * found["score"]) for name, found in report["categories"].items()}
