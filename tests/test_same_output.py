"""The script that compares outputs with those of another commit tells whatever is not the same."""

from tests.support.same_output import differences


def test_differences() -> None:
    assert differences({"a": b"x", "b": b"\xff"}, {"b": b"\xff", "a": b"x"}) == []
    theirs = {"byte": b"\xff", "end": b"x", "gone": b"", "line": b"x\nold\n"}
    ours = {"byte": b"\xfe", "end": b"x\n", "line": b"x\nnew\n", "more": b""}
    assert differences(theirs, ours) == [
        "byte: 1 and 1 bytes",
        r"end: line 1: theirs 'x', ours 'x\n'",
        "gone: only theirs",
        r"line: line 2: theirs 'old\n', ours 'new\n'",
        "more: only ours",
    ]
