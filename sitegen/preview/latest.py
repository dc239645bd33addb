"""What the last build came to, as the preview shows it."""

from datetime import UTC, datetime
from pathlib import Path

from msgspec import Struct

from sitegen.build.options import Options
from sitegen.build.run import Build
from sitegen.i18n.dates import parse_moment
from sitegen.i18n.messages import Words
from sitegen.problems import Problem
from sitegen.site.model import Site


class State(Struct, frozen=True):
    """`build`: the last good one; `site`: of the last good build that had one; `problems`: of the last attempt;
    `failed`: that did not come to an output; `building`: the next one is under way; `opens`: whether who looks
    at it may open files in an editor."""

    root: Path
    build: Build | None
    site: Site | None
    problems: tuple[Problem, ...]
    failed: bool
    words: Words
    options: Options
    building: bool = False
    opens: bool = True


def moment_of(state: State, site: Site) -> datetime:
    """The moment that the preview shows the site at."""
    now = state.options.now
    if isinstance(now, str):
        return parse_moment(now, site.config.zone).at
    return now or datetime.now(UTC)
