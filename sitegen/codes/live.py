"""Problems of a live site: what readers get there, and host files that it does not take."""

from collections.abc import Mapping

from .wording import Wording, error, warning

SILENCES: Mapping[str, str] = {
    "unknown": "its name is not known",
    "refused": "nobody listens there",
    "silent": "no answer comes in time",
    "proxy": "the proxy does not let it pass",
    "certificate": "its certificate is not to be trusted",
    "broken": "the answer breaks off",
    "packed": "the answer is not packed as it says",
    "atomic": "the site is exchanged as a whole",
}
"""Why no answer came, or nothing was asked."""

LIVE: Mapping[str, Wording] = {
    "read-unreached": warning(
        "{address} cannot be reached from here ({detail}), so what readers get was not read back.",
        "Look at it in a browser. Where it answers there, a proxy or firewall of this machine’s network is in the way.",
    ),
    "read-certificate": error(
        "The certificate of {addresses} cannot be trusted: {reason}.",
        "Readers get a warning in place of the site: let the provider renew the certificate, with its chain, for "
        "this very name. If it is your organisation’s own, name its file in the environment as SSL_CERT_FILE.",
    ),
    "read-http-only": error(
        "{address} does not answer; the site is there by http alone.",
        "Let the provider switch https on, or write http:// in site.yaml.",
    ),
    "read-http-open": warning(
        "{address} does not lead to {location}.",
        "Switch on in the control panel that http leads to https; until then some readers come unprotected.",
    ),
    "read-old": error(
        "Readers still get what was there before: {addresses}.",
        "A cache before the host holds it and cannot be passed by, or the address shows another folder than the "
        "one published to: empty the cache in the control panel, and compare the folder with the document root "
        "there.",
    ),
    "read-cache": warning(
        "The host is right, but a cache before it still gives something older: {addresses}.",
        "Readers get the new one when its time is over. To have it now, empty the cache in the control panel of "
        "the host or CDN, and let it obey Cache-Control.",
    ),
    "read-rewritten": error(
        "Readers get other bytes than were published: {addresses}.",
        "Something on the way changes them ({server}), such as a CDN that hides mail addresses, adds scripts or "
        "packs HTML anew: switch that off there. Or it is a copy from long ago: empty the cache.",
    ),
    "read-same-page": error(
        "One and the same page answers at many addresses: {addresses}.",
        "The host shows a page of its own, such as one for maintenance, for parked names or for a login: switch "
        "it off in the control panel.",
    ),
    "read-elsewhere": error(
        "What is there is not what was published: {addresses}.",
        "The address likely shows another folder or another server: compare the folder in site.yaml with the "
        "document root in the control panel.",
    ),
    "read-missing": error(
        "What was published does not answer: {addresses}.",
        "The address likely shows another folder than the one published to, or the host hides such names: "
        "compare the folder in site.yaml with the document root in the control panel.",
    ),
    "read-login": error(
        "Readers are asked who they are, or are turned away: {addresses}.",
        "Take the password or the lock off in the control panel, or see that the web server may read the folder "
        "and its files.",
    ),
    "read-failed": error(
        "The host fails ({detail}): {addresses}.",
        "Look into its error log; where it goes on, ask the provider.",
    ),
    "read-redirected": error(
        "Readers are led elsewhere, to {location}: {addresses}.",
        "Write the address that readers end at in site.yaml (base_url, or url of the target), or take that "
        "redirect off: with or without www, http or https.",
    ),
    "read-redirect": warning(
        "{addresses} leads to {location} by a page alone, and not by the host.",
        "The host does not obey the rules that were published for it: look whether host: in site.yaml names what "
        "serves the site.",
    ),
    "read-chain": error(
        "{addresses} leads to {first}, and only from there to {location}.",
        "Each redirect should lead straight to its end: take one of the host’s own off, or write the address "
        "that readers end at in site.yaml.",
    ),
    "read-still-there": warning(
        "What is gone still answers: {addresses}.",
        "The host, or a cache before it, holds a copy: empty the cache, or remove it there.",
    ),
    "read-exposed": warning(
        "Everybody can read what sitegen remembers on the host: {addresses}.",
        "It names no secret. Let the host refuse .sitegen, or keep it elsewhere: state: in site.yaml.",
    ),
    "read-no-404": error(
        "An address that does not exist answers {status} in place of 404: {addresses}.",
        "Search engines take such answers for pages: switch off in the control panel what answers there, or look "
        "whether host: in site.yaml names what serves the site.",
    ),
    "read-404-page": warning(
        "Who asks for what does not exist gets another page than the one for it: {addresses}.",
        "The host shows an error page of its own: let it show 404.html, or look whether host: in site.yaml names "
        "what serves the site.",
    ),
    "read-packed": error(
        "What comes packed ({packing}) is broken: {addresses}.",
        "Switch compression off in the control panel, or empty the cache before the host.",
    ),
    "read-type": error(
        "Comes as {value} in place of {wanted}: {addresses}.",
        "Browsers do not show it as it is meant: let the host know this type, or look whether host: in site.yaml names "
        "what serves the site.",
    ),
    "read-other-type": warning(
        "May not be taken for what it is, since it comes as {value} in place of {wanted}: {addresses}.",
        "Let the host know this type, or look whether host: in site.yaml names what serves the site.",
    ),
    "read-charset": warning(
        "Does not say that it is {wanted} ({value}): {addresses}.",
        "Pages say it themselves, texts and feeds cannot: let the host send the charset with the type.",
    ),
    "read-caching": warning(
        "May be kept otherwise than it should: {value} in place of {wanted}: {addresses}.",
        "The host, or a CDN before it, sends a Cache-Control of its own: take that off in the control panel.",
    ),
    "read-no-headers": warning(
        "Comes without the headers {names}: {addresses}.",
        "The host does not send headers of its sites: ask the provider to allow them.",
    ),
    "read-header": warning(
        "The header {name} is not as wanted ({value} in place of {wanted}): {addresses}.",
        "The host sends its own: take that off in the control panel, or ask the provider.",
    ),
    "read-too-slow": warning(
        "Only {count} of {of} addresses were read back, since the host answers slowly.",
        "Look at the site in a browser, and publish again when the host is faster: what it has is not sent again.",
    ),
    "host-file-untried": warning(
        "{name} was not published, since {address} does not show whether the host takes it ({detail}).",
        "It could take the whole site down. Publish again from where the site can be reached.",
    ),
    "host-file-refused": warning(
        "{name} was not published, since with it the host fails ({detail}).",
        "Readers get the site without its headers, and redirects as pages. Ask the provider to allow it (Apache: "
        "AllowOverride FileInfo Indexes).",
    ),
    "host-file-in-part": warning(
        "{name} was published without {parts}, since the host does not take it with that.",
        "Ask the provider to allow it.",
    ),
    "host-file-undone": error(
        "The site answered {status} with the new {names}, so what was there before is back.",
        "Ask the provider what its error log says of it, or remove host: in site.yaml.",
    ),
}
