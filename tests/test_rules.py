"""Rules for languages, as whole sites that a translator could edit: files in, what readers get out."""

import re
from pathlib import Path

import pytest
from lxml import html

from tests.support.graph import faults
from tests.support.links import broken_references
from tests.support.sites import BASE, make

FOLDER = Path(__file__).parent / "examples" / "sites"
BASE_URL = "https://example.org/site/"
BLOCK = re.compile(r"^```(?P<info>[^`\n]+)\n(?P<text>.*?)^```$", re.MULTILINE | re.DOTALL)


@pytest.mark.parametrize("name", sorted(path.stem for path in FOLDER.glob("*.md")))
def test_rule(name: str, tmp_path: Path) -> None:
    """Blocks: a path of the site; `reads PATH` lines that readers see there, in this order; `never PATH` lines that
    they do not; `holds PATH` lines of the file itself; `none` paths that are not there."""
    blocks = [match.groups() for match in BLOCK.finditer((FOLDER / f"{name}.md").read_text("utf-8"))]
    files = {info: text for info, text in blocks if " " not in info and info != "none"}
    made = make(tmp_path, files, base={path: text for path, text in BASE.items() if path not in files})
    assert faults(made.files, BASE_URL) == []
    assert broken_references(made.files, BASE_URL) == []
    checks = 0
    for info, text in blocks:
        kind, _, path = info.partition(" ")
        lines = [" ".join(line.split()) for line in text.splitlines() if line.strip()]
        match kind:
            case "reads":
                seen = visible(made.files[path])
                for line in lines:
                    assert line in seen, f"{path} lacks, or has not in this order: {line}"
                    seen = seen[seen.index(line) + len(line) :]
            case "never":
                assert [line for line in lines if line in visible(made.files[path])] == []
            case "holds":
                written = " ".join(made.text(path).split())
                assert [line for line in lines if line not in written] == []
            case "none":
                assert [line for line in lines if line in made.files] == []
        checks += len(lines) if kind in ("reads", "never", "holds", "none") else 0
    assert checks >= 3


def visible(data: bytes) -> str:
    """The text of a page as it is read, with single spaces."""
    tree = html.document_fromstring(data)
    for element in tree.xpath("//script|//head"):
        element.drop_tree()
    return " ".join(" ".join(tree.itertext()).split())
