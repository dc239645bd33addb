"""What builds remember in .sitegen/.

arrangement  the site as it was arranged before, when nothing that this depends on has changed
traces       which pages are still what they would become
session      the cache opened, and kept open for a process that builds again and again
database     documents and traces remembered between builds
documents    single documents of the cache, read in any process
buckets      large mappings in SQLite, read and written in part
store        what was made, by what it was made from
folder       the folder for what is remembered, for one build and one user at a time
file_state   what is known of a source since it was last read
"""
