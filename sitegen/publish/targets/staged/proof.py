"""Facts of a disk, proven on it: what a host says that it can do, it may not."""

import asyncio
import os
from contextlib import suppress

from sitegen.publish.targets.target import Facts

from .disk import Disk


async def prove(disk: Disk, folder: str, *, links: bool) -> Facts:
    """In a folder of its own below this one. `links`: try them too; else they are taken not to be there."""
    base = f"{folder}/proof-{os.urandom(8).hex()}"
    await disk.make_folder(base)
    try:
        replaces, excludes, case, forms, *linked = await asyncio.gather(
            _replaces(disk, base),
            _excludes(disk, base),
            _tells(disk, f"{base}/Case", f"{base}/cASE"),
            _tells(disk, f"{base}/\u1ebf", f"{base}/e\u0302\u0301"),
            *([_links(disk, base)] if links else []),
        )
        return Facts(replaces, excludes, case, forms, links=links and all(linked))
    finally:
        with suppress(OSError):
            entries = await disk.scan(base)
            removed = (
                (disk.remove_folder if entry.kind == "folder" else disk.remove)(f"{base}/{name}")
                for name, entry in entries.items()
            )
            await asyncio.gather(*removed)
            await disk.remove_folder(base)


async def _excludes(disk: Disk, base: str) -> bool:
    return await disk.create(f"{base}/once", b"1") and not await disk.create(f"{base}/once", b"2")


async def _replaces(disk: Disk, base: str) -> bool:
    try:
        await disk.write(f"{base}/old", lambda: (b"old",))
        await disk.write(f"{base}/new", lambda: (b"new",))
        await disk.move(f"{base}/new", f"{base}/old")
        return await disk.read(f"{base}/old") == b"new" and await disk.look(f"{base}/new") is None
    except OSError:
        return False


async def _tells(disk: Disk, one: str, other: str) -> bool:
    try:
        await disk.create(one, b"")
        return await disk.look(other) is None
    except OSError:
        return True


async def _links(disk: Disk, base: str) -> bool:
    """Whether a file has two names, and a link to a folder can be moved over another."""
    try:
        await disk.make_folder(f"{base}/one")
        await disk.create(f"{base}/linked", b"linked")
        await disk.link(f"{base}/linked", f"{base}/second")
        await disk.remove(f"{base}/linked")
        for link in ("this", "that"):
            await disk.point(f"{base}/{link}", f"{base}/one")
        await disk.move(f"{base}/that", f"{base}/this")
        entry = await disk.look(f"{base}/this")
        return await disk.read(f"{base}/second") == b"linked" and entry is not None and entry.kind == "link"
    except OSError:
        return False
