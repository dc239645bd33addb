"""Drawings and share cards.

card_painter   share cards as PNG; imported only when one is made
indexed        pictures in indexed colour, and PNG of them
shaping        letters shaped and drawn by HarfBuzz, in the fonts that have them
line_breaks    titles in lines, broken as their language wants it
share_cards    what a share card shows
drawings       pictures for articles that have none
patterns       waves, leaves, rain, rings …: quiet patterns as SVG
pattern_tools  what patterns are drawn with: tones, chance, short SVG
fonts          the fonts of this machine, the best first
"""
