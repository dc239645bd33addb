"""Puts a finished build on the host that readers see, whole at every moment.

targets  what files can be put on: one module a kind, with the same six operations
release  what is published: the files of a build, and the addresses that readers may have noted
"""
