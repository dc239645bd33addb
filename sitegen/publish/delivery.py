"""A delivery: all files of a plan are sent first, then they change places, wave by wave, each when the one before is
whole."""

import time
from collections import defaultdict
from collections.abc import Callable, Iterable, Sequence

from sitegen.files import digest

from .artifact import Artifact
from .changes.held import Held, encode
from .changes.plan import Plan
from .targets.target import HELD, Target, Upload, exhaust

RULES = ("first rules", "rules")
"""Waves of files for the host."""


class Delivery:
    """What has come so far. `seconds`: that sending took, by kind of wave; `sent`: files, of so many `bytes`;
    `has_begun`: whether readers may see anything of it; `is_whole`: whether they see all of it."""

    def __init__(self, target: Target, artifact: Artifact, planned: Plan, report: Callable[[int, int], None]) -> None:
        self.plan = planned
        self.sent = self.bytes = 0
        self.seconds: defaultdict[str, float] = defaultdict(float)
        self.has_begun = self.is_whole = False
        self._target, self._artifact, self._report = target, artifact, report
        self._tokens: dict[str, str] = {}

    def send(self) -> None:
        """Send what is to be placed to where it waits: readers see nothing of it, however long it takes."""
        total = self.plan.size
        for wave in self.plan.waves:
            begun = time.perf_counter()
            for path, token in self._target.put(self._artifact.uploads(wave.places)):
                self._tokens[path] = token
                self.sent += 1
                self.bytes += self.plan.release.files[path].size
                self._report(self.bytes, total)
            self.seconds[wave.kind] += time.perf_counter() - begun

    @property
    def is_atomic(self) -> bool:
        return self._target.is_atomic

    def place(self, place_rules: Callable[[Sequence[str]], Iterable[str]]) -> None:
        """Let readers see it. `place_rules`: how files for the host are placed."""
        if self.plan.waves and not self._target.is_atomic:
            self._note(self.plan.between(self._tokens))
        self.has_begun = not self._target.is_atomic
        for wave in self.plan.waves:
            exhaust(self._target.remove(wave.removes))
            exhaust((place_rules if wave.kind in RULES else self._target.place)(wave.places))
        self._note(self.plan.after(self._tokens))
        self.is_whole = True

    def _note(self, held: Held) -> None:
        data = encode(held)
        exhaust(self._target.put([Upload(HELD, digest(data), len(data), data)]))
        exhaust(self._target.place([HELD], f"{held.site}: release {self.plan.number}"))
