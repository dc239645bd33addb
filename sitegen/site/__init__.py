"""Content files → one immutable Site.

assembly      everything that was read, arranged into one site
parts         what pages look at, by kind: how each is found, and what tells that it has not changed; what is drawn
menus         what the settings name of the site: menus, and the lead
model         the whole site as one value
links         where references lead, and which lead nowhere
pages         every address of the site and what stands there
media         which pictures and attachments are published, as they are or in variants
redirects     old addresses: aliases in front matter → pages that redirect, and rules for hosts
edition       what is out now: articles, languages, lists
urls          addresses: permalinks, pagination, collisions
document      one content file → a Document
front_matter  YAML head → typed FrontMatter, every mistake with its line
"""
