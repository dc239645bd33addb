"""An author who changes a site at random, one edit after another; the same seed makes the same edits."""

import json
from collections.abc import Callable, Mapping
from copy import deepcopy
from dataclasses import dataclass, field, replace
from datetime import datetime, timedelta, timezone
from functools import partial
from random import Random
from typing import Any
from unicodedata import normalize
from urllib.parse import quote

from tests.support.sites import article

LANGUAGES = ("vi", "ja")
MOST = 9
"""Articles and pages of a site, so that a build of it is quick."""
ZONE = timezone(timedelta(hours=7))


ODD = ("[1]", "[0-2]", "=own", "=section=x=own", "$1", "'q'", "{0}", "@ja", "&amp;", "+", " b")
"""What a name may end with, besides what it is told from others by."""
SECTIONS = ("news", "events", "events[0-2]", "news=own", "tag=jcm&$41")


def moment(text: str) -> datetime:
    return datetime.strptime(text, "%d/%m/%Y %H:%M").replace(tzinfo=ZONE)


@dataclass
class Text:
    """An article or page in one language."""

    title: str
    body: str = "Text."
    date: str = "04/10/2024"
    head: dict[str, Any] = field(default_factory=dict)


@dataclass
class Draft:
    """A site as its author sees it, and how it is built. For the next build alone, `moved`: a folder that was renamed;
    `accident`: what befell the output or the memory of the last. `mistaken`: it will not stay so for long."""

    texts: dict[str, Text]
    others: dict[str, str]
    settings: dict[str, Any]
    now: datetime
    options: Mapping[str, Any] = field(default_factory=lambda: {"keep_going": True})
    moved: tuple[str, str] | None = None
    accident: str = ""
    mistaken: bool = False

    @property
    def files(self) -> dict[str, bytes]:
        texts = {path: article(text.title, text.body, text.date, **text.head) for path, text in self.texts.items()}
        settings = "".join(f"{key}: {json.dumps(value)}\n" for key, value in self.settings.items())
        return {path: text.encode() for path, text in {"site.yaml": settings, **texts, **self.others}.items()}

    @property
    def input(self) -> tuple[Any, ...]:
        """All that a build depends on."""
        return frozenset(self.files.items()), self.now, tuple(self.options.items())


class Author:
    """`history`: the edits so far, some for each step."""

    def __init__(self, seed: int) -> None:
        self._seed, self._past = seed, [first_draft()]
        self.history: list[tuple[str, ...]] = []

    def step(self) -> Draft:
        """One or more edits, or what was there before comes back."""
        chance = Random(f"{self._seed} {len(self.history)}")
        before = self._past[-1]
        if len(self._past) > 1 and chance.random() < (0.8 if before.mistaken else 0.4):
            self._past.pop()
            self.history.append(("undo",))
            return replace(self._past[-1], moved=None, accident="")
        draft, made = replace(deepcopy(before), moved=None, accident=""), list[str]()
        wanted = chance.choice((1, 1, 1, 3))
        while len(made) < wanted or not (draft.accident or draft.input != before.input):
            name = chance.choice([*EDITS])
            made += [name] if EDITS[name](draft, chance) else []
        self._past.append(draft)
        self.history.append(tuple(made))
        return draft


def first_draft() -> Draft:
    """A little of everything, so that most edits show somewhere."""
    heads: tuple[dict[str, Any], ...] = (
        {"tags": ["jcm"], "image": {"src": "p.svg", "alt": "P"}},
        {"tags": ["climate", "jcm"], "source": "tnmt"},
        {"tags": ["climate"], "publish": "23/11/2026 09:00"},
    )
    texts = {
        f"content/news/k{number}/index.{lang}.md": Text(f"{number} {lang}", LINKED.format("news/k1"), head=head)
        for number, head in enumerate(heads)
        for lang in LANGUAGES
    }
    texts["content/news/k0/index.vi.md"].head = {**heads[0], "aliases": ["/old/"]}
    return Draft(
        texts={**texts, "content/about.vi.md": Text("About", date="")},
        others={
            **{f"content/news/k{number}/p.svg": PICTURES[0] for number in range(len(heads))},
            **{path: values[0] for path, values in REGISTRIES.items()},
            "assets/other.svg": PICTURES[0],
        },
        settings={
            "title": "Trial",
            "base_url": "https://example.org/site/",
            "time_zone": "Asia/Ho_Chi_Minh",
            "languages": {"vi": {}, "ja": {}},
            "feeds": ["atom"],
            "redirect_files": ["netlify"],
            "search": False,
            "share_cards": False,
        },
        now=moment("23/11/2026 10:00"),
    )


Edit = Callable[[Draft, Random], bool]
"""Changes a draft and says whether it could."""

LINKED = "Text.\n\n## Heading\n\n[there](../../{}/index.md#heading) and [about](../../about.md)"
HEADS: Mapping[str, tuple[Any, ...]] = {
    "tags": (None, ["jcm"], ["climate", "jcm"], "climate", ["Water"], ["jcm:own", "jcm"], ["climate[0:2]"]),
    "slug": (None, *(f"s{number}" for number in range(20))),
    "summary": (None, "One.", "Two."),
    "publish": (None, "23/11/2026 18:00", "24/11/2026 09:00"),
    "expires": (None, "23/11/2026 20:00", "22/11/2026"),
    "draft": (None, True),
    "fallback": (None, "link", "copy", "hide"),
    "aliases": (None, *([f"/old/{number}", f"/older/{number}/", f"/?p={number}"] for number in range(20))),
    "source": (None, "tnmt", "TN&MT"),
    "author": (None, "PV", ["A", "B"]),
    "image": (None, {"src": "p.svg", "alt": "P"}, {"src": "p.svg", "alt": "Q", "caption": "C"}),
    "attachments": (None, [{"src": "p.svg", "title": "P"}], [{"src": "p.svg"}]),
    "layout": (None, "page.html"),
    "updated": (None, "05/10/2024", "06/10/2024", "23/11/2026 18:00", "24/11/2026"),
}
SETTINGS: Mapping[str, tuple[Any, ...]] = {
    "title": ("Trial", {"vi": "Thử", "ja": "試し"}),
    "languages": ({"vi": {}, "ja": {}}, {"ja": {}, "vi": {"name": "V"}}, {"vi": {}, "ja": {}, "en": {}}),
    "fallback": ("link", "copy", "hide"),
    "page_size": (2, 10),
    "feed_size": (1, 20),
    "feeds": ([], ["atom"]),
    "redirect_files": ([], ["netlify"]),
    "search": (True, False),
    "default_language_at_root": (True, False),
    "lead": ("", "news/k1"),
    "menu": (
        [],
        ["tags"],
        ["about", "news/k1", "news/k2"],
        [
            "about",
            {"title": "T", "url": "/vi/?q=1#x"},
            {"title": {"vi": "U"}, "url": {"vi": "/vi/about/", "ja": "/ja/"}},
        ],
    ),
    "footer_menu": ([], ["news", "news/k0"]),
    "markdown": ({"html": True}, {"typography": False}, {}),
    "time_zone": ("Asia/Ho_Chi_Minh", "America/New_York"),
    "base_url": ("https://example.org/site/", "https://example.org/"),
    "default_language": ("vi", "ja"),
    "exclude": (
        [],
        ["k1*"],
        ["events/", "about.*"],
        ["**/p.svg"],
        ["!x"],
        ["/news/**/index.ja.md", "sources.yaml"],
        ["_index.*", "tags.yaml"],
        ["/vi/"],
    ),
}
OPTIONS: tuple[Mapping[str, Any], ...] = (
    {},
    {"keep_going": True},
    {"keep_going": True, "drafts": True},
    {"keep_going": True, "future": True},
    {"keep_going": True, "base_url": "https://example.net/"},
)
Files = Mapping[str, tuple[str | None, ...]]
"""What files may hold; None: they may be missing."""
PICTURES = tuple(f"<svg xmlns='http://www.w3.org/2000/svg' viewBox='0 0 {width} 1'/>" for width in (1, 2, 3))
ODD_TAGS = "jcm:own: {name: Own}\nclimate[0:2]: {name: Part}\n"
REGISTRIES = {
    "content/tags.yaml": (
        f"jcm: {{name: JCM, slug: j}}\nclimate: {{name: {{vi: Khí hậu, ja: 気候}}}}\nw: {{name: Water}}\n{ODD_TAGS}",
        "jcm: {name: {vi: Tín chỉ, ja: JCM}, description: Credits}\nclimate: {name: Climate}\nwater: {name: W}\n",
        f"climate: {{name: Climate}}\njcm: {{name: JCM, slug: {{vi: t, ja: j}}}}\nwater: {{name: Water}}\n{ODD_TAGS}",
    ),
    "content/sources.yaml": (
        "tnmt: {name: {vi: TN&MT, ja: 天然資源環境省}}\n",
        "tnmt: {name: TN&MT, link: 'https://example.org/'}\n",
        "other: {name: Other}\n",
    ),
}
LAYOUTS: Files = {
    "layouts/article.html": (
        None,
        '{% extends "theme/article.html" %}',
        "{{ article.title }} {% for entry in site.latest(2) %}{{ entry.title }}{% endfor %}",
        "{{ article.body }} {{ article.source.name if article.source }} {{ article.translations|length }}",
    ),
    "layouts/home.html": (
        None,
        '{% extends "theme/home.html" %}{% block main %}{{ site.sections|length }} {{ super() }}{% endblock %}',
        "{% for entry in entries %}{{ entry.url }} {{ entry.article.minutes }}{% endfor %}",
        '{% set k1 = site.page("news/k1") %}{{ k1.title if k1 }} {{ asset("other.svg") }}',
    ),
    "layouts/base.html": (None, '{% block main %}{% endblock %}{% include "parts/footer.html" %}', "{{ page.title }}"),
}
INCLUDES: Files = {
    "layouts/parts/footer.html": (
        None,
        "{{ site.tags|length }} {{ _('Topics') }}",
        "{% for section in site.sections %}{{ section.title }} {{ section.count }}{% endfor %}",
        '{{ site.footer_menu|length }} {% include "parts/extra.html" ignore missing %}',
    ),
    "layouts/parts/extra.html": (None, "extra", '{{ site.page("about").title if site.page("about") }}'),
}
PO = 'msgid ""\nmsgstr "Content-Type: text/plain; charset=utf-8\\n"\n\n'
CATALOGUES: Files = {
    f"layouts/locales/{lang}.po": (
        None,
        f'{PO}msgid "Latest"\nmsgstr "A"\n',
        f'{PO}msgid "Latest"\nmsgstr "B"\n\nmsgid "Topics"\nmsgstr "C"\n',
    )
    for lang in LANGUAGES
}
ASSETS: Files = {
    "assets/css/theme.css": (None, "p { background: url(../icon.svg) }", "p { background: url(../other.svg) }", "p {}"),
    "assets/icon.svg": (None, *PICTURES),
    "assets/other.svg": PICTURES,
    "assets/root/old.txt": (None, "old", "older"),
    "assets/root/.well-known/x": (None, "x", "y"),
}
TWIN = "content/news/kế.vi.md"
MISTAKES: Files = {
    "assets/root/robots.txt": ("Disallow: /",),
    "assets/root/vi/about": ("in the way",),
    "assets/root/_redirects": ("/a /b",),
    "assets/root/old/1/index.html": ("old",),
    "content/news/_index.vi.md": (
        article("N", date="", slug="n", foo=1),
        "---\ntitle: N\nslug: [\n---\n",
        article("N", date="", dated="maybe"),
    ),
    "content/news/k1/index.vi.markdown": (article("K1 again"),),
    "content/ja/news/k1/index.md": (article("K1 elsewhere"),),
    "content/news/k1.vn.md": (article("K1 country"),),
    TWIN: (article("NFC"),),
    normalize("NFD", TWIN): (article("NFD"),),
    "content/tags.yaml": (None, "jcm: {name: JCM}", "jcm: {name: JCM}\njcm: {name: Twice}"),
    "content/sources.yaml": ("tnmt: {nam: X}",),
    "content/about.vi.md": (None, "---\ntitle: \n---\n", "no front matter"),
    "content/news/k0/p.svg": (None,),
    "content/news/k1/index.vi.md": (None, article("K1", "[x](nowhere.md)"), article("K1", translation_key="k0")),
    "layouts/article.html": ("{{ article.title", "{{ article.titel }}", "{{ asset('nothing.css') }}"),
    "layouts/parts/footer.html": ("{% include 'nothing.html' %}", "{{ 1 / 0 }}"),
    "layouts/locales/vi.po": ('msgid "Latest',),
    "assets/css/theme.css": ("p { background: url(nothing.svg) }",),
    "assets/other.svg": (None,),
    "site.yaml": ("title: Trial\nlanguages: {vi: {}}\n", "titel: [", "title: Trial\nlanguages: {}\n"),
}


def _word(chance: Random) -> str:
    return chance.choice(["nước", "環境", "water", "khí hậu", "x"]) + str(chance.randrange(99))


def _article(draft: Draft, chance: Random) -> str:
    return chance.choice([path for path in draft.texts if "/k" in path])


def _stem(path: str) -> str:
    """What the languages of an article have in common."""
    return path.rsplit(".", 2)[0]


def _linked(path: str) -> str:
    """A path below content/ as links in texts have it."""
    return quote(path.removeprefix("content/"))


def _bundle(chance: Random, most: int) -> str:
    """A folder for an article; now and then with an odd name."""
    odd = chance.choice(ODD) if chance.random() < 0.4 else ""
    return f"content/{chance.choice(SECTIONS)}/k{chance.randrange(most)}{odd}"


def _of_head(key: str, draft: Draft, chance: Random) -> bool:
    """Another value for a key of some article's front matter; None takes it away."""
    text, value = draft.texts[_article(draft, chance)], chance.choice(HEADS[key])
    changed = bool(text.head.get(key) != value)
    text.head = {name: known for name, known in {**text.head, key: value}.items() if known is not None}
    return changed


def _of_files(files: Files, draft: Draft, chance: Random) -> bool:
    """Another content for one of these files, or it is taken away."""
    path = chance.choice([*files])
    value, before = chance.choice(files[path]), draft.others.pop(path, None)
    if value is not None:
        draft.others[path] = value
    return value != before


def body(draft: Draft, chance: Random) -> bool:
    path = _article(draft, chance)
    text, other = draft.texts[path], _linked(_stem(_article(draft, chance)).removesuffix("/index"))
    text.body = chance.choice(
        (f"{text.body} {_word(chance)}", f"{_word(chance)} {LINKED.format(other)}", "![p](p.svg)")
    )
    return True


def title(draft: Draft, chance: Random) -> bool:
    chance.choice([*draft.texts.values()]).title = _word(chance)
    return True


def twins(draft: Draft, chance: Random) -> bool:
    """Two names of one file, on disks that tell them apart."""
    draft.mistaken = True
    paths = (TWIN, normalize("NFD", TWIN))
    draft.others |= {path: article(_word(chance)) for path in paths}
    return True


def date(draft: Draft, chance: Random) -> bool:
    draft.texts[_article(draft, chance)].date = f"{chance.randint(1, 28):02}/10/2024"
    return True


def article_added(draft: Draft, chance: Random) -> bool:
    bundle = _bundle(chance, 5)
    path = f"{bundle}/index.{chance.choice(LANGUAGES)}.md"
    if path in draft.texts or len(draft.texts) >= MOST:
        return False
    draft.texts[path] = Text(_word(chance), head={"tags": ["jcm"]})
    draft.others.setdefault(f"{bundle}/p.svg", PICTURES[0])
    return True


def article_removed(draft: Draft, chance: Random) -> bool:
    """With all links to it."""
    stem = _stem(_article(draft, chance))
    if all(_stem(path) == stem for path in draft.texts if "/k" in path):
        return False
    draft.texts = {path: text for path, text in draft.texts.items() if _stem(path) != stem}
    for text in draft.texts.values():
        text.body = text.body.replace(f"../../{_linked(stem)}.md#heading", "../../about.md")
    return True


def translation_added(draft: Draft, chance: Random) -> bool:
    missing = {f"{_stem(path)}.{lang}.md" for path in draft.texts for lang in LANGUAGES} - draft.texts.keys()
    if not missing or len(draft.texts) >= MOST:
        return False
    path = chance.choice(sorted(missing))
    is_page = "/k" not in path
    draft.texts[path] = Text(
        _word(chance), "Text." if is_page else LINKED.format("news/k1"), "" if is_page else "2/1/2024"
    )
    return True


def translation_removed(draft: Draft, chance: Random) -> bool:
    path = chance.choice([*draft.texts])
    if not any(_stem(other) == _stem(path) for other in draft.texts if other != path):
        return False
    del draft.texts[path]
    return True


def translation_tied(draft: Draft, chance: Random) -> bool:
    """To an article that has another name and lacks this language."""
    articles = [path for path in draft.texts if "/k" in path]
    pairs = [
        (path, f"{_stem(other)}.{path.rsplit('.', 2)[1]}.md")
        for path in articles
        for other in articles
        if "translation_key" not in draft.texts[path].head
    ]
    pairs = [(path, wanted) for path, wanted in pairs if wanted not in draft.texts]
    if not pairs:
        return False
    path, wanted = chance.choice(pairs)
    key = wanted.removeprefix("content/").rpartition("/")[0]
    draft.texts[path].head = {**draft.texts[path].head, "translation_key": key}
    return True


def section_text(draft: Draft, chance: Random) -> bool:
    """Of a section whose articles need dates or not, in a file or in the folder of its language."""
    lang = chance.choice(LANGUAGES)
    path = f"content/{chance.choice(('', f'{lang}/'))}{chance.choice(('news', 'events'))}/_index.{lang}.md"
    if draft.texts.pop(path, None) is None:
        head: dict[str, Any] = chance.choice(({}, {"dated": False}, {"dated": True, "slug": "s1"}))
        draft.texts[path] = Text(_word(chance), _word(chance), "", head)
    return True


def date_forgotten(draft: Draft, chance: Random) -> bool:
    path = _article(draft, chance)
    before, draft.texts[path].date = draft.texts[path].date, ""
    return bool(before)


def bundle_moved(draft: Draft, chance: Random) -> bool:
    """Renamed, or into another section, with all that lies in it and all links to it."""
    bundle = _article(draft, chance).rpartition("/")[0]
    target = _bundle(chance, 7)
    if draft.moved or any(path.startswith(f"{target}/") for path in draft.files):
        return False
    draft.moved = bundle, target

    def moved(path: str) -> str:
        return f"{target}{path[len(bundle) :]}" if path.startswith(f"{bundle}/") else path

    draft.texts = {moved(path): text for path, text in draft.texts.items()}
    draft.others = {moved(path): text for path, text in draft.others.items()}
    for text in draft.texts.values():
        text.body = text.body.replace(f"../../{_linked(bundle)}/", f"../../{_linked(target)}/")
    return True


def picture(draft: Draft, chance: Random) -> bool:
    return _of_files({f"{_article(draft, chance).rpartition('/')[0]}/p.svg": PICTURES}, draft, chance)


def settings(draft: Draft, chance: Random) -> bool:
    key = chance.choice([*SETTINGS])
    before, draft.settings[key] = draft.settings.get(key), chance.choice(SETTINGS[key])
    return bool(draft.settings[key] != before)


def clock(draft: Draft, chance: Random) -> bool:
    before, draft.now = draft.now, moment(chance.choice(("21/11/2026 08:00", "23/11/2026 21:00", "02/01/2027 00:00")))
    return draft.now != before


def clock_passes_an_embargo(draft: Draft, chance: Random) -> bool:
    """From before the moment at which something comes out to that very moment, or back."""
    out = [text.head["publish"] for text in draft.texts.values() if "publish" in text.head and "draft" not in text.head]
    if not out or draft.settings["time_zone"] != "Asia/Ho_Chi_Minh" or draft.options.get("future"):
        return False
    at = moment(chance.choice(out))
    draft.now = at if draft.now < at else at - timedelta(minutes=1)
    return True


def options(draft: Draft, chance: Random) -> bool:
    before, draft.options = draft.options, chance.choice(OPTIONS)
    return draft.options != before


def accident(draft: Draft, chance: Random) -> bool:
    draft.accident = chance.choice(
        ("output changed", "output deleted", "output of before", "memory cut", "memory of before")
    )
    return True


def mistake(draft: Draft, chance: Random) -> bool:
    draft.mistaken = True
    path = chance.choice([*MISTAKES])
    draft.texts.pop(path, None)
    return _of_files({path: MISTAKES[path]}, draft, chance)


EDITS: Mapping[str, Edit] = {
    **{edit.__name__: edit for edit in (
        body, title, date, date_forgotten, twins, article_added, article_removed, translation_added,
        translation_removed, translation_tied, section_text, bundle_moved, picture, settings, clock,
        clock_passes_an_embargo, options, accident, mistake,
    )},
    **{key: partial(_of_head, key) for key in HEADS},
    **{path: partial(_of_files, {path: values}) for path, values in REGISTRIES.items()},
    "layouts": partial(_of_files, LAYOUTS),
    "includes": partial(_of_files, INCLUDES),
    "catalogues": partial(_of_files, CATALOGUES),
    "assets": partial(_of_files, ASSETS),
}  # fmt: skip
