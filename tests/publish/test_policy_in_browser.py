"""What hosts are told to forbid breaks no page of the microsite, and searching works, at the root and below a path."""

from collections.abc import Iterator
from typing import NamedTuple

import pytest
from playwright.sync_api import Browser, BrowserContext, Page, expect

from sitegen.config.targets import TargetSettings
from sitegen.publish.hosting.host_files import host_files
from sitegen.publish.hosting.rules import make_rules
from sitegen.site.model import Site
from tests.conftest import PROJECT
from tests.support.live import nginx
from tests.support.sites import rebuild

pytestmark = [pytest.mark.browser, pytest.mark.posix]


class Host(NamedTuple):
    address: str
    site: Site
    files: frozenset[str]


@pytest.fixture(scope="module", params=["", "repo/"])
def host(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Host]:
    folder = tmp_path_factory.mktemp("policy")
    base_url = f"https://example.org/{request.param}"
    made = rebuild(PROJECT, output=folder / "served" / request.param, base_url=base_url, index=True)
    rules = make_rules(made.site, TargetSettings("folder:x"), made.files, (), made.build.problems)
    assert not rules.remarks, "the microsite has a strict policy"
    (folder / "site.conf").write_bytes(host_files("nginx", rules).beside["nginx.conf"])
    server = f"root {folder}/served; index index.html; include {folder}/site.conf;"
    with nginx(folder / "run", server) as (port,):
        yield Host(f"http://127.0.0.1:{port}/{request.param}", made.site, frozenset(made.files))


@pytest.fixture
def context(chromium: Browser) -> Iterator[BrowserContext]:
    context = chromium.new_context()
    yield context
    context.close()


def watched(context: BrowserContext, complaints: list[str]) -> Page:
    """A page of which all that the browser complains of is noted."""
    page = context.new_page()
    page.on("console", lambda message: complaints.append(f"{page.url} {message.text}"))
    page.on("pageerror", lambda error: complaints.append(f"{page.url} {error}"))
    return page


def one_of_each(host: Host) -> list[str]:
    """Addresses of a page of each kind, with each block that texts have, and of what is shown by itself."""
    kinds = {(page.kind, page.lang): page.path for page in host.site.pages.values()}
    blocks = {
        host.site.documents[card.document].blocks: card.path
        for card in host.site.edition.cards.values()
        if card.document in host.site.documents
    }
    shown = {path.rpartition(".")[2]: path for path in sorted(host.files) if path.endswith((".svg", ".xml", ".png"))}
    return [*kinds.values(), *blocks.values(), *shown.values()]


def test_no_page_is_broken(context: BrowserContext, host: Host) -> None:
    complaints: list[str] = []
    page = watched(context, complaints)
    addresses = one_of_each(host)
    assert len(addresses) > 20
    for address in addresses:
        answer = page.goto(host.address + address, wait_until="load")
        assert answer is not None, address
        assert "content-security-policy" in answer.headers or address.endswith(".png"), address
    assert page.goto(f"{host.address}ja/none") is not None
    assert [text for text in complaints if "404 (Not Found)" not in text] == []


def test_searching_works(context: BrowserContext, host: Host) -> None:
    complaints: list[str] = []
    page = watched(context, complaints)
    page.goto(f"{host.address}vi/search/")
    page.get_by_role("searchbox").fill("Yagi")
    page.keyboard.press("Enter")
    expect(page.locator("[data-search=list] h3 a").first).to_be_visible()
    assert complaints == []


def test_scripts_in_a_page_do_not_run(context: BrowserContext, host: Host) -> None:
    """Else nothing here would show a policy at all."""
    complaints: list[str] = []
    page = watched(context, complaints)
    page.goto(f"{host.address}vi/")
    page.evaluate("document.body.append(Object.assign(document.createElement('script'), {text: 'window.ran = 1'}))")
    assert page.evaluate("window.ran") is None
    assert any("Content Security Policy" in text for text in complaints)
