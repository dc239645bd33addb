"""Builds a site with workers that are killed when they have sent half of an answer; prints the codes of what was wrong.

As a program: the site's folder, and how workers are started.
"""

import os
import signal
import sys
from multiprocessing import parent_process
from multiprocessing.connection import Connection
from pathlib import Path
from typing import cast

from sitegen.build import build
from sitegen.build.run import Options, Workers
from sitegen.problems import SiteError
from sitegen.system.processes import StartMethod

_send = Connection._send  # type: ignore[attr-defined]


def _send_half(connection: Connection, data: bytes) -> None:
    if parent_process() is None:
        _send(connection, data)
    else:
        _send(connection, data[: len(data) // 2])
        os.kill(os.getpid(), signal.SIGKILL)


Connection._send = _send_half  # type: ignore[attr-defined]

if __name__ == "__main__":
    try:
        build(Path(sys.argv[1]), Options(workers=Workers(2, cast(StartMethod, sys.argv[2]))))
    except SiteError as error:
        print(*(found.code for found in error.problems))
