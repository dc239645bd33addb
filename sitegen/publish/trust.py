"""Trust in a host: its key as a line of site.yaml, so that colleagues and unattended runs know it."""

import re
import shutil
from contextlib import suppress
from pathlib import Path

import yaml
from msgspec.structs import replace

from sitegen.config.settings import read_config
from sitegen.files import SETTINGS, read_bytes
from sitegen.sources import Source, find_settings
from sitegen.system.disk import replace as move

from .destination import Destination, read_destination


def trust(root: Path, destination: Destination, fingerprint: str) -> Destination:
    """The target with the key of its host, which is written into site.yaml where that can be; else it is known for this
    time alone."""
    source = find_settings(root)
    assert isinstance(source, Source), "read a moment ago"
    data = read_bytes(source.location, SETTINGS)
    text = (
        with_host_key(data.decode("utf-8", "replace"), destination.name, fingerprint)
        if isinstance(data, bytes)
        else None
    )
    if text is not None:
        new = Path(f"{source.location}.new")
        with suppress(OSError):
            new.write_bytes(text.encode())
            shutil.copymode(source.location, new)
            move(new, source.location)
            return read_destination(root, destination.name)
    return replace(destination, settings=replace(destination.settings, host_key=fingerprint))


def with_host_key(text: str, target: str, fingerprint: str) -> str | None:
    """The settings with the fingerprint of a target's key, all else as it was written; None where that is not simple
    enough, and the author must write it."""
    try:
        node = yaml.compose(text, Loader=yaml.SafeLoader)
    except yaml.YAMLError:
        return None
    settings = _value(_value(node, "publish"), target)
    to = _value(settings, "to")
    if not isinstance(settings, yaml.MappingNode) or to is None:
        return None
    known = _value(settings, "host_key")
    line = f'host_key: "{fingerprint}"'
    if known is not None:
        start, end, new = known.start_mark.index, known.end_mark.index, f'"{fingerprint}"'
    elif settings.flow_style:
        start = end = to.end_mark.index
        new = f", {line}"
    else:
        found = _LINE_END.search(text, to.end_mark.index)
        assert found is not None
        start = end = found.start()
        new = f"{found[0] or chr(10)}{' ' * settings.value[0][0].start_mark.column}{line}"
    written = text[:start] + new + text[end:]
    before, _ = read_config(text, SETTINGS)
    after, _ = read_config(written, SETTINGS)
    if before is None or after is None or after[0].publish[target].host_key != fingerprint:
        return None
    return written


def _value(node: yaml.Node | None, key: str) -> yaml.Node | None:
    """What stands behind a key of a mapping."""
    if not isinstance(node, yaml.MappingNode):
        return None
    return next((value for name, value in node.value if name.value == key), None)


_LINE_END = re.compile(r"\r?\n|\Z")
