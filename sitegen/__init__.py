"""A static-site generator for small sites in several languages.

__main__       `python -m sitegen`
cli            the command line: one module a command, and what a terminal shows
preview        the development server, and what authors see in it
publish        a finished build → the host that readers see, whole at every moment
translation    states of translations, and catalogues for translators
build          the pipeline of a build: `build` makes a Build
cache          what builds remember in .sitegen/
render         layouts, assets, and what templates see
site           content files → one immutable Site
markdown       Markdown → HTML
artwork        drawings and share cards
images         pictures: variants, codecs, SVG, metadata
config         site.yaml, the theme's settings, tags.yaml and sources.yaml
i18n           languages, dates, order, typography, sitegen's own messages
versions       libraries: what the output depends on, what else is installed
typed_yaml     YAML text → a typed value, every mistake with its place
sources        every file of a site's folders, found by path
leftovers      what systems and programs leave beside files
files          read, digest, never outside the site's folder
globs          patterns of paths as .gitignore has them
problems       Problem, Place, ProblemLog, SiteError: what went wrong, where
codes          problems by their codes, in words: what is wrong, what to do
css            CSS as tokens: what loads something, and what nests
text           slugs and normal forms
system         differences between operating systems: disks, processes, locks, desktops
"""

__version__ = "0.1.0"
