"""site.yaml, the theme's settings, tags.yaml and sources.yaml.

registries   tags.yaml → Registry, sources.yaml → NamedSource
paths        the path of a content file → its section, name and language, which the settings decide
settings     site.yaml → Config
theme        the theme's settings, and colours: mixed, and how well they are read
texts        texts, one or one per language: checked
targets      where a site is published
pictures     how pictures are shown, and what files readers get of them
limits       how much content may hold
file_types   which files beside texts readers may have
media_types  what kind of file a name is, as hosts tell browsers
addresses    addresses that authors write: on the site, elsewhere, or none
"""
