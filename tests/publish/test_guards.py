"""What may not be published, and the very line that an author should write. Real sites, built twice."""

import re
from collections.abc import Callable, Mapping, Sequence
from datetime import UTC, datetime
from pathlib import Path
from shutil import copytree

import pytest
from msgspec.structs import replace

from sitegen.files import digest
from sitegen.publish.changes.guards import Verdict, judge
from sitegen.publish.changes.held import Held
from sitegen.publish.changes.origins import sources_of
from sitegen.publish.changes.plan import Plan, plan
from sitegen.publish.release import Release, Served, own_path, release_of
from sitegen.publish.targets.target import Facts
from tests.support.sites import SETTINGS, TAGS, Made, article, make, rebuild

NOW = datetime(2026, 11, 23, 3, tzinfo=UTC)
LATER = datetime(2026, 12, 23, 3, tzinfo=UTC)
ADDRESS = "https://example.org/site/"


def release(made: Made, gone: Sequence[str] = (), address: str = ADDRESS) -> Release:
    files = {path: Served(digest(data), len(data)) for path, data in made.files.items()}
    return release_of("vjec", address, files, made.site.pages.values(), {}, gone)


def held(made: Made, facts: Facts = Facts()) -> Held:
    found = plan(release(made), None, {}, NOW, facts)
    return found.after(dict.fromkeys(found.uploads, "t"))


Edit = Callable[[Path], object]

BASE: Mapping[str, str | bytes] = {
    "content/news/bai/index.vi.md": article("Bài", "[Giấy](report.pdf)", tags=["jcm"], slug="bai-cu"),
    "content/news/bai/report.pdf": b"%PDF-1.7 paper",
    "content/news/khac.vi.md": article("Khác", aliases=["/vi/xua/"]),
    "content/news/other.en.md": article("Other"),
}


@pytest.fixture(scope="module")
def base(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Made]:
    """The site as it was published."""
    root = tmp_path_factory.mktemp("base") / "site"
    return root, make(root, BASE)


class Author:
    """Publishes again, after an edit."""

    def __init__(self, root: Path, before: Made) -> None:
        self.root, self.before = root, before

    def __call__(
        self, edit: Edit, *, gone: Sequence[str] = (), now: datetime = NOW, facts: Facts = Facts(),
        allowed: Sequence[str] = (),
    ) -> tuple[Verdict, Plan]:  # fmt: skip
        edit(self.root)
        made = rebuild(self.root, now=now, assembled=True)
        found = plan(release(made, gone), held(self.before, facts), None, now)
        return judge(found, sources_of(made.site), allowed), found


@pytest.fixture
def verdict(base: tuple[Path, Made], tmp_path: Path) -> Author:
    copytree(base[0], tmp_path / "site")
    return Author(tmp_path / "site", base[1])


def said(found: Verdict) -> list[str]:
    return [
        f"{one.place.path}:{one.place.line}:{one.place.column}: {one.message} [{one.code}]\n{one.hint}"
        for one in found.problems
    ]


def write(path: str, text: str) -> Edit:
    return lambda root: (root / path).write_text(text, "utf-8")


RENAMED = article("Bài", "[Giấy](report.pdf)", tags=["jcm"], slug="bai-moi")


def test_nothing_changed(verdict: Author) -> None:
    assert verdict(lambda root: None)[0] == Verdict(())


def test_renamed(verdict: Author) -> None:
    found, _ = verdict(write("content/news/bai/index.vi.md", RENAMED))
    assert said(found)[0] == (
        "content/news/bai/index.vi.md:5:7: /vi/news/bai-cu/ was live and would answer 404. [vanished-alias]\n"
        "It is now /vi/news/bai-moi/: write here  aliases: [/vi/news/bai-cu/]  Is it meant to go? Add it to gone: in "
        "site.yaml, or say --allow-gone /vi/news/bai-cu/"
    )
    assert (found.lost, found.given_up) == (("/vi/news/bai-cu/",), ())


def test_renamed_where_there_are_aliases(verdict: Author) -> None:
    """The whole line, with those that are there; and the place where it stands."""
    text = article("Khác", slug="khac-roi", aliases=["/vi/xua/", "/vi/a, b/"])
    found, _ = verdict(write("content/news/khac.vi.md", text))
    assert "content/news/khac.vi.md:5:10: /vi/news/khac/ was" in said(found)[0]
    assert "aliases: [/vi/xua/, '/vi/a, b/', /vi/news/khac/] " in said(found)[0]


def test_the_line_lets_it_pass(verdict: Author) -> None:
    text = RENAMED.replace("slug:", "aliases: [/vi/news/bai-cu/]\nslug:")
    found, planned = verdict(write("content/news/bai/index.vi.md", text))
    assert found == Verdict(())
    assert planned.moved == (("vi/news/bai-cu/index.html", "vi/news/bai-moi/index.html"),)


def test_alias_taken_away(verdict: Author) -> None:
    found, _ = verdict(write("content/news/khac.vi.md", article("Khác")))
    assert said(found)[0].startswith("content/news/khac.vi.md:2:8: /vi/xua/ was live")
    assert "Write here  aliases: [/vi/xua/] " in said(found)[0]


def delete(*paths: str) -> Edit:
    def edit(root: Path) -> None:
        for path in paths:
            (root / path).unlink()

    return edit


DELETED = delete("content/news/bai/index.vi.md", "content/news/bai/report.pdf")
WITH_IT = {"/files/news/bai/report.pdf", *(f"/{lang}/tags/jcm/" for lang in ("en", "ja", "vi"))}


def test_deleted(verdict: Author) -> None:
    """What it came from is not there, so that it is told where it may be let go; its tag, its attachment too."""
    found, _ = verdict(DELETED)
    by_address = dict(zip((one.arguments["address"] for one in found.problems), said(found), strict=True))
    assert by_address.keys() == {"/vi/news/bai-cu/", *WITH_IT}
    assert by_address["/vi/news/bai-cu/"] == (
        "site.yaml:0:0: /vi/news/bai-cu/ was live and would answer 404; nothing takes its place. [vanished-address]\n"
        "Is it meant to go? Write here  gone: [/vi/news/bai-cu/]  or say --allow-gone /vi/news/bai-cu/ Else write  "
        "aliases: [/vi/news/bai-cu/]  in the text that takes its place; the nearest address is /vi/news/khac/."
    )
    assert {*found.lost} == by_address.keys() | {"/vi/tags/jcm/feed.json", "/vi/tags/jcm/feed.xml"}


def test_renamed_attachment(verdict: Author) -> None:
    def edit(root: Path) -> None:
        (root / "content/news/bai/report.pdf").rename(root / "content/news/bai/paper.pdf")
        write("content/news/bai/index.vi.md", BASE_TEXT.replace("report.pdf", "paper.pdf"))(root)

    found, planned = verdict(edit)
    assert planned.moved == (("files/news/bai/report.pdf", "files/news/bai/paper.pdf"),)
    assert "the nearest address is /files/news/bai/paper.pdf." in said(found)[0]


BASE_TEXT = str(BASE["content/news/bai/index.vi.md"])


def test_attachment_with_an_alias_answers(verdict: Author) -> None:
    def edit(root: Path) -> None:
        write(
            "content/news/bai/index.vi.md",
            BASE_TEXT.replace("[Giấy](report.pdf)", "").replace(
                "slug:", "aliases: [/files/news/bai/report.pdf]\nslug:"
            ),
        )(root)

    found, planned = verdict(edit)
    assert found == Verdict(())
    assert [wave.kind for wave in planned.waves if wave.removes] == ["pages in place"]


def test_attachment_that_nothing_refers_to(verdict: Author) -> None:
    found, _ = verdict(write("content/news/bai/index.vi.md", BASE_TEXT.replace("[Giấy](report.pdf)", "")))
    assert said(found)[0] == (
        "content/news/bai/report.pdf:0:0: /files/news/bai/report.pdf was live and would answer 404: nothing that is "
        "out refers to this file any more. [vanished-file]\nRefer to it again. Is it meant to go? Add it to gone: in "
        "site.yaml, or say --allow-gone /files/news/bai/report.pdf"
    )


@pytest.mark.parametrize(("head", "state"), [("draft: true", "draft"), ("publish: 01/01/2030", "scheduled")])
def test_text_that_is_not_out_any_more(head: str, state: str, verdict: Author) -> None:
    text = BASE_TEXT.replace("slug:", f"{head}\nslug:")
    found, _ = verdict(write("content/news/bai/index.vi.md", text))
    found_there = {one.place.path: text for one, text in zip(found.problems, said(found), strict=True)}
    assert found_there["content/news/bai/index.vi.md"] == (
        "content/news/bai/index.vi.md:6:7: /vi/news/bai-cu/ was live and would answer 404: its text is not out any "
        f"more ({state}). [vanished-text]\nLet it come out again. Is it meant to go? Add it to gone: in site.yaml, or "
        "say --allow-gone /vi/news/bai-cu/"
    )
    assert found_there["content/tags.yaml"] == (
        "content/tags.yaml:0:0: /vi/tags/jcm/ was live and would answer 404: nothing that is out has this tag any "
        "more. [vanished-list]\nGive it to a text. Is it meant to go? Add it to gone: in site.yaml, or say "
        "--allow-gone /vi/tags/jcm/"
    )


def test_expired(verdict: Author) -> None:
    """A date that an author has set says that it is meant to go, with its tag, its feeds, its attachments: no publish
    stops for it at night."""
    text = BASE_TEXT.replace("slug:", "expires: 01/12/2026\nslug:")
    found, planned = verdict(write("content/news/bai/index.vi.md", text), now=LATER)
    assert (found.problems, found.lost) == ((), ())
    feeds = {"/vi/tags/jcm/feed.json", "/vi/tags/jcm/feed.xml"}
    assert {*found.given_up} == {"/vi/news/bai-cu/", *WITH_IT, *feeds}
    assert "vi/news/bai-cu/index.html" in planned.removed


def test_expired_with_its_section(tmp_path: Path) -> None:
    """The last article of a section in a language takes its list along, and what led to it by an old name."""
    site = {path: text for path, text in BASE.items() if "other" not in path}
    site["content/visits/a.en.md"] = article("Visit", expires="01/12/2026", aliases=["/en/older/"])
    before = held(make(tmp_path, site))
    made = rebuild(tmp_path, now=LATER)
    found = judge(plan(release(made), before, None, LATER), sources_of(made.site))
    assert found.problems == ()
    assert {"/en/visits/", "/en/visits/a/", "/en/older/", "/en/visits/feed.xml"} <= {*found.given_up}


@pytest.mark.parametrize(
    "address",
    [
        "/vi/news/bai-cu/",
        "/vi/news/bai-cu",
        "vi/news/bai-cu/",
        "/site/vi/news/bai-cu/",
        "https://example.org/site/vi/news/bai-cu/",
        "https://www.example.org/site/vi/news/bai-cu/",
        "/vi/news/bai-cu/index.html",
    ],
)
def test_meant_to_go(address: str) -> None:
    new = replace(OLD, files={"vi/b/index.html": Served("b", 1)}, promised={"vi/b/index.html": "b"})
    before = plan(OLD, None, {}, NOW).after(dict.fromkeys(OLD.files, "t"))
    for allowed, gone in ((["all"], []), ([address], []), ([], [address])):
        meant = frozenset(path for text in gone if (path := own_path(text, ADDRESS)) is not None)
        found = judge(plan(replace(new, gone=meant), before, None, NOW), {}, allowed)
        assert found == Verdict((), (), ("/vi/news/bai-cu/",))
    assert judge(plan(new, before, None, NOW), {}).lost == ("/vi/news/bai-cu/",)


OLD = Release("vjec", ADDRESS, {"vi/news/bai-cu/index.html": Served("a", 1)}, {"vi/news/bai-cu/index.html": "a"})


def test_feeds_go_with_their_list(verdict: Author) -> None:
    found, _ = verdict(DELETED, gone=["/vi/news/bai-cu/", *WITH_IT])
    assert (found.problems, found.lost) == ((), ())


def test_feed_alone(verdict: Author) -> None:
    found, _ = verdict(write("site.yaml", f"{SETTINGS}feeds: [atom]\n"))
    assert {one.code for one in found.problems} == {"vanished-address"}
    assert "/vi/feed.json" in found.lost


def test_fewer_pages_of_a_list(tmp_path: Path) -> None:
    """They come and go with what is in it."""
    many = {f"content/news/tin-{number}.en.md": article(f"News {number}") for number in range(11)}
    before = held(make(tmp_path, {**BASE, **many}))
    delete(*(f"content/news/tin-{number}.en.md" for number in range(6)))(tmp_path)
    made = rebuild(tmp_path)
    planned = plan(release(made), before, None, NOW)
    assert "en/news/page/2/index.html" in planned.removed
    assert judge(planned, sources_of(made.site)).lost == tuple(f"/en/news/tin-{number}/" for number in range(6))


@pytest.mark.parametrize("address", ["/vi/news/khac/", "/vi/news/"])
def test_gone_but_there(address: str, verdict: Author) -> None:
    """Told once, though a list has feeds."""
    found, _ = verdict(lambda root: None, gone=[address])
    assert said(found) == [
        (
            f"site.yaml:0:0: {address} is among gone: and has a page. [gone-but-there]\n"
            "Take it out of gone:, or give the page another address."
        )
    ]


def test_letters_that_the_host_does_not_tell_apart(verdict: Author) -> None:
    edit = write("content/news/bai/index.vi.md", BASE_TEXT.replace("bai-cu", "Bai-Cu"))
    assert verdict(edit, facts=Facts(tells_case=False))[0] == Verdict(())
    assert verdict(edit)[0].lost == ("/vi/news/bai-cu/",)


# more than addresses


def test_most_of_the_site_is_lost(tmp_path: Path) -> None:
    """As where a checkout of content/ failed. --allow-gone of each address does not help."""
    many = {f"content/news/tin-{number}.en.md": article(f"News {number}") for number in range(40)}
    before = held(make(tmp_path, {**BASE, **many}))
    for path in many:
        (tmp_path / path).unlink()
    made = rebuild(tmp_path)
    planned = plan(release(made), before, None, NOW)
    found = judge(planned, sources_of(made.site))
    assert found.problems[0].code == "too-few-files"
    promised = len(before.promised), len(planned.release.promised)
    assert found.problems[0].message == f"Of {promised[0]} that are live only {promised[1]} would be left."
    assert judge(planned, {}, ["all"]).problems == ()


def test_most_files_are_lost() -> None:
    """All pages are there, and what they need is not: a machine without Pagefind, or without the fonts of cards."""
    pages = {f"vi/{number}/index.html": Served("a", 1) for number in range(3)}
    files = {f"cards/{number}.0123456789.png": Served("a", 1) for number in range(9)}
    whole = Release("vjec", ADDRESS, pages | files, dict.fromkeys(pages, "x"))
    before = plan(whole, None, {}, NOW).after(dict.fromkeys(whole.files, "t"))
    assert [one.code for one in judge(plan(replace(whole, files=pages), before, None, NOW), {}).problems] == [
        "too-few-files"
    ]
    half = replace(whole, files=pages | dict([*files.items()][:3]))
    assert judge(plan(half, before, None, NOW), {}).problems == ()


def test_most_of_it_expired() -> None:
    """The site of an event, the day after: what is given up is not missed."""
    pages = {f"vi/{number}/index.html": Served("a", 1) for number in range(9)}
    files = {f"cards/{number}.0123456789.png": Served("a", 1) for number in range(9)}
    whole = Release("vjec", ADDRESS, pages | files, dict.fromkeys(pages, "x"))
    before = plan(whole, None, {}, NOW).after(dict.fromkeys(whole.files, "t"))
    one = {"vi/0/index.html": Served("a", 1)}
    left = replace(whole, files=one, promised=dict.fromkeys(one, "x"), gone=frozenset(f"vi/{n}/" for n in range(1, 9)))
    assert judge(plan(left, before, None, NOW), {}).problems == ()


def test_another_site(base: tuple[Path, Made]) -> None:
    made = base[1]
    found = judge(plan(release(made), replace(held(made), site="other"), None, NOW), {}, ["all"])
    assert said(found)[0] == (
        "site.yaml:0:0: There lies another site, “other”; this one is “vjec”. [another-site]\n"
        "Choose another folder below publish: in site.yaml. If it is the same site, give it back its id."
    )
    assert len(found.problems) == 1


@pytest.mark.parametrize(
    ("address", "is_other"),
    [
        ("http://example.org/site/", False),
        ("https://www.example.org/site/", False),
        ("https://example.org:443/site/", False),
        ("https://example.org:8443/site/", True),
        ("https://example.org/", True),
        ("https://example.org/site/staging/", True),
        ("https://staging.example.org/site/", True),
    ],
)
def test_another_address(address: str, is_other: bool, base: tuple[Path, Made]) -> None:
    """As where two targets name one folder."""
    made = base[1]
    planned = plan(release(made), replace(held(made), address=address), None, NOW)
    assert [one.code for one in judge(planned, {}).problems] == (["another-address"] if is_other else [])
    assert judge(planned, {}, ["all"]).problems == ()


def test_first_publish_is_guarded_by_nothing(base: tuple[Path, Made]) -> None:
    made = base[1]
    assert judge(plan(release(made), None, {}, NOW), sources_of(made.site)) == Verdict(())


def test_many_vanish(verdict: Author) -> None:
    """A language is taken away: each is told, once, by its place."""
    settings = SETTINGS.replace("  en: {name: English, locale: en_GB}\n", "").replace(", en: Trial", "")
    tags = re.sub(r", en: [^}]+", "", TAGS)

    def edit(root: Path) -> None:
        delete("content/news/other.en.md")(root)
        write("site.yaml", settings)(root)
        write("content/tags.yaml", tags)(root)

    found, _ = verdict(edit)
    assert {path.split("/")[1] for path in found.lost} == {"en"}
    assert len(found.problems) == len([path for path in found.lost if not path.endswith(("xml", "json"))])
