"""What the path of a content file says: section, name, language; and names that were meant to say something else."""

import re
from collections import defaultdict
from collections.abc import Collection, Iterable, Iterator, Mapping
from typing import Literal, NamedTuple

from msgspec import Struct

from sitegen.files import is_content
from sitegen.i18n.codes import is_locale, meant_code
from sitegen.problems import Place, Problem, misnamed, problem
from sitegen.text import LONGEST_NAME, is_address_part

Role = Literal["article", "page", "section"]


class Identity(Struct, frozen=True, gc=False):
    """What a content path says. `section`: its folders; `name`: the default address part; `key`: one for all
    languages of an article; `named`: the language, if the path names one."""

    role: Role
    section: str
    name: str
    lang: str
    named: str = ""

    @property
    def key(self) -> str:
        last = self.name if self.role != "section" else "_index"
        return f"{self.section}/{last}" if self.section else last


def identify(path: str, languages: Collection[str], default: str) -> Identity | Problem:
    """What the path of a content file means: by its folders, the first of which may be a language, and its language
    suffix."""
    known = _known(languages)
    parts = _Parts.of(path, known)
    folders, name = parts.folders, parts.name
    if parts.around and parts.suffix and parts.around != parts.suffix:
        return problem("two-languages", Place(path), folder=parts.around, suffix=parts.suffix)
    wrong = _copied(path, parts) or _misspelt(path, parts, known, default)
    if wrong is not None:
        return wrong
    for part in (*folders, name):
        if not is_address_part(part) or (part == "_index" and part in folders):
            return misnamed("invalid-slug", Place(path), part)
    named = parts.suffix or parts.around
    lang = named or default
    if name == "_index" or (name == "index" and not folders):
        return Identity("section", "/".join(folders), "", lang, named)
    if name == "index":
        *folders, name = folders
    return Identity("article" if folders else "page", "/".join(folders), name, lang, named)


def language_folder(path: str, languages: Collection[str]) -> str:
    """The first folder of a path below content/, with its slash, where that is a language of the site; else nothing."""
    folder, slash, _ = path.removeprefix("content/").partition("/")
    return f"{folder}/" if slash and _plain(folder) in _known(languages) else ""


def meant(target: str, path: str, languages: Collection[str]) -> str:
    """What a link to the document at `target` means in the content file `path`: from the folder of a language to
    another file in it, it names no language, since the file has to be somewhere."""
    folder = language_folder(path, languages)
    return f"{target}/".removeprefix(folder).rstrip("/") if folder else target


def neutral_path(path: str, languages: Collection[str]) -> str:
    """How to link to a content file in any language, from content/."""
    parts = _Parts.of(path, _known(languages))
    return "/".join((*parts.folders, f"{parts.name}.md"))


def check_names(contents: Iterable[str], languages: Collection[str], default: str) -> Iterator[Problem]:
    """Content files whose names would have ended in a language, as other files beside them show, had they a point
    before it: `a-vi.md` beside `a-ja.md` or `a.md`."""
    known = _known(languages)
    found: dict[tuple[str, str], list[tuple[str, str]]] = defaultdict(list)
    plain: dict[tuple[str, str], set[str]] = defaultdict(set)
    for path in contents:
        folder, _, file = path.rpartition("/")
        name, dash, code = file.rpartition(".")[0].rpartition("-")
        if dash and name and _plain(code) in known:
            found[folder, name].append((path, known[_plain(code)]))
        else:
            parts = _Parts.of(file, known)
            plain[folder, parts.name].add(parts.suffix or default)
    for (folder, name), ends in found.items():
        beside = plain.get((folder, name), set())
        for path, lang in ends:
            if len(ends) > 1 or (beside and lang not in beside) or name in ("index", "_index"):
                yield _in_name(path, name, lang, default)


def check_folders(contents: Iterable[str], languages: Collection[str]) -> Iterator[Problem]:
    """Folders that seem to be for a language: those called as countries beside those of languages, and several in one
    folder that are called as languages are."""
    known = _known(languages)
    inside: dict[str, set[str]] = defaultdict(set)
    for folder in {path.rpartition("/")[0] for path in contents}:
        above = "content"
        for name in folder.split("/")[1:]:
            inside[above].add(name)
            above = f"{above}/{name}"
    for folder, names in sorted(inside.items()):
        named = {name: known[_plain(name)] for name in sorted(names) if _plain(name) in known}
        if folder != "content" and len(named) > 1:
            for name, lang in named.items():
                wanted = f"content/{lang}{folder.removeprefix('content')}/"
                yield problem("language-folder", Place(f"{folder}/{name}"), lang=lang, wanted=wanted)
        for country in names if folder == "content" and named else ():
            meant = known.get(meant_code(country) or "") if len(country) == 2 and not is_locale(country) else None
            if meant:
                words = {"value": country, "known": ", ".join(languages), "nearest": meant}
                yield problem("unknown-language", Place(f"{folder}/{country}"), **words)


class _Parts(NamedTuple):
    """Of a path below content/: the languages that its first folder and its suffix name, and what is left of it."""

    folders: list[str]
    around: str
    name: str
    suffix: str

    @classmethod
    def of(cls, path: str, known: Mapping[str, str]) -> "_Parts":
        *folders, file = filter(None, path.removeprefix("content/").split("/"))
        around = known.get(_plain(folders[0]), "") if folders else ""
        stem = file.rpartition(".")[0]
        name, _, suffix = stem.rpartition(".")
        lang = known.get(_plain(suffix), "") if name else ""
        return cls(folders[1:] if around else folders, around, name if lang else stem, lang)


def _known(languages: Collection[str]) -> dict[str, str]:
    """Languages by their codes, however these are spelt."""
    return {_plain(code): code for code in languages}


def _plain(code: str) -> str:
    return code.lower().replace("_", "-")


def _misspelt(path: str, parts: _Parts, known: Mapping[str, str], default: str) -> Problem | None:
    """What is wrong with a name that says no language of the site, but seems to."""
    first = parts.folders[0] if parts.folders else ""
    base, dash, _ = _plain(first).partition("-")
    if dash and base in known and not parts.around and is_locale(first):
        words = {"value": first, "known": ", ".join(known.values()), "nearest": known[base]}
        return problem("unknown-language", Place(path), **words)
    if parts.suffix:
        return None
    name = parts.name
    before, _, suffix = name.rpartition(".")
    code = _plain(suffix)
    if before and _LANGUAGE.fullmatch(suffix):
        country = "" if is_locale(code) else (len(code) == 2 and meant_code(code)) or ""
        close = known.get(code.partition("-")[0]) or known.get(country or meant_code(code) or "")
        if country or close or is_locale(code):
            wrong = "country-code" if country else "unknown-language"
            return problem(wrong, Place(path), value=suffix, known=", ".join(known.values()), nearest=close)
    for plain, lang in known.items():
        start, end = name[: -len(plain)], name[-len(plain) :]
        if _plain(end) == plain and start.endswith("_") and start.strip("_"):
            return _in_name(path, start[:-1], lang, default)
    return None


_LANGUAGE = re.compile(r"[a-z]{2,3}([-_][A-Za-z0-9]{2,8})*|[A-Z]{2}([-_][A-Z]{2})?")


def _in_name(path: str, name: str, lang: str, default: str) -> Problem:
    file = path.rpartition("/")[2].rpartition(".")[0]
    words = {"nearest": f"{name}.{lang}.md", "otherwise": f"{file}.{default}.md"}
    return problem("language-in-name", Place(path), value=lang, **words)


def _copied(path: str, parts: _Parts) -> Problem | None:
    """A file or folder that a file manager seems to have copied, and called like this."""
    *_, file = path.split("/")
    for part, whole in (*zip(parts.folders, parts.folders, strict=True), (parts.name, file)):
        if _PERHAPS_COPY.search(part) and len(part) <= LONGEST_NAME and (found := _COPY.fullmatch(part)):
            original = found["of"] or found["whole"] or found["text"]
            return problem("copied-file", Place(path), original=whole.replace(found[0], original, 1))
    return None


_PERHAPS_COPY = re.compile(r"[ (\[]|-[A-Z]|コピー|[Cc]onflict")
_NUMBER = r"(?: ?\(?\d{1,3}\)?)?"
_COPY = re.compile(
    rf"(?P<of>.+?)(?:(?: - | ?の| )\(?(?:another )?(?:copy|bản sao|sao chép|コピー)\)?{_NUMBER}| ?\(\d{{1,2}}\)"
    r"| ?[(\[].*(?:conflicted|sfconflict|conflict #|xung đột|競合).*[)\]]| \[conflict.*\]|\.sync-conflict-.*"
    r"|_[^_]+_\w{3}-\d\d-\d{4}.*_conflict|-(?-i:DESKTOP|LAPTOP)-[A-Z0-9]{4,}(?:-\d+)?)"
    rf"|(?:copy|bản sao){_NUMBER} (?:of|của) (?P<whole>.+)"
    r"|(?P<text>_?index(?:\.[a-z]{2,3})?|.+\.[a-z]{2,3})(?: \d{1,2}|-(?-i:[A-Z][A-Z0-9]*(?:-[A-Z0-9]+)+))",
    re.IGNORECASE,
)
"""As Finder, Explorer, browsers, GNOME, OneDrive, Dropbox, Google Drive, iCloud, Nextcloud, Seafile, Synology and
Syncthing name copies."""


def check_unread(
    present: Iterable[str], offered: Collection[str], contents: Iterable[str], languages: Collection[str]
) -> Iterator[Problem]:
    """Texts below content/ that are no content files, and that no article offers."""
    known = _known(languages)
    texts = [name for name in present if _is_text(name, known) and name not in offered]
    taken = {path.removeprefix("content/") for path in contents} if texts else ()
    for name in texts:
        folder, slash, file = name.rpartition("/")
        stem = file.rpartition(".")[0].strip()
        wanted = stem if is_content(stem) else f"{file if _plain(file).endswith(tuple(known)) else stem}.md"
        if file.lower() in _REGISTRIES:
            wanted = f"{'content/' if folder else ''}{stem.lower()}.yaml"
        is_taken = f"{folder}{slash}{wanted}" in taken
        is_copy = _COPY.fullmatch(stem) is not None
        yield problem("unread-text", Place(f"content/{name}"), nearest=None if is_taken or is_copy else wanted)


_REGISTRIES = frozenset({"tags.yml", "tags.yaml", "sources.yml", "sources.yaml"})


def _is_text(name: str, known: Mapping[str, str]) -> bool:
    stem, dot, suffix = name.rpartition(".")
    suffix = suffix.strip().lower()
    return bool(dot) and (suffix in _TEXTS or is_content(stem.strip()) or _plain(suffix) in known)


_TEXTS = frozenset(
    {
        "adoc", "asc", "asciidoc", "doc", "docx", "htm", "html", "ipynb", "liquid", "markdn", "md", "mdoc", "mdown",
        "mdtext", "mdtxt", "mdwn", "mdx", "mkd", "mkdn", "njk", "odt", "org", "pages", "pug", "qmd", "rest", "rmd",
        "rst", "rtf", "tex", "text", "textile", "toml", "txt", "wiki", "xhtml", "yaml", "yml",
    }
)  # fmt: skip
"""Suffixes of what other tools, and word processors, write texts in."""
