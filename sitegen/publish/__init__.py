"""Puts a finished build on the host that readers see, whole at every moment.

live     the live site, asked over HTTP for what its readers get
changes  what a publish changes on a host, pure: our manifest there, the plan, its order, its guards
release  what is published: the files of a build, and the addresses that readers may have noted
targets  what files can be put on: one module a kind, with the same six operations
trust    a host's key as a line of site.yaml
hosting  what hosts are told beside the files: headers, old addresses, pages for what is missing
secrets  where what a host asks for comes from, and what keeps it out of all that is printed
"""
