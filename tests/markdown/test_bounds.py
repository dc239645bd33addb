"""What texts may hold at most, and that all below is as it was."""

import pytest

from sitegen.markdown.anchors import BUDGET
from sitegen.markdown.parser.footnotes import MOST_NOTES
from sitegen.markdown.references import MOST_UNFOLDED
from sitegen.markdown.render import DEEPEST

from .test_markdown import rendered

WITHIN = f"{'> ' * (DEEPEST - 1)}deep"
DEFINITIONS = "".join(f"{'  ' * number}a\n{'  ' * number}: b\n\n" for number in range(DEEPEST // 2))


def codes(text: str) -> list[str]:
    return [problem.code for problem in rendered(text).problems]


def test_blocks_are_shown_down_to_the_deepest() -> None:
    assert "<p>deep</p>" in rendered(WITHIN).html
    assert codes(WITHIN) == []


@pytest.mark.parametrize("text", [f"> {WITHIN}", "- " * (DEEPEST // 2) + "a", DEFINITIONS, "[^a]: " * 50 + "b"])
def test_what_is_deeper_is_told(text: str) -> None:
    assert "too-deep" in codes(text)


def test_footnotes_within_footnotes() -> None:
    assert rendered("^[" * MOST_NOTES + "a" + "]" * MOST_NOTES).html.count('class="footnote-item"') == MOST_NOTES
    assert codes("a" + "^[" * (MOST_NOTES + 1) + "a" + "]" * (MOST_NOTES + 1)) == ["too-deep"]


def test_a_label_of_a_footnote_is_as_long_as_one_of_a_link() -> None:
    assert "footnotes" in rendered(f"a[^{'x' * 999}]\n\n[^{'x' * 999}]: b").html
    assert "footnotes" not in rendered(f"a[^{'x' * 1000}]\n\n[^{'x' * 1000}]: b").html


def test_a_title_may_have_many_lines() -> None:
    lines = "\n".join(f"{number} \\* &amp;" for number in range(2000))
    html = rendered(f'[a]\n\n[a]: https://example.org/ "{lines}"').html
    assert "\n".join(f"{number} * &amp;" for number in range(2000)) in html


def test_an_address_is_not_written_for_ever() -> None:
    found = rendered(f"[a]: https://example.org/{'x' * (MOST_UNFOLDED // 4)} 'T'\n\n" + "[a] ![a] " * 4)
    assert [problem.code for problem in found.problems if problem.severity == "error"] == ["unfolds-too-far"]
    assert len(found.html) < 2 * MOST_UNFOLDED
    assert '<a href="">' in found.html
    assert '<img src="" ' in found.html


def test_tables_are_not_filled_up_for_ever() -> None:
    table = "|a" * 256 + "|\n" + "|-" * 256 + "|\n" + "|\n" * 200
    found = rendered(f"{table}\n{table}\n|a|\n|-|\n")
    assert [problem.code for problem in found.problems] == ["unfolds-too-far"]
    assert found.html.count("<table>") == 1


def test_only_so_much_is_compared_with_all_headings() -> None:
    heading = f"# {'Heading ' * 10}\n\n"
    found = rendered(heading * 50 + "[x](#heading-headin)\n" * (BUDGET // (50 * 80)))
    assert "nearest" not in found.problems[-1].arguments
    assert found.problems[-1].hint.startswith("Headings there: heading-")


def test_raw_html_links_to_headings_that_come_later() -> None:
    assert rendered('<a href="#later">x</a>\n\n# Later\n', html=True).problems == ()


def test_containers_end_as_they_begin() -> None:
    """Each where it would end if it were alone, though all are looked for at once."""
    text = "::::: note\n:::: tip\n::: info\na\n::::\n\n::: quote\nb\n:::::\n\nc\n"
    names = [line for line in rendered(text).html.splitlines() if line.startswith(("<div", "</", "<p>", "<b"))]
    assert names == [
        '<div class="note" role="note">', '<div class="tip" role="note">', '<div class="info" role="note">',
        "<p>a</p>", "</div>", "</div>", '<blockquote class="quote">', "<p>b</p>", "</blockquote>", "</div>", "<p>c</p>",
    ]  # fmt: skip
