"""A site's rules for Internet Information Services, as web.config.

Each thing is taken away before it is added, since a server that has it already would refuse the whole file. Rewriting
is a module that many servers lack, and a section that nobody knows is an error for the whole site too.
"""

import re
from collections.abc import Mapping
from xml.etree import ElementTree

from sitegen.publish.targets.target import STATE
from sitegen.site.urls import Redirect

from .rules import HeaderRule, Rules

PATH = "web.config"
MANY = 300
"""Redirects that it may have: a file of more than 250 kB is an error for the whole site."""


def iis_files(rules: Rules) -> Mapping[str, bytes]:
    """Old addresses and what is gone are in the rules only where the module for rewriting was seen to work."""
    root = ElementTree.Element("configuration")
    server = _server(root, "")
    _static_content(server, rules)
    filtering = _below(_below(_below(server, "security"), "requestFiltering"), "hiddenSegments")
    _replace(filtering, segment=STATE)
    if rules.redirects or rules.gone:
        _rewriting(server, rules)
    for folder, page in reversed(rules.not_found):
        _error_pages(_server(root, folder), page)
    for rule in rules.headers:
        _headers(_server(root, _location(rule)), rule)
    ElementTree.indent(root)
    text = ElementTree.tostring(root, "unicode")
    return {PATH: f'<?xml version="1.0" encoding="utf-8"?>\n{text}\n'.encode()}


def applied(rules: Rules) -> tuple[HeaderRule, ...]:
    """What it can say: of folders and files, not of endings."""
    return tuple(rule for rule in rules.headers if rule.pattern == "*" or not rule.pattern.startswith("*"))


def _location(rule: HeaderRule) -> str:
    """Where a rule holds; a page is the folder that has it, which its own files are in too."""
    return rule.pattern.removesuffix("/index.html").rstrip("/*")


def _server(root: ElementTree.Element, path: str) -> ElementTree.Element:
    """The section for what is below a path; one alone for each."""
    name = path.rstrip("/")
    if not name:
        return _below(root, "system.webServer")
    found = root.find(f"location[@path='{name}']")
    return _below(ElementTree.SubElement(root, "location", path=name) if found is None else found, "system.webServer")


def _below(parent: ElementTree.Element, tag: str) -> ElementTree.Element:
    found = parent.find(tag)
    return ElementTree.SubElement(parent, tag) if found is None else found


def _replace(parent: ElementTree.Element, tag: str = "add", **attributes: str) -> None:
    """Add what is known by its first attribute, in place of what the server has."""
    key = next(iter(attributes))
    ElementTree.SubElement(parent, "remove", {key: attributes[key]})
    if len(attributes) == 1 or attributes.get("value") != "":
        ElementTree.SubElement(parent, tag, attributes)


def _static_content(server: ElementTree.Element, rules: Rules) -> None:
    content = _below(server, "staticContent")
    for suffix, kind in rules.types.items():
        _replace(content, "mimeMap", fileExtension=f".{suffix}", mimeType=kind)


def _headers(server: ElementTree.Element, rule: HeaderRule) -> None:
    parent = _below(_below(server, "httpProtocol"), "customHeaders")
    for name, value in rule.headers.items():
        _replace(parent, name=name, value=value)


def _error_pages(server: ElementTree.Element, page: str) -> None:
    parent = _below(server, "httpErrors")
    parent.set("errorMode", "Custom")
    for status in ("404", "410"):
        ElementTree.SubElement(parent, "remove", statusCode=status, subStatusCode="-1")
        ElementTree.SubElement(
            parent, "error", statusCode=status, subStatusCode="-1", path=page.replace("/", "\\"), responseMode="File"
        )


def _rewriting(server: ElementTree.Element, rules: Rules) -> None:
    parent = _below(_below(server, "rewrite"), "rules")
    for number, redirect in enumerate(rules.redirects, 1):
        rule = _rule(parent, f"moved {number}", redirect)
        ElementTree.SubElement(
            rule, "action", type="Redirect", url=rules.url(redirect.target), redirectType="Permanent",
            appendQueryString="false" if redirect.query else "true",
        )  # fmt: skip
    for number, path in enumerate(rules.gone, 1):
        rule = _rule(parent, f"gone {number}", Redirect(path, ""))
        ElementTree.SubElement(rule, "action", type="CustomResponse", statusCode="410", statusReason="Gone")


def _rule(parent: ElementTree.Element, name: str, redirect: Redirect) -> ElementTree.Element:
    """Paths come decoded, from where the file is."""
    rule = ElementTree.SubElement(parent, "rule", name=f"sitegen: {name}", stopProcessing="true")
    pattern = f"^{re.escape(redirect.path.rstrip('/'))}{'/?' if redirect.path.endswith('/') else ''}$"
    ElementTree.SubElement(rule, "match", url=pattern, ignoreCase="false")
    if redirect.query:
        conditions = ElementTree.SubElement(rule, "conditions")
        ElementTree.SubElement(
            conditions, "add", input="{QUERY_STRING}", pattern=f"^{re.escape(redirect.query)}$", ignoreCase="false"
        )
    return rule
