"""Files wait beside the site and are moved into place: what a folder here and one over SFTP have in common.

switch   a folder that becomes a link to one release of several
target   the operations of a target, over any disk
claim    one publisher at a time, by a file that beats
proof    what a disk does, found out there
folders  the folders of a site: made, pruned, never through a link
disk     the steps of which all of this is made
loop     an event loop in a thread of its own
"""
