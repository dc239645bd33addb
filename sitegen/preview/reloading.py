"""Browsers on the line: each is told when what it shows has changed, by LiveReload's protocol."""

from typing import Any

import msgspec
from livereload.handlers import LiveReloadHandler

from .snapshot import Seen, Shown, address_below, news, read_seen, seen_now
from .visitors import is_same_origin


class Stage:
    """What is shown now, and to whom; used in the server's thread alone."""

    def __init__(self, shown: Shown) -> None:
        self.shown = shown
        self.lines: set[Line] = set()

    def show(self, shown: Shown) -> None:
        """Show something new, and tell those who show what was before."""
        self.shown = shown
        for line in [*self.lines]:
            line.tell_news()


class Line(LiveReloadHandler):  # type: ignore[misc]  # the library has no types
    """One browser. Ours says by a page's mark what it shows, and is told what is new at once; any other client of the
    protocol is taken to show what there is when it comes."""

    def initialize(self, stage: Stage) -> None:
        self._stage = stage
        self._seen: Seen | None = None
        self._is_ours = False

    def check_origin(self, origin: str) -> bool:
        return is_same_origin(origin, self.request.headers.get("Host", ""))

    def on_message(self, message: str | bytes) -> None:
        try:
            said = msgspec.json.decode(message)
            command = said["command"]
        except (ValueError, TypeError, KeyError, RecursionError):
            self.close(1002, "not LiveReload's protocol")
            return
        if command == "hello":
            super().on_message('{"command": "hello"}')
        elif command == "info" and isinstance(said.get("url"), str):
            self._begin(said["url"], said.get("sitegen"))

    def on_close(self) -> None:
        self._stage.lines.discard(self)

    def tell_news(self) -> None:
        assert self._seen is not None
        shown = self._stage.shown
        found = news(shown, self._seen)
        self._seen = seen_now(shown, self._seen.path)
        if found.reload or (found.styles and not self._is_ours):
            self._say({"command": "reload", "path": f"{shown.base}/{self._seen.path}", "liveCSS": True})
        elif found.styles:
            self._say({"command": "reload", "path": "*.css", "liveCSS": True, "styles": found.styles})
        if self._is_ours and found.problems:
            self._say({"command": "built", "number": shown.number})

    def _begin(self, url: str, said: object) -> None:
        path = address_below(url, self._stage.shown.base)
        seen = read_seen(path, said) if isinstance(said, str) else None
        self._is_ours = seen is not None
        self._seen = seen or seen_now(self._stage.shown, path)
        self._stage.lines.add(self)
        self.tell_news()

    def _say(self, message: dict[str, Any]) -> None:
        self.send_message(msgspec.json.encode(message).decode())
