"""What builds remember in .sitegen/.

arrangement  the site as it was arranged before, when nothing that this depends on has changed
traces       which pages are still what they would become
documents    content files as they are remembered: single rows, read when asked for, in any process
session      the cache of a site: opened as it was left or begun anew, kept open from build to build
database     values and mappings by name in one SQLite file, read in part, written where they changed
store        what was made, by what it was made from
file_state   what is known of a source since it was last read
"""
