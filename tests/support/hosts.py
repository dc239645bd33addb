"""Real web servers, on loopback, that serve a finished site as its owners' hosts would."""

import http.client
import os
import shutil
import socket
import subprocess
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

MODULES = Path("/usr/lib/apache2/modules")

APACHE = """\
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {run}/httpd.pid
DefaultRuntimeDir {run}
ErrorLog {run}/error.log
{user}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
LoadModule alias_module {modules}/mod_alias.so
LoadModule dir_module {modules}/mod_dir.so
DocumentRoot {root}
<Directory {root}>
    AllowOverride All
    Require all granted
</Directory>
"""

NGINX = """\
{user}
pid {run}/nginx.pid;
error_log {run}/error.log;
worker_processes 1;
events {{ worker_connections 64; }}
http {{
    access_log off;
    {temporary}
    include {root}/site/redirects.nginx.conf;
    server {{
        listen 127.0.0.1:{port};
        root {root};
        index index.html;
        charset utf-8;
        if ($moved_to) {{ return 301 $moved_to; }}
        error_page 404 /site/404.html;
        location /site/ja/ {{ error_page 404 /site/ja/404.html; }}
    }}
}}
"""


@contextmanager
def host(name: str, root: Path, run: Path) -> Iterator[int]:
    """Serve `root`, which anyone may read, with Apache or nginx; gives the port. Skips where it is not installed."""
    program = shutil.which({"apache": "apache2", "nginx": "nginx"}[name], path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip(f"there is no {name}")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    is_root = os.geteuid() == 0
    configuration = run / "server.conf"
    if name == "apache":
        user = "User www-data\nGroup www-data" if is_root else ""
        configuration.write_text(APACHE.format(port=port, run=run, root=root, modules=MODULES, user=user), "utf-8")
        command = [program, "-X", "-f", str(configuration)]
    else:
        kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
        temporary = " ".join(f"{kind}_temp_path {run}/{kind};" for kind in kinds)
        user = "user root;" if is_root else ""
        configuration.write_text(NGINX.format(port=port, run=run, root=root, temporary=temporary, user=user), "utf-8")
        command = [program, "-c", str(configuration), "-e", str(run / "error.log"), "-g", "daemon off;"]
    process = subprocess.Popen(command, stderr=subprocess.PIPE)
    try:
        await_server(process, port)
        yield port
    finally:
        process.terminate()
        process.communicate(timeout=10)


def ask(port: int, target: str) -> tuple[int, str | None, bytes]:
    """GET an address as it is: status, Location, body."""
    connection = http.client.HTTPConnection("127.0.0.1", port, timeout=10)
    try:
        connection.request("GET", target)
        answer = connection.getresponse()
        return answer.status, answer.getheader("Location"), answer.read()
    finally:
        connection.close()


def await_server(process: subprocess.Popen[bytes], port: int) -> None:
    """Until a server answers."""
    for _ in range(200):
        if process.poll() is not None:
            raise AssertionError((process.communicate()[1] or b"").decode())
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.05)
    raise AssertionError("the server does not answer")
