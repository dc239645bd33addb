"""HTML of the preview's own parts: the templates of desk/layouts, in the author's language."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from .wording import Words

DESK = Path(__file__).parent / "desk"


def fragment(template: str, words: Words, /, **values: object) -> Markup:
    """A template, filled in; all that is not Markup is escaped."""
    return Markup(_environment().get_template(template).render(values, words=words))


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(DESK / "layouts"),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
