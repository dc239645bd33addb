"""What a host is given beside the files of a site, what its limits forbid, and what it cannot do."""

import re
from collections.abc import Callable, Iterable, Iterator, Mapping

from msgspec import Struct
from msgspec.structs import replace

from sitegen.config.targets import Host
from sitegen.files import ROOT, SETTINGS
from sitegen.problems import Place, Problem, problem
from sitegen.site.urls import Redirect

from . import apache, edge, git_hosts, iis, nginx
from .page_policy import LOOSE
from .rules import CACHE, MANY, POLICY, HeaderRule, Rules, has_page, with_few_redirects


class HostFiles(Struct, frozen=True):
    """`files`: by path below the root, in place of what else has that name; `beside`: for whoever keeps the server, not
    to be published; `rules`: what the host does of the list, for reading back: what it sends with files, where it leads
    on by status, what it says is gone; `host`: for which they were made; `remarks`: what it cannot do, as
    warnings."""

    files: Mapping[str, bytes]
    beside: Mapping[str, bytes]
    rules: Rules
    host: Host = ""
    remarks: tuple[Problem, ...] = ()


class Limits(Struct, frozen=True):
    """What a host takes at most; 0: as much as there is. `rules`: lines or blocks of one of its files; `line`:
    characters of one; `table`: bytes of a file with rules; `files`; `file`, `site`: bytes."""

    rules: Mapping[str, int] = {}
    line: Mapping[str, int] = {}
    table: Mapping[str, int] = {}
    files: int = 0
    file: int = 0
    site: int = 0


LIMITS: Mapping[str, Limits] = {
    "cloudflare": Limits(
        rules={edge.HEADERS: 100, edge.REDIRECTS: edge.MOST_REDIRECTS},
        line={edge.HEADERS: 2_000, edge.REDIRECTS: 1_000},
        table={edge.REDIRECTS: edge.MOST_BYTES},
        files=20_000,
        file=25 * 1024 * 1024,
    ),
    "iis": Limits(table={iis.PATH: 250 * 1024}),
    "gitlab": Limits(rules={edge.REDIRECTS: 1_000}, table={edge.REDIRECTS: 64_000}),
    "github": Limits(file=100 * 1024 * 1024, site=1_000_000_000),
}
NAMES: Mapping[Host, str] = {
    "apache": "Apache",
    "nginx": "nginx",
    "iis": "IIS",
    "netlify": "Netlify",
    "cloudflare": "Cloudflare Pages",
    "github": "GitHub Pages",
    "gitlab": "GitLab Pages",
    "codeberg": "Codeberg Pages",
}


def host_files(host: Host, rules: Rules, *, plain: bool = False) -> HostFiles:
    """`plain`: without what a host of this kind may lack (LACKING)."""
    if host == "":
        return HostFiles({}, {}, _nothing(rules))
    able, write = _HOSTS[host]
    done = (_PLAIN.get(host, able) if plain else able)(replace(rules, headers=_sendable(host, rules.headers)))
    written = write(done)
    if host == "nginx":
        return HostFiles({}, written, done, host, (*rules.remarks, *_remarks(host, rules, done, ())))
    files = {path: data for path, data in written.items() if path not in rules.own}
    kept = written.keys() - files.keys()
    remarks = (*rules.remarks, *_remarks(host, rules, done, kept))
    return HostFiles(files, {}, _without(done, kept), host, remarks)


LACKING: Mapping[Host, str] = {"apache": "<If>, expr=", "iis": "<rewrite>"}
"""What of a host is proven before it counts, in its own words: conditions of headers and blocks, which LiteSpeed may
take otherwise; the module that rewrites."""


class HostTrial(Struct, frozen=True):
    """A host file as it may be written, for a folder in which it is tried. `without`: what it does not use; `headers`:
    that TRIED comes with then, by their names in lower case; `moves`: it leads from MOVED to TRIED."""

    name: str
    data: bytes
    without: str = ""
    headers: Mapping[str, str] = {}
    moves: bool = False


TRIED, MOVED = "page.html", "moved.html"


def trials(host: Host, rules: Rules) -> tuple[HostTrial, ...]:
    """What may be tried of a host file that can take a whole site down, the fullest first; `rules` for the folder in
    which it is tried. A file of the site's own is tried by itself. TRIED has the headers of a page that searches, and
    leads on only with a query that nobody sends, so that it shows whether conditions are heeded."""
    name = {"apache": apache.PATH, "iis": iis.PATH}.get(host, "")
    if not name or name in rules.own:
        return ()
    few = with_few_redirects(rules).redirects
    searching = [rule.headers for rule in rules.headers if rule.pattern.endswith("search/index.html")]
    rules = replace(
        rules,
        headers=(*rules.headers, *(HeaderRule(TRIED, headers) for headers in searching[:1])),
        redirects=(Redirect(TRIED, MOVED, "never=1"), Redirect(MOVED, TRIED), *few[: MANY - 2]),
    )
    found = []
    for plain in (False, True):
        made = host_files(host, rules, plain=plain)
        headers = {name.lower(): value for name, value in made.rules.headers_of(TRIED).items()}
        moves = any(one.path == MOVED for one in made.rules.redirects)
        found.append(HostTrial(name, made.files[name], LACKING[host] if plain else "", headers, moves))
    return tuple(found)


def check_limits(host: Host, files: Mapping[str, bytes], sizes: Mapping[str, int]) -> Iterator[Problem]:
    """What a host would refuse, or leave out without a word. `files`: for the host; `sizes`: of all, by path."""
    limits, name = LIMITS.get(host, Limits()), NAMES.get(host, "")
    for path, data in files.items():
        lines = data.decode().splitlines()
        count, most = sum(not line.startswith(" ") for line in lines), limits.rules.get(path)
        if most is not None and count > most:
            yield problem("too-many-host-rules", Place(path), host=name, found=count, limit=most)
        longest = max(lines, key=len, default="")
        if len(longest) > limits.line.get(path, len(longest)):
            yield problem("too-long-host-rule", Place(path), host=name, value=longest[:200], limit=limits.line[path])
        if len(data) > limits.table.get(path, len(data)):
            yield problem("over-host-limit", Place(path), host=name, found=len(data), limit=limits.table[path])
    for path, size in sizes.items():
        if size > (limits.file or size):
            yield problem("over-host-limit", Place(path), host=name, found=size, limit=limits.file)
    if len(sizes) > (limits.files or len(sizes)):
        yield problem("too-many-files", Place(SETTINGS), host=name, found=len(sizes), limit=limits.files)
    total = sum(sizes.values())
    if total > (limits.site or total):
        yield problem("site-too-large", Place(SETTINGS), host=name, found=total, limit=limits.site)


def _without(rules: Rules, own: Iterable[str]) -> Rules:
    """What a host does where files of the site's own say it, as far as anybody knows."""
    is_whole = bool({apache.PATH, iis.PATH} & {*own})
    if is_whole or edge.HEADERS in own:
        rules = replace(rules, headers=(), types={})
    if is_whole or edge.REDIRECTS in own:
        rules = replace(rules, redirects=(), gone=(), not_found=())
    return rules


def _remarks(host: Host, rules: Rules, done: Rules, own: Iterable[str]) -> Iterator[Problem]:
    place, name = Place(SETTINGS), NAMES[host]
    for path in sorted(own):
        yield problem("own-host-file", Place(f"assets/root/{path}"), host=name)
    if not done.headers:
        yield problem("host-without-headers", place, host=name)
    unsent = {key for rule in rules.headers for key in rule.headers}
    unsent -= {key for rule in _sendable(host, rules.headers) for key in rule.headers}
    yield from (problem("header-not-for-host", place, host=name, value=key) for key in sorted(unsent))
    if done.headers and done.headers[0].headers.get(POLICY) == LOOSE != rules.headers[0].headers.get(POLICY):
        path = next(f"{ROOT}{rule.pattern}" for rule in rules.headers if rule.headers.get(POLICY) == LOOSE)
        yield problem("weak-policy", Place(path), file=path)
    if rules.gone and not done.gone:
        yield problem("host-without-gone", place, host=name)
    queries = [f"/{one.path}?{one.query}" for one in rules.redirects if one.query and one not in done.redirects]
    if queries:
        yield problem("host-without-queries", place, host=name, count=len(queries), value=queries[0])
    if len(done.not_found) < len(rules.not_found):
        yield problem("host-without-languages", place, host=name)
    if rules.base != "/" and host in ("netlify", "cloudflare"):
        yield problem("host-files-above", place, host=name, path=rules.base)


_UNSENDABLE: Mapping[str, re.Pattern[str]] = {
    "apache": re.compile(r"\$\{"),
    "nginx": re.compile(r"\$"),
    "cloudflare": re.compile(":splat"),
}
"""What stands for something else in a header's value, with nothing that stands for itself."""
_NEVER = re.compile("(?!)")


def _sendable(host: Host, headers: Iterable[HeaderRule]) -> tuple[HeaderRule, ...]:
    """Those that a host can send as they are."""
    never = _UNSENDABLE.get(host, _NEVER)
    return tuple(
        HeaderRule(rule.pattern, {name: value for name, value in rule.headers.items() if not never.search(value)})
        for rule in headers
    )


def _of_plain_apache(rules: Rules) -> Rules:
    """Without conditions, there is one policy, one page for what is missing, and browsers ask for all files again."""
    (first, *_) = edge.without_overlaps(rules).headers
    asked = {name: value for name, value in rules.headers[0].headers.items() if name == CACHE}
    few = replace(with_few_redirects(rules), not_found=rules.not_found[-1:])
    return replace(few, headers=(HeaderRule("*", {**first.headers, **asked}),), redirects=_plain(few))


def _of_iis(rules: Rules) -> Rules:
    return replace(with_few_redirects(rules, iis.MANY), headers=iis.applied(rules))


def _of_plain_iis(rules: Rules) -> Rules:
    return replace(rules, headers=iis.applied(rules), redirects=(), gone=())


def _of_netlify(rules: Rules) -> Rules:
    moved = tuple(one for one in rules.redirects if all("=" in part for part in one.query.split("&") if one.query))
    return replace(edge.without_overlaps(rules), types={}, redirects=moved)


def _of_cloudflare(rules: Rules) -> Rules:
    """Where its limits are passed, pages lead on from all old addresses that can have one."""
    able = replace(rules, types={}, redirects=_plain(rules), gone=())
    size = len(edge.cloudflare_files(able).get(edge.REDIRECTS, b""))
    return with_few_redirects(able, edge.MOST_REDIRECTS if size <= edge.MOST_BYTES else 0)


def _of_git_hosts(rules: Rules) -> Rules:
    """Pages lead on from old addresses, and one page is for all that is missing."""
    return replace(rules, headers=(), types={}, redirects=(), gone=(), not_found=rules.not_found[-1:])


def _of_gitlab(rules: Rules) -> Rules:
    """Its rules are asked only where there is no file, so they are for old addresses that can have no page."""
    return replace(_of_git_hosts(rules), redirects=tuple(one for one in _plain(rules) if not has_page(one)))


def _of_codeberg(rules: Rules) -> Rules:
    return replace(_of_git_hosts(rules), redirects=_plain(rules))


def _plain(rules: Rules) -> tuple[Redirect, ...]:
    return tuple(redirect for redirect in rules.redirects if not redirect.query)


def _nothing(rules: Rules) -> Rules:
    return replace(rules, headers=(), types={}, redirects=(), gone=(), not_found=())


_HOSTS: Mapping[Host, tuple[Callable[[Rules], Rules], Callable[[Rules], Mapping[str, bytes]]]] = {
    "apache": (with_few_redirects, apache.apache_files),
    "nginx": (lambda rules: rules, nginx.nginx_files),
    "iis": (_of_iis, iis.iis_files),
    "netlify": (_of_netlify, edge.netlify_files),
    "cloudflare": (_of_cloudflare, edge.cloudflare_files),
    "github": (_of_git_hosts, git_hosts.github_files),
    "gitlab": (_of_gitlab, git_hosts.gitlab_files),
    "codeberg": (_of_codeberg, git_hosts.codeberg_files),
}
"""What each host can do of a list, and how that is written for it."""
_PLAIN: Mapping[Host, Callable[[Rules], Rules]] = {"apache": _of_plain_apache, "iis": _of_plain_iis}
