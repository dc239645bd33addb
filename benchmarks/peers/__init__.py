"""The generators side by side: each is given the same corpus in its own format, and layouts that do the same work."""

from .eleventy import Eleventy
from .hugo import Hugo
from .peer import Peer
from .pelican import Pelican
from .sitegen import Sitegen

__all__ = ["PEERS", "Eleventy", "Hugo", "Peer", "Pelican", "Sitegen"]

PEERS: tuple[type[Peer], ...] = (Sitegen, Hugo, Eleventy, Pelican)
"""Ourselves first, then those that we are compared with."""
