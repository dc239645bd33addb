"""What hosts are told beside the files of a site: one list of rules, and pure writers of each host's own files.

host_files    what a host is given: its files, what its limits forbid, and what it cannot do
security_txt  whom to tell of holes in the site
apache        .htaccess
nginx         what whoever keeps the server includes
iis           web.config
git_hosts     GitHub, GitLab and Codeberg Pages
edge          _headers and _redirects (Netlify, Cloudflare)
rules         the list: headers by path, old addresses, what is gone, pages for what is missing
page_policy   what pages may load, as a Content-Security-Policy
"""
