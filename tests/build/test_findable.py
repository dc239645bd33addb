"""Texts as the search indexer is handed them, and as the search page shows them again."""

import re
import time
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sitegen.build.pagefind import PAIR, UNSPACED, WIDE, findable, plain_text
from sitegen.files import THEME


@pytest.mark.parametrize(
    ("html", "read"),
    [
        ("<h2>Nước</h2>\n<p>Sạch &amp; đủ.</p>\n<p>Hết</p>", "Nước · Sạch & đủ. Hết"),
        ("<p>Một<br>hai</p><ul>\n<li><p>ba</p></li><li>bốn</li></ul>", "Một · hai · ba · bốn"),
        ("<p>ca<em>fé</em> <ruby>環境<rp>(</rp><rt>かんきょう</rt><rp>)</rp></ruby></p>", "café 環境"),
        ('<p>A.<sup class="footnote-ref"><a href="#fn1">1</a></sup></p>', "A."),
        ('<p>N <a href="#fnref1" class="footnote-backref">↩</a></p>', "N"),
        ('<p><img alt="a > b" src="x.svg">T</p><script>var x = "<p>"</script><!-- <p>x -->', "T"),
        ("<svg><title>x</title><text>1</text></svg><table><tr><td>a</td><td>b</td></tr></table>", "a · b"),
        ("<pre><code>a &lt;p&gt; b</code></pre>", "a <p> b"),
        ("<p>Một dòng\nhai dòng</p>", "Một dòng hai dòng"),
        ("<p>A<figure>\0000\0<figcaption>B</figcaption></figure><p><a\0001\0>C</a> \0002\0D</p>", "A · B · C D"),
        ("<details><summary>\0data\0</summary><table><tr><td>a</td></tr></table></details>", "a"),
        ("<details><summary>Thêm</summary><p>Chữ</p></details>", "Thêm · Chữ"),
        ('<div class="chart-picture"><ul><li><svg><a><svg/></a></svg> Huế</li></ul></div><p>x</p>', "x"),
        ("<p hidden>a</p><div hidden='until-found'><div>b</div>c</div><p title=\"not hidden \">d</p>", "d"),
        ("<input hidden><img hidden src=x>a<br hidden>b", "a · b"),
        ("<p><ruby>漢<rt>かん<rt>カン</ruby>字</p>", "漢字"),
        ("<p>a<!-- b\n<p>c --> d<!-- e</p>", "a d"),
        ("<style>p > a { x: '</p>' }</style><template><p>a</p></template><video>b</video>c", "c"),
        (f"<p>&#{'0' * 5000}65;&#x{'0' * 5000}42 &#{'1' * 5000};&#x{'F' * 9}</p>", "AB \ufffd\ufffd"),
        ("<P>a</P><SCRIPT>b</SCRIPT>c", "a · c"),
    ],
)
def test_text_of_a_page(html: str, read: str) -> None:
    assert plain_text(html) == read


@pytest.mark.parametrize(
    "part", ["<", "<a", "<!--", "<svg>", "<svg><b></b>", "<a '", '<a "', "<b hidden>", "\0", "&", "</a>"]
)
def test_text_without_end_is_read_at_once(part: str) -> None:
    started = time.monotonic()
    plain_text(part * (200_000 // len(part)))
    assert time.monotonic() - started < 2


def shown(words: str) -> str:
    """What the search page makes of words again."""
    text, last = "", PAIR
    for word in words.split():
        is_pair = word.startswith(PAIR)
        text += " " if text and not is_pair and not last.startswith(PAIR) else ""
        text += bytes.fromhex(word[1:5]).decode("utf-16-be") if is_pair else word
        last = word
    return text.translate(str.maketrans("đḏĐḎ", "ḏđḎĐ"))


@given(st.text(alphabet="aB1é đḏĐḎ漢字カーﾊ゜、。ไท·", min_size=1))
def test_nothing_is_lost_on_the_way_to_the_indexer(text: str) -> None:
    wide = re.compile(f"[{WIDE}]+")
    usual = unicodedata.normalize("NFC", wide.sub(lambda run: unicodedata.normalize("NFKC", run[0]), text))
    words = findable(text)
    assert re.sub(r"\s", "", shown(words)) == re.sub(r"\s", "", unicodedata.normalize("NFC", usual))
    assert not re.search(f"[{UNSPACED}]", words)


def test_what_no_reader_sees_parts_no_word() -> None:
    assert findable("Donau\u00addampf\u200bschiff \ufeffx\u2060y") == "Donaudampfschiff xy"


def test_parts_of_unspaced_text_are_words_in_a_row() -> None:
    part = findable("二国間クレジット").split()[:-1]
    assert " ".join(part) in findable("この二国間クレジット制度")
    assert [word.removeprefix(PAIR) for word in findable("水𠮷 Đ").split()] == ["6c34d842", "d842dfb7", "dfb70020", "Ḏ"]


def test_the_script_cuts_as_the_program_does() -> None:
    for name, characters in (("UNSPACED", UNSPACED), ("WIDE", WIDE)):
        written = re.search(rf"{name} = String\.raw`(.*)`", (THEME / "assets/js/search.js").read_text("utf-8"))
        assert written
        points = re.sub(r"\\u\{?([0-9a-f]+)\}?", lambda match: chr(int(match[1], 16)), written[1])
        assert points == characters
