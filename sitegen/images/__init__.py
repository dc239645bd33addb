"""Pictures: variants, codecs, SVG, metadata.

svg         SVG files: how large they are, and that nothing in them runs
svg_styles  what styles in them may do
codecs      picture files opened, scaled and encoded: Pillow, nothing else
variants    what is known of a picture, and the variants that pages need
metadata    picture files without what cameras and editors wrote in them
"""
