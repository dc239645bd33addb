"""What a publish does, case by case; on a model of a host where it must be seen what comes of it."""

from collections.abc import Iterator, Mapping
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING, Any, TypeVar
from unicodedata import normalize

import pytest
from msgspec.structs import replace

from sitegen.files import digest
from sitegen.publish.changes.held import Held, decode, encode
from sitegen.publish.changes.plan import Plan, plan
from sitegen.publish.changes.waves import Wave
from sitegen.publish.release import Release, Served, origin_digest
from sitegen.publish.targets.target import Facts

from .model import ADDRESS, Host, Site, begin, carry_out, groups, named, planned, read_held

if TYPE_CHECKING:
    from _collections_abc import dict_items

NOW = datetime(2026, 11, 27, tzinfo=UTC)
DAY = timedelta(days=1)
T = TypeVar("T")


def site(files: Mapping[str, str], origins: Mapping[str, str] | None = None) -> Site:
    """Pages, feeds and attachments are promised; each comes from a source of its own, if nothing else is said."""
    promised = {path: path for path in files if path.endswith((".html", ".xml")) or path.startswith("files/")}
    rules = frozenset(path for path in files if path.startswith("."))
    return Site({path: text.encode() for path, text in files.items()}, rules, {**promised, **(origins or {})})


def css(text: str) -> str:
    return named("assets/site", ".css", text)


FIRST = site(
    {
        "index.html": "front 1",
        "vi/index.html": "home 1",
        "vi/tin-tuc/bai/index.html": "text 1",
        "vi/feed.xml": "feed 1",
        "files/a.pdf": "paper 1",
        css("1"): "1",
        ".htaccess": "rules 1",
        "sitemap.xml": "map 1",
    }
)


def published(*sites: Site, facts: Facts = Facts()) -> Host:
    host = Host(facts)
    for one in sites:
        carry_out(host, one, NOW)
    return host


def kinds(found: Plan) -> dict[str, tuple[tuple[str, ...], tuple[str, ...]]]:
    return {wave.kind: (wave.removes, wave.places) for wave in found.waves}


def test_first_publish() -> None:
    found = plan(FIRST.release, None, {}, NOW)
    assert found.waves == (
        Wave("needed", (), (css("1"), "files/a.pdf")),
        Wave("first rules", (), (".htaccess",)),
        Wave("new pages", (), ("vi/tin-tuc/bai/index.html", "vi/index.html", "index.html")),
        Wave("feeds", (), ("vi/feed.xml", "sitemap.xml")),
    )
    assert (found.number, found.is_empty, found.size) == (1, False, sum(map(len, FIRST.files.values())))
    assert found.by_role(found.new) == {
        "asset": (css("1"),),
        "attachment": ("files/a.pdf",),
        "feed": ("sitemap.xml", "vi/feed.xml"),
        "page": ("index.html", "vi/index.html", "vi/tin-tuc/bai/index.html"),
        "rule": (".htaccess",),
    }


def test_order_of_changes() -> None:
    new = site(
        {
            "index.html": "front 2",
            "vi/index.html": "home 2",
            "vi/tin-tuc/bai/index.html": "text 2",
            "vi/tin-tuc/moi/index.html": "new",
            "files/a.pdf": "paper 2",
            css("2"): "2",
            ".htaccess": "rules 2",
            "sitemap.xml": "map 2",
        }
    )
    found = planned(published(FIRST), new.release, NOW)
    assert found.waves == (
        Wave("needed", (), (css("2"),)),
        Wave("new pages", (), ("vi/tin-tuc/moi/index.html",)),
        Wave("files", (), ("files/a.pdf",)),
        Wave("pages", (), ("vi/tin-tuc/bai/index.html", "vi/index.html", "index.html")),
        Wave("feeds", (), ("sitemap.xml",)),
        Wave("rules", (), (".htaccess",)),
        Wave("gone pages", ("vi/feed.xml",)),
    )
    assert found.superseded == (css("1"),)
    assert found.number == 2


def test_pages_go_before_what_they_need() -> None:
    found = planned(published(FIRST), site({"index.html": "front 1"}).release, NOW)
    assert found.waves == (
        Wave("gone pages", ("sitemap.xml", "vi/feed.xml", "vi/index.html", "vi/tin-tuc/bai/index.html")),
        Wave("gone files", (".htaccess", "files/a.pdf")),
    )


SEARCH = {
    "vi/search/index.html": "page",
    "vi/search/pagefind/pagefind.js": "code 1",
    "vi/search/pagefind/pagefind-entry.json": "entry 1",
    "vi/search/pagefind/fragment/vi_1411bea.pf_fragment": "text",
}


def test_search_index() -> None:
    """What leads into it comes when all of it is there; what was there stays for those who search just now."""
    host = published(FIRST)
    both = site({**{path: data.decode() for path, data in FIRST.files.items()}, **SEARCH})
    found = planned(host, both.release, NOW)
    assert kinds(found) == {
        "needed": ((), ("vi/search/pagefind/fragment/vi_1411bea.pf_fragment",)),
        "search": ((), ("vi/search/pagefind/pagefind-entry.json", "vi/search/pagefind/pagefind.js")),
        "new pages": ((), ("vi/search/index.html",)),
    }
    carry_out(host, both, NOW)
    other = {
        "vi/search/pagefind/fragment/vi_1411beb.pf_fragment": "t",
        "vi/search/pagefind/pagefind-entry.json": "entry 2",
    }
    changed = site({**{path: data.decode() for path, data in both.files.items()}, **other})
    changed = site({path: data.decode() for path, data in changed.files.items() if "1411bea" not in path})
    found = planned(host, changed.release, NOW)
    assert kinds(found) == {
        "needed": ((), ("vi/search/pagefind/fragment/vi_1411beb.pf_fragment",)),
        "feeds": ((), ("vi/search/pagefind/pagefind-entry.json",)),
    }
    assert found.superseded == ("vi/search/pagefind/fragment/vi_1411bea.pf_fragment",)


def test_headers_alone_are_sent_again() -> None:
    held = plan(FIRST.release, None, {}, NOW).after(dict.fromkeys(FIRST.files, "t"))
    files = {
        path: replace(served, headers="new" if path == css("1") else "") for path, served in FIRST.release.files.items()
    }
    found = plan(replace(FIRST.release, files=files), held, dict.fromkeys(FIRST.files, "t"), NOW)
    assert found.changed == (css("1"),)


def backwards(mapping: Mapping[str, T]) -> dict[str, T]:
    return dict(reversed([*mapping.items()]))


def test_equal_input_gives_an_equal_plan() -> None:
    host = published(FIRST)
    host.write("x.png", b"foreign")
    host.write("y.png", b"foreign")
    new = site({"index.html": "front 2", "files/b.pdf": "paper 1", css("3"): "3", "vi/a/index.html": "a"})
    turned = Site(backwards(new.files), new.rules, backwards(new.origins))
    held = read_held(host)
    assert held is not None
    turned_held = replace(held, files=backwards(held.files), promised=backwards(held.promised))
    one = plan(new.release, held, host.list(), NOW)
    other = plan(turned.release, turned_held, backwards(host.list()), NOW)
    assert one == other
    tokens = dict.fromkeys(one.uploads, "t")
    assert encode(one.between(tokens)) == encode(other.between(tokens))
    assert encode(one.after(tokens)) == encode(other.after(tokens))


# what is kept


def test_assets_of_an_earlier_page_answer_for_a_month_and_two_releases() -> None:
    """A reader has the first release before them, and comes back again and again."""
    host, moment = Host(), NOW
    for number in range(1, 40):
        carry_out(host, site({"index.html": f"front {number}", css(str(number)): str(number)}), moment)
        is_due = number >= 32  # the second release took it away, 30 days before the 32nd
        assert (host.get(css("1")) is None) is is_due, number
        moment += DAY
    assert sum(path.startswith("assets/") for path in host.list()) == 31


def test_two_releases_at_least() -> None:
    host = published(FIRST)
    gone = css("1")
    for number, moment in ((2, NOW), (3, NOW + 400 * DAY)):
        carry_out(host, site({"index.html": f"front {number}"}), moment)
        assert host.get(gone) is not None
    carry_out(host, site({"index.html": "front 4"}), NOW + 401 * DAY)
    assert host.get(gone) is None


def test_a_clock_that_goes_back_loses_nothing() -> None:
    host = published(FIRST)
    for number in range(2, 9):
        carry_out(host, site({"index.html": f"front {number}"}), NOW - number * 365 * DAY)
        assert host.get(css("1")) is not None


def test_what_is_due_goes_though_nothing_is_published() -> None:
    host = published(FIRST, site({"index.html": "2"}), site({"index.html": "3"}), site({"index.html": "4"}))
    last = site({"index.html": "4"}).release
    assert planned(host, last, NOW).is_empty
    found = planned(host, last, NOW + 31 * DAY)
    assert (kinds(found), found.number) == ({"gone files": ((css("1"),), ())}, 4)


def test_what_is_kept_and_wanted_again_is_not_sent_again() -> None:
    host = published(FIRST, site({"index.html": "2"}))
    found = planned(host, site({"index.html": "3", css("1"): "1"}).release, NOW)
    assert [*found.uploads] == ["index.html"]
    assert found.kept == {}
    carry_out(host, site({"index.html": "3", css("1"): "1"}), NOW)
    assert planned(host, site({"index.html": "3", css("1"): "1"}).release, NOW + 99 * DAY).waves == ()


def test_kept_files_that_somebody_took_are_forgotten() -> None:
    host = published(FIRST, site({"index.html": "2"}))
    host.remove(css("1"))
    found = planned(host, site({"index.html": "3"}).release, NOW)
    assert (found.kept, found.altered, found.missing) == ({}, (), ())


def test_kept_files_that_somebody_changed_are_theirs() -> None:
    """So that no publish at night waits for a yes on account of them."""
    host = published(FIRST, site({"index.html": "2"}), site({"index.html": "3"}), site({"index.html": "4"}))
    host.write(css("1"), b"theirs")
    last = site({"index.html": "4"})
    found = planned(host, last.release, NOW + 99 * DAY)
    assert (found.altered, found.removed, found.untold) == ((), (), (css("1"),))
    carry_out(host, last, NOW + 99 * DAY)
    assert (host.get(css("1")), planned(host, last.release, NOW + 99 * DAY).is_empty) == (b"theirs", True)
    wanted = site({"index.html": "4", css("1"): "1"})
    assert planned(host, wanted.release, NOW).in_the_way == (css("1"),)


# what somebody else does there


def test_foreign_files_are_told_once_and_left_alone() -> None:
    host = published(FIRST)
    host.write("stats/index.php", b"theirs")
    found = planned(host, FIRST.release, NOW)
    assert (found.foreign, found.untold, found.waves, found.is_empty) == (
        ("stats/index.php",),
        ("stats/index.php",),
        (),
        False,
    )
    carry_out(host, FIRST, NOW)
    again = planned(host, FIRST.release, NOW)
    assert (again.foreign, again.untold, again.is_empty, again.number) == (("stats/index.php",), (), True, 1)
    unlisted = planned(host, site({"index.html": "2"}).release, NOW, listed=False)
    assert unlisted.after(dict.fromkeys(unlisted.uploads, "")).foreign == again.after({}).foreign


def test_in_the_way() -> None:
    host = Host()
    host.write("index.html", b"Welcome to your new host")
    host.write("vi", b"a file where a folder must be")
    host.write("files/a.pdf/x", b"a folder where a file must be")
    found = planned(host, FIRST.release, NOW)
    assert found.in_the_way == found.unsure == ("files/a.pdf/x", "index.html", "vi")
    assert found.foreign == ()
    carry_out(host, FIRST, NOW)
    assert {path: host.get(path) for path in FIRST.files} == FIRST.files


def test_altered() -> None:
    host = published(FIRST)
    for path in ("vi/index.html", "files/a.pdf", css("1"), ".htaccess"):
        host.write(path, b"a quick fix by FTP")
    found = planned(host, FIRST.release, NOW)
    assert found.altered == found.changed == (".htaccess", css("1"), "files/a.pdf", "vi/index.html")
    assert planned(host, site({"index.html": "front 1"}).release, NOW).altered == found.altered  # they would go
    carry_out(host, FIRST, NOW)
    assert {path: host.get(path) for path in FIRST.files} == FIRST.files


def test_touched_alone() -> None:
    """The same bytes at another time: nobody is asked anything, and nothing is sent."""
    host = published(FIRST)
    for path, data in FIRST.files.items():
        host.write(path, data)
    assert plan(FIRST.release, read_held(host), host.list(), NOW).altered == tuple(sorted(FIRST.files))
    found = planned(host, FIRST.release, NOW)
    assert (found.altered, found.waves, found.is_empty) == ((), (), False)
    carry_out(host, FIRST, NOW)
    assert planned(host, FIRST.release, NOW).is_empty


def test_mended_by_somebody_else() -> None:
    """What an editor put there by FTP is what the release has: as it should be."""
    host = published(FIRST)
    host.write("vi/index.html", b"home 2")
    new = site({**{path: data.decode() for path, data in FIRST.files.items()}, "vi/index.html": "home 2"})
    found = planned(host, new.release, NOW)
    assert (found.altered, [*found.uploads], found.adopted) == ((), [], ("vi/index.html",))


def test_missing() -> None:
    host = published(FIRST)
    for path in ("vi/index.html", css("1")):
        host.remove(path)
    found = planned(host, FIRST.release, NOW)
    assert found.missing == found.new == (css("1"), "vi/index.html")
    assert kinds(found) == {"needed": ((), (css("1"),)), "new pages": ((), ("vi/index.html",))}


def test_without_a_listing_the_manifest_is_believed() -> None:
    host = published(FIRST)
    host.remove("vi/index.html")
    assert planned(host, FIRST.release, NOW, listed=False).is_empty
    found = planned(host, site({"index.html": "2"}).release, NOW, listed=False)
    assert found.removed == (
        ".htaccess",
        "files/a.pdf",
        "sitemap.xml",
        "vi/feed.xml",
        "vi/index.html",
        "vi/tin-tuc/bai/index.html",
    )


def test_listed_again_after_a_month() -> None:
    host = published(FIRST)
    assert planned(host, FIRST.release, NOW + 29 * DAY).is_empty
    found = planned(host, FIRST.release, NOW + 30 * DAY)
    assert (found.waves, found.is_empty) == ((), False)
    assert found.after({}).listed == NOW + 30 * DAY


# without a manifest to trust


@pytest.mark.parametrize("harm", ["deleted", "cut", "flipped"])
def test_lost_manifest(harm: str) -> None:
    """All that lies there is foreign; what has our bytes is taken over, nothing else is touched without a yes."""
    host = published(FIRST)
    host.write("vi/index.html", b"altered")
    host.write("theirs.html", b"theirs")
    data = host.held or b""
    host.held = {"deleted": None, "cut": data[:-9], "flipped": data[:60] + bytes([data[60] ^ 9]) + data[61:]}[harm]
    assert read_held(host) is None
    blind = plan(FIRST.release, None, host.list(), NOW)
    assert blind.in_the_way == tuple(sorted(FIRST.files))
    found = planned(host, FIRST.release, NOW)
    assert found.in_the_way == ("vi/index.html",)
    assert found.adopted == tuple(sorted(FIRST.files.keys() - {"vi/index.html"}))
    assert [*found.uploads] == ["vi/index.html"]
    carry_out(host, FIRST, NOW)
    assert planned(host, FIRST.release, NOW).is_empty
    assert host.get("theirs.html") == b"theirs"


def test_lost_manifest_of_an_older_release() -> None:
    """Nothing is removed, and rules that may lead to what is not there yet come last."""
    host = published(FIRST)
    host.held = None
    new = site({"index.html": "2", ".htaccess": "rules 2", "vi/b/index.html": "b"})
    found = planned(host, new.release, NOW)
    assert found.removed == ()
    assert [wave.kind for wave in found.waves] == ["new pages", "rules"]
    assert found.foreign == (
        css("1"),
        "files/a.pdf",
        "sitemap.xml",
        "vi/feed.xml",
        "vi/index.html",
        "vi/tin-tuc/bai/index.html",
    )


# after a cut


def cut(host: Host, new: Site, steps: int) -> None:
    found = planned(host, new.release, NOW)
    begin(host, new, found)
    done = 0
    for group in groups(host, found.waves):
        for path, act in group:
            if done == steps:
                return
            act(path)
            done += 1


SECOND = site({"index.html": "front 2", "vi/index.html": "home 2", "vi/c/index.html": "c", css("2"): "2"})


@pytest.mark.parametrize("steps", range(11))
def test_cut_off_and_taken_up(steps: int) -> None:
    host = published(FIRST)
    cut(host, SECOND, steps)
    found = planned(host, SECOND.release, NOW)
    assert found.missing == found.altered == found.foreign == ()
    assert "vi/tin-tuc/bai/index.html" in found.vanished  # as it was promised before the cut
    assert len([*found.uploads]) == max(0, 4 - steps)  # nothing that is there is sent again
    assert not found.is_empty
    carry_out(host, SECOND, NOW)
    held = read_held(host)
    assert held is not None
    assert (held.number, held.coming) == (2, None)
    assert planned(host, SECOND.release, NOW).is_empty


def test_cut_off_before_the_manifest() -> None:
    """All is in its place, and nobody has noted it: it is the next release all the same."""
    host = published(site({"index.html": "1"}))
    new = site({"index.html": "2", "files/a.pdf": "a", ".well-known/security.txt": "rules"})
    cut(host, new, 3)
    found = planned(host, new.release, NOW)
    assert (found.waves, found.number, found.is_empty) == ((), 2, False)
    back = planned(host, site({"index.html": "2"}).release, NOW)
    assert back.by_role(back.removed) == {"attachment": ("files/a.pdf",), "rule": (".well-known/security.txt",)}


def test_what_is_kept_is_so_after_a_cut() -> None:
    host = published(FIRST, SECOND)
    third = site({"index.html": "front 3"})
    cut(host, third, 1)
    assert planned(host, third.release, NOW).kept.keys() == {css("1"), css("2")}
    assert planned(host, third.release, NOW).foreign == ()


@pytest.mark.parametrize("steps", range(11))
def test_cut_off_and_taken_back(steps: int) -> None:
    """The author thinks better of it: what was live for minutes goes, what needs it first."""
    host = published(FIRST)
    cut(host, SECOND, steps)
    found = planned(host, FIRST.release, NOW)
    assert ("vi/c/index.html" in found.vanished) is (steps >= 2)
    carry_out(host, FIRST, NOW)
    assert {path: host.get(path) for path in FIRST.files} == FIRST.files
    assert host.get("vi/c/index.html") is None
    assert (host.get(css("2")) is not None) is (steps >= 1)


def test_cut_off_where_nothing_can_be_listed() -> None:
    """What may have come is sent again."""
    host = published(FIRST)
    cut(host, SECOND, 3)
    held = read_held(host)
    found = plan(SECOND.release, held, None, NOW)
    assert {*found.uploads} == {css("2"), "vi/c/index.html", "vi/index.html", "index.html"}
    back = plan(FIRST.release, held, None, NOW)
    assert {*back.uploads} == {"vi/index.html", "index.html"}
    assert back.removed == (css("2"), "vi/c/index.html")


def test_cut_off_where_times_are_coarse() -> None:
    """Old and new look the same in a listing: what cannot be told apart is sent again, and nobody is asked."""
    host = Host(ticks=False)
    old, new = site({"index.html": "1", "vi/index.html": "1"}), site({"index.html": "2", "vi/index.html": "2"})
    carry_out(host, old, NOW)
    cut(host, new, 1)
    for wanted in (old, new):
        other = host.copy()
        found = planned(other, wanted.release, NOW)
        assert ({*found.uploads}, found.altered) == ({"index.html", "vi/index.html"}, ())
        carry_out(other, wanted, NOW)
        assert other.get("index.html") == wanted.files["index.html"]


def test_first_publish_cut_off_beside_foreign_files() -> None:
    """What is still foreign is so after the cut too: it wants a yes of its own."""
    host = Host()
    host.write("index.html", b"Welcome to your new host")
    cut(host, FIRST, 3)
    found = planned(host, FIRST.release, NOW)
    assert found.in_the_way == ("index.html",)
    back = planned(host, site({"vi/index.html": "home 1"}).release, NOW)
    assert back.in_the_way == ()
    assert "index.html" not in back.removed


# names that a host does not tell apart


FOLDS = Facts(tells_case=False, tells_forms=False)


@pytest.mark.parametrize(
    ("facts", "old", "new"),
    [
        (FOLDS, "files/Foto.JPG", "files/foto.jpg"),
        (Facts(tells_case=False), "files/Foto.JPG", "files/foto.jpg"),
        (Facts(tells_forms=False), "files/ế.pdf", normalize("NFD", "files/ế.pdf")),
        (FOLDS, "files/Ế.pdf", normalize("NFD", "files/ế.pdf")),
        (FOLDS, "files/STRASSE.pdf", "files/straße.pdf"),
    ],
)
@pytest.mark.parametrize("texts", [("1", "1"), ("1", "2")])
def test_other_letters_of_one_name(facts: Facts, old: str, new: str, texts: tuple[str, str]) -> None:
    host = published(site({old: texts[0], "index.html": "1"}), facts=facts)
    found = planned(host, site({new: texts[1], "index.html": "1"}).release, NOW)
    assert (found.removed, found.vanished, found.foreign) == ((), (), ())
    assert found.changed == ((new,) if texts[0] != texts[1] else ())
    carry_out(host, site({new: texts[1], "index.html": "1"}), NOW)
    assert host.get(new) == texts[1].encode()
    assert planned(host, site({new: texts[1], "index.html": "1"}).release, NOW).is_empty


def test_hosts_that_nobody_has_tried() -> None:
    """What may be in the way is asked about before it is known whether it is."""
    theirs = {"Index.html": "1", "VI": "2", "files/A.pdf/x": "3", "stays.txt": "4", "Stays.txt": "5"}
    asked = plan(FIRST.release, None, theirs, NOW)
    assert (asked.in_the_way, asked.foreign) == (("Index.html", "VI", "files/A.pdf/x"), ("Stays.txt", "stays.txt"))
    assert plan(FIRST.release, None, theirs, NOW, Facts()).in_the_way == ()
    both = theirs | {"index.html": "6", "INDEX.html": "7"}
    assert plan(FIRST.release, None, both, NOW).in_the_way[:3] == ("INDEX.html", "Index.html", "VI")
    assert "index.html" in plan(FIRST.release, None, both, NOW).in_the_way
    assert plan(FIRST.release, None, both, NOW, Facts()).in_the_way == ("index.html",)
    right = plan(FIRST.release, None, both, NOW, read={"index.html": digest(b"front 1")})
    assert right.adopted == ("index.html",)


def test_hosts_that_tell_them_apart() -> None:
    host = published(site({"files/Foto.JPG": "1"}))
    found = planned(host, site({"files/foto.jpg": "1"}).release, NOW)
    assert (found.removed, found.new) == (("files/Foto.JPG",), ("files/foto.jpg",))
    assert found.moved == (("files/Foto.JPG", "files/foto.jpg"),)


def test_a_listing_in_another_normal_form() -> None:
    """As some disks give it, whatever was written."""
    facts = Facts(tells_forms=False)
    host = published(site({"vi/Việt/index.html": "1"}), facts=facts)
    listing = {normalize("NFD", path): token for path, token in host.list().items()}
    release = site({"vi/Việt/index.html": "1"}).release
    assert plan(release, read_held(host), listing, NOW, facts).is_empty
    touched = dict.fromkeys(listing, "another time")
    found = plan(release, read_held(host), touched, NOW, facts)
    assert found.altered == found.unsure == ("vi/Việt/index.html",)
    read = {"vi/Việt/index.html": digest(b"1")}
    assert plan(release, read_held(host), touched, NOW, facts, read).altered == ()
    other = site({"vi/Việt/index.html": "2"}).release
    assert plan(other, read_held(host), touched, NOW, facts, read).altered == ()


# a file for a folder, a folder for a file


def test_folder_where_a_file_was() -> None:
    """An alias of an attachment: the host leads from its name into the folder."""
    host = published(site({"files/report.pdf": "1", "index.html": "1", "files/b.pdf": "2"}))
    found = planned(host, site({"files/report.pdf/index.html": "1", "index.html": "2"}).release, NOW)
    assert found.waves == (
        Wave("pages", (), ("index.html",)),
        Wave("pages in place", ("files/report.pdf",), ("files/report.pdf/index.html",)),
        Wave("gone files", ("files/b.pdf",)),
    )
    assert found.vanished == ("files/b.pdf",)


def test_file_that_is_back() -> None:
    host = published(site({"files/report.pdf/index.html": "leads on"}))
    found = planned(host, site({"files/report.pdf": "1"}).release, NOW)
    assert found.vanished == ()
    assert found.waves == (Wave("in place", ("files/report.pdf/index.html",), ("files/report.pdf",)),)
    assert planned(published(site({"x/index.html": "page"})), site({"x": "1"}).release, NOW).vanished == (
        "x/index.html",
    )


def test_file_where_a_folder_was() -> None:
    host = published(site({"x/index.html": "1", "x/y/index.html": "1", "index.html": "1"}))
    found = planned(host, site({"x": "1", "index.html": "2"}).release, NOW)
    assert found.waves == (
        Wave("in place", ("x/index.html", "x/y/index.html"), ("x",)),
        Wave("pages", (), ("index.html",)),
    )


def test_files_and_pages_where_a_file_was() -> None:
    """What goes first goes once, and the page does not wait longer than it must."""
    host = published(site({"x": "1"}))
    found = planned(host, site({"x/index.html": "1", "x/a.svg": "2", "x/feed.xml": "3"}).release, NOW)
    assert found.waves == (
        Wave("in place", ("x",), ("x/a.svg",)),
        Wave("new pages", (), ("x/index.html",)),
        Wave("feeds", (), ("x/feed.xml",)),
    )


def test_kept_file_in_the_way_of_a_folder() -> None:
    host = published(site({css("1"): "1"}), site({"index.html": "1"}))
    new = site({f"{css('1')}/a": "1", "index.html": "1"})
    found = planned(host, new.release, NOW)
    assert (found.waves, found.kept) == ((Wave("in place", (css("1"),), (f"{css('1')}/a",)),), {})


# addresses


def test_moved_and_vanished() -> None:
    old = site({"vi/cu/index.html": "1", "en/old/index.html": "1", "vi/bo/index.html": "1", "files/a.pdf": "paper"},
               {"vi/cu/index.html": "a.md", "en/old/index.html": "a.md"})  # fmt: skip
    new = site({"vi/moi/index.html": "1", "en/new/index.html": "1", "files/b.pdf": "paper"},
               {"vi/moi/index.html": "a.md", "en/new/index.html": "a.md"})  # fmt: skip
    found = planned(published(old), new.release, NOW)
    assert found.moved == (
        ("en/old/index.html", "en/new/index.html"),
        ("files/a.pdf", "files/b.pdf"),
        ("vi/bo/index.html", "vi/moi/index.html"),  # the bytes are the same
        ("vi/cu/index.html", "vi/moi/index.html"),
    )
    assert found.vanished == ("en/old/index.html", "files/a.pdf", "vi/bo/index.html", "vi/cu/index.html")


def test_moved_with_an_alias() -> None:
    old = site({"vi/cu/index.html": "1"}, {"vi/cu/index.html": "a.md"})
    new = site(
        {"vi/cu/index.html": "go", "vi/moi/index.html": "1"},
        dict.fromkeys(("vi/cu/index.html", "vi/moi/index.html"), "a.md"),
    )
    release = replace(new.release, redirects=frozenset(["vi/cu/index.html"]))
    found = planned(published(old), release, NOW)
    assert (found.moved, found.vanished) == ((("vi/cu/index.html", "vi/moi/index.html"),), ())


def test_old_addresses_have_not_moved() -> None:
    """Neither one that is added, nor one that is taken away."""

    def redirecting(page: str, alias: str) -> Release:
        files = {page: Served(page, 1), alias: Served(alias, 1)}
        return Release("vjec", ADDRESS, files, dict.fromkeys(files, "a.md"), frozenset([alias]))

    old = redirecting("vi/bai/index.html", "vi/xua/index.html")
    held = plan(old, None, {}, NOW).after(dict.fromkeys(old.files, "t"))
    assert plan(redirecting("vi/bai/index.html", "vi/a/index.html"), held, None, NOW).moved == ()
    moved = plan(redirecting("vi/moi/index.html", "vi/a/index.html"), held, None, NOW).moved
    assert moved == (("vi/bai/index.html", "vi/moi/index.html"),)


def test_lists_move_with_their_feeds() -> None:
    names = ("index.html", "feed.json", "feed.xml")
    old, new = (
        site({f"vi/{part}/{name}": f"{part} {name}" for name in names}, {f"vi/{part}/{name}": "tags" for name in names})
        for part in ("cu", "moi")
    )
    found = planned(published(old), new.release, NOW)
    assert found.moved == tuple(sorted((f"vi/cu/{name}", f"vi/moi/{name}") for name in names))


# a count of operations


class Counted(dict[str, T]):
    """A mapping that counts how often it is asked, and how many of its items are gone through."""

    asked = 0

    def __getitem__(self, key: str) -> T:
        Counted.asked += 1
        return super().__getitem__(key)

    def get(self, key: str, default: Any = None) -> Any:
        Counted.asked += 1
        return super().get(key, default)

    def __contains__(self, key: object) -> bool:
        Counted.asked += 1
        return super().__contains__(key)

    def __iter__(self) -> Iterator[str]:
        Counted.asked += len(self)
        return super().__iter__()

    def items(self) -> "dict_items[str, T]":
        Counted.asked += len(self)
        return super().items()


def large(count: int, version: int) -> Release:
    files = {}
    for number in range(count // 2):
        name = digest(b"%d %d" % (number, version))
        files[f"vi/tin-tuc/bai-so-{number}/index.html"] = Served(name, 9_000)
        files[f"cards/vi/tin-tuc/bai-so-{number}.{name[:10]}.png"] = Served(name, 20_000)
    promised = {path: origin_digest(path) for path in files if path.endswith("html")}
    return Release("vjec", "https://example.org/", Counted(files), Counted(promised))


def operations(count: int, *, version: int) -> float:
    """For each file: when nothing has changed, or when all has."""
    old = large(count, 1)
    held = decode(encode(plan(old, None, {}, NOW).after(dict.fromkeys(old.files, "t"))))
    assert isinstance(held, Held)
    listing = Counted(dict.fromkeys(old.files, "t"))
    held = replace(held, files=Counted(held.files), promised=Counted(held.promised))
    Counted.asked = 0
    assert plan(large(count, version), held, listing, NOW).is_empty is (version == 1)
    return Counted.asked / count


@pytest.mark.parametrize("version", [1, 2])
def test_ten_thousand_files(version: int) -> None:
    """Each is looked at a few times, however many there are."""
    few, many = operations(100, version=version), operations(10_000, version=version)
    assert many <= few < 20
