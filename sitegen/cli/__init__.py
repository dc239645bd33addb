"""The command line: one module a command, and what a terminal shows.

main      arguments → one call; the only place that prints and picks an exit status
serve     what a preview says in a terminal: its address, what came of each build
terminal  what people see in a terminal: problems with excerpts, progress
report    what came of a build, in a line or as JSON
create    a new site, a new article
schema    JSON Schemas of what authors write
"""
