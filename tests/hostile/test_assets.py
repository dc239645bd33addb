"""Style sheets and scripts."""

from collections.abc import Callable, Mapping

import pytest

from sitegen.render.assets import read_assets

from .growth import check_growth


def repeated(fragment: str, before: str = "", after: str = "") -> Callable[[int], str]:
    return lambda size: f"{before}{fragment * (size // len(fragment))}{after}"


def numbered(fragment: str, before: str = "", after: str = "") -> Callable[[int], str]:
    """The same, with a number in each."""
    return lambda size: before + "".join(fragment.format(n) for n in range(size // (len(fragment) + 4))) + after


STYLE_SHEETS: Mapping[str, Callable[[int], str]] = {
    "rules": repeated("a{color:red}b{margin:0}"),
    "rules alike": numbered(".a{0}{{color:red}}"),
    "rules of one selector": numbered(".a{{--a{0}:red}}"),
    "rules alike in one": numbered(".a{0}{{color:red}}", "@media print{", "}"),
    "rules of one selector in one": numbered(".a{{--a{0}:red}}", "@media print{", "}"),
    "nested rules": numbered(".a{0}{{color:red}}", "a{", "}"),
    "declarations": numbered("--a{0}:red;", "a{", "}"),
    "selectors": repeated("a,", after="a{color:red}"),
    "combinators": repeated("a ", after="a{color:red}"),
    "blocks": repeated("a{"),
    "selectors in selectors": repeated(":is("),
    "negations": repeated(":not("),
    "queries": repeated("@media screen{"),
    "calculations": repeated("calc(", "a{width:"),
    "sums": repeated(" + 1vw + 1em", "a{width:calc(1px", ")}"),
    "gradients": repeated(",red", "a{background:linear-gradient(red", ")}"),
    "sets of pictures": repeated("image-set(", "a{background:"),
    "brackets": repeated("["),
    "url and spaces": repeated(" ", "a{b:url(", "}"),
    "url and url": repeated("url( ", "a{b:"),
    "import and spaces": repeated(" ", "@import", "a"),
    "beginnings of comments": repeated("/*"),
    "comments": repeated("/**/"),
    "unclosed quotes": repeated("'\n\"\n"),
    "escaped quotes": repeated('\\"', 'a{b:"'),
    "backslashes": repeated("\\"),
    "hyphens": repeated("-"),
    "what is missing": repeated("a{b:url(c)}\n"),
    "what is there": repeated("a{b:url(d.txt)}\n"),
    "a long token": repeated("A( ", 'a{b "', '"}'),
}
SCRIPTS: Mapping[str, Callable[[int], str]] = {
    "import and spaces": repeated(" ", "import"),
    "imports": repeated("import "),
    "import and brackets": repeated("import( "),
    "from and quotes": repeated('from"./'),
    "beginnings of comments": repeated("/*"),
    "unclosed quotes": repeated("'\"`\n"),
    "escaped quotes": repeated('\\"', '"'),
    "both quotes, escaped": repeated("\\\"\\'", "\"'"),
    "slashes": repeated("/"),
    "what is missing": repeated('import"./a"\n'),
    "what is there": repeated('import"./d.txt"\n'),
}
FAMILIES = {f"{name}.css": make for name, make in STYLE_SHEETS.items()} | {
    f"{name}.js": make for name, make in SCRIPTS.items()
}


@pytest.mark.parametrize("name", FAMILIES)
def test_time_to_read_one(name: str, thorough: bool) -> None:
    def work(text: str) -> None:
        read_assets({f"assets/{name}": text.encode(), "assets/d.txt": b""})

    check_growth(FAMILIES[name], work, thorough=thorough)


def chain(size: int) -> dict[str, bytes]:
    return {f"assets/{number}.css": f"@import '{number + 1}.css';".encode() for number in range(size // 30)}


def crowd(size: int) -> dict[str, bytes]:
    return {f"assets/{number}.css": b"@import 'a.css';" for number in range(size // 30)} | {"assets/a.css": b""}


@pytest.mark.parametrize("make", [chain, crowd])
def test_time_to_read_many(make: Callable[[int], dict[str, bytes]], thorough: bool) -> None:
    check_growth(make, read_assets, thorough=thorough)
