"""The live site, asked over HTTP for what its readers get.

host_rules  files for the host: tried before they count, left out where it does not stand them
readback    after a publish: whether readers get what was published
trial       host files, tried in a folder of their own before they count
verdict     answers that differ, and what likely lies behind
samples     what to ask for after a publish, and what it should answer
web         the client: proxies, certificates, caches passed by, nothing without bounds
"""
