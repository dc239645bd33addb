"""What the short ways of the Markdown parser save: `python -m benchmarks.short_ways [ARTICLES]` takes the processor
time of a cold build of posts, of press releases, of reports, and of reading them without each of the ways."""

import os
import shutil
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

from markdown_it.common.normalize_url import normalizeLink
from markdown_it.helpers import parseLinkDestination
from markdown_it.renderer import RendererHTML
from markdown_it.rules_block import StateBlock
from markdown_it.rules_block import table as any_table
from markdown_it.rules_inline import newline as any_newline
from markdown_it.token import Token

from sitegen.config.settings import read_config
from sitegen.markdown.parser import block, inline, parsers, table
from sitegen.markdown.renderer import Renderer
from sitegen.site.document import parse

from .corpus import KINDS, Corpus
from .peers import Sitegen

ROUNDS = 7
"""Of each text, and of each build, the quickest counts: others had to wait."""


def main() -> None:
    if sys.argv[1:2] == ["--without"]:
        _read(sys.argv[2], Path(sys.argv[3]))
        return
    count = int(sys.argv[1]) if len(sys.argv) > 1 else 100
    shares: dict[str, list[float]] = {way: [] for way in WAYS}
    for kind in KINDS:
        with tempfile.TemporaryDirectory() as folder, tempfile.TemporaryDirectory() as smallest:
            _write(Path(folder), kind, count)
            _write(Path(smallest), kind, 1)
            cold = _cold(Path(folder)) - _cold(Path(smallest))  # what starts a build is none of an article
            least = _reading("", folder)
            for way, found in shares.items():
                found.append((_reading(way, folder) - least) / cold)
                print(f"{kind} without {way}: {found[-1]:+.1%} of a cold build", file=sys.stderr, flush=True)
    print(f"| without | {' | '.join(KINDS)} |\n|---|{'--:|' * len(KINDS)}")
    for way, found in shares.items():
        print(f"| {way} | {' | '.join(f'{share:+.1%}' for share in found)} |")


def _write(folder: Path, kind: str, count: int) -> None:
    site = Sitegen(folder)
    site.prepare()
    for article in Corpus(count, (kind,)).articles():
        site.add(article)


def _cold(folder: Path) -> float:
    build = (sys.executable, "-m", "sitegen", "build", "--jobs", "1", "--root", str(folder))
    found = []
    for _ in range(ROUNDS):
        before = os.times()
        subprocess.run(build, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        after = os.times()
        found.append(after.children_user - before.children_user)
        for made in ("output", ".sitegen"):
            shutil.rmtree(folder / made)
    return min(found)


def _reading(without: str, folder: str) -> float:
    child = (sys.executable, "-m", "benchmarks.short_ways", "--without", without, folder)
    return float(subprocess.run(child, check=True, capture_output=True, text=True).stdout)


def _read(way: str, folder: Path) -> None:
    if way:
        WAYS[way]()
    config, problems = read_config((folder / "site.yaml").read_text("utf-8"), "site.yaml")
    if config is None:
        sys.exit(str(problems))
    texts = [(path.relative_to(folder).as_posix(), path.read_text("utf-8")) for path in folder.rglob("*.md")]
    least = dict.fromkeys((path for path, _ in texts), 60.0)
    for _ in range(ROUNDS):
        for path, text in texts:
            before = time.process_time()
            parse(path, text, config[0])
            least[path] = min(least[path], time.process_time() - before)
    print(sum(least.values()))


def _set(owner: object, **new: Any) -> Callable[[], None]:
    """What puts other values in the place of a module's or a class's."""

    def change() -> None:
        for name, value in new.items():
            setattr(owner, name, value)

    return change


def _all(*changes: Callable[[], None]) -> Callable[[], None]:
    def every() -> None:
        for change in changes:
            change()

    return every


class _Every(dict[str, Any]):
    """All rules, whatever a line begins with."""

    def __init__(self, rules: dict[str, Any], starts: dict[str, str]) -> None:
        self._rules = [rule for name, rule in rules.items() if name in starts]

    def get(self, key: str, default: Any = None) -> Any:
        return self._rules


def _marks(self: Any, original: Any) -> None:
    """An inline parser that asks all rules of each mark."""
    _INLINE_INIT(self, original)
    self._rules = dict.fromkeys(self._rules, self.ruler.getRules("")[1:])


_INLINE_INIT = inline.InlineParser.__init__


def _text(self: Any, state: StateBlock, start: int, end: int) -> None:
    rules = dict(zip(self.ruler.get_active_rules(), self.ruler.getRules(""), strict=True))
    any(rules[name](state, start, end, False) for name in ("lheading", "deflist", "paragraph"))


def _inline(self: Any, src: str, md: Any, env: Any, tokens: list[Token]) -> list[Token]:
    state = inline._State(src, md, env, tokens)
    self.tokenize(state)
    for rule in self.ruler2.getRules(""):
        rule(state)
    return state.tokens


WAYS: dict[str, Callable[[], None]] = {
    "tokens of ours": _all(_set(block, Token=Token), _set(inline, Token=Token), _set(table, Token=Token)),
    "rules of blocks by the first character": _set(block, _by_start=_Every),
    "rules within blocks by the first character": _set(inline.InlineParser, __init__=_marks),
    "paragraphs looked through once": _set(block.BlockParser, _parse_text=_text),
    "soft breaks within texts": _all(_set(inline, newline=any_newline), lambda: inline.STARTS.update(newline="\n")),
    "texts without marks as they are": _set(inline.InlineParser, parse=_inline),
    "rows of tables split at bars": _set(parsers, table=any_table),
    "plain addresses as they are": _set(parsers, normalize_link=normalizeLink, link_destination=parseLinkDestination),
    "tags written in one loop": _set(Renderer, render=RendererHTML.render, renderInline=RendererHTML.renderInline),
}

if __name__ == "__main__":
    main()
