"""A real nginx on a free port."""

from __future__ import annotations

import shutil
import socket
import subprocess
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Final

import pytest

NGINX: Final = shutil.which("nginx") or ""
_KINDS: Final = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")


@contextmanager
def nginx(folder: Path, servers: str) -> Iterator[str]:
    """Run nginx with what stands within `http {}`, where `listen 80` is a free port; yields its host and port."""
    if not NGINX:
        pytest.skip("there is no nginx here")
    # It takes over a socket that listens already: so no port is free in one moment and taken in the next.
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port = listener.getsockname()[1]
        command = _configured(folder, port, servers)
        checked = subprocess.run([*command, "-t"], check=False, capture_output=True, text=True, timeout=60)
        assert checked.returncode == 0, checked.stderr
        inherited = {"NGINX": f"{listener.fileno()};", "PATH": "/usr/bin:/bin"}
        process = subprocess.Popen(command, pass_fds=[listener.fileno()], env=inherited)
    try:
        yield f"127.0.0.1:{port}"
    finally:
        process.terminate()
        process.wait(timeout=60)


def _configured(folder: Path, port: int, servers: str) -> list[str]:
    """Write the configuration; returns the command that reads it."""
    assert servers.count("listen 80") == 1
    (folder / "servers.conf").write_text(servers.replace("listen 80", f"listen 127.0.0.1:{port}"))
    folders = "\n".join(f"{kind}_temp_path {folder}/{kind};" for kind in _KINDS)
    (folder / "nginx.conf").write_text(
        f"pid {folder}/pid;\nevents {{}}\n"
        f"http {{\naccess_log off;\n{folders}\ninclude {folder}/servers.conf;\n}}\n"
    )
    options = "daemon off; error_log stderr crit;"
    return [NGINX, "-e", "stderr", "-p", str(folder), "-c", str(folder / "nginx.conf"), "-g", options]
