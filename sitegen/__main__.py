"""`python -m sitegen`."""

import os
import sys

if not sys.flags.safe_path and sys.path[0] == os.getcwd():  # noqa: PTH109 - as Python writes it
    del sys.path[0]  # Python has put the working folder first, which may be a site's: nothing is imported from there

from .cli.main import main

main()
