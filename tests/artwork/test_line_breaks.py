"""Titles in lines: as large as they fit, and broken where their language wants it."""

from unicodedata import east_asian_width

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from uniseg.linebreak import line_break_units

from sitegen.artwork.line_breaks import Block, Frame, _units, fit

SIZES = (80, 60, 40, 30, 20)
WIDTH, HEIGHT = 700, 360


def measure(text: str) -> float:
    """Half as wide as high, East Asian letters as wide as high."""
    return sum(1 if east_asian_width(letter) in "WF" else 0.5 for letter in text)


def set_title(text: str, lang: str = "vi", width: float = WIDTH) -> Block:
    return fit(text, lang, measure, Frame(width, HEIGHT, SIZES, 1.3))


def test_short_titles_are_large_and_long_ones_smaller() -> None:
    assert set_title("Rác") == Block(80, ("Rác",))
    sizes = [set_title(" ".join(["việc"] * number)).size for number in (4, 12, 30, 60, 130)]
    assert sizes == sorted(sizes, reverse=True)
    assert len(set(sizes)) > 2


@pytest.mark.parametrize(
    ("lang", "title"),
    [
        ("vi", "Bộ trưởng và Đại sứ nhất trí tiếp tục thúc đẩy quan hệ chiến lược về biến đổi khí hậu, chất thải " * 2),
        ("en_GB", "The two sides agreed to keep advancing the relationship, with a focus on climate and on waste " * 2),
        ("ja", "両国は気候変動、廃棄物管理、循環経済を重点として、関係をさらに進めることで一致しました。" * 4),
    ],
)
def test_180_characters_fit(lang: str, title: str) -> None:
    block = set_title(title[:180].strip(), lang)
    assert not block.cut
    assert len(block.lines) * block.size * 1.3 <= HEIGHT
    assert "".join(block.lines).replace(" ", "") == title[:180].replace(" ", "")


def test_what_does_not_fit_ends_in_an_ellipsis() -> None:
    block = set_title("rất dài, " * 100)
    assert block.cut
    assert block.size == SIZES[-1]
    assert block.lines[-1].endswith(("dài…", "rất…"))
    assert [line for line in block.lines if line != line.strip()] == []
    assert all(measure(line) * block.size <= WIDTH for line in block.lines)
    assert set_title("x" * 1000).lines[-1].endswith("x…")
    assert fit("nothing", "en", measure, Frame(1, 1, (20,), 1.3)) == Block(20, ("…",), cut=True)


@pytest.mark.parametrize("words", ["Việt Nam", "Nhật Bản", "Đỗ Đức Duy", "Ito Naoki", "4\u00a0tháng\u00a010"])
def test_names_stay_on_one_line(words: str) -> None:
    for lead in range(1, 40):
        block = set_title(f"{'x' * lead} và {words} cùng bàn về môi trường", width=420)
        assert any(words in line for line in block.lines), block


def test_titles_whose_words_are_all_capitalised_are_broken_between_them() -> None:
    assert len(set_title("Viet Nam Japan Environmental Cooperation", "en").lines) > 1


@pytest.mark.parametrize("end", range(8, 40))
def test_japanese_lines_begin_where_they_may(end: int) -> None:
    title = "「第8回環境政策対話」がハノイで開かれ、新しい段階へ。ニュース・ショップ（ベトナム）"[:end]
    lines = set_title(title, "ja", 420).lines
    assert "".join(lines) == title
    assert [line for line in lines[1:] if line[0] in "、。」・）ーョッ"] == []
    assert [line for line in lines[:-1] if line[-1] in "「（"] == []


@pytest.mark.parametrize(
    ("lang", "title", "lines"),
    [
        ("ja", "海洋プラスチックごみを測り、減らす", ("海洋プラスチックごみを", "測り、減らす")),
        ("ja", "ごみをエネルギーに：施設とルールの両輪で", ("ごみをエネルギーに：", "施設とルールの両輪で")),
        ("ja", "温室効果ガス排出量測定報告検証制度", ("温室効果", "ガス排出量測定", "報告検証制度")),
        ("zh", "越南与日本开展环境合作", ("越南与日本", "开展环境合作")),
        ("zh_TW", "越南與日本開展環境合作", ("越南與日本", "開展環境合作")),
        ("th", "ความร่วมมือด้านสิ่งแวดล้อม", ("ความร่วมมือด้าน", "สิ่งแวดล้อม")),
        ("ja", "ベトナム・日本 環境協力", ("ベトナム・日本", "環境協力")),
        ("vi", "Hợp tác môi trường Việt Nam – Nhật Bản", ("Hợp tác môi", "trường Việt Nam –", "Nhật Bản")),
        ("en", "Plants and rules: how waste becomes energy", ("Plants and rules:", "how waste", "becomes energy")),
    ],
)
def test_lines_end_at_phrases(lang: str, title: str, lines: tuple[str, ...]) -> None:
    assert set_title(title, lang).lines == lines


def test_a_word_longer_than_any_line_is_torn_in_small_letters_only() -> None:
    block = set_title("Treibhausgasemissionshandelsgesetzgebungsverfahrensübersicht" * 2, "de")
    assert (block.cut, len(block.lines) > 1, block.size < 80) == (False, True, True)
    family = "👨‍👩‍👧"
    assert all(line.count(family) * len(family) == len(line) for line in set_title(family * 60, "en").lines)


@settings(max_examples=150, deadline=None)
@given(
    st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc")), max_size=80),
    st.sampled_from(("vi", "ja", "th")),
)
def test_nothing_is_lost_and_nothing_too_wide(text: str, lang: str) -> None:
    title = " ".join(text.split())
    block = set_title(title, lang)
    assert all(measure(line) * block.size <= WIDTH for line in block.lines)
    if not block.cut:
        assert "".join("".join(block.lines).split()) == "".join(title.split())


BREAKING = st.sampled_from(
    "aé1 漢の“”‘\"'«»()（）「」、。,.!？;:/-–—…ーッャ%$€\u00a0\u00ad\u200b\u200d\u2060\u0301ֿא각ก☃🌊🇻🇳👍🏽ᬅ᭄◌々〜"
)
"""Letters of all classes that UAX #14 has rules for, those of titles first."""


@settings(deadline=None)
@given(st.one_of(st.text(BREAKING, max_size=24), st.text(max_size=12), st.text("a1 漢の.,ー)", max_size=24)))
def test_short_ways_break_as_the_standard_does(text: str) -> None:
    assert list(_units(text)) == [*line_break_units(text)]


@pytest.mark.full
@settings(deadline=None, max_examples=5_000)
@given(st.text(BREAKING, max_size=24))
def test_short_ways_break_as_the_standard_does_in_many_texts(text: str) -> None:
    assert list(_units(text)) == [*line_break_units(text)]
