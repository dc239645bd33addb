"""What Cloudflare and Netlify read host files with, as they give it away: Pages' own runtime, and Netlify's parsers."""

import json
import os
import signal
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import pytest

from tests.conftest import PROJECT
from tests.support.hosts import await_server
from tests.support.live import free_port

MODULES = PROJECT / ".tools/hosts/node_modules"

_READ = """
import {parseAllHeaders} from "@netlify/headers-parser";
import {parseAllRedirects} from "@netlify/redirect-parser";
const of = (name) => [`${process.argv[2]}/${name}`];
const headers = await parseAllHeaders({headersFiles: of("_headers"), minimal: false, configHeaders: []});
const redirects = await parseAllRedirects({redirectsFiles: of("_redirects"), minimal: false, configRedirects: []});
const patterns = headers.headers.map((rule) => ({...rule, forRegExp: rule.forRegExp.source}));
const errors = [...headers.errors, ...redirects.errors].map(String);
console.log(JSON.stringify({headers: patterns, redirects: redirects.redirects, errors}));
"""


@contextmanager
def cloudflare(root: Path, run: Path) -> Iterator[int]:
    """Serve `root` as Cloudflare Pages does; gives the port. Skips where wrangler is not installed. `run`: a folder for
    what it writes."""
    program = MODULES / ".bin/wrangler"
    if not program.exists():
        pytest.skip("there is no wrangler")
    port = free_port()
    known = run / "node_modules/.mf/cf.json"  # else it asks a server of Cloudflare's for it
    known.parent.mkdir(parents=True)
    known.write_text("{}", "utf-8")
    command = [str(program), "pages", "dev", str(root), "--ip", "127.0.0.1", "--port", str(port)]
    with (run / "log").open("wb") as log:
        process = subprocess.Popen(
            [*command, "--compatibility-date", "2026-01-01", "--inspector-port", "0"],
            cwd=run,
            env={**os.environ, "HOME": str(run), "WRANGLER_SEND_METRICS": "false", "WRANGLER_HIDE_BANNER": "true"},
            stdin=subprocess.DEVNULL,
            stdout=log,
            stderr=subprocess.STDOUT,
            start_new_session=True,
        )
    try:
        await_server(process, port)
        _await_files(run / "log")
        yield port
    finally:
        os.killpg(process.pid, signal.SIGKILL)
        process.wait(timeout=10)


def _await_files(log: Path) -> None:
    """Until the files are known too: it answers a moment earlier."""
    for _ in range(200):
        if "Ready on" in log.read_text("utf-8"):
            return
        time.sleep(0.05)
    raise AssertionError(log.read_text("utf-8"))


def netlify(root: Path, run: Path) -> dict[str, Any]:
    """What Netlify reads in `root`: headers, redirects, errors. Skips where its parsers are not installed."""
    if not (MODULES / "@netlify/redirect-parser").exists():
        pytest.skip("there are no parsers of Netlify's")
    (run / "node_modules").symlink_to(MODULES)
    script = run / "read.mjs"
    script.write_text(_READ, "utf-8")
    done = subprocess.run(["node", str(script), str(root)], capture_output=True, check=True, timeout=60)
    return dict(json.loads(done.stdout))
