"""A real Envoy on a free port, and the other tools that `make deploy-tools` installs."""

from __future__ import annotations

import subprocess
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

TOOLS = Path(__file__).parents[1] / "build" / "deploy" / "bin"
_FREE = {"socket_address": {"address": "127.0.0.1", "port_value": 0}}


def tool(name: str) -> str:
    """Return the path of a tool; without it the test is skipped."""
    if not (TOOLS / name).exists():
        pytest.skip(f"there is no {name} here: `make deploy-tools` installs it")
    return str(TOOLS / name)


@contextmanager
def envoy(folder: Path, text: str, urls: Sequence[str]) -> Iterator[str]:
    """Run Envoy with a configuration before these servers; yields its host and port."""
    program, file, admin = tool("envoy"), folder / "envoy.yaml", folder / "envoy.admin"
    file.write_text(yaml.safe_dump(_placed(yaml.safe_load(text), urls)))
    command = [program, "-c", str(file), "--use-dynamic-base-id", "--concurrency", "1"]
    command += ["--admin-address-path", str(admin)]
    with subprocess.Popen(command, stderr=subprocess.PIPE, text=True) as process:
        assert process.stderr is not None
        try:
            said = ""
            while "starting main dispatch loop" not in said:
                line = process.stderr.readline()
                assert line, said
                said += line
            listeners = httpx.get(f"http://{admin.read_text()}/listeners", trust_env=False).text
            yield listeners.rpartition("::")[2].strip()
        finally:
            process.terminate()
            process.communicate(timeout=60)


def _placed(configuration: Any, urls: Sequence[str]) -> Any:
    """Return a configuration with addresses of this machine."""
    resources = configuration["static_resources"]
    resources["listeners"][0]["address"] = _FREE
    [locality] = resources["clusters"][0]["load_assignment"]["endpoints"]
    for endpoint, url in zip(locality["lb_endpoints"], urls, strict=True):
        address = httpx.URL(url)
        endpoint["endpoint"]["address"]["socket_address"] = {
            "address": address.host,
            "port_value": address.port,
        }
    return {**configuration, "admin": {"address": _FREE}}
