"""A static-site generator for small sites in several languages.

__main__       `python -m sitegen`
cli            The command line: one module a command, and what a terminal shows
preview        The development server, and what authors see in it
translation    States of translations, and catalogues for translators
build          The pipeline of a build: `build` makes a Build
cache          What builds remember in .sitegen/
render         Layouts, assets, and what templates see
site           Content files → one immutable Site
markdown       Markdown → HTML
artwork        Drawings and share cards
images         Pictures: variants, codecs, SVG, metadata
config         site.yaml, the theme's settings, tags.yaml and sources.yaml
i18n           Languages, dates, order, typography, sitegen's own messages
system         whether the system has file handles left
versions       which libraries are installed that are not needed
typed_yaml     YAML text → a typed value, every mistake with its place
files          find, read, digest, never outside the site's folder
text           slugs and normal forms
problems       Problem, Place, SiteError: what went wrong, where
problem_codes  every code of a problem, and its words: what to do
"""

__version__ = "0.1.0"
