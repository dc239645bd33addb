"""Results as Markdown: for benchmarks/results.md and for whoever ran `make bench`."""

from collections.abc import Iterator, Mapping

from .peers import PEERS
from .results import BASE, LIMIT, MEMORY, SAVED_BODY, SAVED_TITLE, US, Run, Verdict, growth, verdicts

TITLES = {peer.name: peer.title for peer in PEERS}
NAMES = {**TITLES, LIMIT: "limit"}

HEAD = """\
# Sitegen beside its peers

Made by `make bench`, which installs the peers, gives all of them the same articles and layouts that do the same work,
checks that all wrote the same articles, lists, tag pages and feeds, and builds in turn, A B A B. Articles are posts,
press releases and reports in up to three languages, as long as real ones are and with as much Markdown in them
(`corpus.py`). Figures are medians; ratios are to Hugo's cold build, since Hugo builds the whole site each time. Limits:
markdown-it-py alone parsing the same bodies in as many processes; a process that imports the same libraries and looks
at the size and times of every source. A new base layout parses no Markdown again (`tests/cache/test_remembering.py`).
Previews: from a save to the message that reloads the browser which shows the article, by the peers' own servers; the
limit is what was promised. Memory is the most that all processes of a build have at one time, measured once.
[results.json](results.json) has every single figure.

Where there is a choice, it is made for the peers: Hugo is called without its Python wrapper; Pelican parses an article
once for its three sites, by its cache, and has only the extension for tables, so that footnotes are text; Eleventy's
Markdown is not run through a template engine, and translations are found in its collections. Only sitegen makes
pictures in several formats.
"""


def markdown(runs: Mapping[int, Run]) -> str:
    return "\n".join([HEAD, *(part for count in sorted(runs) for part in _run(runs[count])), *_growth(runs)])


def _run(run: Run) -> Iterator[str]:
    versions = ", ".join(f"{TITLES[name]} {version}" for name, version in run.versions.items())
    yield f"## {run.count:,} articles × 3 languages\n"
    yield f"{versions}. {run.machine}, {run.place}. {_rounds(run)}.\n"
    yield _figures(run)
    yield _ratios(run)
    yield _files(run)


def _rounds(run: Run) -> str:
    parts = [f"Rounds: {run.rounds}"]
    for name in run.versions:
        own = len(run.figures[name].get("cold", ()))
        if own != run.rounds:
            parts.append(f"{own} of {TITLES[name]}")
    return ", ".join(parts)


def _figures(run: Run) -> str:
    names = [name for name in NAMES if name in run.figures]
    rows = [["", *(NAMES[name] for name in names)]]
    rows += [[step, *(shown(run.median(name, step), step) for name in names)] for step in run.figures[US]]
    return _table(rows)


def _ratios(run: Run) -> str:
    rows = [["sitegen ÷ other", "is", "must be", ""]]
    for verdict in verdicts(run):
        must = "–" if verdict.must is None else f"≤ {verdict.must:.2f}"
        rows.append([_compared(verdict), f"{verdict.ratio:.3f}", must, _judged(verdict)])
    return _table(rows)


def _compared(verdict: Verdict) -> str:
    step, peer = verdict.bound.step, verdict.bound.peer
    of = {"cold": "'s build", SAVED_BODY: "'s server", SAVED_TITLE: "'s server"}.get(verdict.bound.base, "")
    return f"{step} ÷ {NAMES[peer]}{of if peer == BASE else ''}"


def _judged(verdict: Verdict) -> str:
    return "" if verdict.met is None else "met" if verdict.met else "**missed**"


def _files(run: Run) -> str:
    names = list(run.files)
    rows = [["written", *(TITLES[name] for name in names)]]
    rows += [[kind, *(f"{run.files[name][kind]:,}" for name in names)] for kind in run.files[US]]
    return _table(rows)


def _growth(runs: Mapping[int, Run]) -> Iterator[str]:
    found = growth(runs)
    if found:
        yield "## Memory grows no faster than the site\n"
        rows = [["", "articles", *(TITLES[grown.peer] for grown in found)]]
        rows += [["times as many", f"{found[0].articles:g}", *(f"{grown.memory:.1f}" for grown in found)]]
        yield _table(rows)


def _table(rows: list[list[str]]) -> str:
    head, *body = (f"| {' | '.join(row)} |" for row in rows)
    return "\n".join([head, f"|---|{'---:|' * (len(rows[0]) - 1)}", *body]) + "\n"


def shown(value: float | None, step: str) -> str:
    """A figure with its unit, as exact as it is worth knowing."""
    if value is None:
        return "–"
    if step == MEMORY:
        return f"{value:,.0f} MB"
    return f"{value:.1f} s" if value >= 10 else f"{value:.2f} s"
