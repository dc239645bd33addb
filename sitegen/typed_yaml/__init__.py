"""YAML text → a typed value, every mistake with its place.

reader   a whole text → a value of a type
shapes   types → what may stand for them
nodes    text → nodes with their places
errors   where YAML cannot be read: which line is to blame
"""
