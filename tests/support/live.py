"""Web servers, on loopback, with manners that a test wants, good and bad; and a small release for them to serve."""

import os
import shutil
import socket
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, contextmanager
from pathlib import Path
from urllib.parse import quote

import pytest

from sitegen.files import digest
from sitegen.publish.release import Release, Served, address_of
from tests.support.hosts import MODULES, await_server

NGINX = """\
{user}
{brotli}
pid {run}/nginx.pid;
worker_processes 1;
daemon off;
events {{ worker_connections 64; }}
http {{
    access_log off;
    {temporary}
    types {{
        text/html html; text/css css; text/javascript js; image/svg+xml svg; application/atom+xml xml;
        image/png png;
    }}
    default_type application/octet-stream;
    charset_types text/css text/javascript application/atom+xml;
    {servers}
}}
"""
APACHE = """\
ServerName localhost
Listen 127.0.0.1:{port}
PidFile {run}/httpd.pid
DefaultRuntimeDir {run}
ErrorLog {run}/error.log
{user}
LoadModule mpm_event_module {modules}/mod_mpm_event.so
LoadModule authz_core_module {modules}/mod_authz_core.so
{loaded}
<IfModule mime_module>
TypesConfig /dev/null
</IfModule>
DocumentRoot {root}
<Directory {root}>
    Require all granted
    {directory}
</Directory>
"""
BROTLI = Path("/usr/lib/nginx/modules/ngx_http_brotli_static_module.so")
SERVED = (
    "root {root}; index index.html; charset utf-8; error_page 404 /404.html; "
    "location /vi/ { error_page 404 /vi/404.html; } location /ja/ { error_page 404 /ja/404.html; }"
)
"""A server of nginx that does all right."""


def free_port() -> int:
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        return int(free.getsockname()[1])


@contextmanager
def nginx(run: Path, *servers: str) -> Iterator[tuple[int, ...]]:
    """Serve with nginx what each of these says within `server`; their ports, which they may name {port0}, {port1}."""
    run.mkdir(parents=True, exist_ok=True)
    ports = tuple(free_port() for _ in servers)
    named = {f"port{number}": port for number, port in enumerate(ports)}
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    blocks = [
        f"server {{ listen 127.0.0.1:{port}{' ssl' if 'ssl_certificate' in server else ''}; {_named(server, named)} }}"
        for server, port in zip(servers, ports, strict=True)
    ]
    text = NGINX.format(
        user="user root;" if os.geteuid() == 0 else "",
        run=run,
        brotli=f"load_module {BROTLI};" if BROTLI.exists() else "",
        temporary=" ".join(f"{kind}_temp_path {run}/{kind};" for kind in kinds)
        + f" proxy_cache_path {run}/cache keys_zone=cache:1m;",
        servers="\n".join(blocks),
    )
    (run / "nginx.conf").write_text(text, "utf-8")
    with running("nginx", ["-c", f"{run}/nginx.conf", "-e", f"{run}/error.log"], ports[0]):
        yield ports


def _named(text: str, names: Mapping[str, int]) -> str:
    for name, value in names.items():
        text = text.replace(f"{{{name}}}", str(value))
    return text


@contextmanager
def apache(run: Path, root: Path, directory: str, modules: tuple[str, ...] = ()) -> Iterator[int]:
    """Serve a folder with Apache; `directory`: what it says of the folder; `modules` beside the least it has."""
    run.mkdir(parents=True, exist_ok=True)
    port = free_port()
    user = "User www-data\nGroup www-data" if os.geteuid() == 0 else ""
    loaded = "\n".join(f"LoadModule {name}_module {MODULES}/mod_{name}.so" for name in modules)
    text = APACHE.format(port=port, run=run, user=user, modules=MODULES, loaded=loaded, root=root, directory=directory)
    (run / "apache.conf").write_text(text, "utf-8")
    with running("apache2", ["-X", "-f", f"{run}/apache.conf"], port):
        yield port


@contextmanager
def running(name: str, arguments: list[str], port: int) -> Iterator[None]:
    """A program that listens, until it does and while the context lasts. Skips where it is not installed."""
    program = shutil.which(name, path=f"{os.environ['PATH']}:/usr/sbin")
    if program is None:
        pytest.skip(f"there is no {name}")
    process = subprocess.Popen([program, *arguments], stderr=subprocess.PIPE)
    with ExitStack() as after:
        after.callback(process.communicate, timeout=10)
        after.callback(process.terminate)
        await_server(process, port)
        yield


def release(files: Mapping[str, bytes], redirects: frozenset[str] = frozenset()) -> Release:
    served = {path: Served(digest(data), len(data)) for path, data in files.items()}
    return Release("trial", "http://127.0.0.1/", served, dict.fromkeys(served, ""), redirects)


def write(folder: Path, files: Mapping[str, bytes]) -> None:
    """As a host has them, which anyone may read."""
    for path, data in files.items():
        target = folder / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_bytes(data)


def pages(version: str, address: str = "") -> dict[str, bytes]:
    """A site in two languages, of which all but the 404 pages and a picture differ by version; pages say where they
    are."""

    def page(path: str, lang: str) -> bytes:
        start = f"<!doctype html><html lang={lang}><title>{path} {version}</title>"
        text = f"{start}<link rel=canonical href='{address}{quote(address_of(path)[1:])}'>"
        return (text + "Chào các bạn. " * 20).encode()

    files = {
        f"{lang}/{name}": page(f"{lang}/{name}", lang)
        for lang in ("vi", "ja")
        for name in ("index.html", "tin/index.html", "tin/một/index.html")
    }
    missing = {
        f"{folder}404.html": f"<!doctype html><title>404 {folder}</title>{'Không có. ' * 9}".encode()
        for folder in ("", "vi/", "ja/")
    }
    assets = {
        f"assets/style.{version}.css": b"p { color: teal }\n",
        f"assets/script.{version}.js": b"'use strict'\n",
        "vi/feed.xml": f"<feed>{version}</feed>".encode(),
        "assets/a.svg": b"<svg/>",
    }
    return {"index.html": page("index.html", "vi"), **files, **missing, **assets}
