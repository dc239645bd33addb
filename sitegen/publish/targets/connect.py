"""Settings of a target → the target, for which nothing but its own module is loaded."""

from pathlib import Path
from typing import TYPE_CHECKING

from msgspec import Struct

from sitegen.config.targets import TargetAddress, TargetSettings, read_target_address, secret_variable
from sitegen.problems import Place, problem
from sitegen.publish.secrets import Secrets

from .target import STATE, Refused, Target

if TYPE_CHECKING:
    from .staged.disk import Disk
    from .staged.loop import Clock


class Origin(Struct, frozen=True):
    """Whence something is published. `site`: its folder; `name`: of the target; `place`: of its settings; `memory`: a
    folder of this target's own below .sitegen/; `is_attended`: whether somebody can be asked."""

    site: Path
    name: str
    place: Place
    memory: Path
    secrets: Secrets
    is_attended: bool = False


def connect(settings: TargetSettings, origin: Origin) -> Target:
    """A target, whose context connects. Raises Refused."""
    address = read_target_address(settings.to)
    if address is None:
        raise Refused(problem("invalid-target", origin.place, value=settings.to))
    if address.kind == "folder":
        from .folder import LocalDisk, locate  # noqa: PLC0415 - one of several
        from .staged.loop import Clock  # noqa: PLC0415

        root = locate(address.path, origin.site, origin.place, is_link=settings.releases)
        state = locate(settings.state, origin.site, origin.place) if settings.state else ""
        return _staged(LocalDisk(), root, state, settings, origin, Clock())
    if address.kind == "sftp":
        return _over_sftp(address, settings, origin)
    if address.kind == "git":
        from .git.program import GitAccess  # noqa: PLC0415
        from .git.target import GitTarget  # noqa: PLC0415

        own = origin.secrets
        access = GitAccess(own.user, own.token(), own.key_file, settings.host_key, may_ask=origin.is_attended)
        return GitTarget(address.path, address.branch, origin.memory / "git", origin.site, access, origin.place)
    raise Refused(problem("invalid-target", origin.place, value=settings.to))


def _over_sftp(address: TargetAddress, settings: TargetSettings, origin: Origin) -> Target:
    try:
        from .sftp import SftpDisk  # noqa: PLC0415
    except ImportError:
        raise Refused(problem("no-asyncssh", origin.place)) from None
    from .ssh.refusals import Destination  # noqa: PLC0415
    from .ssh.session import Session  # noqa: PLC0415
    from .staged.loop import Clock  # noqa: PLC0415

    clock, root = Clock(), _without_slash(address.path)
    variable = secret_variable(origin.name, "KEY_FILE")
    user = origin.secrets.user or address.user
    to = Destination(address.host, address.port, user, origin.place, variable)
    state = _without_slash(settings.state) if settings.state else ""
    disk = SftpDisk(Session(to, settings.host_key, origin.secrets, clock))
    return _staged(disk, root, state, settings, origin, clock)


def _staged(
    disk: "Disk", root: str, state: str, settings: TargetSettings, origin: Origin, clock: "Clock"
) -> Target:  # fmt: skip
    from .staged.folders import Where  # noqa: PLC0415

    claims = origin.memory / "claims"
    if not settings.releases:
        from .staged.target import StagedTarget  # noqa: PLC0415

        return StagedTarget(disk, Where(root, state or f"{root}/{STATE}", origin.place, claims), clock)
    if root.endswith(("/.", "/")) or root == ".":
        raise Refused(problem("no-links-there", origin.place))
    from .staged.switch import RELEASES, SwitchedTarget  # noqa: PLC0415

    return SwitchedTarget(disk, Where(root, state or f"{root}{RELEASES}", origin.place, claims), clock)


def _without_slash(path: str) -> str:
    """A folder of the host, to which /name can be added; one without a name too."""
    return path.rstrip("/") or ("/." if path.startswith("/") else ".")
