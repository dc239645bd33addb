"""The seconds that a command takes, and those of its processors' time: `clock.py SECONDS COMMAND …` writes both, and
ends as the command did. Processes that it leaves behind are waited for, where the system (Linux) gives them to us."""

import ctypes
import json
import os
import subprocess
import sys
import time

PR_SET_CHILD_SUBREAPER = 36
"""Of prctl(2)."""


def main() -> None:
    limit, *command = sys.argv[1:]
    if sys.platform == "linux":
        ctypes.CDLL(None).prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0)
    started = time.perf_counter()
    status = subprocess.run(command, check=False, timeout=float(limit), stdout=subprocess.DEVNULL).returncode
    seconds = time.perf_counter() - started
    while _waited():
        pass
    spent = os.times()
    print(json.dumps([round(seconds, 3), round(spent.children_user + spent.children_system, 3)]))
    sys.exit(status)


def _waited() -> bool:
    if sys.platform != "win32":
        try:
            os.waitpid(-1, 0)
        except ChildProcessError:
            return False
        return True
    return False


if __name__ == "__main__":
    main()
