"""HTML of the preview's own parts: the templates of `templates/`, in the author's language."""

from functools import cache
from pathlib import Path

from jinja2 import Environment, FileSystemLoader, StrictUndefined
from markupsafe import Markup

from sitegen.i18n.messages import Words

TEMPLATES = Path(__file__).parent / "templates"


def fragment(template: str, words: Words, /, **values: object) -> Markup:
    """A template, filled in; all that is not Markup is escaped."""
    return Markup(_environment().get_template(template).render(values, words=words))


@cache
def _environment() -> Environment:
    return Environment(
        loader=FileSystemLoader(TEMPLATES),
        autoescape=True,
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )
