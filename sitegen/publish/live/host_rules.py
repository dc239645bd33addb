"""Files for the host: tried before they count, and left out where the host does not stand them."""

from collections.abc import Iterator, Sequence
from functools import partial
from pathlib import Path

from msgspec import Struct
from msgspec.structs import replace

from sitegen.files import digest
from sitegen.problems import Place, Problem
from sitegen.publish.artifact import Artifact
from sitegen.publish.changes.plan import Plan
from sitegen.publish.hosting.host_files import HostTrial, trials
from sitegen.publish.targets.target import Target

from .samples import Manners
from .trial import MAY_CHOKE, Trial, Tried, place_guarded, try_host_file


class Settled(Struct, frozen=True):
    """`artifact`: with the files that the host takes; `problems`: warnings of what it does not; `trials`: by file."""

    artifact: Artifact
    problems: tuple[Problem, ...] = ()
    trials: tuple[Trial, ...] = ()

    @property
    def manners(self) -> Manners:
        """What the host was told, unless it did not stand that."""
        rules = self.artifact.host.rules
        languages = self.artifact.contents.languages
        if any(trial.taken is None for trial in self.trials):
            return Manners(tells_languages=False, languages=languages)
        moved = {one.path: one.target for one in rules.redirects if not one.query}
        return Manners(rules.headers_of, moved, rules.gone, len(rules.not_found) > 1, languages)


def site_tried(artifact: Artifact, place: Place, token: str) -> Tried:
    """`token`: letters that nobody has asked for yet."""
    return Tried(artifact.release.address, place, token, digest(artifact.release.site.encode())[:8])


def settle(target: Target, artifact: Artifact, planned: Plan, site: Tried) -> Settled:
    """Try the files of a plan that could take the whole site down. What cannot be tried, or the host does not stand, is
    not put; what lies in its place stays."""
    settled = Settled(artifact)
    for name in sorted(MAY_CHOKE.intersection(planned.uploads)):
        trial = try_host_file(target, site, name, partial(_attempts, artifact, name))
        chosen = _chosen(settled.artifact, name, trial.taken, planned)
        settled = Settled(chosen, (*settled.problems, *trial.problems), (*settled.trials, trial))
    return settled


def place_with_rules(target: Target, site: Tried, paths: Sequence[str]) -> Iterator[str]:
    """Place files for the host, with a look at the site before and after where they could take it down."""
    if MAY_CHOKE.isdisjoint(paths):
        yield from target.place(paths)
    else:
        yield from place_guarded(target, site, paths, front="")


def _attempts(artifact: Artifact, name: str, folder: str) -> list[HostTrial]:
    """The host's file as it would be for the folder, in all ways; one of the site's own as it is."""
    if name not in artifact.host.files:
        return [HostTrial(name, Path(artifact.folder, name).read_bytes())]
    rules = artifact.contents.rules
    return [*trials(artifact.host.host, replace(rules, base=f"{rules.base}{folder}"))]


def _chosen(artifact: Artifact, name: str, taken: int | None, planned: Plan) -> Artifact:
    if taken is not None:
        return artifact if name not in artifact.host.files else artifact.with_host(artifact.hosts[taken])
    held = planned.held.files.get(name) if planned.held else None
    return artifact.with_file(name, held)
