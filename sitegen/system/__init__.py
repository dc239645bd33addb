"""Differences between operating systems: nowhere else is it asked which one this is.

timers      the processor's time: a look now and then, an end
processes   how many, how they start, what they hear of Ctrl+C
handles     whether enough files can be opened
locks       one process at a time in a folder
disk        files opened, replaced, moved and removed
status      files: whose they are, what they are
desktop     languages, terminals, fonts and programs of who works here
"""
