"""SVG files: what is refused, however it is spelt, and what drawing programs write."""

from collections.abc import Mapping

import pytest

from sitegen.images.svg import DEEPEST, MOST_PROBLEMS, read_svg
from sitegen.images.variants import Picture
from sitegen.problems import Place

SVG = 'xmlns="http://www.w3.org/2000/svg" xmlns:xlink="http://www.w3.org/1999/xlink"'


def drawing(inner: str = "", root: str = 'width="16" height="9"', before: str = "") -> bytes:
    return f"{before}<svg {SVG} {root}>{inner}</svg>".encode()


def styled(css: str) -> bytes:
    return drawing(f"<style>{css}</style>")


REFUSED: Mapping[str, bytes] = {
    "an escape in @import": styled(r"@\69mport 'https://example.org/'"),
    "an escape in url": styled(r"a { fill: \75rl(https://example.org/) }"),
    "an escape that ends with a line": styled("a { fill: u\\72\nl(https://example.org/) }"),
    "an escape in an attribute": drawing(r'<g fill="\75rl(https://example.org/)"/>'),
    "image-set": styled("a { background: image-set('https://example.org/' 1x) }"),
    "image-set of old": styled("a { background: -webkit-image-set('https://example.org/' 1x) }"),
    "src": styled("a { background: src('https://example.org/') }"),
    "image": styled("a { background: image('https://example.org/') }"),
    "cross-fade": styled("a { background: cross-fade('https://example.org/', red) }"),
    "attr": styled("a { background: attr(x type(<url>)) }"),
    "expression": styled("a { width: expression(go()) }"),
    "a custom property": styled("a { --x: url(https://example.org/) }"),
    "deep within": styled("@media x { @supports (a: b) { a { b { c: [url(//example.org/)] } } } }"),
    "a font": styled("@font-face { font-family: A; src: url(https://example.org/a.woff) }"),
    "a namespace": styled("@namespace url(https://example.org/);"),
    "a rule that nobody knows": styled("@load 'https://example.org/';"),
    "an address that is none": styled("a { fill: url(a b) }"),
    "an address with more behind it": styled("a { fill: url('#a' x) }"),
    "a comment that is none": styled("a { fill: url(/*https://example.org/) }"),
    "a comment of old HTML": styled("&lt;!--url(https://example.org/)"),
    "a comment of XML in a name": styled("@im<!-- -->port 'https://example.org/';"),
    "CDATA in a name": styled("@im<![CDATA[port]]> 'https://example.org/';"),
    "at the edge of a buffer": styled(" " * (262_144 - 4) + "@import 'https://example.org/';"),
    "an element in a name": styled("@im<g/>port 'https://example.org/';"),
    "SVG in a style": styled("a { fill: url(data:image/svg+xml,x) }"),
    "an attribute": drawing('<g filter="url(a.svg#b)"/>'),
    "an attribute that is a style": drawing('<g style="mask: url(https://example.org/#a)"/>'),
    "one of two addresses": drawing('<g fill="url(#a) url(//example.org/)"/>'),
    "a cursor": drawing('<g cursor="url(a.cur), auto"/>'),
    "a marker": drawing('<g marker-end="url(//example.org/#a)"/>'),
    "what is animated to": drawing('<set attributeName="fill" to="url(//example.org/#a)"/>'),
    "what is animated through": drawing('<animate attributeName="fill" values="red; url(//example.org/#a)"/>'),
    "an address that is animated": drawing('<animateTransform attributeName=" x:href " to="javascript:go()"/>'),
    "another one": drawing('<animateMotion attributeName="href" from="javascript:go()"/>'),
    "an event that is animated": drawing('<set attributeName="onclick" to="go()"/>'),
    "what is used": drawing('<use href="a.svg#b"/>'),
    "a picture": drawing('<image xlink:href="//example.org/a.png"/>'),
    "a picture of a filter": drawing('<feImage href="https://example.org/"/>'),
    "SVG in a picture": drawing('<image href="data:image/svg+xml,x"/>'),
    "a base": drawing('<g xml:base="https://example.org/"/>'),
    "a link that runs": drawing('<a href="&#10;java&#9;script:go()"/>'),
    "a link with a page in it": drawing('<a href="data:text/html,x"/>'),
    "a link that tells on readers": drawing('<a href="#a" ping="https://example.org/"/>'),
    "an event in capitals": drawing('<g ONLOAD="go()"/>'),
    "an event in a namespace": drawing('<g xmlns:x="x" x:onload="go()"/>'),
    "a script with a prefix": b'<x:svg xmlns:x="http://www.w3.org/2000/svg"><x:script/></x:svg>',
    "HTML": drawing('<audio xmlns="http://www.w3.org/1999/xhtml" src="a.mp3"/>'),
    "a film": drawing('<video src="a.mp4"/>'),
    "MathML": drawing('<math xmlns="http://www.w3.org/1998/Math/MathML" href="javascript:go()"/>'),
    "a style sheet before it": drawing(before='<?xml-stylesheet href="a.css"?>'),
    "a style sheet within": drawing('<?xml-stylesheet href="a.css"?>'),
    "a program of a host": drawing("<?php go() ?>"),
    "entities": drawing(before='<!DOCTYPE svg [<!ENTITY a "b">]>'),
    "UTF-16": styled("@import 'https://example.org/'").decode().encode("utf-16"),
}


@pytest.mark.parametrize("data", REFUSED.values(), ids=REFUSED)
def test_what_would_run_or_load_something(data: bytes) -> None:
    picture, problems = read_svg(data, "a.svg")
    assert picture is None
    assert {problem.code for problem in problems} == {"unsafe-svg"}


HONEST: Mapping[str, bytes] = {
    "Inkscape": drawing(
        '<sodipodi:namedview xmlns:sodipodi="http://sodipodi.sourceforge.net/DTD/sodipodi-0.dtd" id="base" '
        'xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" inkscape:document-units="mm"/>'
        '<defs><linearGradient id="a1" xlink:href="#b1" gradientTransform="matrix(1,0,0,-1,3.2,4e-3)"/></defs>'
        '<metadata><rdf:RDF xmlns:rdf="http://www.w3.org/1999/02/22-rdf-syntax-ns#"/></metadata>'
        '<g xmlns:inkscape="http://www.inkscape.org/namespaces/inkscape" inkscape:groupmode="layer" id="layer(1)" '
        'inkscape:label="Lớp url(x) (2)" transform="translate(-3,5)"><path d="m 0,0" '
        "style=\"fill:url(#a1);stroke-dasharray:1, 2;-inkscape-font-specification:'Sans';shape-inside:url(#r)\"/>"
        '<flowRoot><flowPara>a</flowPara></flowRoot></g><style id="s">.a{fill:#1a1a1a icc-color(p, 0, 1)}</style>',
        'width="210mm" height="297mm" viewBox="0 0 210 297"',
        '<?xml version="1.0" encoding="UTF-8" standalone="no"?>\n<!-- Created with Inkscape -->\n',
    ),
    "Illustrator": drawing(
        '<style type="text/css"><![CDATA[\n\t.st0{fill:url(#SVGID_1_);}\n\t.st1{opacity:0.3;}\n]]></style>'
        '<metadata><?xpacket begin="" id="W5M0"?></metadata><linearGradient id="SVGID_1_" '
        'gradientUnits="userSpaceOnUse"/><g><clipPath id="c"><use xlink:href="#d"/></clipPath>'
        '<path class="st0" style="clip-path:url(#c);enable-background:new    ;" d="M0,0"/></g><switch>'
        '<g i:extraneous="self" xmlns:i="http://ns.adobe.com/AdobeIllustrator/10.0/"/></switch>',
        'x="0px" y="0px" viewBox="0 0 100 50" style="enable-background:new 0 0 100 50;" xml:space="preserve"',
        '<?xml version="1.0" encoding="iso-8859-1"?>\n<!DOCTYPE svg PUBLIC "-//W3C//DTD SVG 1.1//EN" '
        '"http://www.w3.org/Graphics/SVG/1.1/DTD/svg11.dtd">\n',
    ),
    "Figma": drawing(
        '<g clip-path="url(#clip0_1_2)" filter="url(#filter0_d_1_2)"><rect width="9" fill="url(#paint0_linear_1_2)"/>'
        '<mask id="m" style="mask-type:luminance" maskUnits="userSpaceOnUse"/><rect style="mix-blend-mode:multiply" '
        'fill="url(#pattern0)" fill-opacity="0.2"/></g><image id="i" xlink:href="data:image/png;base64,iVBORw0KGgo="/>'
        '<filter id="f" color-interpolation-filters="sRGB"><feColorMatrix type="matrix" values="0 0 0 0 0"/></filter>',
        'width="24" height="24" viewBox="0 0 24 24" fill="none"',
    ),
    "matplotlib": drawing(
        '<defs><style type="text/css">*{stroke-linejoin: round; stroke-linecap: butt}</style></defs>'
        '<g id="figure_1"><path clip-path="url(#p1)" style="fill: none; stroke: #1f77b4"/><use xlink:href="#m0" '
        'x="1.5" style="stroke: #000000; stroke-width: 0.8"/><image xlink:href="data:image/png;base64,\niVBORw0KGgo="/>'
        '<!-- 2024 --><text transform="rotate(-90 14.79 12.1)" style="font: 10px &apos;DejaVu&apos;, serif"/></g>',
        'width="460.8pt" height="345.6pt" viewBox="0 0 460.8 345.6" version="1.1"',
    ),
    "QGIS": drawing(
        '<title>Bản đồ</title><desc>QGIS</desc><g fill="none" stroke="black" fill-rule="evenodd" '
        'transform="matrix(11.811,0,0,11.811,0,0)" font-family="Sans"><image preserveAspectRatio="none" '
        'xlink:href="data:image/jpeg;base64,/9j/"/></g>',
        'width="297mm" height="210mm" viewBox="0 0 3508 2480" baseProfile="tiny"',
    ),
    "LibreOffice": drawing(
        '<defs class="ClipPathGroup"><clipPath id="presentation_clip_path"/></defs><g class="com.sun.star.Text" '
        'clip-path="url(#presentation_clip_path)"><tspan class="TextPosition" font-weight="400" fill="rgb(0,0,0)"/></g>'
        '<g ooo:display-name="a(b)" xmlns:ooo="http://xml.openoffice.org/svg/export"/>',
        'viewBox="0 0 21000 29700" preserveAspectRatio="xMidYMid"',
    ),
    "styles of today": styled(
        "@media (prefers-contrast: more) { :is(.a, .b:not(:first-child)) { fill: light-dark(#fff, rgb(0 0 0 / 1)) } }"
        "@font-face { font-family: A; src: url(data:font/woff2;base64,AA==) format('woff2'), local('A (b)') }"
        "@keyframes a { to { transform: rotate(1turn) translateX(calc(1px + var(--x))) } } /* url(https://a/) */"
        ".c::after { content: 'url(https://a/)' } .d { filter: blur(2px) url('#f') }"
    ),
    "texts that look like styles": drawing(
        '<g id="a(b)" data-name="url(x)" aria-label="image(2)" class="f(x)"><text>url(https://a/) @import</text></g>'
    ),
    "PlantUML": drawing(before="<?plantuml 1.2024.3?>"),
    "links": drawing('<a href="https://example.org/"/><a href="mailto:a@example.org"/><a href="vi/"/>'),
}


@pytest.mark.parametrize("data", HONEST.values(), ids=HONEST)
def test_what_drawing_programs_write(data: bytes) -> None:
    picture, problems = read_svg(data, "a.svg")
    assert problems == ()
    assert picture is not None


ENCODINGS = "shift_jis euc-jp gbk big5 utf-7 utf-32 cp037 rot13 hex idna punycode undefined unicode_escape nothing"


@pytest.mark.parametrize("encoding", ENCODINGS.split())
def test_encodings_that_not_everything_reads(encoding: str) -> None:
    data = drawing("<text>é</text>", before=f'<?xml version="1.0" encoding="{encoding}"?>')
    ((problem,), picture) = (read_svg(data, "a.svg")[1], read_svg(data, "a.svg")[0])
    assert (picture, problem.code, problem.place) == (None, "broken-svg", Place("a.svg", 1, 1))
    assert problem.arguments["detail"] == "it must be written in UTF-8"


@pytest.mark.parametrize("encoding", ["utf-8", "UTF-8", "utf-16", "iso-8859-1", "windows-1252", "us-ascii"])
def test_encodings_that_everything_reads(encoding: str) -> None:
    text = drawing("<text>e</text>", before=f'<?xml version="1.0" encoding="{encoding}"?>').decode()
    assert read_svg(text.encode(encoding), "a.svg") == (Picture("drawing", 16, 9), ())


def test_a_false_encoding() -> None:
    (problem,) = read_svg(drawing(before='<?xml version="1.0" encoding="utf-16"?>'), "a.svg")[1]
    assert problem.code == "broken-svg"


@pytest.mark.parametrize(
    "number", ["9" * 20, "9" * 400, "9" * 100_000, "1e999", "1e7", "0", "0.4", "-5", "NaN", "inf", "１２"]
)
@pytest.mark.parametrize("root", ['width="{0}" height="{0}"', 'width="9" height="{0}"', 'viewBox="0,0,9,{0}"'])
def test_sizes_that_no_browser_draws(root: str, number: str) -> None:
    assert read_svg(drawing(root=root.format(number)), "a.svg") == (Picture("drawing", None, None), ())


SIZES = {
    'width="12.4px" height=" 8 "': (12, 8),
    'width="1e2" height="+.9e1"': (100, 9),
    'width="10mm" height="10mm" viewBox="0 0 30 20"': (30, 20),
    'width="100%" height="2em" viewBox="-5,-5, 30.2 ,20"': (30, 20),
    'width="0" height="0" viewBox="0 0 30 20"': (None, None),
    'width="10mm" height="10mm"': (None, None),
    'viewBox="0 0 30"': (None, None),
    'viewBox="a b 30 20"': (None, None),
}


@pytest.mark.parametrize(("root", "size"), SIZES.items())
def test_sizes(root: str, size: tuple[int | None, int | None]) -> None:
    assert read_svg(drawing(root=root), "a.svg") == (Picture("drawing", *size), ())


def test_places_of_what_is_refused() -> None:
    """Each on its line, also behind what XML writes otherwise, and in pieces of a style sheet."""
    text = (
        '<style>\n a { b: c } /* &amp;&lt; &#x1f30a; */ <![CDATA[\r\n\t@import "x"; ]]>d { e: url(f) }</style>\n'
        '<g tiếng="Việt"\n  id="onclick" onload="x"/>'
    )
    places = [(one.place.line, one.place.column, one.arguments["found"]) for one in read_svg(drawing(text), "a.svg")[1]]
    assert places == [(3, 2, "@import"), (3, 29, "f"), (5, 16, "onload")]


def test_not_more_is_told_of_a_file_than_anyone_reads() -> None:
    for text in ("<script/>" * 1000, f"<g {' '.join(f'on{n}=' for n in range(1000))}/>".replace("=", '="1"')):
        assert len(read_svg(drawing(text), "a.svg")[1]) == MOST_PROBLEMS


def test_elements_deep_in_each_other() -> None:
    deep = DEEPEST - 1
    assert read_svg(drawing("<g>" * deep + "</g>" * deep), "a.svg")[1] == ()
    (problem,) = read_svg(drawing("<g>" * 100_000 + "</g>" * 100_000), "a.svg")[1]
    assert (problem.code, problem.arguments["detail"]) == ("broken-svg", "its elements lie too deep in each other")
