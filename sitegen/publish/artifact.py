"""An artifact: a build that is ready for a target, with the files that its host asks for."""

import os
from collections.abc import Iterable, Iterator, Mapping
from contextlib import closing, suppress
from datetime import datetime
from pathlib import Path

import msgspec
from msgspec import Struct
from msgspec.structs import replace

from sitegen.build import build
from sitegen.build.manifest import decode_manifest, manifest_text
from sitegen.build.run import Build, Options, Report
from sitegen.cache.session import FOLDER, TARGETS, BuildSession, program
from sitegen.config.addresses import is_in_full, own_address
from sitegen.files import OUTPUT, digest, read_regular
from sitegen.problems import Problem, SiteError, errors
from sitegen.site.urls import prefix, quoted

from .changes.held import Held
from .changes.origins import Source, sources_of
from .destination import Destination
from .hosting.host_files import HostFiles, check_limits, host_files
from .hosting.rules import Rules, make_rules
from .hosting.security_txt import security_txt
from .release import Release, Served, release_of
from .targets.target import Upload

REMEMBERED = "release"
"""What is remembered of the last artifact, in the target's own folder."""


class Contents(Struct, frozen=True):
    """What a build has for any host. `release`: without the host's own files; `sources`: where its addresses come from,
    by their digests; `rules`: what a host is to do; `languages`: the beginnings of their addresses."""

    release: Release
    sources: Mapping[str, Source]
    rules: Rules
    languages: tuple[str, ...]


class Artifact(Struct, frozen=True):
    """`folder`: of the build's files; `hosts`: what the host does by its own files, and how else these may be written,
    the best first; `host`: which of them is meant; `made`: files that the build has not, by path;
    `beside`: where what is new for whoever keeps the server lies."""

    build: Build
    folder: str
    contents: Contents
    hosts: tuple[HostFiles, ...]
    host: HostFiles
    made: Mapping[str, bytes]
    release: Release
    problems: tuple[Problem, ...] = ()
    beside: tuple[str, ...] = ()

    def uploads(self, paths: Iterable[str]) -> Iterator[Upload]:
        """What to send, in the same order."""
        for path in paths:
            served = self.release.files[path]
            data = self.made.get(path)
            yield Upload(path, served.digest, served.size, Path(self.folder, path) if data is None else data)

    def with_host(self, host: HostFiles) -> "Artifact":
        """The same with the host's files written another way."""
        made = {path: data for path, data in self.made.items() if path not in self.host.files} | {**host.files}
        return replace(self, host=host, made=made, release=_release(self.contents.release, made))

    def with_file(self, path: str, served: Served | None) -> "Artifact":
        """The same, but for one file, which stays as it is on the host, or is not there."""
        others = {name: file for name, file in self.release.files.items() if name != path}
        files = others if served is None else {**others, path: Served(served.digest, served.size, served.headers)}
        promised = {name: origin for name, origin in self.release.promised.items() if name in files}
        return replace(self, release=replace(self.release, files=files, promised=promised))

    def as_held(self, held: Held | None) -> "Artifact":
        """With the host's files as the host was seen to take them."""
        there = held.files if held else {}
        for host in self.hosts:
            if all(path in there and there[path].digest == digest(data) for path, data in host.files.items()):
                return self.with_host(host)
        return self


def make_artifact(root: Path, destination: Destination, memory: Path, moment: datetime, report: Report) -> Artifact:
    """Build the site for a target. `memory`: the target's own folder. Raises SiteError, and all that is wrong is in
    it."""
    options = Options()
    if destination.has_own_address or destination.settings.noindex:
        folder = root / FOLDER / TARGETS / destination.name
        options = Options(folder, destination.url, noindex=bool(destination.settings.noindex))
    with closing(BuildSession()) as session:  # what a site is made of is read when it is asked for
        built = build(root, options, report, session)
        folder = options.output or root / OUTPUT
        text = manifest_text(folder)
        key = digest(repr((digest(text), _state(built), destination.digest, program())).encode())
        contents = _remembered(memory / REMEMBERED, key)
        if contents is None:
            if built.site is None:
                built = build(root, replace(options, assembled=True), report, session)
            contents = _contents(destination, built, folder, decode_manifest(text).files)
            _remember(memory / REMEMBERED, key, contents)
        built = replace(built, site=None)
    artifact = _for_host(destination, built, str(folder), contents, moment)
    return replace(artifact, beside=tuple(_leave(memory, artifact.host.beside)))


def _state(built: Build) -> str:
    """Tells whether some source may have changed: not all that is asked of them shows in what is built, such as old
    addresses that only a host can answer."""
    found = [(source.path, source.size, source.modified, source.changed) for source in built.sources.values()]
    return digest(msgspec.msgpack.encode(found))


def _contents(destination: Destination, built: Build, folder: Path, files: Mapping[str, str]) -> Contents:
    site = built.site
    assert site is not None, "it was asked for"
    served = {path: Served(name, os.lstat(f"{folder}/{path}").st_size) for path, name in files.items()}
    config, settings = destination.config, destination.settings
    gone = tuple(_from_root(text, config.base_url) for text in config.gone)
    release = release_of(site.config.id, site.config.base_url, served, site.pages.values(), {}, gone)
    rules = make_rules(site, settings, served.keys(), gone, built.problems)
    languages = tuple(prefix(site.config, lang) for lang in site.config.languages)
    return Contents(release, sources_of(site), rules, languages)


def _from_root(text: str, base_url: str) -> str:
    """An address that is written in full, for the site wherever it is published."""
    own = own_address(text, base_url) if is_in_full(text) else None
    return text if own is None else f"/{quoted(own.path)}"


def _for_host(destination: Destination, built: Build, folder: str, contents: Contents, moment: datetime) -> Artifact:
    name = destination.settings.host
    ways = [host_files(name, contents.rules, plain=plain) for plain in (False, True)]
    hosts = tuple(ways) if ways[0].files != ways[1].files else (ways[0],)
    config = replace(destination.config, base_url=destination.url)
    security, found = security_txt(config, destination.marks, moment, contents.rules.own)
    made = {**security, **hosts[0].files}
    release = _release(contents.release, made)
    sizes = {path: served.size for path, served in release.files.items()}
    problems = (*found, *check_limits(name, made, sizes))
    if errors(problems):
        raise SiteError(problems)
    return Artifact(built, folder, contents, hosts, hosts[0], made, release, problems)


def _leave(memory: Path, files: Mapping[str, bytes]) -> Iterator[str]:
    """What is not published is left in the target's own folder; where that is new."""
    for name, data in files.items():
        place = memory / name
        with suppress(OSError):
            if read_regular(place) == data:
                continue
        with suppress(OSError):
            place.parent.mkdir(parents=True, exist_ok=True)
            place.write_bytes(data)
            yield place.as_posix()


def _release(release: Release, made: Mapping[str, bytes]) -> Release:
    """With files that the build has not."""
    files = {path: Served(digest(data), len(data)) for path, data in made.items()}
    return replace(release, files={**release.files, **files}, rules=release.rules | files.keys())


def _remembered(place: Path, key: str) -> Contents | None:
    """As it was kept for this very build, unless it is damaged."""
    with suppress(OSError, msgspec.DecodeError, UnicodeDecodeError, RecursionError):
        data = read_regular(place)
        if data[:32] == key.encode() and data[32:64] == digest(data[64:]).encode():
            return msgspec.msgpack.decode(data[64:], type=Contents)
    return None


def _remember(place: Path, key: str, contents: Contents) -> None:
    data = msgspec.msgpack.encode(contents)
    with suppress(OSError):
        place.parent.mkdir(parents=True, exist_ok=True)
        place.write_bytes(key.encode() + digest(data).encode() + data)
