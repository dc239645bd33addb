"""A site's rules as _headers and _redirects, which Netlify and Cloudflare Pages read alike, but not quite."""

from collections.abc import Collection, Iterator, Mapping

from msgspec.structs import replace

from sitegen.site.urls import quoted

from .page_policy import LOOSE
from .rules import CACHE, NEVER, POLICY, HeaderRule, Rules

HEADERS, REDIRECTS = "_headers", "_redirects"
MOST_REDIRECTS, MOST_BYTES = 2_000, 100_000
"""Of Cloudflare, without those that have a pattern; what is beyond is passed over without a word."""


def netlify_files(rules: Rules) -> Mapping[str, bytes]:
    return {HEADERS: _lines(_headers(rules, ())), REDIRECTS: _lines(_netlify_redirects(rules))}


def cloudflare_files(rules: Rules) -> Mapping[str, bytes]:
    """It says of itself that nobody is to keep a 404 page."""
    redirects = _lines(_cloudflare_redirects(rules))
    known = {name for rule in rules.headers[:1] for name in rule.headers}
    said = replace(rules, headers=tuple(rule for rule in rules.headers if rule.headers != {CACHE: NEVER}))
    return {HEADERS: _lines(_headers(said, known, endings=False)), **({REDIRECTS: redirects} if redirects else {})}


def without_overlaps(rules: Rules) -> Rules:
    """Where two rules have one header, Netlify does not say which holds. So all pages have the policy of pages of the
    site's own, or else of those that search, which lets browsers show attachments too. And only what never changes says
    how long it is kept: all else is asked for again there without being told."""
    first, *others = rules.headers
    policies = sorted({rule.headers.get(POLICY, "") for rule in others})
    searching = next((f"{policy}; object-src 'self'" for policy in policies if "wasm" in policy), None)
    policy = LOOSE if LOOSE in policies else searching
    general = {name: policy or value if name == POLICY else value for name, value in first.headers.items()}
    general.pop(CACHE, None)
    folders = (
        HeaderRule(rule.pattern, {CACHE: rule.headers[CACHE]})
        for rule in others
        if "*" in rule.pattern and CACHE in rule.headers
    )
    return replace(rules, headers=(HeaderRule("*", general), *folders))


def _headers(rules: Rules, known: Collection[str], *, endings: bool = True) -> Iterator[str]:
    """`known`: what an earlier rule says, and a later one has to take back first; `endings`: pages are asked for as
    their files are called."""
    for number, rule in enumerate(rules.headers):
        if not rule.headers:
            continue
        address = _address(rule.pattern)
        address = address if endings else address.removesuffix(".html")
        yield rules.base + "*".join(map(quoted, address.split("*")))
        for name, value in rule.headers.items():
            if number and name in known:
                yield f"  ! {name}"
            if value:
                yield f"  {name}: {value}"


def _address(pattern: str) -> str:
    return pattern.removesuffix("index.html") if pattern.endswith("/index.html") else pattern


def _netlify_redirects(rules: Rules) -> Iterator[str]:
    """A rule beats a file only where it says so (!)."""
    for redirect in rules.redirects:
        parameters = redirect.query.split("&") if redirect.query else []
        sources = " ".join((rules.url(redirect.path), *parameters))
        yield f"{sources} {rules.url(redirect.target)} 301{'!' if parameters else ''}"
    for path in rules.gone:
        pages = (page for folder, page in rules.not_found if path.startswith(folder))
        yield f"{rules.url(path)} {rules.url(next(pages, '404.html'))} 410!"
    for folder, page in rules.not_found:
        yield f"{rules.url(folder)}* {rules.url(page)} 404"


def _cloudflare_redirects(rules: Rules) -> Iterator[str]:
    """Addresses alone, letter by letter: no query, no status but of redirects. The nearest 404.html is found there."""
    both = 2 * len(rules.redirects) <= MOST_REDIRECTS
    for redirect in rules.redirects:
        url = rules.url(redirect.path)
        for form in dict.fromkeys((url, url.rstrip("/") or url)) if both else (url,):
            yield f"{form} {rules.url(redirect.target)} 301"


def _lines(lines: Iterator[str]) -> bytes:
    return "".join(f"{line}\n" for line in lines).encode()
