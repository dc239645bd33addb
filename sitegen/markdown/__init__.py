"""Markdown → HTML.

render      the configured parser
references  links and pictures: where each leads
chart_html  a chart as SVG, with bars or lines, and as a table
charts      a chart block → its data
renderer    tokens of Markdown → HTML
parser      markdown-it's parsers, asked only for what can match
rules       what our Markdown adds to CommonMark, dated lists among it
inlines     within a line: addresses, comments, tags, marks of other tools
blocks      comments, containers, alerts, attributes
raw_html    raw HTML: its addresses and ids
anchors     ids, and what finds them
findings    what is wrong with a text, with its place
"""
