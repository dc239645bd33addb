"""The development server, and what authors see in it.

server        builds a site, serves it, and builds again whenever a source changes
handlers      answers to requests: the site's files, pages with the toolbar, live reload, the preview's own pages
editors       the command that opens a file in its author's editor
toolbar       the author's toolbar, and pages that have it
overview      a table of articles × languages with their state, the last build
problem_list  problems with excerpts, as HTML; the templates of all that the preview shows
snapshot      what is shown at a moment, and what has changed for a browser that shows an earlier one
builder       builds the site again and again, in a thread, and its search indexes when all is quiet
watcher       reports each change of a source, and misses none
hosting       a plain static host: what it answers at an address, and to whom
"""
