"""The command line: `understudy serve`, `understudy explain` and `understudy validate`.

Two imports stand inside functions here and nowhere else: what only `validate` or only `--overlay` needs takes a tenth of a
second to import, and every start of the server would pay for it.
"""

from __future__ import annotations

import argparse
import errno
import gc
import ipaddress
import socket
import sys
import threading
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path

import orjson
import uvicorn

from understudy import __version__
from understudy.bundled import bundled_contracts
from understudy.contracts.contract import Contract
from understudy.contracts.findings import quick
from understudy.contracts.source import Document
from understudy.errors import ContractError, SandboxError, SettingsError
from understudy.explain import explain, written
from understudy.generation.extensions import unusable
from understudy.rules import Rules
from understudy.sandbox import Sandbox, Settings
from understudy.server.app import create_app, mounts
from understudy.server.pages import describe
from understudy.server.reloading import Reloading
from understudy.state.identities import Identities
from understudy.vendors.registry import vendor_for

FINDINGS_SHOWN = 20  # of one contract; the rest is counted


def main(arguments: Sequence[str] | None = None) -> int:
    """Run the command line; the exit status is 0, 1 where something cannot be served, 2 where the call is wrong.

    That of `validate` is 0 without findings, 1 with some, 2 where the contract cannot be read.
    """
    options = _parser().parse_args(arguments)
    try:
        return {"serve": _serve, "explain": _explain, "validate": _validate}[options.command](options)
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
    _add_rules(serve)
    serve.add_argument(
        "--cors", action="append", metavar="ORIGIN", help="origin whose pages may call (default: any on a loopback address, else none)"
    )
    serve.add_argument(
        "--reload",
        action=argparse.BooleanOptionalAction,
        default=True,
        help="load contracts, overlays and handlers anew when one of their files changes, and keep what was created",
    )
    _add_overlay(serve)
    explain = commands.add_parser("explain", help="say what each operation will do, and why", description="Explain sandboxes.")
    explain.add_argument(
        "contracts", nargs="*", type=Path, metavar="CONTRACT", help="OpenAPI file; without one, the four bundled contracts"
    )
    explain.add_argument("--json", action="store_true", help="print a JSON document instead of text")
    _add_rules(explain)
    _add_overlay(explain)
    validate = commands.add_parser("validate", help="say what is wrong in a contract", description="Check a contract; made for CI.")
    validate.add_argument("contract", type=Path, metavar="CONTRACT", help="OpenAPI or Swagger 2.0 file")
    _add_overlay(validate)
    return parser


def _add_rules(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--unknown-ids",
        choices=("generate", "404"),
        help="whether an item that nobody created is made when it is first asked for (default: generate; 404 in the bundled sandboxes)",
    )
    command.add_argument(
        "--handlers", type=Path, metavar="FILE", help="Python file whose async functions answer the operations they are named after"
    )


def _add_overlay(command: argparse.ArgumentParser) -> None:
    command.add_argument(
        "--overlay",
        action="append",
        type=Path,
        default=[],
        metavar="FILE",
        help="OpenAPI Overlay that changes the contract; repeatable, in order",
    )


def _port(text: str) -> int:
    if not text.isascii() or not text.isdigit() or int(text) > 65535:
        raise argparse.ArgumentTypeError(f"{text!r} is not a port: 0 to 65535")
    return int(text)


def _count(text: str) -> int:
    if not text.isascii() or not text.isdigit():
        raise argparse.ArgumentTypeError(f"{text!r} is not a number of records: 0 or more")
    return int(text)


def _serve(options: argparse.Namespace) -> int:
    cors = options.cors if options.cors is not None else ["*"] if _is_loopback(options.host) else []
    files = [*options.overlay, *([options.handlers] if options.handlers else [])]
    app = Reloading(partial(_sandboxes, options), partial(create_app, cors=cors), files)
    _spare_the_collector()  # before anything is said: a Ctrl-C that comes while it works can get lost
    listener = _listen(options.host, options.port)
    url = _url(listener)
    for mount in mounts(app.sandboxes):
        api = describe(mount, url)
        print(f"{api['name']:<12} {api['url']:<40} {api['operations']} operations", flush=True)
    config = uvicorn.Config(app, lifespan="off", access_log=False, log_level="warning", server_header=False, proxy_headers=False)
    server = uvicorn.Server(config)
    stop = threading.Event()
    watcher = threading.Thread(target=app.watch, args=(_warn, stop), daemon=True)
    if options.reload:
        watcher.start()
    try:
        server.run(sockets=[listener])
    finally:
        stop.set()
    return 0


def _spare_the_collector() -> None:
    """Let the garbage collector pass over what was loaded, and come by less often: records are plain JSON, which forms no cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)


def _validate(options: argparse.Namespace) -> int:
    from understudy import cli_validate  # noqa: PLC0415 -- see the top

    return cli_validate.run(options.contract, options.overlay)


def _overlaid(overlays: Sequence[Path]) -> Callable[[Document], Document] | None:
    """Return the change some overlays make; None where there are none."""
    if not overlays:
        return None
    from understudy.contracts.overlay import apply_all  # noqa: PLC0415 -- see the top

    return lambda document: apply_all(document, overlays)


def _sandboxes(options: argparse.Namespace) -> list[Sandbox]:
    identities = Identities.load(options.identities) if options.identities else Identities()
    settings = Settings(seed=options.seed, populate=options.populate, any_id=options.unknown_ids != "404", identities=identities)
    if not options.contracts and options.unknown_ids == "generate":
        raise SettingsError("--unknown-ids generate is for contracts of your own: the bundled sandboxes have rules about what exists")
    contracts = _contracts(options)
    rules = _rules(options, contracts)
    handlers = [rules.handlers(contract) if rules else {} for contract in contracts]
    vendors = [None if options.contracts else vendor_for(contract.name) for contract in contracts]
    return [Sandbox(contract, vendor, settings, own) for contract, vendor, own in zip(contracts, vendors, handlers, strict=True)]


def _rules(options: argparse.Namespace, contracts: Sequence[Contract]) -> Rules | None:
    rules = Rules.load(options.handlers) if options.handlers else None
    for finding in rules.findings(contracts) if rules else ():
        _warn(finding)
    return rules


def _warn(said: object) -> None:
    print(f"understudy: {said}", file=sys.stderr, flush=True)


def _explain(options: argparse.Namespace) -> int:
    contracts = _contracts(options)
    rules = _rules(options, contracts)
    found = {}
    for contract in contracts:
        vendor = None if options.contracts else vendor_for(contract.name)
        of_vendor = (
            {operation.key: f"a rule of {vendor.name}" for operation in contract.operations if operation.id in vendor.handlers}
            if vendor
            else {}
        )
        handlers = of_vendor | (rules.names(contract) if rules else {})
        found[contract.name] = explain(contract, handlers, infers=vendor is None, any_id=options.unknown_ids != "404")
    if options.json:
        print(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    else:
        print("\n\n".join(f"# {name}\n\n{written(told)}" for name, told in found.items()))
    return 0


def _contracts(options: argparse.Namespace) -> list[Contract]:
    if options.overlay and len(options.contracts) != 1:
        raise SettingsError("--overlay changes one contract: name the one to serve")
    if not options.contracts:
        return [Contract.load(path, name) for name, path in bundled_contracts().items()]
    names = [path.stem for path in options.contracts]
    twice = next((name for name in names if names.count(name) > 1), None)
    if twice:
        raise SettingsError(f"two contracts would be served at /{twice}: give one of the files another name")
    change = _overlaid(options.overlay)
    return [_load(path, change) for path in options.contracts]


def _load(path: Path, change: Callable[[Document], Document] | None) -> Contract:
    if not path.exists():
        raise ContractError("there is no such file", file=str(path))
    contract = Contract.load(path, change=change)
    found = [*quick(contract), *unusable(contract)]
    for finding in found[:FINDINGS_SHOWN]:
        print(f"understudy: {finding}", file=sys.stderr)
    if len(found) > FINDINGS_SHOWN:
        print(
            f"understudy: {path.name}: {len(found) - FINDINGS_SHOWN} more findings; `understudy validate` shows them all", file=sys.stderr
        )
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
        listener.listen(2048)  # who calls as soon as the URL is printed waits, and is not turned away
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
