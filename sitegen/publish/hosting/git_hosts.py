"""Pages that hosts of Git repositories serve: GitHub, GitLab, Codeberg. None of them sends headers of a site's own."""

from collections.abc import Mapping

from sitegen.publish.targets.target import STATE

from .edge import REDIRECTS
from .rules import Rules

NO_JEKYLL, CNAME, DOMAINS, PIPELINE = ".nojekyll", "CNAME", ".domains", ".gitlab-ci.yml"
_JOB = f"""\
# Written by sitegen: hands the files of this branch to GitLab Pages.
pages:
  image: busybox
  script:
    - made=$(mktemp -d)
    - cp -R . "$made/public"
    - rm -rf "$made/public/.git" "$made/public/{PIPELINE}" "$made/public/{STATE}" public
    - mv "$made/public" public
  artifacts:
    paths: [public]
"""


def github_files(rules: Rules) -> Mapping[str, bytes]:
    """Without .nojekyll, what begins with . or _ is left out; a domain of one's own is named in CNAME."""
    return {NO_JEKYLL: b"", **_domain(rules, CNAME, "github.io")}


def gitlab_files(rules: Rules) -> Mapping[str, bytes]:
    return {PIPELINE: _JOB.encode(), **_redirects(rules)}


def codeberg_files(rules: Rules) -> Mapping[str, bytes]:
    return {**_redirects(rules), **_domain(rules, DOMAINS, "codeberg.page")}


def _redirects(rules: Rules) -> Mapping[str, bytes]:
    lines = "".join(f"{rules.url(one.path)} {rules.url(one.target)} 301\n" for one in rules.redirects)
    return {REDIRECTS: lines.encode()} if lines else {}


def _domain(rules: Rules, path: str, host: str) -> Mapping[str, bytes]:
    """Of the site's own, where it has one: as a whole, since such a domain has no sub-path."""
    is_own = rules.base == "/" and rules.domain and not f".{rules.domain}".endswith(f".{host}")
    return {path: f"{rules.domain}\n".encode()} if is_own else {}
