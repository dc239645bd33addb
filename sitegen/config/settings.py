"""site.yaml → Config: every setting of a site, typed, documented and defaulted here and nowhere else."""

import re
from collections import Counter
from collections.abc import Collection, Iterable, Iterator, Sequence
from itertools import islice
from typing import Annotated, Literal
from urllib.parse import quote, urlsplit
from zoneinfo import ZoneInfo, available_timezones

import msgspec
from babel import Locale
from msgspec import Meta as Says
from msgspec import Struct

from sitegen.globs import read_glob
from sitegen.i18n.codes import distinct_names, is_in_use, language_tag, meant_code, parse_locale
from sitegen.i18n.languages import Catalogue, Language, LocaleInfo
from sitegen.problems import Checked, Place, Problem, nearest, problem
from sitegen.text import is_path_within
from sitegen.typed_yaml.reader import Marks, place_of, read

from .addresses import host_of
from .file_types import check_types
from .limits import Limits
from .pictures import PictureSettings, check_pictures
from .targets import SecuritySettings, TargetSettings, check_publishing
from .texts import Text, check_link, check_text, meant_language
from .theme import ThemeSettings, check_theme

Fallback = Literal["link", "copy", "hide"]
FeedFormat = Literal["atom", "json"]
RedirectFile = Literal["netlify", "cloudflare", "apache", "nginx"]


class LanguageSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """One language of the site."""

    name: Annotated[str, Says(description="Its name in itself, shown in the switcher. Default: CLDR's.")] = ""
    locale: Annotated[
        str, Says(description="CLDR locale for dates and numbers, such as en_GB. Default: the language's code.")
    ] = ""


class MenuLink(Struct, frozen=True, forbid_unknown_fields=True):
    """A menu entry that leads to an address of your choice."""

    title: Annotated[Text, Says(description="What the reader sees.")]
    url: Annotated[Text, Says(description="An address on the site (/vi/…) or in full (https://…).")]


class MarkdownSettings(Struct, frozen=True, forbid_unknown_fields=True):
    """The Markdown dialect."""

    html: Annotated[bool, Says(description="Let raw HTML through. Default: it is shown as text.")] = False
    typography: Annotated[bool, Says(description="Curly quotes, dashes and ellipses by language.")] = True


MOST_LANGUAGES = 200


class Config(Struct, frozen=True, forbid_unknown_fields=True):
    """Settings of a site (site.yaml)."""

    title: Annotated[Text, Says(description="The site's name: one text, or one per language.")]
    base_url: Annotated[
        str, Says(description="Where the site will be served, such as https://example.org/site/; may hold a sub-path.")
    ]
    languages: Annotated[
        dict[str, LanguageSettings], Says(description="Languages by code, in the order of the switcher.", min_length=1)
    ]
    default_language: Annotated[
        str, Says(description="For files with no language in their name. Default: the first.")
    ] = ""
    description: Annotated[Text, Says(description="What the site is about, in a sentence.")] = ""
    time_zone: Annotated[str, Says(description="Decides what “today” is; an IANA name such as Asia/Ho_Chi_Minh.")] = (
        "UTC"
    )
    fallback: Annotated[
        Fallback, Says(description="What readers get of an article that is not in their language: link, copy or hide.")
    ] = "link"
    page_size: Annotated[int, Says(description="Articles on one page of a list.", ge=1)] = 10
    feed_size: Annotated[int, Says(description="Articles in a feed.", ge=1)] = 20
    feeds: Annotated[
        tuple[FeedFormat, ...],
        Says(description="Formats of the feeds of each language, section and tag: atom (feed.xml), json (feed.json)."),
    ] = ("atom", "json")
    redirect_files: Annotated[
        tuple[RedirectFile, ...],
        Says(
            description="Redirects for hosts, beside the pages: netlify, cloudflare (_redirects), apache (.htaccess), "
            "nginx (redirects.nginx.conf)."
        ),
    ] = ()
    exclude: Annotated[
        tuple[str, ...],
        Says(
            description="Files below content/ that are none of the site's: names, paths and patterns as in .gitignore, "
            "such as README.md or drafts/**."
        ),
    ] = ()
    attachment_types: Annotated[
        tuple[str, ...],
        Says(description="More types of files that readers may have, such as gml. Pages would run on your site."),
    ] = ()
    search: Annotated[bool, Says(description="Make a search page for each language.")] = True
    indexable: Annotated[bool, Says(description="false asks search engines not to list the site.")] = True
    share_cards: Annotated[
        bool, Says(description="Draw a picture of each page's title for where its address is shared.")
    ] = True
    default_language_at_root: Annotated[
        bool, Says(description="Serve the default language at /, without its code; else / is a language chooser.")
    ] = False
    lead: Annotated[str, Says(description="Key of the article that leads the front page, such as news/opening.")] = ""
    menu: Annotated[
        tuple[str | MenuLink, ...],
        Says(description="Main menu: keys of sections and pages, `tags`, or entries with title and url. Default: all."),
    ] = ()
    footer_menu: Annotated[tuple[str | MenuLink, ...], Says(description="Menu at the foot of each page.")] = ()
    footer: Annotated[
        Text, Says(description="A sentence at the foot of each page, such as who publishes the site.")
    ] = ""
    theme: Annotated[ThemeSettings, Says(description="The look of the site.")] = ThemeSettings()
    keep_together: Annotated[
        tuple[str, ...],
        Says(description="Short names that no line may break within, in any language, such as Việt Nam."),
    ] = ()
    id: Annotated[
        str,
        Says(description="Identity behind the ids in feeds; keep it when the site moves. Default: host and sub-path."),
    ] = ""
    minify: Annotated[
        bool, Says(description="Minify style sheets; false publishes them as they are written, easy to read.")
    ] = True
    markdown: Annotated[MarkdownSettings, Says(description="The Markdown dialect.")] = MarkdownSettings()
    pictures: Annotated[PictureSettings, Says(description="Pictures within texts.")] = PictureSettings()
    limits: Annotated[Limits, Says(description="How much one content file may hold.")] = Limits()
    publish: Annotated[
        dict[str, TargetSettings], Says(description="Where to publish, by names of yours; the first is the usual one.")
    ] = {}
    gone: Annotated[tuple[str, ...], Says(description="Addresses that were live and are meant to answer no more.")] = ()
    security: Annotated[
        SecuritySettings | None, Says(description="Whom to tell of holes in the site: /.well-known/security.txt.")
    ] = None

    @property
    def base_path(self) -> str:
        """The sub-path of every address, percent-encoded, with / at both ends."""
        return urlsplit(self.base_url).path

    @property
    def origin(self) -> str:
        """Scheme and host, without a final slash."""
        parts = urlsplit(self.base_url)
        return f"{parts.scheme}://{parts.netloc}"

    @property
    def zone(self) -> ZoneInfo:
        return ZoneInfo(self.time_zone)

    def of_pages(self, *, noindex: bool) -> "Config":
        """What pages depend on: not on where they are published."""
        indexable = self.indexable and not noindex
        return msgspec.structs.replace(self, publish={}, gone=(), security=None, indexable=indexable)

    def text(self, value: Text, lang: str) -> str:
        """A text setting in a language; where it has none, the default language's, else any there is."""
        if isinstance(value, str):
            return value
        return value.get(lang) or value.get(self.default_language) or next(iter(value.values()), "")

    def locale(self, lang: str) -> Locale:
        """The CLDR locale of one of the site's languages."""
        return parse_locale((self.languages[lang].locale if lang in self.languages else "") or lang)


def language_of(
    config: Config, code: str, catalogues: tuple[Catalogue, ...] = (), known: LocaleInfo | None = None
) -> Language:
    """One of a site's languages, or any other; `known`: of its locale."""
    name = config.languages[code].name if code in config.languages else ""
    return Language(code, config.locale(code), config.zone, name, catalogues, known)


def read_config(
    text: str, path: str, base_url: str | None = None, assets: Collection[str] = ()
) -> Checked[tuple[Config, Marks] | None]:
    """Read and check all settings together; `base_url` replaces the file's; `assets`: names below assets/, where they
    are known. Also the places of those that name parts of the site, which is not known here. None when something is
    wrong."""
    typed = read(text, Config, path)
    if typed.value is None:
        return None, typed.problems
    config: Config = typed.value
    codes = dict.fromkeys(islice(config.languages, MOST_LANGUAGES))
    default = config.default_language or next(iter(codes), "")
    address = base_url if base_url is not None else config.base_url
    bad_address = _check_address(address, place_of(typed.marks, "base_url", path))
    problems = [
        *typed.problems,
        *(_check_languages(config, typed.marks, path) if "languages" not in typed.unread else ()),
        *(bad_address if "base_url" not in typed.unread else ()),
        *_check_zone(config.time_zone, place_of(typed.marks, "time_zone", path)),
        *_check_exclude(config.exclude, typed.marks, path),
        *_check_redirect_files(config.redirect_files, typed.marks, path),
        *check_types(config.attachment_types, typed.marks, path),
        *check_pictures(config.pictures, typed, path),
        *check_theme(config.theme, assets, typed.marks, path),
    ]
    if codes and default not in codes:
        place = place_of(typed.marks, "default_language", path)
        problems.append(problem("unknown-language", place, **meant_language(default, codes)))
    links = tuple(_menu_links(config))
    texts = (("title", config.title), ("description", config.description), ("footer", config.footer), *links)
    for key, text_setting in texts:
        problems += check_text(text_setting, key, codes, typed, path)
    clean = _clean_address(address) if not bad_address else EXAMPLE
    own = config.base_url if host_of(config.base_url) else clean
    problems += check_publishing(config.publish, config.gone, config.security, _clean_address(own), typed, path)
    problems += [
        found for key, text in links if key.endswith(".url") for found in check_link(text, key, clean, typed, path)
    ]
    if any(found.severity == "error" for found in problems):
        return None, tuple(problems)
    identity = config.id or clean.split("://", 1)[1].strip("/")
    names = {mark: place for mark, place in typed.marks.items() if mark.partition(".")[0] in NAMING}
    config = msgspec.structs.replace(
        config, base_url=clean, default_language=default, id=identity, languages=_named_apart(config)
    )
    return (config, names), tuple(problems)


def read_exclude(text: str, path: str) -> tuple[str, ...]:
    """What the settings exclude, whatever else is wrong with them; they are asked before sources are looked for."""
    config: Config | None = read(text, Config, path).value
    patterns = config.exclude if config else ()
    return patterns if not _check_exclude(patterns, {}, path) else ()


def _check_exclude(patterns: Iterable[str], marks: Marks, path: str) -> list[Problem]:
    return [
        problem("invalid-path", place_of(marks, f"exclude.{index}", path), value=pattern)
        for index, pattern in enumerate(patterns)
        if "\\" in pattern
        or pattern.startswith("!")
        or not is_path_within("/".join(read_glob(pattern, "content").names))
    ]


def _check_redirect_files(hosts: Sequence[RedirectFile], marks: Marks, path: str) -> Iterator[Problem]:
    """Two hosts whose files have one name read them differently."""
    for index, host in enumerate(hosts):
        other = {"netlify": "cloudflare", "cloudflare": "netlify"}.get(host, "")
        if other in hosts[:index]:
            yield problem(
                "same-redirect-file", place_of(marks, f"redirect_files.{index}", path), value=host, other=other
            )


NAMING = ("menu", "footer_menu", "lead")
"""Settings that name parts of the site."""


def _menu_links(config: Config) -> Iterator[tuple[str, Text]]:
    """Titles and addresses of entries of menus, by their places."""
    for name, menu in (("menu", config.menu), ("footer_menu", config.footer_menu)):
        for index, entry in enumerate(menu):
            if isinstance(entry, MenuLink):
                yield f"{name}.{index}.title", entry.title
                yield f"{name}.{index}.url", entry.url


def _check_languages(config: Config, marks: Marks, path: str) -> list[Problem]:
    problems = []
    seen: dict[str, str] = {}
    for code, settings in islice(config.languages.items(), MOST_LANGUAGES):
        place = place_of(marks, f"languages.{code}", path)
        if not (_CODE.fullmatch(code) and is_in_use(code)):
            problems.append(problem("unknown-locale", place, value=code, nearest=meant_code(code)))
        if settings.locale and not is_in_use(settings.locale):
            wanted = place_of(marks, f"languages.{code}.locale", path)
            known = meant_code(settings.locale)
            problems.append(problem("unknown-locale", wanted, value=settings.locale, nearest=known))
        tag = language_tag(code)
        if seen.setdefault(tag, code) != code:
            problems.append(problem("same-language", place, value=code, other=seen[tag], tag=tag))
    if len(config.languages) > MOST_LANGUAGES:
        words = {"key": "languages", "count": len(config.languages), "limit": MOST_LANGUAGES}
        problems.append(problem("too-many-entries", place_of(marks, "languages", path), **words))
    if not config.languages:
        problems.append(problem("missing-key", place_of(marks, "languages", path), key="languages"))
    return problems


def _named_apart(config: Config) -> dict[str, LanguageSettings]:
    """The languages; varieties of one with names that tell them apart, where their author gave none."""
    locales = {code: config.locale(code) for code in config.languages}
    varieties = Counter(locale.language for locale in locales.values())
    unnamed = {
        code: locale
        for code, locale in locales.items()
        if varieties[locale.language] > 1 and not config.languages[code].name
    }
    named = {
        code: LanguageSettings(name, config.languages[code].locale) for code, name in distinct_names(unnamed).items()
    }
    return {**config.languages, **named}


_CODE = re.compile(r"[A-Za-z]{2,3}(?:[-_][A-Za-z0-9]{2,8})*")
"""What Babel takes may hold more, after a point or an @, and codes are parts of addresses."""


def _check_address(address: str, place: Place) -> list[Problem]:
    try:
        parts = urlsplit(address)
        fine = parts.scheme in ("http", "https") and host_of(address) and not parts.query and not parts.fragment
        fine = fine and not any(part in (".", "..") for part in parts.path.split("/")) and " " not in address
    except ValueError:
        fine = False
    return [] if fine else [problem("invalid-address", place, value=address)]


EXAMPLE = "https://example.org/"
"""Stands in for the site's address where that is none."""


def _clean_address(address: str) -> str:
    parts = urlsplit(address)
    sub_path = quote(parts.path.strip("/"), safe="/%")
    return f"{parts.scheme}://{parts.netloc}/{sub_path + '/' if sub_path else ''}"


def _check_zone(name: str, place: Place) -> list[Problem]:
    try:
        ZoneInfo(name)
    except (KeyError, ValueError, OSError):
        close = nearest(name, available_timezones())
        return [problem("unknown-time-zone", place, value=name, nearest=close)]
    return []
