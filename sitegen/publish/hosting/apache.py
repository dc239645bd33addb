"""A site's rules for Apache 2.4 and LiteSpeed, as .htaccess.

Nothing in it needs more than `AllowOverride FileInfo`, and no module is asked for that may be missing: one directive
that a host does not allow is an error for the whole site. So there is no Require (AuthConfig), no Options, and no
rewriting, which `Options None` forbids.
"""

import re
from collections.abc import Iterator, Mapping
from urllib.parse import unquote

from sitegen.publish.targets.target import STATE
from sitegen.site.urls import Redirect

from .rules import HeaderRule, Rules

PATH = ".htaccess"


def apache_files(rules: Rules) -> Mapping[str, bytes]:
    base = unquote(rules.base)
    parts = (
        *_block("mod_alias.c", _addresses(rules, base)),
        *(line for redirect in rules.redirects if redirect.query for line in _with_query(redirect, rules, base)),
        *_block("mod_headers.c", _all_headers(rules, base)),
        *_block("mod_mime.c", (f"AddType {_quoted(kind)} .{suffix}" for suffix, kind in rules.types.items())),
        *_error_pages(rules, base),
    )
    return {PATH: "".join(f"{line}\n" for line in parts).encode()}


def _block(module: str, lines: Iterator[str]) -> Iterator[str]:
    yield f"<IfModule {module}>"
    yield from lines
    yield "</IfModule>"


def _addresses(rules: Rules, base: str) -> Iterator[str]:
    yield f"RedirectMatch 404 {_quoted(f'^{re.escape(base + STATE)}(?:/|$)')}"
    for path in rules.gone:
        yield f"RedirectMatch 410 {_quoted(_pattern(base + path))}"
    for redirect in rules.redirects:
        if not redirect.query:
            yield _moved(redirect, rules, base)


def _with_query(redirect: Redirect, rules: Rules, base: str) -> Iterator[str]:
    """The query is compared as it was sent, percent-encoded."""
    yield "<IfModule mod_alias.c>"
    yield f"<If {_quoted(f'%{{QUERY_STRING}} == {_text(redirect.query)}')}>"
    yield f"{_moved(redirect, rules, base)}"
    yield "</If>"
    yield "</IfModule>"


def _moved(redirect: Redirect, rules: Rules, base: str) -> str:
    """Apache encodes the target, and adds the query that was asked for unless the target has one, be it empty."""
    target = unquote(rules.base) + redirect.target + ("?" if redirect.query else "")
    target = re.sub(r"[\\${]", r"\\\g<0>", target)  # what stands for a part of the pattern, or a variable
    return f"RedirectMatch 301 {_quoted(_pattern(base + redirect.path))} {_quoted(target)}"


def _pattern(path: str) -> str:
    """Of an address as Apache compares it, decoded, with or without its final slash."""
    return f"^{re.escape(path.rstrip('/'))}{'/?' if path.endswith('/') else ''}$"


def _all_headers(rules: Rules, base: str) -> Iterator[str]:
    """mod_expires, which a host may use for all its sites, adds a Cache-Control of its own, before or after ours, where
    there is no Expires; a max-age beats that (RFC 9111, section 5.3)."""
    yield from _block("mod_expires.c", _headers(HeaderRule("*", {"Expires": "0"}), base))
    for rule in rules.headers:
        yield from _headers(rule, base)


def _headers(rule: HeaderRule, base: str) -> Iterator[str]:
    """What the server itself may say is taken away first, since it would be sent beside ours."""
    condition = "" if rule.pattern == "*" else f" {_quoted(f'expr={_names(rule.pattern, base)}')}"
    for name, value in rule.headers.items():
        yield f"Header onsuccess unset {name}{condition}"
        said = f"set {name} {_quoted(value.replace('%', '%%'))}" if value else f"unset {name}"
        yield f"Header always {said}{condition}"


def _names(pattern: str, base: str) -> str:
    """An expression that is true of the files that a pattern names."""
    if "*" not in pattern:
        return f"%{{REQUEST_URI}} == {_text(base + pattern)}"
    escaped = re.sub(r"[\\*?\[\]]", r"\\\g<0>", base + pattern.strip("*"))
    glob = f"*{escaped[len(base) :]}" if pattern.startswith("*") else f"{escaped}*"
    return f"%{{REQUEST_URI}} -strmatch {_text(glob)}"


def _error_pages(rules: Rules, base: str) -> Iterator[str]:
    """The nearest page for what is missing, for what is gone too."""
    for folder, page in reversed(rules.not_found):
        lines = [f"ErrorDocument {status} {_quoted(rules.url(page))}" for status in (404, 410)]
        condition = _quoted(_names(f"{folder}*", base))
        yield from (f"<If {condition}>", *lines, "</If>") if folder else lines


def _text(text: str) -> str:
    """A string of an expression, in which %{…} and $1 stand for something."""
    return "'" + re.sub(r"['\\%${]", r"\\\g<0>", text) + "'"


def _quoted(text: str) -> str:
    """An argument of a directive, which ends at a quotation mark."""
    return '"' + text.replace("\\", "\\\\").replace('"', '\\"') + '"'
