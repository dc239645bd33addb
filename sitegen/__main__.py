"""`python -m sitegen`, and the command that is installed.

Whoever presses Ctrl+C before a command begins, or when it is done, is told nothing of it.
"""

import gc
import os
import sys
from signal import SIG_DFL, SIG_IGN, SIGINT, default_int_handler, getsignal, signal

_IS_HEARD = getsignal(SIGINT) is default_int_handler
"""Not where a shell has put this process in the background."""
if _IS_HEARD:
    signal(SIGINT, SIG_DFL)

if not sys.flags.safe_path and sys.path[0] == os.getcwd():  # noqa: PTH109 - as Python writes it
    del sys.path[0]  # Python has put the working folder first, which may be a site's: nothing is imported from there

gc.disable()  # nothing that is imported goes
from .cli.main import main as run  # noqa: E402

gc.freeze()
gc.enable()


def main() -> None:
    """Run a command."""
    if _IS_HEARD:
        signal(SIGINT, default_int_handler)
    try:
        run()
    finally:
        signal(SIGINT, SIG_IGN)


if __name__ == "__main__":
    main()
