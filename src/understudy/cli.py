"""The command line: `understudy serve`."""

from __future__ import annotations

import argparse
import errno
import ipaddress
import socket
import sys
from collections.abc import Sequence
from pathlib import Path

import uvicorn

from understudy import __version__
from understudy.bundled import bundled_contracts
from understudy.contract import Contract
from understudy.errors import ContractError, SandboxError, SettingsError
from understudy.identities import Identities
from understudy.sandbox import Sandbox, Settings
from understudy.server.app import create_app, mounts
from understudy.server.pages import describe
from understudy.vendors.registry import vendor_for

FINDINGS_SHOWN = 20  # of one contract; the rest is counted


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status is 0, 1 where something cannot be served, 2 where the call is wrong."""
    options = _parser().parse_args(arguments)
    try:
        return _serve(options)
    except SandboxError as error:
        print(f"understudy: {error}", file=sys.stderr)
        return 1
    except KeyboardInterrupt:  # uvicorn has shut down in order and passes the signal on
        return 130


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(prog="understudy", description="Stateful API sandboxes from OpenAPI contracts.")
    parser.add_argument("--version", action="version", version=f"understudy {__version__}")
    commands = parser.add_subparsers(dest="command", required=True)
    serve = commands.add_parser("serve", help="start sandboxes", description="Serve contracts as sandboxes.")
    serve.add_argument("contracts", nargs="*", type=Path, metavar="CONTRACT", help="OpenAPI file; without one, the four bundled contracts")
    serve.add_argument("--host", default="127.0.0.1", help="address to listen on (default: %(default)s)")
    serve.add_argument("--port", type=_port, default=8000, help="port to listen on; 0 takes a free one (default: %(default)s)")
    serve.add_argument("--seed", type=int, default=1, help="decides all that is made up (default: %(default)s)")
    serve.add_argument("--populate", type=_count, default=3, metavar="N", help="accounts each sandbox starts with (default: %(default)s)")
    serve.add_argument("--identities", type=Path, metavar="FILE", help="who may call; without it any credential is good")
    serve.add_argument(
        "--cors", action="append", metavar="ORIGIN", help="origin whose pages may call (default: any on a loopback address, else none)"
    )
    return parser


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: 0 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of records: 0 or more")
    return int(text)


def _serve(options: argparse.Namespace) -> int:
    sandboxes = _sandboxes(options)
    cors = options.cors if options.cors is not None else ["*"] if _is_loopback(options.host) else []
    app = create_app(sandboxes, cors=cors)
    listener = _listen(options.host, options.port)
    url = _url(listener)
    for mount in mounts(sandboxes):
        api = describe(mount, url)
        print(f"{api['name']:<12} {api['url']:<40} {api['operations']} operations", flush=True)
    config = uvicorn.Config(app, lifespan="off", access_log=False, log_level="warning", server_header=False)
    server = uvicorn.Server(config)
    server.run(sockets=[listener])
    return 0


def _sandboxes(options: argparse.Namespace) -> list[Sandbox]:
    identities = Identities.load(options.identities) if options.identities else Identities()
    settings = Settings(seed=options.seed, populate=options.populate, identities=identities)
    if not options.contracts:
        named = bundled_contracts()
        return [Sandbox(Contract.load(path, name), vendor_for(name), settings) for name, path in named.items()]
    names = [path.stem for path in options.contracts]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise SettingsError(f"two contracts would be served at /{twice}: give one of the files another name")
    return [Sandbox(_load(path), None, settings) for path in options.contracts]


def _load(path: Path) -> Contract:
    if not path.exists():
        raise ContractError("there is no such file", file=str(path))
    contract = Contract.load(path)
    for finding in contract.findings[:FINDINGS_SHOWN]:
        print(f"understudy: {finding}", file=sys.stderr)
    if len(contract.findings) > FINDINGS_SHOWN:
        print(f"understudy: {path.name}: {len(contract.findings) - FINDINGS_SHOWN} more findings", file=sys.stderr)
    return contract


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything is said, so that a port in use is a sentence and port 0 has a number."""
    listener = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE)[0]
        listener = socket.socket(family, kind, protocol)
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        listener.bind(address)
    except OSError as error:
        if listener is not None:
            listener.close()
        taken = error.errno == errno.EADDRINUSE
        reason = "it is in use; choose another with --port" if taken else error.strerror
        raise SettingsError(f"cannot listen on {host} port {port}: {reason}") from None
    return listener


def _url(listener: socket.socket) -> str:
    host, port = listener.getsockname()[:2]
    shown = {"0.0.0.0": "127.0.0.1", "::": "[::1]"}.get(host, f"[{host}]" if ":" in host else host)
    return f"http://{shown}:{port}"
