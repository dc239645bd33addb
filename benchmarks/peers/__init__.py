"""The generators side by side: each is given the same corpus in its own format."""

from .eleventy import BaseBlog, Eleventy
from .hugo import Hugo
from .peer import Failed, Peer
from .pelican import Pelican
from .sitegen import Before, Installed, Sitegen
from .starlight import ShortSidebar, Starlight

__all__ = [
    "PEERS", "BaseBlog", "Before", "Eleventy", "Failed", "Hugo", "Installed", "Peer", "Pelican", "ShortSidebar",
    "Sitegen", "Starlight",
]  # fmt: skip

PEERS: tuple[type[Peer], ...] = (
    Sitegen, Installed, Before, Hugo, Starlight, ShortSidebar, Eleventy, BaseBlog, Pelican,
)  # fmt: skip
"""Ourselves first, then those that we are compared with."""
