"""A site's rules for nginx, which reads no file of the site: whoever keeps the server includes this in `server`."""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from sitegen.config.media_types import BY_SUFFIX, UNKNOWN
from sitegen.publish.targets.target import STATE

from .rules import HeaderRule, Rules

PATH = "nginx.conf"

HEAD = """\
# Written by sitegen. Include it in the block `server` of the site, behind `root` and `index`:
#     include /etc/nginx/sites/this-file.conf;
# A `location` of yours with an `add_header` of its own loses those that stand here. Where the site has a part of the
# server alone, its page for what is missing and its types are those of all.
"""


def nginx_files(rules: Rules) -> Mapping[str, bytes]:
    base = unquote(rules.base)
    parts = (*_types(rules), *_headers(rules, base), *_error_pages(rules, base), *_addresses(rules, base))
    return {PATH: (HEAD + "".join(f"{line}\n" for line in parts)).encode()}


def _types(rules: Rules) -> Iterator[str]:
    """All of them, since types here replace those that the server knows."""
    types = {**BY_SUFFIX, **rules.types}
    plain = {suffix: kind.partition(";")[0] for suffix, kind in types.items()}
    yield "types {"
    for kind in dict.fromkeys(plain.values()):
        yield f"    {kind} {' '.join(suffix for suffix, other in plain.items() if other == kind)};"
    yield "}"
    yield f"default_type {UNKNOWN};"
    yield "charset utf-8;"
    texts = {plain[suffix] for suffix, kind in types.items() if "charset" in kind} - {"text/html"}
    yield f"charset_types {' '.join(sorted(texts))};"


def _headers(rules: Rules, base: str) -> Iterator[str]:
    """A header whose value depends on the file has a variable, which is set anew when an error page takes over."""
    for name in dict.fromkeys(name for rule in rules.headers for name in rule.headers):
        of_name = [(rule, rule.headers[name]) for rule in rules.headers if name in rule.headers]
        if len(of_name) == 1 and _is_of_all(of_name[0][0], base):
            yield f"add_header {name} {_quoted(of_name[0][1])} always;"
            continue
        variable = f"$sitegen_{name.lower().replace('-', '_')}"
        yield f'set {variable} "";'
        for rule, value in of_name:
            setting = f"set {variable} {_quoted(value)};"
            yield setting if _is_of_all(rule, base) else f"if ($uri ~ {_names(rule, base)}) {{ {setting} }}"
        yield f"add_header {name} {variable} always;"


def _is_of_all(rule: HeaderRule, base: str) -> bool:
    """Whether a rule is of all that a server has, and not below a path of it alone."""
    return rule.pattern == "*" and base == "/"


def _names(rule: HeaderRule, base: str) -> str:
    """A pattern as a regular expression for the decoded path."""
    ends, begins = rule.pattern.startswith("*"), rule.pattern.endswith("*")
    path = re.escape(rule.pattern.strip("*"))
    return _quoted(f"^{re.escape(base)}{'.*' if ends else ''}{path}{'' if begins else '$'}")


def _error_pages(rules: Rules, base: str) -> Iterator[str]:
    for folder, page in reversed(rules.not_found):
        setting = f"set $sitegen_not_found {_quoted(base + page)};"
        yield f"if ($uri ~ {_quoted('^' + re.escape(base + folder))}) {{ {setting} }}" if folder else setting
    yield "error_page 404 410 $sitegen_not_found;"


def _addresses(rules: Rules, base: str) -> Iterator[str]:
    yield f"location ^~ {_quoted(base + STATE + '/')} {{ return 404; }}"
    yield f"location = {_quoted(base + STATE)} {{ return 404; }}"
    answers: dict[str, list[str]] = {path: ["return 410;"] for path in rules.gone}
    for redirect in rules.redirects:
        answer = f"return 301 {_quoted(rules.url(redirect.target))};"
        if redirect.query:
            answer = f"if ($args ~ {_quoted(f'^{re.escape(redirect.query)}$')}) {{ {answer} }}"
        answers.setdefault(redirect.path, []).append(answer)
    for path, lines in answers.items():
        for form in dict.fromkeys((path, path.rstrip("/"))):
            yield f"location = {_quoted(base + form)} {{ {' '.join(lines)} }}"


def _quoted(text: str) -> str:
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
