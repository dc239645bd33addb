"""Hostile input: whatever is written, time and memory stay in proportion to it, and nothing breaks.

A module has families of one field, `FAMILIES`: a name → a function of a size that gives an input about that long, most
often a repetition; and a test that hands each to `check_growth` of growth.py, with what is to be done with it.
"""
