"""Problems by their codes, in words: what is wrong, what to do.

table        all of them, and words that come as arguments
content      of front matter, Markdown, and documents together
site         of files, YAML, settings, registries, layouts, assets, output
publish      of publishing: settings of targets, hosts, what would be lost
live         of a live site: what readers get there, and host files that it does not take
other_names  what other tools call the keys that authors write here
wording      how one is said
"""
