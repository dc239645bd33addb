"""Targets: what files can be put on, one module a kind. None knows what is planned, or of another.

connect   settings of a target → the target
git       a branch of a repository: each publish is one commit
sftp      a folder of a host over SFTP
ssh       connections over SSH: to whom, as whom
folder    a folder here, or one that is mounted here
staged    files wait beside the site and are moved into place
refusals  what disks and hosts refuse, as errors of targets
target    the operations that all have, what is proven of a host, and what may go wrong
"""
