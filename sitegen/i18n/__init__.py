"""Languages, dates, order, typography, sitegen's own messages.

messages    what sitegen itself says, in the language of the author
languages   locales, message catalogues, dates and numbers (Babel)
dates       dates as authors write them → points in time
collation   the order of names in a language
names       names that no line may break within
typography  how long a text takes to read, where it may be cut, by language
"""
