"""The floors of the house: a module imports only modules written below it."""

import ast
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import sitegen

PACKAGE = Path(sitegen.__file__).parent

FLOORS = """
COMMAND  __main__     python -m sitegen
         cli          arguments → one call; the only place that prints and picks an exit status
USES     previewing   what a preview says in a terminal: its address, what came of each build
         serve        the preview: builds a site, serves it, and builds again whenever a source changes
         answering    the preview's web server: the site's files, pages dressed, the preview's own
         reloading    browsers on the line, told when what they show has changed
         searching    search indexes for the preview, made beside it
         showing      what is shown at a moment, and what browsers that show less must be told
         preview      what authors see of the preview: each page with their bar, the problems, the overview
         overview     a table of articles × languages with their state, the last build
         bar          the author's bar: what an author wants to know of the page that is shown
         findings     problems as people see them in a browser, with excerpts
         fragments    HTML of the preview's own parts, in the author's language
         translations what is out in which language, what waits, what is out of date or missing
         latest       what the last build came to
         lookup       what a plain static host answers at an address
         visitors     who may read a preview
         editors      the command that opens a file in its author's editor
         rebuilding   builds again and again, in a thread, and once more when all is quiet
         watching     tells that a source has changed, and misses nothing
         handles      whether the system has file handles left
         terminal     what people see in a terminal: problems with excerpts, progress
         outcome      what came of a build, in a line or as JSON
         scaffold     a new site, a new article
         schemas      JSON Schemas of what authors write
         catalogues   gettext catalogues of the layouts, kept up to date for translators
         wording      what sitegen itself says, in the language of the author
BUILD    build        one build at a time; what stands from the last one, or else all that it takes
         whole        the whole build, top to bottom, in one function that reads as a table of contents
         arrangement  the site as it was arranged before, when nothing that this depends on has changed
         typefaces    the fonts for share cards, remembered between builds
         reading      the sources as values; content parsed anew only where it changed
         inspection   pictures and attachments as values; looked at anew only where they changed
WORK     making       makes derived files: what neither the output nor the store has
         painting     share cards painted
         lettering    letters shaped and drawn by HarfBuzz, in the fonts that have them
         typesetting  titles in lines, broken as their language wants it
         store        what was made, by what it was made from
         work         what is done in batches: content files parsed, pages rendered
         workers      work on many items: here, in a pool of processes, or by any executor
         cluster      a Dask scheduler as one more executor
         standing     what stands from earlier builds, and whether that is still the answer
         traces       which pages are still what they would become
         memos        the cache opened, and kept open for a process that builds again and again
         cache        documents and traces remembered between builds
         rows         single documents of the cache, read in any process
         buckets      large mappings in SQLite, read and written in part
         search       which languages need a new search index, and what goes into it
         indexer      Pagefind as a function: texts in, the files of a search index out
         memory       the folder for what is remembered, for one build and one user at a time
         render       one page → text: the Jinja environment, filters, nothing else
         output       writes atomically, removes what is no longer made, keeps the manifest
         ownership    which files of an output folder are sitegen's, and what is in the way of new ones
         aside        one question, answered by a process of its own meanwhile
MODEL    context      what a template is given: the page, and what it shows, by name
         surroundings the site around a page, as templates see it
         feeds        feeds, site maps and redirects as templates see them: what programs read
         entries      articles, sections and topics as templates see them
         pictures     pictures as templates and texts show them
         view         one page's look at the site; notes down all that was looked at
         assembly     everything that was read, arranged into one site
         site         the whole site as one value
         artwork      what is drawn for a site: pictures for articles without one, share cards
         links        where references lead, and which lead nowhere
         pages        every address of the site and what stands there
         media        which pictures and attachments are published, as they are or in variants
         edition      what is out now: articles, languages, lists
         routes       addresses: permalinks, pagination, collisions, redirects
         derived      files of the output that are made from others
READING  layouts      templates, and which include which
         assets       fingerprinted names, integrity
         styles       style sheets, minified
         svg          SVG files: how large they are, and that nothing in them runs
         pixels       pictures opened, scaled and encoded: Pillow, nothing else
         document     one content file → a Document
         markdown     the configured parser
         timelines    lists of dated entries
         figures      a chart as SVG and table
         plots        bars and lines as SVG
         charts       a chart block → its data
         markup       tokens of Markdown → HTML
         parsers      markdown-it's parsers, asked only for what can match
         dialect      what our Markdown adds to CommonMark
         frontmatter  YAML head → typed Meta, every mistake with its line
         sources      the source registry
         tags         the tag registry
         languages    locales, message catalogues, dates and numbers (Babel)
         config       site.yaml → Config
         sharecards   what a share card shows
         drawings     pictures for articles that have none
         patterns     waves, leaves, rain, rings …: quiet patterns as SVG
         sketch       what patterns are drawn with: tones, chance, short SVG
         look         the theme's settings, and whether their colours are readable
GROUND   options      what a build is asked for
         facts        what is known of a source since it was last read
         extras       which libraries are installed that are not needed
         images       what is known of a picture, and the variants that pages need
         fonts        the fonts of this machine, the best first
         dates        dates as authors write them → points in time
         typedyaml    YAML text → a typed value, every mistake with its place
         palette      colours: how well they are read, and as a style sheet
         privacy      picture files without what cameras and editors wrote in them
         manifest     which files of an output folder sitegen wrote
         files        find, read, digest, never outside the site's folder
         collation    the order of names in a language
         findable     texts and queries in words that the search indexer finds again
         names        names that no line may break within
         prose        how long a text takes to read, where it may be cut, by language
         text         slugs and normal forms
         problems     Problem, Place, SiteError: what went wrong, where
         codes        every code of a problem, and its words: what to do
"""

ORDER = [(line[9:] if line[:9].strip() else line.strip()).split()[0] for line in FLOORS.strip("\n").splitlines()]


def imports(module: str) -> Iterator[str]:
    """Modules of the package that one imports anywhere in its text: at the top, lazily, or for types only."""
    tree = ast.parse((PACKAGE / f"{module}.py").read_text("utf-8"))
    for node in ast.walk(tree):
        if isinstance(node, ast.ImportFrom) and (node.level or (node.module or "").split(".")[0] == "sitegen"):
            base = (node.module or "").removeprefix("sitegen").strip(".")
            yield from [base.split(".")[0]] if base else [alias.name for alias in node.names]
        elif isinstance(node, ast.Import):
            yield from (alias.name.split(".")[1] for alias in node.names if alias.name.startswith("sitegen."))


def test_every_module_has_a_floor() -> None:
    assert sorted(path.stem for path in PACKAGE.glob("*.py") if path.stem != "__init__") == sorted(ORDER)


@pytest.mark.parametrize("module", ORDER)
def test_imports_go_down_only(module: str) -> None:
    below = ORDER[ORDER.index(module) + 1 :]
    assert [name for name in imports(module) if name not in below and name != "__version__"] == []


ALONE = """
import os, sys
import babel.dates, jinja2.ext, markdown_it, msgspec.msgpack, PIL.Image, rich.progress, yaml  # what many ask for

for module in sys.argv[1:]:
    assert "sitegen" not in sys.modules
    if os.fork() == 0:
        __import__(f"sitegen.{module}")
        os.write(1, f"{module} ".encode())
        os._exit(0)
    os.wait()
"""


@pytest.mark.full
def test_each_module_stands_alone() -> None:
    """In a process where no other of ours has been imported before."""
    modules = [name for name in ORDER if name != "__main__"]
    said = subprocess.run([sys.executable, "-W", "error", "-c", ALONE, *modules], check=False, capture_output=True)
    assert (said.stdout.decode().split(), said.stderr) == (modules, b"")


def test_architecture_page_shows_the_same_floors() -> None:
    page = (PACKAGE.parent / "docs" / "architecture.md").read_text("utf-8")
    assert FLOORS.strip("\n") in page
