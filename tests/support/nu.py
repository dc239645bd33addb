"""The Nu HTML checker, by which every page must be valid."""

import json
import shutil
import subprocess
from pathlib import Path

import pytest

TOOLS = Path(__file__).parents[2] / ".tools" / "node_modules"
BRIEF = ("-XX:TieredStopAtLevel=1", "-XX:+UseSerialGC", "-Xss64m")
"""For a Java that does not run long enough to gain by compiling well; what it compiles so needs a larger stack."""
JAR = TOOLS / "vnu-jar" / "build" / "dist" / "vnu.jar"


def check(pages: list[Path]) -> list[str]:
    """What the checker says of the pages, errors and warnings alike; skips the test where it cannot run."""
    java = shutil.which("java")
    if java is None or not JAR.is_file():
        pytest.skip("there is no Java or no vnu-jar")
    said = subprocess.run(
        [java, *BRIEF, "-jar", str(JAR), "--format", "json", "--no-langdetect", *map(str, pages)],
        capture_output=True,
        check=False,
    )
    messages = json.loads(said.stderr)["messages"]
    return [f"{m.get('url', '')}:{m.get('lastLine')}: {m['type']}: {m.get('message')}" for m in messages]
