"""What of a document's HTML is not shown everywhere: links and pictures that lead nowhere, drawings in feeds.

In raw HTML what begins may have no end, so nothing is looked for behind where it would begin again.
"""

import re

NOTHING = "\0"
"""Stands for a link or picture that leads nowhere."""
_LEFT_OUT = re.compile(
    "<figure>\0(?:[^<]++|<(?!/?figure>))*+</figure>\n"
    "|<img\\b(?:[^<>\0]++|<(?!img\\b))*+\0(?:[^<>]++|<(?!img\\b))*+>"
    "|<a\\b(?:[^<>\0]++|<(?!a\\b))*+\0(?:[^<>]++|<(?!a\\b))*+>((?:[^<]++|<(?!/?a\\b))*+)</a>"
)
_PICTURE_OF_A_CHART = re.compile(
    '<div class="chart-picture">(?:[^<]++|<(?!/div>\n|div class="chart-picture">))*+</div>\n'
)


def without_drawings(html: str) -> str:
    """Charts as their numbers alone."""
    return _PICTURE_OF_A_CHART.sub("", html)


def without_nothing(html: str) -> str:
    """The same without pictures, and with the texts alone of links, in which NOTHING stands."""
    return _LEFT_OUT.sub(r"\1", html).replace(NOTHING, "")
