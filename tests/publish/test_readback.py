"""After a publish the live site is asked what readers get; whatever differs is told with its likely cause."""

import gzip
import shutil
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import brotli
import pytest
import trustme

from sitegen.problems import Place, Problem
from sitegen.publish.live.readback import Patience, Readback, readback
from sitegen.publish.live.samples import Manners, samples
from sitegen.publish.live.web import Clock
from sitegen.publish.release import Release
from tests.support.live import BROTLI, SERVED, free_port, nginx, pages, release, write

OLD, NEW = pages("1"), pages("2")
TYPES = {"html": "text/html; charset=utf-8", "css": "text/css; charset=utf-8", "js": "text/javascript; charset=utf-8"}
PLACE = Place("site.yaml", 5, 3)


class Watch:
    """A clock that moves when somebody sleeps; `then`: what is done at a moment."""

    def __init__(self, then: Mapping[float, Callable[[], object]] = {}) -> None:
        self.time, self.then = 0.0, dict(then)

    def sleep(self, seconds: float) -> None:
        self.time += seconds
        for moment in [moment for moment in self.then if moment <= self.time]:
            self.then.pop(moment)()

    @property
    def clock(self) -> Clock:
        return Clock(lambda: self.time, self.sleep)


def typed(path: str) -> Mapping[str, str]:
    kind = TYPES.get(path.rpartition(".")[2])
    return {"content-type": kind} if kind else {}


def ask(
    address: str, *, manners: Manners = Manners(headers=typed), watch: Watch | None = None, seconds: float = 0,
    new: Release | None = None,
) -> Readback:  # fmt: skip
    asked = samples(release(OLD).files, new or release(NEW), manners, "t0k")
    return readback(address, asked, PLACE, "t0k", Patience(seconds, (watch or Watch()).clock))


def told(found: Readback) -> list[tuple[str, str]]:
    """Codes and the addresses they name, without the host."""
    return [(each.code, _short(each)) for each in found.problems]


def _short(each: Problem) -> str:
    text = each.arguments.get("addresses", each.arguments.get("address", "")).partition(" … ")[0]
    return " ".join(part.partition("//")[2].partition("/")[2] for part in text.split(", "))


@pytest.fixture
def root(tmp_path: Path) -> Path:
    write(tmp_path / "www", NEW)
    return tmp_path / "www"


@contextmanager
def served(root: Path, server: str = SERVED) -> Iterator[str]:
    with nginx(root.parent / "run", server.replace("{root}", str(root))) as (port, *_):
        yield f"http://127.0.0.1:{port}/"


@pytest.mark.posix
def test_a_host_that_does_all_right(root: Path) -> None:
    with served(root) as address:
        found = ask(address)
    assert found.problems == ()
    assert found.counts == {"page": 7, "asset": 3, "missing": 3, "hidden": 1, "language": 3, "headers": 12}


@pytest.mark.posix
def test_bytes_that_somebody_changes_on_the_way(root: Path) -> None:
    with served(
        root, f"{SERVED} sub_filter '</title>' '</title><script src=/cdn/x.js></script>'; sub_filter_once off;"
    ) as address:
        new = pages("2", address)
        write(root, new)
        found = ask(address, new=release(new))
    assert told(found) == [
        ("read-rewritten", " ja/ vi/"),
        ("read-404-page", "sitegen-nowhere-t0k/ ja/sitegen-nowhere-t0k/ vi/sitegen-nowhere-t0k/"),
    ]
    assert found.problems[0].place == PLACE
    assert found.problems[0].arguments["server"].startswith("nginx")
    assert found.problems[0].arguments["addresses"].endswith("… (+4)")
    assert found.counts["page"] == 0
    assert found.counts["asset"] == 3


@pytest.mark.posix
def test_one_byte_of_one_page(root: Path) -> None:
    page = bytearray(NEW["vi/tin/một/index.html"])
    page[-3] ^= 1
    (root / "vi/tin/một/index.html").write_bytes(page)
    with served(root) as address:
        assert told(ask(address)) == [("read-elsewhere", "vi/tin/một/")]


@pytest.mark.posix
def test_types_without_charset_and_wrong_ones(root: Path) -> None:
    with served(root, f"{SERVED.replace('charset utf-8;', '')} types {{ text/html html; text/plain js; }}") as address:
        found = ask(address)
    codes = [(code, where.split()[0] if where.split() else "") for code, where in told(found)]
    assert sorted(codes) == [
        ("read-charset", "ja/"),
        ("read-type", "assets/script.2.js"),
        ("read-type", "assets/style.2.css"),
    ]


CACHED = (
    "location / { proxy_pass http://127.0.0.1:{port1}; "
    "proxy_cache cache; proxy_cache_valid any 1h; proxy_cache_key {key}; }"
)


@pytest.mark.posix
@pytest.mark.parametrize("key", ["$uri$is_args$args", "$uri"], ids=["passed-by", "heeds-no-query"])
def test_a_cache_that_keeps_what_was(root: Path, key: str) -> None:
    write(root, OLD)
    origin = SERVED.replace("{root}", str(root))
    with nginx(root.parent / "run", CACHED.replace("{key}", key), origin) as (port, _):
        address = f"http://127.0.0.1:{port}/"
        kept = samples({}, release(OLD), Manners(), "t0k")
        assert readback(address, kept, PLACE, "old", Patience(0)).problems == ()
        write(root, NEW)
        found = ask(address)
    if key == "$uri":
        assert [code for code, _ in told(found)] == ["read-old"]
    else:
        assert [(each.code, each.severity) for each in found.problems] == [("read-cache", "warning")]


@pytest.mark.posix
def test_an_old_root(root: Path) -> None:
    shutil.rmtree(root)
    write(root, OLD)
    with served(root) as address:
        found = ask(address)
    assert told(found) == [
        ("read-old", " ja/ vi/"),
        ("read-missing", "assets/style.2.css assets/script.2.js"),
    ]


def test_a_site_that_is_down_is_said_and_no_failure() -> None:
    found = ask(f"http://127.0.0.1:{free_port()}/")
    assert (told(found), found.is_reached) == ([("read-unreached", "")], False)
    assert found.problems[0].severity == "warning"


def test_a_name_that_nobody_knows() -> None:
    found = ask("https://site.invalid/")
    assert [each.code for each in found.problems] == ["read-unreached"]


@pytest.mark.posix
def test_redirects(root: Path) -> None:
    manners = Manners(moved={"cũ/index.html": "vi/tin/một/"})
    server = (
        f"{SERVED} location = /cũ/ {{ return 301 {{leads}}; }} location = /vi/tin/một {{ return 301 /vi/tin/một/; }}"
    )
    for leads, expected in [
        ("/vi/tin/m%E1%BB%99t/", []),
        ("/vi/tin/m%E1%BB%99t", [("read-chain", "cũ/")]),
        ("/ja/tin/", [("read-redirect", "cũ/")]),
    ]:
        with served(root, server.replace("{leads}", leads)) as address:
            found = ask(address, manners=manners)
            assert told(found) == expected, leads
            assert found.counts["redirect"] == (1 if not expected else 0)
    with served(root) as address:
        assert told(ask(address, manners=manners)) == [("read-redirect", "cũ/")]


@pytest.mark.posix
def test_a_redirect_whose_end_leads_on(root: Path) -> None:
    server = f"{SERVED} location = /cũ/ {{ return 301 /neu/; }} location = /neu/ {{ return 301 /vi/; }}"
    with served(root, server) as address:
        found = ask(address, manners=Manners(moved={"cũ/index.html": "neu/"}))
    assert told(found) == [("read-chain", "cũ/")]


@pytest.mark.posix
def test_what_is_missing_answers_200(root: Path) -> None:
    with served(root, "root {root}; index index.html; error_page 404 =200 /index.html;") as address:
        found = ask(address, manners=Manners())
    assert [code for code, _ in told(found)] == ["read-no-404", "read-exposed"]
    assert found.problems[0].arguments["status"] == "200"
    with served(root, "root {root}; index index.html;") as address:
        assert [code for code, _ in told(ask(address, manners=Manners()))] == ["read-404-page"]


@pytest.mark.posix
def test_what_is_gone(root: Path) -> None:
    (root / "alt").mkdir()
    (root / "alt/index.html").write_text("Alt", "utf-8")
    with served(root, f"{SERVED} location = /weg/ {{ return 410; }}") as address:
        old = {**release(OLD).files, "alt/index.html": release({"a": b"Alt"}).files["a"]}
        for manners, expected in [(Manners(), [("read-still-there", "alt/")]), (Manners(gone=["weg/index.html"]), [])]:
            asked = samples(old, release(NEW), manners, "t0k")
            assert told(readback(address, asked, PLACE, "t0k", Patience(0))) == expected


@pytest.mark.posix
def test_what_sitegen_remembers_is_refused(root: Path) -> None:
    write(root, {".sitegen/manifest.json.gz": b"x"})
    with served(root) as address:
        assert told(ask(address)) == [("read-exposed", ".sitegen/manifest.json.gz")]


@pytest.mark.posix
def test_certificates(root: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    run = root.parent
    authority = trustme.CA()
    issued = authority.issue_cert("127.0.0.1")
    issued.private_key_and_cert_chain_pem.write_to_path(run / "site.pem")
    authority.cert_pem.write_to_path(run / "authority.pem")
    server = f"{SERVED} ssl_certificate {run}/site.pem; ssl_certificate_key {run}/site.pem;"
    with served(root, server) as address:
        secure = address.replace("http:", "https:")
        found = ask(secure)
        assert [(each.code, each.severity) for each in found.problems] == [("read-certificate", "error")]
        assert "self" in found.problems[0].arguments["reason"] or "issuer" in found.problems[0].arguments["reason"]
        monkeypatch.setenv("SSL_CERT_FILE", str(run / "authority.pem"))
        assert ask(secure).problems == ()
        named = ask(secure.replace("127.0.0.1", "localhost"))
        assert [each.code for each in named.problems] == ["read-certificate"]
        plain = ask(address.replace("127.0.0.1", "localhost"))
        assert [each.code for each in plain.problems][:1] == ["read-failed"]


@pytest.mark.posix
def test_what_comes_packed(root: Path) -> None:
    for path, data in NEW.items():
        (root / f"{path}.gz").write_bytes(gzip.compress(data))
        (root / f"{path}.br").write_bytes(brotli.compress(data))
    packs = "gzip_static on;" + ("brotli_static on;" if BROTLI.exists() else "")
    with served(root, f"{SERVED} {packs}") as address:
        assert ask(address).problems == ()
        for path, data in OLD.items():
            (root / f"{path}.gz").write_bytes(gzip.compress(data))
        if BROTLI.exists():
            assert told(ask(address)) == [("read-packed", " ja/ vi/")]
        (root / "vi/index.html.gz").write_bytes(b"no gzip at all")
        (root / "vi/index.html.br").write_bytes(b"no brotli at all")
        assert ("read-packed", "vi/") in told(ask(address))
