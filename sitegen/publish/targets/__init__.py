"""Targets: what files can be put on, one module a kind. None knows what is planned, or of another.

target  the operations that all have, what is proven of a host, and what may go wrong
"""
