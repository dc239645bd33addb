"""Hostile input: whatever is written, time and memory stay in proportion to it, and nothing breaks.

A module has families of one field, `FAMILIES`: a name → a function of a size that gives an input about that long, most
often a repetition; and a test that hands each to `check_growth` of growth.py, with what is to be done with it.

Fuzzers make inputs of their own: `mutations` changes real sites and puts texts together from `fragments`, `properties`
says what holds of whatever comes of them, `damage` and `requests` do the same for what builds remember and for the
preview. test_fuzz.py tries a few, `campaign` and `fuzz_parse` go on for as long as they are told. What they have found
has a test where it was mended.
"""
