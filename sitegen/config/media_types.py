"""The type of a file by its name: one table for the preview and for all hosts, whatever their own say.

Types as the IANA has them, or else as browsers and programs know them. UTF-8 is said of texts, since all of ours are.
"""

import re
from collections.abc import Iterator, Mapping

_TABLE = """
text/html: html htm
text/css: css
text/javascript: js mjs
text/plain: txt log sha256 sha512 prj cpg
text/markdown: md
text/csv: csv
text/tab-separated-values: tsv
text/vtt: vtt
text/calendar: ics
text/vcard: vcf
application/json: json map topojson jsonl ndjson
application/geo+json: geojson
application/manifest+json: webmanifest
application/xml: xml xsl
application/yaml: yaml yml
application/toml: toml
application/x-bibtex: bib
application/x-research-info-systems: ris
application/x-tex: tex
application/x-subrip: srt
application/vnd.google-earth.kml+xml: kml
application/gpx+xml: gpx
image/svg+xml: svg
image/jpeg: jpg jpeg jpe jfif
image/png: png
image/apng: apng
image/gif: gif
image/webp: webp
image/avif: avif
image/bmp: bmp
image/tiff: tif tiff
image/heic: heic
image/heif: heif
image/vnd.microsoft.icon: ico
image/jxl: jxl
image/jp2: jp2
image/vnd.adobe.photoshop: psd
image/vnd.djvu: djvu
image/vnd.dxf: dxf
image/vnd.dwg: dwg
audio/mpeg: mp3
audio/mp4: m4a
audio/aac: aac
audio/ogg: ogg oga opus
audio/wav: wav
audio/flac: flac
audio/midi: mid midi
audio/aiff: aif aiff
audio/x-ms-wma: wma
video/mp4: mp4 m4v
video/webm: webm
video/ogg: ogv
video/quicktime: mov
video/matroska: mkv
video/x-msvideo: avi
video/mpeg: mpg mpeg
video/x-ms-wmv: wmv
video/3gpp: 3gp
font/woff: woff
font/woff2: woff2
font/ttf: ttf
font/otf: otf
model/step: step
model/stl: stl
application/wasm: wasm
application/pdf: pdf
application/rtf: rtf
application/postscript: ai eps
application/msword: doc
application/vnd.openxmlformats-officedocument.wordprocessingml.document: docx
application/vnd.openxmlformats-officedocument.wordprocessingml.template: dotx
application/vnd.oasis.opendocument.text: odt
application/vnd.oasis.opendocument.text-template: ott
application/vnd.apple.pages: pages
application/vnd.ms-excel: xls
application/vnd.openxmlformats-officedocument.spreadsheetml.sheet: xlsx
application/vnd.oasis.opendocument.spreadsheet: ods
application/vnd.apple.numbers: numbers
application/vnd.ms-powerpoint: ppt pps
application/vnd.openxmlformats-officedocument.presentationml.presentation: pptx
application/vnd.openxmlformats-officedocument.presentationml.slideshow: ppsx
application/vnd.oasis.opendocument.presentation: odp
application/vnd.apple.keynote: key
application/vnd.oasis.opendocument.graphics: odg
application/vnd.visio: vsd
application/vnd.ms-visio.drawing: vsdx
application/epub+zip: epub
application/x-mobipocket-ebook: mobi
application/vnd.amazon.mobi8-ebook: azw3
application/vnd.apache.parquet: parquet
application/vnd.shp: shp
application/vnd.shx: shx
application/vnd.dbf: dbf
application/geopackage+sqlite3: gpkg
application/vnd.google-earth.kmz: kmz
application/vnd.las: las
application/vnd.laszip: laz
application/vnd.sqlite3: sqlite
application/x-hdf5: hdf h5
application/x-netcdf: nc
application/zip: zip
application/gzip: gz tgz
application/x-7z-compressed: 7z
application/vnd.rar: rar
application/x-tar: tar
application/x-bzip2: bz2
application/x-xz: xz
application/zstd: zst
application/pgp-signature: asc sig
application/pkcs7-signature: p7s
application/pkcs7-mime: p7m
"""
UNKNOWN = "application/octet-stream"
"""Of what only its own program can read."""
_TEXT = re.compile(r"text/.*|.*[+/](?:json|xml|javascript|yaml|toml|x-bibtex|x-research-info-systems|x-tex|x-subrip)")


def _read(table: str) -> Iterator[tuple[str, str]]:
    for line in table.split("\n"):
        kind, _, suffixes = line.partition(":")
        for suffix in suffixes.split():
            yield suffix, f"{kind}; charset=utf-8" if _TEXT.fullmatch(kind) else kind


BY_SUFFIX: Mapping[str, str] = dict(_read(_TABLE))


def suffix_of(path: str) -> str:
    """What hosts look at: what stands behind the last point of a name, in lower case; empty where there is none."""
    stem, point, suffix = path.rpartition("/")[2].rpartition(".")
    return suffix.lower() if point and stem else ""


def content_type(path: str) -> str:
    """The type of a file by its name, as it stands in the header of that name (RFC 9110, section 8.3)."""
    return BY_SUFFIX.get(suffix_of(path), UNKNOWN)
