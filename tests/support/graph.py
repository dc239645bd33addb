"""The pages of a finished site as a graph of languages: alternates, switchers, canonicals."""

from collections.abc import Mapping
from urllib.parse import unquote, urljoin

from lxml import html
from msgspec import Struct


class Node(Struct, frozen=True):
    """What a page says of itself, with absolute addresses. `switcher`: language → address, or None in words."""

    address: str
    lang: str
    canonical: str | None
    alternates: dict[str, str]
    switcher: dict[str, str | None]
    robots: str | None


def nodes(files: Mapping[str, bytes], base_url: str) -> dict[str, Node]:
    """Every HTML page by its address."""
    found = {}
    for path, data in files.items():
        if path.endswith(".html"):
            tree = html.document_fromstring(data)
            address = base_url + path.removesuffix("index.html")
            found[address] = Node(
                address,
                tree.get("lang"),
                _address(tree.find(".//link[@rel='canonical']"), address),
                {e.get("hreflang"): unquote(e.get("href")) for e in tree.iterfind(".//link[@hreflang]")},
                {
                    (e.get("lang") or e.find("span").get("lang")): _address(e, address)
                    for e in tree.iterfind(".//nav[@class='languages']/ul/li/*")
                },
                next((e.get("content") for e in tree.iterfind(".//meta[@name='robots']")), None),
            )
    return found


def faults(files: Mapping[str, bytes], base_url: str) -> list[str]:
    """Everything in the graph that would mislead a reader or a search engine."""
    graph = nodes(files, base_url)
    wrong = []
    for node in graph.values():
        real = {lang: address for lang, address in node.alternates.items() if lang != "x-default"}
        if real and node.address not in (real.get(node.lang), node.alternates.get("x-default")):
            wrong.append(f"{node.address}: does not name itself as {node.lang}")
        if real and "x-default" not in node.alternates:
            wrong.append(f"{node.address}: has no x-default")
        for lang, address in node.alternates.items():
            other = graph.get(address)
            if other is None:
                wrong.append(f"{node.address}: hreflang {lang} leads to nothing at {address}")
            elif lang != "x-default" and other.alternates != node.alternates:
                wrong.append(f"{node.address}: {address} does not say the same of its translations")
            elif lang not in {"x-default", other.lang}:
                wrong.append(f"{node.address}: {address} is not in {lang}")
        for lang, target in node.switcher.items():
            if target is not None and target not in graph:
                wrong.append(f"{node.address}: the switcher to {lang} leads to nothing at {target}")
            elif target is not None and graph[target].lang != lang:
                wrong.append(f"{node.address}: the switcher to {lang} leads to {graph[target].lang}")
        if node.canonical is not None and node.canonical not in graph:
            wrong.append(f"{node.address}: its canonical {node.canonical} does not exist")
        if node.canonical not in (None, node.address) and node.robots != "noindex":
            wrong.append(f"{node.address}: names another canonical, yet may be indexed")
    return wrong


def _address(element: html.HtmlElement | None, base: str) -> str | None:
    href = element.get("href") if element is not None else None
    return None if href is None else unquote(urljoin(base, href))
