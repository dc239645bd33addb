"""`sitegen publish`: puts the site where readers find it, asks what must be asked, and says what came of it.

command     the command, and its exit status
dialog      what a terminal shows meanwhile, and what it asks
transcript  a plan and what came of it, in lines for people and as JSON
"""
