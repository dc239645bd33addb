"""The development server, and what authors see in it.

server        the preview: builds a site, serves it, and builds again whenever a source changes
handlers      the preview's web server: the site's files, pages dressed, the preview's own
reloading     browsers on the line, told when what they show has changed
searching     search indexes for the preview, made beside it
snapshot      what is shown at a moment, and what browsers that show less must be told
toolbar       what authors see of the preview: each page with their bar, the problems, the overview
overview      a table of articles × languages with their state, the last build
bar           the author's bar: what an author wants to know of the page that is shown
problem_list  problems as people see them in a browser, with excerpts
fragments     HTML of the preview's own parts, in the author's language
latest        what the last build came to
hosting       what a plain static host answers at an address
visitors      who may read a preview
editors       the command that opens a file in its author's editor
builder       builds again and again, in a thread, and once more when all is quiet
watcher       tells that a source has changed, and misses nothing
"""
