"""Markdown → HTML.

render      the configured parser
timelines   lists of dated entries
chart_html  a chart as SVG and table
plots       bars and lines as SVG
charts      a chart block → its data
renderer    tokens of Markdown → HTML
parser      markdown-it's parsers, asked only for what can match
rules       what our Markdown adds to CommonMark
plain       paragraphs, lists and tables of nothing but text
shortcuts   rules of markdown-it with a short way for the common case
"""
