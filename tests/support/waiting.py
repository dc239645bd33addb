"""Random small sites of which something is not out: drafts, what is scheduled, what has expired."""

from collections import defaultdict
from datetime import datetime, timedelta, timezone
from typing import Any

from hypothesis import strategies as st
from msgspec import Struct
from msgspec.structs import replace

from tests.support.photos import photo, scene
from tests.support.sites import TAGS, Content, article

ZONE = timezone(timedelta(hours=7))
NOW = datetime(2026, 11, 23, 10, 0, tzinfo=ZONE)
LANGUAGES = ("vi", "ja", "en")
SECTIONS = ("", "news", "news/sub", "events")
SVG = '<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {} 1"/>'
FILES = ("p.svg", "q.jpg", "files/plan.pdf")
"""What lies in each bundle: a picture that is published as it is, one in variants, and a file."""
MOMENTS = ("01/10/2024", "22/11/2026", "22/11/2026 23:00", "23/11/2026", "23/11/2026 10:00", "23/11/2026 10:01",
           "24/11/2026", "31/12/2026", "31/12/9999")  # fmt: skip


class Text(Struct, frozen=True):
    """A content file. `folder`: its bundle, if it is one."""

    path: str
    folder: str
    head: dict[str, Any]
    body: str

    @property
    def is_out(self) -> bool:
        starts = (moment(self.head[key]) for key in ("date", "publish") if key in self.head)
        end = moment(self.head["expires"], end=True) if "expires" in self.head else None
        return not self.head.get("draft") and max(starts, default=NOW) <= NOW and (end is None or end > NOW)

    @property
    def content(self) -> str:
        head = {key: value for key, value in self.head.items() if key not in ("title", "date")}
        return article(self.head["title"], self.body, self.head.get("date", ""), **head)


class Draft(Struct, frozen=True):
    """A site. `files`: what lies beside its texts."""

    settings: str
    texts: tuple[Text, ...]
    files: dict[str, Content]

    @property
    def contents(self) -> dict[str, Content]:
        texts = {text.path: text.content for text in self.texts}
        return {"site.yaml": self.settings, "content/tags.yaml": TAGS, **self.files, **texts}

    @property
    def without_what_waits(self) -> "Draft":
        """The same site without the texts that are not out and their folders, and without updates to come."""
        folders: dict[str, list[Text]] = defaultdict(list)
        for text in self.texts:
            folders[text.path.rpartition("/")[0]].append(text)
        closed = {
            f"{folder}/"
            for folder, texts in folders.items()
            if any(text.folder for text in texts) and not any(text.is_out for text in texts)
        }
        opened = {f"{folder}/" for folder, texts in folders.items() if f"{folder}/" not in closed}
        files = {path: data for path, data in self.files.items() if _nearest(path, closed | opened) not in closed}
        texts = tuple(_without_update(text) for text in self.texts if text.is_out)
        return Draft(self.settings, texts, files)


def _nearest(path: str, folders: set[str]) -> str:
    return max((folder for folder in folders if path.startswith(folder)), key=len, default="")


def _without_update(text: Text) -> Text:
    if "updated" not in text.head or moment(text.head["updated"]) <= NOW:
        return text
    return replace(text, head={key: value for key, value in text.head.items() if key != "updated"})


def moment(written: str, *, end: bool = False) -> datetime:
    day, _, time = written.partition(" ")
    at = datetime.strptime(f"{day} {time or '00:00'}", "%d/%m/%Y %H:%M").replace(tzinfo=ZONE)
    return at + timedelta(days=1) if end and not time and at.year < 9999 else at


@st.composite
def drafts(draw: st.DrawFn, *, extra: str = "") -> Draft:
    """Sites with up to eight texts that name one another, of which some are out."""
    places = draw(st.lists(_places(), min_size=1, max_size=8, unique=True))
    keys = sorted({key for _, _, key in places})
    texts = tuple(draw(_texts(path, folder, places)) for path, folder, _ in places)
    files: dict[str, Content] = {}
    for number, folder in enumerate(sorted({folder for _, folder, _ in places if folder} | {"content/news"})):
        data: tuple[Content, ...] = (SVG.format(number + 1), photo(image=scene(40 + number, 30)), f"PDF {number}")
        files |= {f"{folder}/{name}": content for name, content in zip(FILES, data, strict=True)}
    return Draft(draw(_settings(keys)) + extra, texts, files)


@st.composite
def _settings(draw: st.DrawFn, keys: list[str]) -> str:
    named = st.sampled_from(["tags", "news", "events", *keys])
    lines = [
        "title: Trial",
        "base_url: https://example.org/site/",
        "time_zone: Asia/Ho_Chi_Minh",
        f"languages: {{{', '.join(f'{lang}: {{}}' for lang in draw(st.permutations(LANGUAGES)))}}}",
        f"default_language: {draw(st.sampled_from(LANGUAGES))}",
        f"fallback: {draw(st.sampled_from(['link', 'copy', 'hide']))}",
        f"default_language_at_root: {str(draw(st.booleans())).lower()}",
        "page_size: 2",
        "redirect_files: [netlify]",
        f"markdown: {{html: {str(draw(st.booleans())).lower()}}}",
    ]
    if draw(st.booleans()):
        lines.append(f"menu: {draw(st.lists(named, max_size=3))}")
    if draw(st.booleans()):
        lines.append(f"lead: {draw(named)}")
    return "\n".join((*lines, ""))


@st.composite
def _places(draw: st.DrawFn) -> tuple[str, str, str]:
    """The path of a text, its bundle if it is one, and its key."""
    section, lang = draw(st.sampled_from(SECTIONS)), draw(st.sampled_from(LANGUAGES))
    name = draw(st.sampled_from(["a", "b", "c", "_index"]))
    folder = f"content/{section}".rstrip("/")
    key = f"{section}/{name}".lstrip("/")
    if name == "_index" or draw(st.booleans()):
        return f"{folder}/{name}.{lang}.md", "", key
    return f"{folder}/{name}/index.{lang}.md", f"{folder}/{name}", key


_HEAD: dict[str, st.SearchStrategy[Any]] = {
    "publish": st.sampled_from(MOMENTS),
    "expires": st.sampled_from(MOMENTS),
    "updated": st.sampled_from(MOMENTS[:-1]),
    "draft": st.booleans(),
    "slug": st.sampled_from(["a", "b", "s1", "s2"]),
    "aliases": st.lists(st.sampled_from(["/old/", "/vi/news/a/", "/?p=1", "/vi/s1/"]), max_size=2),
    "tags": st.lists(st.sampled_from(["jcm", "climate"]), max_size=2, unique=True),
    "translation_key": st.sampled_from(["a", "b", "news/a", "events/c"]),
    "fallback": st.sampled_from(["link", "copy", "hide"]),
    "source": st.just("TN&MT"),
    "layout": st.sampled_from(["page.html", "article.html"]),
    "summary": st.sampled_from(["One.", "二。"]),
}


@st.composite
def _texts(draw: st.DrawFn, path: str, folder: str, places: list[tuple[str, str, str]]) -> Text:
    here = path.removeprefix("content/").count("/")
    others = [*(other.removeprefix("content/") for other, _, _ in places), "news/_index.md", "events/_index.vi.md"]
    files = [f"{at.removeprefix('content/')}/{name}" for _, at, _ in places if at for name in FILES]
    up = "../" * here
    targets = st.sampled_from([*others, *files, "news/p.svg", "news/q.jpg", "news/b/"])
    head: dict[str, Any] = {"title": draw(st.sampled_from(["Tin", "報せ", "News", "Ω ✓", "Đổi mới ꜩ"]))}
    if "_index" in path and draw(st.booleans()):
        head["dated"] = draw(st.booleans())
    if draw(st.integers(0, 3)) or (here and "_index" not in path and draw(st.integers(0, 3))):
        head["date"] = draw(st.sampled_from(MOMENTS[:-1])) if draw(st.booleans()) else MOMENTS[0]
    for key in draw(st.lists(st.sampled_from(sorted(_HEAD)), max_size=4, unique=True)):
        head[key] = draw(_HEAD[key])
    for key in draw(st.lists(st.sampled_from(["image", "attachments"]), max_size=1)) if files else ():
        target = up + draw(st.sampled_from(files))
        head[key] = {"src": target, "alt": "P"} if key == "image" else [{"src": target}]
    body = [draw(st.sampled_from(["Text.", "## Heading\n\nText."]))]
    for target in draw(st.lists(targets, max_size=3)):
        end = draw(st.sampled_from(["", "#heading"])) if target.endswith(".md") else ""
        mark = "!" if target.endswith((".svg", ".jpg")) and draw(st.booleans()) else ""
        if draw(st.integers(0, 3)):
            body.append(f'{mark}[x *y*]({up}{target}{end} "T")')
        else:
            raw = f'<img src="{up}{target}" alt="P">' if mark else f'<a class="c" href="{up}{target}{end}">x</a>'
            body.append(f"Raw {raw}.")
    return Text(path, folder, head, "\n\n".join(body))
