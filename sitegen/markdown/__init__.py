"""Markdown → HTML.

render      the configured parser
chart_html  a chart as SVG, with bars or lines, and as a table
charts      a chart block → its data
renderer    tokens of Markdown → HTML
parser      markdown-it's parsers, asked only for what can match
rules       what our Markdown adds to CommonMark, dated lists among it
"""
