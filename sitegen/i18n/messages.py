"""Messages of sitegen itself, in the language of the author."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from sitegen.problems import Problem
from sitegen.system.desktop import ui_locale

LANGUAGES = ("vi", "ja", "en")
LOCALES = Path(__file__).parent / "locales"


class Words:
    """sitegen's messages in one of its LANGUAGES."""

    def __init__(self, lang: str) -> None:
        self.lang = lang
        self._translations = {} if lang == "en" else _translations(lang)

    def say(self, message: str, **variables: object) -> str:
        """A message, with {names} filled in."""
        text = self._translations.get(message, message)
        return text.format_map(variables) if variables else text

    def count(self, singular: str, plural: str, number: int) -> str:
        """The form of a message that goes with a number, which stands at {n}; only English has several."""
        return self._translations.get(singular, singular if number == 1 else plural).format(n=number)

    def problem(self, found: Problem) -> tuple[str, str]:
        """What is wrong, and what to do."""
        return found.worded(self.say)


def _translations(lang: str) -> dict[str, str]:
    """A catalogue of ours, of which each text is a line and has one form (gettext, “PO Files”). Babel, which reads any,
    takes longer than a build in which nothing changed."""
    found = _MESSAGE.findall((LOCALES / f"{lang}.po").read_text("utf-8"))
    return {_unescaped(message): _unescaped(translated) for message, translated in found}


_MESSAGE = re.compile(r'^msgid "(.+)"\n(?:msgid_plural .+\n)?msgstr(?:\[0\])? "(.+)"$', re.MULTILINE)
_ESCAPES = {"\\n": "\n", "\\t": "\t", '\\"': '"', "\\\\": "\\"}


def _unescaped(text: str) -> str:
    return re.sub(r"\\.", lambda found: _ESCAPES[found[0]], text) if "\\" in text else text


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
