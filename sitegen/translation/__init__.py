"""States of translations, and catalogues for translators.

states    what is out in which language, what waits, what is out of date or missing
catalogs  gettext catalogues of the layouts, kept up to date for translators
"""
