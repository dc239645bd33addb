"""Sites as nobody would write them: real ones, changed in places; and texts put together from fragments."""

import os
import unicodedata
from collections.abc import Callable, Mapping, Sequence
from contextlib import suppress
from functools import cache
from pathlib import Path
from random import Random

from sitegen.files import is_below
from tests.support import photos
from tests.support.author import CATALOGUES, LAYOUTS, first_draft
from tests.support.sites import BASE, BLOCK, Content, article, read_example, read_file
from tests.support.stress import RIGHT_TO_LEFT

from .fragments import ADDRESSES, ATTACKS, LANGUAGES, NAMES, ODD_TEXT

PROJECT = Path(__file__).parents[2]
Files = dict[str, Content]
BUILT = ("output", ".sitegen")
MOST_BYTES = 60_000
"""Of a file that fuzzers make: all of them should be done in a moment."""


def language_of(path: str) -> str:
    """Which of LANGUAGES a file is written in; "bytes" for all others."""
    name = path.rpartition("/")[2].lower()
    if name.endswith((".md", ".markdown")):
        return "markdown"
    if path == "site.yaml":
        return "settings"
    by_ending = {"yaml": "registries", "svg": "svg", "css": "css", "js": "script", "mjs": "script", "po": "catalogue"}
    found = by_ending.get(name.rpartition(".")[2])
    return found or ("layout" if path.startswith("layouts/") else "bytes")


@cache
def real_sites() -> tuple[tuple[str, Mapping[str, Content]], ...]:
    """Those that tests and the project have, by name, the largest files left out."""
    found: dict[str, Files] = {"draft": {**first_draft().files}, "right to left": {**RIGHT_TO_LEFT}}
    for folder in ("wrong", "examples/sites"):
        for path in sorted((PROJECT / "tests" / folder).glob("*.md")):
            found[path.stem] = {**BASE, **read_example(path).files}
    for path in sorted((PROJECT / "tests/reports").glob("*.md")):
        files: Files = {**BASE}
        for block in BLOCK.finditer(path.read_text("utf-8")):
            if "." in block["info"].split()[0]:
                files |= read_file(block["info"], block["text"])
        found[path.stem] = files
    found["microsite"] = {
        str(path.relative_to(PROJECT)): path.read_bytes()
        for path in [PROJECT / "site.yaml", *sorted((PROJECT / "content").rglob("*"))]
        if path.is_file()
    }
    for path in [*sorted((PROJECT / "tests/examples").glob("*.md")), PROJECT / "docs/writing.md"]:
        texts = [block["text"] for block in BLOCK.finditer(path.read_text("utf-8")) if "markdown" in block["info"]]
        if texts:
            found[path.stem] = {**BASE, **{f"content/news/a{n}.vi.md": article("A", t) for n, t in enumerate(texts)}}
    found["pictures"] = {
        **BASE,
        "content/news/a/index.vi.md": article(
            "A", "![a](a.jpg) ![b](b.png) ![c](c.webp) ![d](d.gif)", image={"src": "a.jpg", "alt": "A"}
        ),
        "content/news/a/a.jpg": photos.photo(6),
        "content/news/a/b.png": photos.screenshot(3),
        "content/news/a/c.webp": photos.webp(),
        "content/news/a/d.gif": photos.film("GIF"),
    }
    catalogues = {path: text for path, texts in CATALOGUES.items() for text in texts if text}
    layouts = {path: text for path, texts in LAYOUTS.items() for text in texts if text}
    found["catalogues"] = {**first_draft().files, **catalogues}
    found["layouts"] = {**first_draft().files, **layouts}
    return tuple(
        (name, {path: data for path, data in files.items() if isinstance(data, Path) or len(data) < MOST_BYTES})
        for name, files in found.items()
    )


@cache
def real_texts(language: str) -> tuple[str, ...]:
    """All that real sites have in a language."""
    return tuple(
        sorted(
            {
                in_bytes(data).decode("utf-8", "surrogateescape")
                for _, files in real_sites()
                for path, data in files.items()
                if language_of(path) == language and not isinstance(data, Path)
            }
        )
    )


@cache
def real_files(language: str) -> tuple[bytes, ...]:
    """The same as bytes; pictures too."""
    if language == "bytes":
        return tuple(data for data in dict(real_sites())["pictures"].values() if isinstance(data, bytes))
    return tuple(text.encode("utf-8", "surrogateescape") for text in real_texts(language))


def in_bytes(data: str | bytes) -> bytes:
    return data.encode("utf-8", "surrogatepass") if isinstance(data, str) else data


class Vandal:
    """Changes texts and sites by chance; the same chance makes the same changes."""

    def __init__(self, chance: Random) -> None:
        self.chance = chance

    def fragment(self, language: str) -> str:
        pools: list[Sequence[str]] = [LANGUAGES[language]] * 6 if language in LANGUAGES else [ODD_TEXT]
        if language == "markdown":
            pools = [*pools, *pools, LANGUAGES["chart"], LANGUAGES["front matter"]]
        return self.chance.choice(self.chance.choice([*pools, ODD_TEXT, ODD_TEXT, ATTACKS, ADDRESSES]))

    def text(self, language: str) -> str:
        """A new one, from fragments alone."""
        parts = [self._nested(self.fragment(language), language) for _ in range(self.chance.randint(1, 12))]
        body = self.chance.choice(("\n", "\n", "\n\n", " ", "")).join(parts)
        if language == "markdown":
            head = [self.fragment("front matter") for _ in range(self.chance.randint(0, 4))]
            return "\n".join(["---", "title: A", "date: 04/10/2024", *head, "---", "", body, ""])
        return body

    def edited(self, text: str, language: str) -> str:
        """A text with some changes."""
        for _ in range(self.chance.choice((1, 1, 1, 2, 3, 6))):
            text = self.chance.choice(_EDITS)(self, text, language)
        return text[:MOST_BYTES]

    def data(self, data: bytes, language: str) -> bytes:
        """The content of a file, edited as text or as bytes."""
        if language == "bytes" or self.chance.random() < 0.06:
            for _ in range(self.chance.choice((1, 1, 2, 4, 16))):
                data = self._with_other_bytes(data)
            return data[:MOST_BYTES]
        text = self.edited(data.decode("utf-8", "surrogateescape"), language)
        return text.encode("utf-8", "surrogateescape" if _is_escaped(text) else "surrogatepass")

    def site(self, files: Mapping[str, Content]) -> Files:
        """A site with some changes."""
        changed = dict(files)
        for _ in range(self.chance.choice((1, 1, 2, 4))):
            self.chance.choice(_SITE_EDITS)(self, changed)
        return changed

    def name(self) -> str:
        name = self.chance.choice(NAMES)
        if self.chance.random() < 0.1:
            odd = self.chance.choice((*ODD_TEXT, "\udcff", "\udced"))[:9].replace("\0", "").replace("/", "")
            name = name[: self.chance.randint(0, 20)] + odd + name[-8:]
        return name

    def place(self, files: Mapping[str, Content]) -> str:
        """A path of a new file."""
        folder = self.chance.choice([path.rpartition("/")[0] for path in files] + list(_FOLDERS))
        while self.chance.random() < 0.2:
            folder += f"/{self.name()}"
        return f"{folder}/{self.name()}".lstrip("/")

    def _nested(self, fragment: str, language: str) -> str:
        """Sometimes many times within itself."""
        if self.chance.random() > 0.05:
            return fragment
        times = self.chance.choice((2, 5, 30, 150))
        if language == "markdown" and self.chance.random() < 0.5:
            prefix = self.chance.choice(
                ("> ", "- ", "1. ", "  ", "    ", ": ", "::: note\n", "*", "[", "![", "> - ", "`")
            )
            return prefix * times + fragment
        return (fragment * times)[:5000]

    def _with_other_bytes(self, data: bytes) -> bytes:
        at = self.chance.randint(0, len(data))
        length = self.chance.choice((1, 1, 2, 4, 64))
        match self.chance.randrange(6):
            case 0:
                return data[:at] + data[at + length :]
            case 1:
                return data[:at] + bytes(self.chance.choice(_BYTES) for _ in range(length)) + data[at:]
            case 2:
                return data[:at] + bytes(self.chance.choice(_BYTES) for _ in range(length)) + data[at + length :]
            case 3:
                other = self.chance.randint(0, len(data))
                return data[:at] + data[other : other + length] + data[at:]
            case 4:
                return data[:at]
            case _:
                return (
                    data[:at]
                    + bytes(byte ^ (1 << self.chance.randrange(8)) for byte in data[at : at + 1])
                    + data[at + 1 :]
                )


_BYTES = (
    *b"\x00\x01\x09\x0a\x0d\x1b\x20\x22\x27\x2d\x2f\x3a\x3c\x5b\x7b\x7f\x80\x85\xa0\xbf\xc0\xc2\xe2\xed\xef\xf0\xf4\xfe\xff",
)  # fmt: skip
_FOLDERS = (
    "content", "content/news", "content/news/a", "content/vi", "content/vi/news", "assets", "assets/css", "assets/root",
    "assets/root/.well-known", "layouts", "layouts/locales", "layouts/parts", "fonts", "content/news/sub", "content/fr",
)  # fmt: skip


def _is_escaped(text: str) -> bool:
    """Whether all surrogates in a text stand for bytes."""
    return all("\udc80" <= character <= "\udcff" for character in text if "\ud800" <= character <= "\udfff")


Edit = Callable[[Vandal, str, str], str]


def _span(chance: Random, text: str) -> tuple[int, int]:
    start = chance.randint(0, len(text))
    return start, min(len(text), start + chance.choice((1, 1, 2, 5, 20, 200)))


def _insert(vandal: Vandal, text: str, language: str) -> str:
    at = vandal.chance.randint(0, len(text))
    return text[:at] + vandal._nested(vandal.fragment(language), language) + text[at:]


def _insert_line(vandal: Vandal, text: str, language: str) -> str:
    lines = text.split("\n")
    at = vandal.chance.randint(0, len(lines))
    head = next((n for n, line in enumerate(lines) if n and line == "---"), 0)
    written = "front matter" if language == "markdown" and at <= head else language
    line = vandal._nested(vandal.fragment(written), written)
    if vandal.chance.random() < 0.3:
        line = vandal.chance.choice(("  ", "    ", "\t", "> ", "- ", "  - ")) + line
    lines[at:at] = [line] if vandal.chance.random() < 0.6 else ["", line, ""]
    return "\n".join(lines)


def _replace_line(vandal: Vandal, text: str, language: str) -> str:
    lines = text.split("\n")
    at = vandal.chance.randrange(len(lines))
    head = next((n for n, line in enumerate(lines) if n and line == "---"), 0)
    lines[at] = vandal.fragment("front matter" if language == "markdown" and at <= head else language)
    return "\n".join(lines)


def _replace(vandal: Vandal, text: str, language: str) -> str:
    start, end = _span(vandal.chance, text)
    return text[:start] + vandal.fragment(language) + text[end:]


def _replace_value(vandal: Vandal, text: str, language: str) -> str:
    """What follows a key, an equals sign or a bracket."""
    places = [at + 1 for at, letter in enumerate(text) if letter in ":=([{,|>\"'"]
    if not places:
        return _replace(vandal, text, language)
    at = vandal.chance.choice(places)
    value = vandal.chance.choice((*_VALUES, vandal.chance.choice(ODD_TEXT), vandal.chance.choice(ADDRESSES)))
    end = at + vandal.chance.choice((0, 1, 5, 30))
    if vandal.chance.random() < 0.5:
        end = min((found for sign in ",}])\n\"'" if (found := text.find(sign, at)) >= 0), default=end)
    return f"{text[:at]} {value}{text[end:]}"


_VALUES = (
    "~", "null", "", "[]", "{}", "[~]", "{a: b}", '""', "''", "true", "1", "-1", "0x1", "1.5", "2024-10-04", "&a x",
    "*a", "!!str x", "!x", '"\\0"', '"\\ud800"', '"\\x1b[0m"', '"B\\u0301"', "|\n  x\n", "'", '"', "# x", "? x", "- x",
    "@x", "%x", "`x`", "<<: *a",
)  # fmt: skip


def _delete(vandal: Vandal, text: str, language: str) -> str:
    start, end = _span(vandal.chance, text)
    return text[:start] + text[end:]


def _delete_line(vandal: Vandal, text: str, language: str) -> str:
    lines = text.split("\n")
    del lines[vandal.chance.randrange(len(lines))]
    return "\n".join(lines)


def _repeat(vandal: Vandal, text: str, language: str) -> str:
    start, end = _span(vandal.chance, text)
    return text[:end] + text[start:end] * vandal.chance.choice((1, 1, 2, 10, 50)) + text[end:]


def _repeat_line(vandal: Vandal, text: str, language: str) -> str:
    lines = text.split("\n")
    at = vandal.chance.randrange(len(lines))
    lines[at:at] = [lines[at]] * vandal.chance.choice((1, 1, 2, 20))
    return "\n".join(lines)


def _swap_lines(vandal: Vandal, text: str, language: str) -> str:
    lines = text.split("\n")
    one, other = vandal.chance.randrange(len(lines)), vandal.chance.randrange(len(lines))
    lines[one], lines[other] = lines[other], lines[one]
    return "\n".join(lines)


def _splice(vandal: Vandal, text: str, language: str) -> str:
    """Part of another text."""
    others = real_texts(language)
    if not others:
        return text
    start, end = _span(vandal.chance, other := vandal.chance.choice(others))
    at = vandal.chance.randint(0, len(text))
    return text[:at] + other[start : end + 60] + text[at:]


def _cut(vandal: Vandal, text: str, language: str) -> str:
    return text[: vandal.chance.randint(0, len(text))]


def _indent(vandal: Vandal, text: str, language: str) -> str:
    lines = text.split("\n")
    start = vandal.chance.randrange(len(lines))
    prefix = vandal.chance.choice((" ", "  ", "    ", "\t", "> ", "\u3000", "\xa0", "- "))
    for at in range(start, min(len(lines), start + vandal.chance.choice((1, 2, 5, 50)))):
        lines[at] = prefix + lines[at] if vandal.chance.random() < 0.9 else lines[at].lstrip()
    return "\n".join(lines)


def _spell(vandal: Vandal, text: str, language: str) -> str:
    start, end = _span(vandal.chance, text)
    spelt = vandal.chance.choice(
        (str.upper, str.lower, str.swapcase, lambda t: unicodedata.normalize("NFD", t), lambda t: t[::-1])
    )
    return text[:start] + spelt(text[start:end]) + text[end:]


def _lines_end(vandal: Vandal, text: str, language: str) -> str:
    return text.replace("\n", vandal.chance.choice(("\r\n", "\r", "\n\n", "\u2028", " \n")))


_EDITS: tuple[Edit, ...] = (
    _insert, _insert, _insert_line, _insert_line, _insert_line, _replace_line, _replace, _replace_value,
    _replace_value, _delete, _delete_line, _repeat, _repeat_line, _swap_lines, _splice, _cut, _indent, _spell,
    _lines_end, lambda vandal, text, language: vandal.text(language),
)  # fmt: skip


SiteEdit = Callable[[Vandal, Files], None]


def _any_path(vandal: Vandal, files: Files) -> str:
    """Of a file of the site, each language as often as any other; empty when there is none."""
    by_language: dict[str, list[str]] = {}
    for path, data in files.items():
        if not isinstance(data, Path):
            by_language.setdefault(language_of(path), []).append(path)
    if not by_language:
        return ""
    return vandal.chance.choice(by_language[vandal.chance.choice(sorted(by_language))])


def _edit_file(vandal: Vandal, files: Files) -> None:
    path = _any_path(vandal, files)
    data = files.get(path, b"")
    assert not isinstance(data, Path)
    files[path or "site.yaml"] = vandal.data(in_bytes(data), language_of(path))


def _add_file(vandal: Vandal, files: Files) -> None:
    path = vandal.place(files)
    files[path] = vandal.data(vandal.text(language_of(path)).encode("utf-8", "surrogatepass"), language_of(path))


def _add_known(vandal: Vandal, files: Files) -> None:
    """A file that is looked for."""
    path = vandal.chance.choice(_KNOWN)
    language = language_of(path)
    texts = real_texts(language)
    text = vandal.edited(vandal.chance.choice(texts), language) if texts else vandal.text(language)
    files[path] = text.encode("utf-8", "surrogateescape" if _is_escaped(text) else "surrogatepass")


_KNOWN = (
    "content/tags.yaml", "content/sources.yaml", "content/news/_index.vi.md", "content/_index.vi.md",
    "content/about.vi.md", "assets/css/theme.css", "assets/x.js", "assets/icon.svg", "assets/logo.svg",
    "layouts/article.html", "layouts/base.html", "layouts/home.html", "layouts/feed.xml", "layouts/parts/footer.html",
    "layouts/locales/vi.po", "layouts/locales/ja.po", "assets/root/robots.txt", "assets/root/x.svg",
    "assets/root/x.html", "content/news/a/index.ja.md", "fonts/x.ttf", "layouts/sitemap.xml", "assets/root/.htaccess",
    "layouts/404.html", "layouts/redirects/netlify.txt",
)  # fmt: skip


def _move(vandal: Vandal, files: Files) -> None:
    path = vandal.chance.choice([path for path in files if path != "site.yaml"] or ["site.yaml"])
    folder, _, name = path.rpartition("/")
    spelt = vandal.chance.choice(
        (str.upper, str.swapcase, lambda n: unicodedata.normalize("NFD", n), lambda _: vandal.name())
    )
    files[f"{folder}/{spelt(name)}".lstrip("/")] = files[path] if vandal.chance.random() < 0.5 else files.pop(path)


def _move_folder(vandal: Vandal, files: Files) -> None:
    folder = vandal.chance.choice([path.rpartition("/")[0] for path in files])
    if folder.count("/") < 1:
        return
    other = f"{folder.rpartition('/')[0]}/{vandal.name()}"
    for path in [*files]:
        if path.startswith(f"{folder}/"):
            files[other + path[len(folder) :]] = files.pop(path)


def _remove(vandal: Vandal, files: Files) -> None:
    del files[vandal.chance.choice([*files])]
    if not files:
        files["site.yaml"] = BASE["site.yaml"]


def _link(vandal: Vandal, files: Files) -> None:
    """A link on disk, to a file, a folder, itself, or nothing."""
    other = vandal.chance.choice([*files])
    path = vandal.place(files) if vandal.chance.random() < 0.7 else vandal.chance.choice([*files])
    up = "../" * path.count("/")
    targets = (
        up + other, up + other.rpartition("/")[0], up or ".", ".", "..", "gone", path.rpartition("/")[2], f"{up}output",
        f"{up}.sitegen", "/etc/passwd", "/dev/null", f"{up}..", "x" * 300, "\udcff", f"{up}site.yaml",
        f"{up}content/../content",
    )  # fmt: skip
    files[path] = Path(vandal.chance.choice(targets))


def _other_kind(vandal: Vandal, files: Files) -> None:
    """A file where a folder was, a folder or a pipe where a file was."""
    path = vandal.chance.choice([*files])
    match vandal.chance.randrange(3):
        case 0 if "/" in path:
            folder = vandal.chance.choice([path.rpartition("/")[0], path.partition("/")[0]])
            data = files[path]
            for below in [below for below in files if below.startswith(f"{folder}/")]:
                del files[below]
            files[folder] = data
        case 1:
            files[f"{path}/{vandal.name()}"] = files.pop(path)
        case _:
            files[path] = PIPE


PIPE = Path("|")
"""Stands for a pipe, from which nothing ever comes."""


_SITE_EDITS: tuple[SiteEdit, ...] = (
    *[_edit_file] * 12,
    *[_add_file] * 2,
    *[_add_known] * 3,
    _move,
    _move,
    _move_folder,
    _remove,
    _link,
    _other_kind,
)


def put(root: Path, files: Mapping[str, Content], before: Mapping[str, Content] = {}) -> None:
    """Write the files of a site that differ from those before; what a disk does not take is left out, and what would
    come to lie outside the site or in what builds write."""
    base = os.path.realpath(root)
    for path in before.keys() - files.keys() | {path for path in before if before[path] != files.get(path)}:
        with suppress(OSError):
            _discard(root, root / path)
    for path, data in files.items():
        place = root / path
        if data == before.get(path) and os.path.lexists(place):
            continue
        with suppress(OSError):
            folder = os.path.realpath(place.parent)
            if is_below(folder, base) and not any(is_below(folder, f"{base}/{name}") for name in BUILT):
                place.parent.mkdir(parents=True, exist_ok=True)
                if data == PIPE:
                    os.mkfifo(place)
                elif isinstance(data, Path):
                    place.symlink_to(data)
                elif not place.is_symlink() and not place.is_fifo():
                    place.write_bytes(in_bytes(data))


def _discard(root: Path, place: Path) -> None:
    """A file, and the folders that are empty then."""
    place.unlink()
    while (place := place.parent) != root:
        place.rmdir()
