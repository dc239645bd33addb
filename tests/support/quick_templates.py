"""Templates that Jinja reads once, for tests that build a great many sites with the same."""

from collections.abc import Callable
from typing import Any

from jinja2 import Environment


def use_quick_templates(set_attribute: Callable[[object, str, object], None] = setattr) -> None:
    """Jinja reads the same template the same way, which is most of the work for a site as small as most here."""
    parse, compile_ = Environment.parse, Environment.compile
    parsed, compiled = dict[Any, Any](), dict[Any, Any]()

    def parse_once(jinja: Environment, *template: Any) -> Any:
        if template not in parsed:
            parsed[template] = parse(jinja, *template)
        return parsed[template]

    def compile_once(jinja: Environment, *template: Any) -> Any:
        if template not in compiled:
            compiled[template] = compile_(jinja, *template)
        return compiled[template]

    set_attribute(Environment, "parse", parse_once)
    set_attribute(Environment, "compile", compile_once)
