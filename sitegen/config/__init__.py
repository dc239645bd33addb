"""site.yaml, the theme's settings, tags.yaml and sources.yaml.

sources     the source registry
registries  the tag registry
settings    site.yaml → Config
theme       the theme's settings, and whether their colours are readable
palette     colours: how well they are read, and as a style sheet
"""
