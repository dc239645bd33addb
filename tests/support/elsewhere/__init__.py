"""A Python that is poorer: as it is on Windows or macOS, for sitegen and its tests alone (`pytest --as windows`).

plugin          pytest's option, and what it leaves out
sitecustomize   which Python runs as it starts, so that children are as poor as their parents
pretend         what sitegen and the tests are given when they import something
windows         its disk, processes and signals
winapi          msvcrt, _winapi and ctypes.windll, as far as sitegen asks them
macos           its processes, and what it tells of changes
handles         which files are open, in this process and its relatives

Libraries see the real system, since they know others themselves; but how files are opened, replaced and removed is the
same for all. Needs Linux, whose /proc tells what is open.

It cannot show what paths look like on Windows (`/` stays what parts them), names that it refuses, letters that it
folds, nor what a disk does for programs that are not Python: that show the disks of `tests.support.disks`. Only a real
Windows shows its event loop, its permissions, what it tells of changes, and how long things take there.
"""
