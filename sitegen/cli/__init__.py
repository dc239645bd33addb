"""The command line: one module a command, and what a terminal shows.

main      the group of all commands
build     `sitegen build`
serve     `sitegen serve`: the development server, and what it says in a terminal
publish   `sitegen publish`
init      `sitegen init`: a new site, which builds as it is
create    `sitegen new`: a new article; and how files of a site are begun
messages  `sitegen messages`: catalogues for translators
schema    `sitegen schema`: JSON Schemas of what authors write
command   what all commands are made of: their classes, common options, ways to end
terminal  problems with excerpts, and a progress bar
report    what came of a build, in a line or as JSON
streams   standard output and error, whatever they are
"""
