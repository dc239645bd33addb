"""Layouts, assets, and what templates see.

renderer      one page → text: the Jinja environment, filters, nothing else
context       what a template is given: the page, and what it shows, by name
fragments     texts of includes that are the same on many pages
site_view     the site around a page as templates see it; feeds, site maps and redirects
articles      articles, sections and topics as templates see them
left_out      what of a document's HTML is not shown everywhere
pictures      pictures as templates and texts show them
view          one page's look at the site; notes down all that was looked at
layouts       templates, and which include which
assets        files of the design: fingerprinted names, integrity
references    where style sheets and scripts refer to others
style_sheets  style sheets, minified
"""
