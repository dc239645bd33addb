"""A branch of a repository as a target: each publish is one commit.

target      the operations of a target
repository  what is known of the branch, and the next commit on it
refusals    what Git and its hosts refuse, in the author's terms
program     the git command
"""
