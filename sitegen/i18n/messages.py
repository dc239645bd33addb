"""Messages of sitegen itself, in the language of the author."""

import re
from collections.abc import Callable, Mapping
from gettext import NullTranslations
from pathlib import Path

from sitegen.problems import Problem
from sitegen.system.desktop import ui_locale

LANGUAGES = ("vi", "ja", "en")
LOCALES = Path(__file__).parent / "locales"


class Words:
    """sitegen's messages in one of its LANGUAGES."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._translations = NullTranslations()
        if lang != "en":
            from .languages import read_catalogue  # noqa: PLC0415 - Babel, which English does without

            path = LOCALES / f"{lang}.po"
            catalogue = read_catalogue(path.read_text("utf-8"), path.name, lang)
            assert not isinstance(catalogue, Problem), catalogue.message
            self._translations = catalogue.translations

    def say(self, message: str, **variables: object) -> str:
        """A message, with {names} filled in."""
        text = self._translations.gettext(message) if message else ""
        return text.format_map(variables) if variables else text

    def count(self, singular: str, plural: str, number: int) -> str:
        """The form of a message that goes with a number, which stands at {n}."""
        return self._translations.ngettext(singular, plural, number).format(n=number)

    def problem(self, found: Problem) -> tuple[str, str]:
        """What is wrong, and what to do."""
        return found.worded(self.say)


def author_language(environment: Mapping[str, str], of_system: Callable[[], str] = ui_locale) -> str:
    """The language of the author's locale, as gettext finds it (LANGUAGE, LC_ALL, LC_MESSAGES, LANG); where these say
    nothing, as on Windows, that of the system's menus; or English."""
    named = (environment[name] for name in ("LC_ALL", "LC_MESSAGES", "LANG") if environment.get(name))
    locale = next(named, "") or of_system()
    wanted = environment.get("LANGUAGE", "").split(":") if locale not in ("", "C", "POSIX") else []
    for name in (*wanted, locale):
        lang = re.split(r"[-_.@]", name)[0].lower()
        if lang in LANGUAGES:
            return lang
    return "en"
