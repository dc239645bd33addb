"""Connections over SSH: to whom, as whom, and what is said where that fails.

session     an SFTP session that outlives its connections
connection  one connection, whose host is known before anything is told to it
client      what a host asks: its key's validity, our keys, passphrases, passwords
refusals    why a connection or a login failed, in the author's terms
host_keys   which keys a host may show
"""
