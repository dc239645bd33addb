"""A destination: which target of site.yaml is meant, and what is said of it there."""

from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from sitegen.config.settings import Config, read_config
from sitegen.config.targets import TargetSettings
from sitegen.files import SETTINGS, decode, digest, read_bytes
from sitegen.problems import Place, Problem, SiteError, nearest, problem
from sitegen.sources import find_settings
from sitegen.text import LARGEST_TEXT
from sitegen.typed_yaml.reader import Marks, place_of
from sitegen.typed_yaml.reader import read as read_yaml

_TAKEN = ("netlify", "cloudflare", "github", "gitlab", "codeberg")
"""Hosts that no folder is the root of."""


class Destination(Struct, frozen=True):
    """A target. `place`: of its address in the settings; `config`: all of them, with the places of each; `digest`: of
    all that they say."""

    name: str
    settings: TargetSettings
    place: Place
    config: Config
    marks: Marks
    digest: str

    @property
    def url(self) -> str:
        """Where readers find the site, with a final /."""
        return f"{self.settings.url.rstrip('/')}/" if self.settings.url else self.config.base_url

    @property
    def is_handed_on(self) -> bool:
        """Whether a program of the host's takes the files from a folder: then readers get them later."""
        return self.settings.to.startswith("folder:") and self.settings.host in _TAKEN

    @property
    def has_own_address(self) -> bool:
        """Whether that is another than the site's, so that pages are others too."""
        return self.url != self.config.base_url


def read_destination(root: Path, name: str = "") -> Destination:
    """The target that is called so, else the first. Raises SiteError."""
    source = find_settings(root)
    if source is None:
        raise SiteError((problem("no-settings", Place(SETTINGS)),))
    data = source if isinstance(source, Problem) else read_bytes(source.location, SETTINGS, most=LARGEST_TEXT)
    text = data if isinstance(data, Problem) else decode(data, SETTINGS)
    if isinstance(text, Problem):
        raise SiteError((text,))
    read, problems = read_config(text, SETTINGS)
    if read is None:
        raise SiteError(problems)
    config, marks = read[0], read_yaml(text, Config, SETTINGS).marks
    if not config.publish:
        raise SiteError((problem("no-target", Place(SETTINGS)),))
    name = name or next(iter(config.publish))
    settings = config.publish.get(name)
    if settings is None:
        close = nearest(name, config.publish)
        raise SiteError((problem("unknown-target", place_of(marks, "publish:", SETTINGS), value=name, nearest=close),))
    place = place_of(marks, f"publish.{name}.to", SETTINGS)
    found = Destination(name, settings, place, config, marks, digest(text.encode()))
    if settings.noindex is None:
        return replace(found, settings=replace(settings, noindex=found.has_own_address))
    return found
