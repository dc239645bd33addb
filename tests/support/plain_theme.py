"""A theme that looks at all there is to see and is quickly read, for tests that build a great many sites."""

from collections.abc import Callable
from functools import partial
from pathlib import Path

import sitegen.build.run
from sitegen.sources import find

PLAIN = Path(__file__).parent / "plain"


def use_plain_theme(set_attribute: Callable[[object, str, object], None] = setattr) -> None:
    """Let builds in this process find it in place of the theme that ships with the package."""
    set_attribute(sitegen.build.run, "find", partial(find, theme=PLAIN))
