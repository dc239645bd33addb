"""One publish, from the build to what readers get, with the live site whole at every moment."""

import errno
import os
from collections.abc import Mapping
from datetime import UTC, datetime
from functools import partial
from pathlib import Path
from secrets import token_hex
from typing import TYPE_CHECKING, Literal, Protocol

from msgspec import Struct
from msgspec.structs import replace

from sitegen.build.run import Build
from sitegen.cache.session import FOLDER, own_folder
from sitegen.problems import Place, Problem, SiteError, problem, shown

from .artifact import Artifact, make_artifact
from .changes.guards import Verdict, judge
from .changes.plan import Plan
from .delivery import Delivery
from .destination import Destination, read_destination
from .look import Look, look, look_closer, save_copies
from .secrets import Secrets
from .targets.connect import Origin, connect
from .targets.target import HELD, Overtaken, Target, TargetError, UnknownHost, Unreachable, exhaust
from .trust import trust

if TYPE_CHECKING:
    from .live.host_rules import Settled
    from .live.readback import Readback

PUBLISH, FOUND = "publish", "found"
"""Folders in .sitegen/: what is remembered of targets, and copies of what others have changed on hosts."""
WAIT = 120.0
"""Seconds to wait for another publisher."""
SLOW_HOST = 300.0
"""Seconds that a host is given which builds pages of a branch."""
ATTEMPTS = 3
"""How often a publish begins, where another one comes first."""

State = Literal["unchanged", "planned", "refused", "cut", "published"]


class Request(Struct, frozen=True):
    """What is asked for. `target`: by its name, else the first; `allowed`: addresses that may vanish; `check`: look at
    every file on the host; `unlock`: take over from a publisher that is no more."""

    target: str = ""
    dry_run: bool = False
    check: bool = False
    unlock: bool = False
    allowed: tuple[str, ...] = ()


class Dialog(Protocol):
    """Whoever publishes: is told how far it has come, and decides. Where nobody is there, each answer is a no."""

    is_attended: bool

    def report(self, step: str, done: int, total: int) -> None:
        """Of the build."""

    def builds(self, build: Build) -> None: ...

    def keeps(self, secrets: Secrets) -> None:
        """From now on nothing that is printed may show them."""

    def ask_secret(self, question: str) -> str | None:
        """What is typed unseen."""

    def trusts(self, destination: Destination, host: UnknownHost) -> bool: ...

    def trusted(self, destination: Destination, *, is_written: bool) -> None:
        """The key of the host is known from now on; `is_written`: to all who have site.yaml."""

    def sees(self, destination: Destination, planned: Plan, verdict: Verdict, *, every: bool) -> None:
        """`every`: all of it is wanted, since nothing else will be done."""

    def replaces(self, planned: Plan) -> bool:
        """Whether what others have changed or put there may go; copies are kept."""

    def begins(self, planned: Plan) -> bool:
        """Whether a first release may be published."""

    def sends(self, done: int, total: int) -> None:
        """Bytes."""


class Publication(Struct, frozen=True):
    """What came of a publish; `problems`: of the host and of the reading back, warnings too."""

    destination: Destination
    artifact: Artifact
    state: State
    problems: tuple[Problem, ...] = ()
    plan: Plan | None = None
    verdict: Verdict | None = None
    delivery: Delivery | None = None
    readback: "Readback | None" = None


class Run(Struct, frozen=True):
    """A publish under way. `memory`: a folder of the target's own in .sitegen/."""

    root: Path
    request: Request
    dialog: Dialog
    destination: Destination
    artifact: Artifact
    secrets: Secrets
    moment: datetime
    memory: Path

    @property
    def found(self) -> Path:
        """Where copies are kept of what is lost on the host."""
        moment = self.moment.isoformat(timespec="seconds").replace(":", "")
        return self.memory.parents[1] / FOUND / self.destination.name / moment

    @property
    def origin(self) -> Origin:
        name, place = self.destination.name, self.destination.place
        return Origin(self.root, name, place, self.memory, self.secrets, self.dialog.is_attended)

    def ended(
        self, state: State, *problems: Problem, plan: Plan | None = None, verdict: Verdict | None = None,
        delivery: Delivery | None = None,
    ) -> Publication:  # fmt: skip
        remarks = self.artifact.host.remarks if state != "unchanged" else ()
        found = (*self.artifact.problems, *remarks, *problems)
        return Publication(self.destination, self.artifact, state, found, plan, verdict, delivery)


def publish(root: Path, request: Request, dialog: Dialog, environment: Mapping[str, str]) -> Publication:
    """Build the site in the folder `root` and put it on a target. Raises SiteError where it cannot be built, or its
    settings cannot be used; all else that goes wrong is told in what comes back."""
    destination, moment = read_destination(root, request.target), datetime.now(UTC)
    secrets = Secrets(destination.name, environment, dialog.ask_secret)
    dialog.keeps(secrets)
    memory = _memory(root) / PUBLISH / destination.name
    artifact = make_artifact(root, destination, memory, moment, dialog.report)
    dialog.builds(artifact.build)
    run = Run(root, request, dialog, destination, artifact, secrets, moment, memory)
    for _ in range(ATTEMPTS):
        try:
            return _publish(run)
        except UnknownHost as error:
            found = error.problem
            if not dialog.trusts(run.destination, error):
                break
            run = replace(run, destination=trust(root, run.destination, error.fingerprint))
            dialog.trusted(run.destination, is_written=run.destination.digest != destination.digest)
        except Overtaken as error:
            found = error.problem
        except TargetError as error:
            return run.ended("refused", error.problem)
        except KeyboardInterrupt:
            return run.ended("cut", problem("stopped", destination.place))
    return run.ended("refused", found)


def _memory(root: Path) -> Path:
    folder = own_folder(root)
    if folder is None:
        raise SiteError((problem("unwritable-output", Place(FOLDER), reason=os.strerror(errno.EACCES)),))
    return folder


def _publish(run: Run) -> Publication:
    request = run.request
    with connect(run.destination.settings, run.origin) as target:
        if request.unlock and not request.dry_run:
            target.unlock()
        seen = look(target, run.moment, run.destination.place, everywhere=request.check)
        run = replace(run, artifact=run.artifact.as_held(seen.held))
        planned = seen.plan(run.artifact.release, run.moment)
        if planned.unsure:
            seen = look_closer(target, seen, planned)
            planned = seen.plan(run.artifact.release, run.moment)
        verdict = judge(planned, run.artifact.contents.sources, request.allowed)
        if planned.is_empty:
            return run.ended("unchanged", plan=planned, verdict=verdict)
        run.dialog.sees(run.destination, planned, verdict, every=request.dry_run)
        if verdict.problems:
            return run.ended("refused", *verdict.problems, plan=planned, verdict=verdict)
        if request.dry_run:
            return run.ended("planned", plan=planned, verdict=verdict)
        if refusal := _ask(run, planned):
            return run.ended("refused", refusal, plan=planned, verdict=verdict)
        return _deliver(run, target, seen, planned)


def _ask(run: Run, planned: Plan) -> Problem | None:
    """What whoever publishes does not allow."""
    if planned.unsure and not run.dialog.replaces(planned):
        return problem("changed-on-host", run.destination.place, paths=shown(planned.unsure))
    if planned.held is None and planned.waves and not run.dialog.begins(planned):
        return problem("first-publish", run.destination.place)
    return None


def _deliver(run: Run, target: Target, seen: Look, planned: Plan) -> Publication:
    """Under a claim, what was planned. Raises TargetError as long as nothing of it has been sent."""
    from .live.host_rules import place_with_rules, settle, site_tried  # noqa: PLC0415 - urllib3, for this alone

    delivery: Delivery | None = None
    try:
        with target.claim(planned.held.facts if planned.held else None, WAIT) as facts:
            if target.read(HELD) != seen.data:
                raise Overtaken(problem("overtaken", run.destination.place))
            planned = seen.plan(run.artifact.release, run.moment, facts)
            exhaust(target.remove(seen.trials))
            site = site_tried(run.artifact, run.destination.place, token_hex(4))
            settled = settle(target, run.artifact, planned, site)
            planned = seen.plan(settled.artifact.release, run.moment, facts)
            save_copies(target, run.found, planned.unsure, seen.copies)
            delivery = Delivery(target, settled.artifact, planned, run.dialog.sends)
            delivery.send()
            delivery.place(partial(place_with_rules, target, site))
    except (TargetError, KeyboardInterrupt) as error:
        if delivery is None or isinstance(error, Overtaken):  # nothing of it is live
            raise
        if not delivery.is_whole:
            return _cut(run, delivery, error)
    if not planned.waves:
        return run.ended("unchanged", *settled.problems, plan=planned)
    done = run.ended("published", *settled.problems, plan=planned, delivery=delivery)
    return done if run.destination.is_handed_on else _read_back(run, seen, settled, done)


def _cut(run: Run, delivery: Delivery, error: TargetError | KeyboardInterrupt) -> Publication:
    """Where things stand: another try goes on from there, but where the host refuses before readers saw anything."""
    found = error.problem if isinstance(error, TargetError) else problem("stopped", run.destination.place)
    goes_on = delivery.has_begun or isinstance(error, Unreachable | KeyboardInterrupt)
    return run.ended("cut" if goes_on else "refused", found, plan=delivery.plan, delivery=delivery)


def _read_back(run: Run, seen: Look, settled: "Settled", done: Publication) -> Publication:
    """Ask the live site whether readers get what was published."""
    from .live.readback import Patience, readback  # noqa: PLC0415
    from .live.samples import samples  # noqa: PLC0415

    token, release = token_hex(4), settled.artifact.release
    asked = samples(seen.held.files if seen.held else {}, release, settled.manners, token)
    patience = Patience(SLOW_HOST) if done.delivery and done.delivery.is_atomic else Patience()
    try:
        found = readback(release.address, asked, run.destination.place, token, patience)
    except KeyboardInterrupt:  # it is published all the same
        return done
    return replace(done, problems=(*done.problems, *found.problems), readback=found)
