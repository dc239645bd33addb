"""The commands as a user meets them."""

import json
import re
from pathlib import Path

import jsonschema
import pytest
import yaml

from sitegen.cli.init import LEFT_BEHIND
from sitegen.leftovers import is_passed_over
from tests.conftest import PROJECT
from tests.support.links import broken_references
from tests.support.previews import previewed
from tests.support.sites import SETTINGS, article, output_files, run, write_site

A = "content/news/a/index.vi.md"


@pytest.mark.parametrize("where", [[], ["--root"]])
def test_init_then_build(tmp_path: Path, where: list[str]) -> None:
    site = tmp_path / "Bộ TN&MT, 'mới' #1"
    made = run("init", *where, site)
    assert (made.status, made.out) == (0, f'A site is in {site}. Build it: sitegen build --root "{site}"\n')
    said = run("build", "--root", site)
    assert (said.status, said.err) == (0, "")
    assert re.match(r"\d+ pages in \d+\.\d s: \d+ written, 0 kept, 0 removed\.\n", said.out)
    files = output_files(site / "output")
    assert {"vi/tin-tuc/welcome/index.html", "ja/news/welcome/index.html", "en/news/welcome/index.html"} <= files.keys()
    assert broken_references(files, "https://example.org/") == []


@pytest.mark.parametrize("lang", ["en", "vi"])
def test_init_without_further_libraries_builds_without_a_word(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, lang: str
) -> None:
    """As pip installs it with no extra; what to do for the rest is where it is switched off."""
    monkeypatch.setattr("sitegen.versions.find_spec", lambda name: None)
    assert run("init", tmp_path, "--lang", lang).status == 0
    said = run("build", "--root", tmp_path)
    assert (said.status, said.err) == (0, "")
    settings = (tmp_path / "site.yaml").read_text("utf-8")
    for extra, setting in (("search", "search"), ("cards", "share_cards")):
        assert re.search(rf'^# .*pip install "sitegen\[{extra}\]".*\n{setting}: false$', settings, re.MULTILINE)


def test_init_with_all_libraries_switches_nothing_off(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    for name in ("installed_pagefind", "has_card_libraries"):
        monkeypatch.setattr(f"sitegen.cli.init.{name}", lambda: True)
    run("init", tmp_path)
    assert "false" not in (tmp_path / "site.yaml").read_text("utf-8")


@pytest.mark.parametrize(
    ("languages", "zone", "texts"),
    [
        ("vi,ja,en", "Asia/Ho_Chi_Minh", {"vi", "ja", "en"}),
        ("ja, en", "Asia/Tokyo", {"ja", "en"}),
        ("en vi", "Asia/Ho_Chi_Minh", {"en", "vi"}),
        ("en-GB、vi_VN", "Europe/London", {"en-GB", "vi_VN"}),
        ("en", "UTC", {"en"}),
        ("fr,en", "Europe/Paris", {"en"}),
        ("ko", "Asia/Seoul", {"ko"}),
        ("vi,vi", "Asia/Ho_Chi_Minh", {"vi"}),
    ],
)
def test_init_in_languages_of_your_own(tmp_path: Path, languages: str, zone: str, texts: set[str]) -> None:
    said = run("init", tmp_path, "--languages", languages, "--title", 'Tên: "mới" # 1', "--url", "https://a.vn:80/b")
    assert (said.status, said.err) == (0, "")
    settings = yaml.safe_load((tmp_path / "site.yaml").read_text("utf-8"))
    codes = list(dict.fromkeys(re.findall(r"[\w-]+", languages)))
    assert (settings["title"], settings["base_url"]) == ('Tên: "mới" # 1', "https://a.vn:80/b")
    assert (settings["time_zone"], settings["default_language"]) == (zone, codes[0])
    assert list(settings["languages"]) == codes
    assert {path.suffixes[0][1:] for path in tmp_path.glob("content/news/welcome/*")} == texts
    done = run("build", "--root", tmp_path)
    assert done.status == 0
    assert set(re.findall(r"\[[a-z-]+\]", done.err)) <= {"[missing-message]"}
    assert f"{codes[0]}/index.html" in output_files(tmp_path / "output")


@pytest.mark.parametrize(
    ("option", "value", "said"),
    [
        ("--languages", "jp,vi", "Did you mean “ja”?"),
        ("--languages", "pt_BR,pt-br", "are one language"),
        ("--languages", " , ", "No language has the code “”."),
        ("--languages", "vi: {x: y}", "No language has the code"),
        ("--url", "example.org", "is not an address that a site can have"),
        ("--url", "https://a.vn/?q", "is not an address that a site can have"),
        ("--title", "A\x01", "--title: error"),
    ],
)
def test_init_asks_for_what_a_site_can_have(tmp_path: Path, option: str, value: str, said: str) -> None:
    told = run("init", tmp_path / "site", option, value)
    assert told.status == 2
    assert f"{option}: error: " in told.err
    assert said in told.err
    assert not (tmp_path / "site").exists()


def test_init_writes_nothing_over_anything(tmp_path: Path) -> None:
    (tmp_path / "site.yaml").write_text("mine", "utf-8")
    said = run("init", tmp_path)
    assert said.status == 2
    assert "nothing was written" in said.err
    assert [path.name for path in tmp_path.iterdir()] == ["site.yaml"]


@pytest.mark.parametrize("pattern", LEFT_BEHIND)
def test_what_a_new_site_keeps_out_of_git_is_no_source(pattern: str) -> None:
    assert is_passed_over(pattern.replace("*", "x"), "content")


def test_init_in_a_repository_keeps_what_is_there(tmp_path: Path) -> None:
    """GitHub's programs put both files into each repository that they begin."""
    for name in (".gitattributes", ".gitignore"):
        (tmp_path / name).write_text("mine", "utf-8")
    said = run("init", tmp_path)
    assert said.status == 0
    assert {(tmp_path / name).read_text("utf-8") for name in (".gitattributes", ".gitignore")} == {"mine"}
    kept = "is there already and is kept; a site needs in it:"
    assert f"{tmp_path / '.gitignore'} {kept} output/, .sitegen/\n" in said.out
    assert f"{tmp_path / '.gitattributes'} {kept} * text=auto eol=lf\n" in said.out


@pytest.mark.parametrize(
    ("title", "key"),
    [
        ('Hội thảo: rác thải nhựa "đại dương"', "hoi-thao-rac-thai-nhua-dai-duong"),
        ("二国間クレジット", "二国間クレジット"),
        ("!", r"\d{4}-\d\d-\d\d"),
    ],
)
def test_new_article(tmp_path: Path, title: str, key: str) -> None:
    write_site(tmp_path, {})
    said = run("new", title, "--root", tmp_path)
    assert said.status == 0
    files = [Path(line) for line in said.out.splitlines()]
    assert [path.name for path in files] == ["index.vi.md", "index.ja.md", "index.en.md"]
    assert re.fullmatch(key, files[0].parent.name)
    assert re.search(r"^date: \d\d/\d\d/\d{4}$", files[0].read_text("utf-8"), re.MULTILINE)
    assert run("build", "--root", tmp_path, "--drafts", "--future").status == 0
    pages = [path for path in output_files(tmp_path / "output") if f"/news/{files[0].parent.name}/" in path]
    assert len(pages) == 3
    assert run("new", title, "--root", tmp_path).status == 2


JAPANESE = "環境大臣がベトナムのハノイ市を訪問して、二国間クレジット制度の新しい合意文書に署名しました。" * 3


@pytest.mark.parametrize(
    ("title", "key"),
    [
        (JAPANESE, "環境大臣がベトナムのハノイ市を訪問して-二国間クレジット制度の新しい合意文書に署名しました"),
        ("漢" * 120, "漢" * 60),
        ("𠮷" * 120, "𠮷" * 50),
        ("Hội nghị lần thứ mười " * 20, "hoi-nghi-lan-thu-muoi-" * 2 + "hoi-nghi-lan-thu"),
        ("a" * 59 + " b", "a" * 59),
        ("a" * 60 + " b", "a" * 60),
        ("a " + "b" * 200, "a-" + "b" * 58),
        ("Con", "con-1"),
        ("AUX!", "aux-1"),
        ("Con người", "con-nguoi"),
    ],
)
def test_keys_made_from_long_titles(tmp_path: Path, title: str, key: str) -> None:
    write_site(tmp_path, {})
    assert run("new", title, "--root", tmp_path).status == 0
    assert [path.name for path in (tmp_path / "content/news").iterdir()] == [key]
    assert len(key) <= 60
    assert len(key.encode()) <= 200
    assert run("build", "--root", tmp_path, "--drafts").status == 0


@pytest.mark.parametrize("section", ["content/docs", "content/docs/", "docs/", "content\\docs", ".\\content\\docs\\"])
def test_new_in_a_section_as_shells_complete_it(tmp_path: Path, section: str) -> None:
    write_site(tmp_path, {})
    assert run("new", "A", "--root", tmp_path, "--section", section).status == 0
    assert (tmp_path / "content/docs/a/index.vi.md").exists()


def test_new_in_the_folder_of_a_language(tmp_path: Path) -> None:
    write_site(tmp_path, {})
    said = run("new", "A", "--root", tmp_path, "--section", "vi/news")
    assert (said.status, "[two-languages]" in said.err) == (2, True)
    assert not (tmp_path / "content/vi").exists()


def test_new_needs_a_site(tmp_path: Path) -> None:
    said = run("new", "X", "--root", tmp_path)
    assert (said.status, said.err.splitlines()[0]) == (2, "site.yaml: error: There is no site.yaml here. [no-settings]")
    (tmp_path / "site.yaml").write_bytes(b"\xff")
    assert run("new", "X", "--root", tmp_path).status == 2


def test_build_needs_a_site(tmp_path: Path) -> None:
    assert run("build", "--root", tmp_path).status == 2


def test_json(tmp_path: Path) -> None:
    write_site(tmp_path, {A: article("Một", tags=["nope"])})
    said = run("build", "--root", tmp_path, "--json")
    report = json.loads(said.out)
    assert said.status == 1
    assert report["written"] == report["pages"] == 0
    assert report["problems"] == [
        {
            "severity": "error",
            "code": "unknown-tag",
            "message": "There is no tag “nope”.",
            "hint": "Add it to content/tags.yaml, or use one of its tags.",
            "path": A,
            "line": 4,
            "column": 8,
        }
    ]


def test_json_of_a_good_build(tmp_path: Path) -> None:
    write_site(tmp_path, {A: article("Một", publish="01/01/2999 08:00")})
    report = json.loads(run("build", "--root", tmp_path, "--json").out)
    assert report["next_build"] == "2999-01-01T08:00:00+07:00"
    assert report["pages"] == report["rendered"] > 10
    assert report["written"] > report["pages"]
    assert (report["parsed"], report["made"]) == (1, report["written"] - report["pages"])
    assert (report["restored"], report["not_restored"]["build"]) == ([], "none kept")
    assert report["problems"] == []
    assert "Build again at 01/01/2999 08:00 +0700." in run("build", "--root", tmp_path).out


def test_json_of_a_build_that_had_little_to_do(tmp_path: Path, settled: None) -> None:
    write_site(tmp_path, {A: article("Một"), "site.yaml": f"{SETTINGS}search: false\n"})
    run("build", "--root", tmp_path)
    facts = ("parsed", "rendered", "made", "restored", "not_restored")
    report = json.loads(run("build", "--root", tmp_path, "--json").out)
    assert [report[fact] for fact in facts] == [0, 0, 0, ["build"], {}]
    write_site(tmp_path, {A: article("Một", "Other.")}, {})
    report = json.loads(run("build", "--root", tmp_path, "--json").out)
    assert (report["parsed"], report["made"], report["restored"]) == (1, 0, ["arrangement"])
    assert report["not_restored"] == {"build": "sources", "design": "none kept"}


def test_keep_going_leaves_out_what_is_broken(tmp_path: Path) -> None:
    files = {
        A: article("Một", "[x](../b/index.md) [y](none.pdf) [z](../none.md)\n\n![p](none.svg)"),
        "content/news/b/index.vi.md": article("Hai", date="30/02/2024"),
    }
    write_site(tmp_path, files)
    said = run("build", "--root", tmp_path, "--keep-going")
    assert said.status == 1
    assert said.out.endswith(" 4 problems left out.\n")
    made = output_files(tmp_path / "output")
    assert "vi/news/b/index.html" not in made
    assert "<p>x y z</p>" in made["vi/news/a/index.html"].decode()
    assert broken_references(made, "https://example.org/site/") == []


def test_base_url_and_output(tmp_path: Path) -> None:
    write_site(tmp_path, {A: article("Một")})
    said = run("build", "--root", tmp_path, "--base-url", "https://a.example/đất/", "--output", tmp_path / "out")
    assert said.status == 0
    files = output_files(tmp_path / "out")
    assert b'href="https://a.example/%C4%91%E1%BA%A5t/vi/news/a/"' in files["vi/news/a/index.html"]
    assert broken_references(files, "https://a.example/%C4%91%E1%BA%A5t/") == []
    assert run("build", "--root", tmp_path, "--base-url", "nonsense").status == 2


@pytest.mark.parametrize(
    ("arguments", "epoch", "shown"),
    [
        (["--now", "03/10/2024 23:59"], "", False),
        (["--now", "04/10/2024"], "", True),
        (["--now", "2024-10-03T17:00:00Z"], "0", True),
        ([], "1727974799", False),
        ([], "1727974800", True),
        ([], "", True),
    ],
)
def test_moment_of_the_build(
    tmp_path: Path, arguments: list[str], epoch: str, shown: bool, monkeypatch: pytest.MonkeyPatch
) -> None:
    """4 October 2024 begins in Ha Noi at 17:00 UTC of the day before."""
    monkeypatch.setenv("SOURCE_DATE_EPOCH", epoch)
    said = run("build", "--root", write_site(tmp_path, {A: article("A")}), *arguments)
    assert said.status == 0
    assert ("vi/news/a/index.html" in output_files(tmp_path / "output")) == shown
    assert ("Build again at 04/10/2024 00:00 +0700." in said.out) != shown


def test_a_moment_that_is_none(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    site = write_site(tmp_path, {})
    assert "“30/02/2024” is no day" in run("build", "--root", site, "--now", "30/02/2024").err
    for text in ("31/12/9999 23:59", "9999-12-31T23:59:59Z", "01/01/0001", "0001-01-01T00:00:00Z"):
        said = run("build", "--root", site, "--now", text)
        assert (said.status, "is no day" in said.err) == (2, True), text
    for text in ("30/12/9999", "02/01/0001"):
        assert run("build", "--root", site, "--now", text).status == 0
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "253402300799")
    assert run("build", "--root", site).status == 0
    monkeypatch.setenv("SOURCE_DATE_EPOCH", "today")
    said = run("build", "--root", site)
    assert (said.status, "it is “today”" in said.err) == (2, True)


def test_schemas_accept_what_the_microsite_says() -> None:
    def schema(name: str) -> jsonschema.Draft202012Validator:
        return jsonschema.Draft202012Validator(json.loads(run("schema", name).out))

    def read(path: Path) -> object:
        return yaml.load(path.read_text("utf-8"), yaml.BaseLoader)

    schema("tags").validate(read(PROJECT / "content/tags.yaml"))
    schema("sources").validate(read(PROJECT / "content/sources.yaml"))
    settings = read(PROJECT / "site.yaml")
    assert isinstance(settings, dict)
    schema("site").validate({**settings, "page_size": 10})
    for path in (PROJECT / "content").rglob("*.md"):
        schema("article").validate(yaml.load(path.read_text("utf-8").split("---\n")[1], yaml.BaseLoader))
    wrong = schema("article").iter_errors({"titel": "x", "date": 3, "fallback": "copies"})
    assert len(list(wrong)) >= 3


def test_every_setting_and_key_is_described() -> None:
    for name in ("site", "article", "tags", "sources"):
        for definition in json.loads(run("schema", name).out)["$defs"].values():
            for key, described in definition.get("properties", {}).items():
                assert described.get("description"), key


def test_help_and_version() -> None:
    assert "build" in run("--help").out
    assert run("--version").out.startswith("sitegen, version ")


def test_the_readme_tells_the_truth(tmp_path: Path) -> None:
    """Its commands work, and the article that it shows is one."""
    readme = (PROJECT / "README.md").read_text("utf-8")
    shown = re.search(r"```markdown\n(.*?)```", readme, re.DOTALL)
    assert shown is not None
    commands = re.findall(r"^sitegen (.*)$", readme, re.MULTILINE)
    assert len(commands) >= 3
    for command in commands:
        words = [word.strip('"') for word in re.findall(r'"[^"]*"|\S+', command)]
        words = [str(tmp_path / word) if word == "demo" else word for word in words]
        if words[0] == "serve":
            root = Path(words[words.index("--root") + 1])
            with previewed(root, *words[1:], environment={"BROWSER": "true"}) as running:
                assert running.ask("/vi/").status == 200
            continue
        assert run(*words).status == 0, command
    target = tmp_path / "demo/content/news/opening/index.vi.md"
    target.parent.mkdir()
    target.write_text(shown[1], "utf-8")
    assert run("build", "--root", tmp_path / "demo").status == 0
    assert (tmp_path / "demo/output/vi/tin-tuc/opening/index.html").is_file()
    for name in re.findall(r"\]\(([\w./-]+)\)", re.sub(r"`[^`\n]+`", "", readme)):
        assert (PROJECT / name).exists() or name.startswith("../"), name


def test_the_layouts_page_has_an_example_that_builds(tmp_path: Path) -> None:
    page = (PROJECT / "docs/layouts.md").read_text("utf-8")
    example = re.search(r"```jinja\n(.*?)```", page, re.DOTALL)
    assert example is not None
    write_site(tmp_path, {A: article("Một"), "layouts/home.html": example[1]})
    assert run("build", "--root", tmp_path).status == 0
    assert "Tin mới</h2>\n<p><a href=" in (tmp_path / "output/vi/index.html").read_text("utf-8")


def test_problems_of_one_kind(tmp_path: Path) -> None:
    """The first few, unless all are asked for; programs get them all. Another kind does not count with them."""
    links = "".join(f"[x]({number}.md) [x](/vi/{number}/)\n\n" for number in range(20))
    write_site(tmp_path, {A: article("A", links)})
    few, every = run("build", "--root", tmp_path).err, run("build", "--root", tmp_path, "--all").err
    for code in ("broken-link", "broken-address"):
        assert (few.count(f"[{code}]"), every.count(f"[{code}]")) == (3, 20)
    assert "more like this" not in every
    assert few.rindex(": error: ") < few.index(": warning: ")
    assert every.rindex(": error: ") < every.index(": warning: ")
    assert len(json.loads(run("build", "--root", tmp_path, "--json").out)["problems"]) == 40
