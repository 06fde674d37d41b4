"""The health check of an image: whether the server that a process runs says that it is up.

`python -m understudy.cli.health [PID]` asks where that process listens, by its command line, the environment
and a file of options; by default process 1, which is the server in a container. The exit status is 0 where it
answers, else 1.
"""

from __future__ import annotations

import ipaddress
import ssl
import sys
import urllib.request
from pathlib import Path
from typing import Final

from understudy.cli.options import read_arguments

_TIMEOUT: Final = 4.0  # seconds
_ANY: Final = {"0.0.0.0": "127.0.0.1", "::": "::1"}


def main(pid: str = "1") -> int:
    """Ask the server, and return the exit status."""
    url = url_of(Path(f"/proc/{pid}/cmdline").read_text().split("\0")[:-1])
    # Whose certificate it is has been settled by who started it: it is asked from its own machine.
    opener = urllib.request.build_opener(
        urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=ssl._create_unverified_context())
    )
    try:
        with opener.open(url, timeout=_TIMEOUT) as answer:
            return 0 if answer.status == 200 else 1
    except OSError as error:
        print(f"{url}: {error}", file=sys.stderr)
        return 1


def url_of(command: list[str]) -> str:
    """Return where the server of a command says that it is up. Raises SandboxError, SystemExit."""
    options = read_arguments(command[command.index("serve") :])
    host = _ANY.get(options.host, options.host)
    if _is_version_6(host):
        host = f"[{host}]"
    scheme = "https" if options.tls_cert else "http"
    return f"{scheme}://{host}:{options.port}/__admin/health"


def _is_version_6(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).version == 6
    except ValueError:
        return False


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:2]))
