"""Puts a finished build on the host that readers see, whole at every moment.

publication  one publish, as a table of contents: from the build to what readers get
delivery     all files of a plan are sent first, then they change places, wave by wave
look         a look at the host: its manifest, a listing, what must be read so that nothing is lost
live         the live site, asked over HTTP for what its readers get
artifact     a build that is ready for a target, with the files that its host asks for
changes      what a publish changes on a host, pure: our manifest there, the plan, its order, its guards
trust        a host's key as a line of site.yaml
destination  which target of site.yaml is meant
hosting      what hosts are told beside the files: one list of rules, and each host's own way to write it
release      what is published: the files of a build, and the addresses that readers may have noted
targets      what files can be put on: one module a kind, with the same six operations
secrets      where what a host asks for comes from, and what keeps it out of all that is printed
"""
