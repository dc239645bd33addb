"""Languages, dates, order, typography, sitegen's own messages.

messages    what sitegen itself says, in the language of the author
languages   a language: its locale, its catalogues, its dates and numbers (Babel)
codes       codes of languages: tags for machines, which was meant, names that tell varieties apart
dates       dates as authors write them → points in time
zones       moments in a time zone as machines read them
collation   the order of names in a language
typography  reading times, excerpts, and names that no line may break within
"""
