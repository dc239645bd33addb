"""markdown-it's parsers, asked only for what can match.

The rules are the library's own, but for the commonest: paragraphs, tables and line breaks. They are tried in its
order, those alone that can match. What comes out is the same, as is tested over the examples of
CommonMark and random texts.

parsers    all of a configured MarkdownIt, replaced
footnotes  footnotes as Pandoc has them, within bounds
inline     within a block
links      labels, addresses and titles of links
block      blocks
table      GitHub's tables
token      tokens, of which there are many
"""
