"""Which files beside texts readers may have, by how their names end, as hosts tell browsers and programs what they are.

What is on no list may be a page or a program: on the site's own host, such a page can do whatever the site can.
"""

import re
from collections.abc import Collection, Iterable
from typing import Literal
from xml.parsers import expat

from msgspec import Struct

from sitegen.problems import Problem, problem
from sitegen.typed_yaml.reader import Marks, place_of

_DOCUMENTS = """
    pdf djvu txt rtf doc docx dotx odt ott pages xls xlsx ods csv tsv numbers ppt pptx pps ppsx odp key odg vsd vsdx
    tex bib ris epub mobi azw3 ics vcf"""
_PICTURES = """
    jpg jpeg jpe jfif png apng gif webp avif svg bmp tif tiff heic heif ico jxl jp2 psd ai eps indd"""
_SOUND_AND_VIDEO = """
    mp3 m4a aac ogg oga opus wav flac mid midi aif aiff wma mp4 m4v webm ogv mov mkv avi mpg mpeg wmv 3gp vtt srt"""
_DATA = """
    json jsonl ndjson geojson topojson yaml yml toml parquet sav dta por rds rdata mat nc hdf h5 grib grb grb2 mdb accdb
    sqlite db dbf shp shx prj cpg gpkg kml kmz gpx mbtiles pmtiles las laz dxf dwg skp step stl"""
_OTHERS = """
    zip 7z rar tar gz tgz bz2 xz zst ttf otf woff woff2 asc sig p7s p7m sha256 sha512"""
TYPES = frozenset(f"{_DOCUMENTS} {_PICTURES} {_SOUND_AND_VIDEO} {_DATA} {_OTHERS}".split())
"""All that is published without asking: no browser and no host runs it."""

_PAGES = frozenset(
    ("htm", "html", "xhtml", "xht", "shtml", "shtm", "stm", "xml", "xsl", "xslt", "svg", "svgz", "mhtml")
)
"""What hosts heed wherever it stands in a name, and call a page (Apache, mod_mime, “Files with Multiple Extensions”),
unless what follows is a type that they all know: `a.html.gz` is a page."""
_KNOWN_TO_ALL = frozenset(("zip", "pdf", "png", "jpg", "jpeg"))
_PROGRAM = re.compile(
    r"php\d*|ph(?:tml|ar|t|ps)|shtml?|stm|var|asis|f?cgi|p[ly]|rb|sh|asp|as[hmp]x|asa|jspx?|cfm|lua|exe|dll|bat|cmd"
)
"""What some hosts run wherever it stands, or take for what says itself which type it is (Apache, mod_negotiation,
mod_asis)."""
_PARTS = re.compile(r"\.([a-z0-9]++)")
_OF_XML = (".kml", ".gpx")


class Refusal(Struct, frozen=True):
    """Why readers may not have a file: by its `type`, or for what stands before that in its `name`. `suffix`: which it
    is, without its point; empty where the name has none."""

    why: Literal["type", "name"]
    suffix: str


def refusal(name: str, allowed: Collection[str]) -> Refusal | None:
    """Whether a file may be published, by its name; `allowed`: more types."""
    allowed = {text.lower() for text in allowed}
    stem, point, suffix = name.rpartition("/")[2].lower().rpartition(".")
    if not (point and stem) or not (suffix in TYPES or suffix in allowed):
        return Refusal("type", suffix if point and stem else "")
    pages = _PAGES if suffix not in _KNOWN_TO_ALL else ()
    heeded = (part for part in _PARTS.findall(stem) if part in pages or _PROGRAM.fullmatch(part))
    return next((Refusal("name", part) for part in heeded if part not in allowed), None)


def check_types(types: Iterable[str], marks: Marks, path: str) -> list[Problem]:
    """Every type that the settings allow should be one, as it stands behind the last point of a name."""
    return [
        problem("invalid-type", place_of(marks, f"attachment_types.{index}", path), value=text)
        for index, text in enumerate(types)
        if not _TYPE.fullmatch(text)
    ]


_TYPE = re.compile(r"[A-Za-z0-9]+")


def is_xml(name: str) -> bool:
    """Whether a file that may be published is XML, which some browsers show as the page that it may be."""
    return name.lower().endswith(_OF_XML)


class _IsPage(Exception):
    """What is read has an element or instruction that makes it one."""


def is_page(data: bytes) -> bool:
    """Whether a browser may take XML for a page: since it has elements of one, or a style sheet that makes some, or it
    has entities or is broken, so that nobody knows."""
    parser = expat.ParserCreate(namespace_separator=" ")

    def begin(name: str, attributes: object) -> None:
        if name.startswith(_OF_PAGES):
            raise _IsPage

    def instruction(target: str, data: str) -> None:
        if target == "xml-stylesheet":
            raise _IsPage

    def entity(*_: object) -> None:
        raise _IsPage

    parser.EntityDeclHandler = entity
    parser.StartElementHandler, parser.ProcessingInstructionHandler = begin, instruction
    try:
        parser.Parse(data, True)
    except (_IsPage, expat.ExpatError, ValueError, LookupError):
        return True
    return False


_OF_PAGES = ("http://www.w3.org/1999/xhtml ", "http://www.w3.org/2000/svg ")
