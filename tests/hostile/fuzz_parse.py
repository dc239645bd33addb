"""Content files made by a fuzzer that watches which lines are run: `python -m tests.hostile.fuzz_parse FOLDER`.

It needs atheris: `pip install "sitegen[fuzz]"`. FOLDER holds what it has learnt, and in findings/ what has gone wrong.
"""

import argparse
import hashlib
import sys
import traceback
from pathlib import Path
from random import Random
from time import process_time

import atheris

with atheris.instrument_imports(include=["sitegen", "markdown_it", "mdit_py_plugins"]):
    import sitegen.config.settings
    import sitegen.files
    import sitegen.site.document

from tests.support.sites import SETTINGS, settings

from .mutations import Vandal, real_texts
from .properties import Broken, check_document

CONFIGS = tuple(
    settings(f"{SETTINGS.replace('en:', f'{other}:') if other else SETTINGS}{more}")
    for other in ("", "fr", "ko", "ar")
    for more in ("", "markdown: {html: true}\nkeep_together: [Việt Nam, a b]\n", "markdown: {typography: false}\n")
)
PATHS = ("content/news/a.vi.md", "content/news/a/index.ja.md", "content/about.md", "content/news/_index.vi.md")


def read_one(data: bytes) -> None:
    """The first byte chooses settings and path."""
    choice, text = data[0] if data else 0, sitegen.files.decode(data[1:], "content/x.md")
    if not isinstance(text, str):
        return
    before = process_time()
    check_document(PATHS[choice % len(PATHS)], text, CONFIGS[choice // len(PATHS) % len(CONFIGS)])
    spent = process_time() - before
    if spent > 6 + len(data) / 2000:  # watched lines take long
        raise Broken(f"takes {spent:.1f} s for {len(data)} bytes")


def keep(folder: Path, data: bytes, error: BaseException) -> None:
    """Each kind of mistake once, the shortest input that shows it."""
    frames = traceback.extract_tb(error.__traceback__)
    kind = f"{type(error).__name__} {frames[-1].filename.rpartition('/')[2]} {frames[-1].name} {str(error)[:24]}"
    stem = folder / hashlib.sha256(kind.encode()).hexdigest()[:12]
    if not stem.with_suffix(".bin").exists() or stem.with_suffix(".bin").stat().st_size > len(data):
        stem.with_suffix(".bin").write_bytes(data)
        stem.with_suffix(".txt").write_text("".join(traceback.format_exception(error)), "utf-8", "backslashreplace")


def main() -> None:
    asked = argparse.ArgumentParser(prog="python -m tests.hostile.fuzz_parse", description=__doc__)
    asked.add_argument("folder", type=Path)
    asked.add_argument("--minutes", type=float, default=30.0)
    options = asked.parse_args()
    folder = options.folder
    findings, corpus = folder / "findings", folder / "corpus"
    findings.mkdir(parents=True, exist_ok=True)
    corpus.mkdir(exist_ok=True)
    for number, text in enumerate(real_texts("markdown")):
        (corpus / f"real-{number}").write_bytes(b"\0" + text.encode("utf-8", "surrogateescape"))

    def run(data: bytes) -> None:
        try:
            read_one(data)
        except Exception as error:  # noqa: BLE001 - whatever it is
            keep(findings, data, error)

    def mutate(data: bytes, largest: int, seed: int) -> bytes:
        """Ours knows the dialect, the library's knows nothing and finds what nobody thinks of."""
        chance = Random(seed)
        if chance.random() < 0.5:
            return bytes(atheris.Mutate(data, largest))
        head = bytes((chance.randrange(256),)) if chance.random() < 0.1 else data[:1] or b"\0"
        return (head + Vandal(chance).data(data[1:], "markdown"))[:largest]

    limits = (f"-max_total_time={60 * options.minutes:.0f}", "-max_len=20000", "-timeout=60", "-rss_limit_mb=3000")
    command = [sys.argv[0], *limits, f"-artifact_prefix={findings}/", str(corpus)]
    atheris.Setup(command, run, custom_mutator=mutate)
    atheris.Fuzz()


if __name__ == "__main__":
    main()
