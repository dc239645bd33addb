"""What came of a build: in a line for people, as one JSON object for programs."""

from collections.abc import Collection, Iterable
from typing import Any

from sitegen.build.run import Build
from sitegen.build.watchdog import Slow
from sitegen.i18n.messages import Words
from sitegen.problems import Problem, errors


def report_object(problems: Iterable[Problem], done: Build | None, seconds: float, words: Words) -> dict[str, Any]:
    """The object that `build --json` prints."""
    change, memos = (done.next_change, done.memos) if done else (None, {})
    return {
        "pages": done.pages if done else 0,
        "written": len(done.written.written) if done else 0,
        "kept": len(done.written.kept) if done else 0,
        "removed": len(done.written.removed) if done else 0,
        "parsed": done.parsed if done else 0,
        "rendered": done.rendered if done else 0,
        "made": done.made if done else 0,
        "restored": [memo for memo, reason in memos.items() if not reason],
        "not_restored": {memo: reason for memo, reason in memos.items() if reason},
        "seconds": round(seconds, 3),
        "next_build": change.isoformat() if change else None,
        "problems": problem_objects(problems, words),
    }


def problem_objects(problems: Iterable[Problem], words: Words) -> list[dict[str, Any]]:
    return [
        {
            "severity": found.severity,
            "code": found.code,
            "message": words.problem(found)[0],
            "hint": words.problem(found)[1],
            "path": found.place.path,
            "line": found.place.line,
            "column": found.place.column,
        }
        for found in problems
    ]


def name_slow(slow: Slow, words: Words) -> str:
    """Which file takes long."""
    return words.say("{path}: still at work on it after {seconds} s.", path=slow.path, seconds=f"{slow.seconds:g}")


def summary(problems: Collection[Problem], done: Build | None, seconds: float, words: Words) -> str:
    """One line: what was done, and when to build again."""
    wrong = len(errors(problems))
    if done is None:
        counted = words.count("{n} problem", "{n} problems", wrong)
        is_half = any(found.code == "half-written-output" for found in problems)
        return f"{counted}." if is_half else f"{counted}{words.say('; output is as it was.')}"
    written, change = done.written, done.next_change
    parts = [
        words.say(
            "{pages} in {seconds} s: {written} written, {kept} kept, {removed} removed.",
            pages=words.count("{n} page", "{n} pages", done.pages),
            seconds=f"{seconds:.1f}",
            written=len(written.written),
            kept=len(written.kept),
            removed=len(written.removed),
        )
    ]
    if change:
        shown = change.strftime(words.say("%d/%m/%Y %H:%M %z"))
        parts.append(words.say("Build again at {time}.", time=shown))
    if wrong:
        parts.append(words.count("{n} problem left out.", "{n} problems left out.", wrong))
    return " ".join(parts)
