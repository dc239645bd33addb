"""What a publish changes on a host: pure functions of a release, of what the host has, and of the moment.

guards     what may not be published: addresses would be lost, or most of the site, or another site
origins    what addresses come from, and whether it is out
plan       all that is placed and removed, in order, and what else is worth telling
vanished   addresses that moved, or that nothing answers any more
waves      the order in which files change places, so that no page lacks what it needs
inventory  what lies on the host: our manifest, compared with a listing
held       the host's manifest: what sitegen has put there
"""
