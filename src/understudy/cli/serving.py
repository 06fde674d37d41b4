"""The command `understudy serve`: sandboxes on a socket."""

from __future__ import annotations

import argparse
import errno
import gc
import ipaddress
import socket
import threading
from functools import partial

from understudy.callbacks.sender import Sender
from understudy.callbacks.targets import Policy, Target
from understudy.cli.loading import recipe_of, warn
from understudy.cli.options import TOKEN_VARIABLE
from understudy.cli.state_file import StateFile
from understudy.errors import SettingsError
from understudy.server.app import create_app, mounts
from understudy.server.pages import describe
from understudy.server.reloading import Reloading
from understudy.server.running import Server
from understudy.sessions import Sessions, SessionSettings
from understudy.state.identities import Identities


def run(options: argparse.Namespace) -> int:
    """Serve until told to stop. Raises SandboxError for what cannot be served."""
    gc.disable()  # nothing of what is loaded is garbage, and a large contract would have it looked through again and again
    is_loopback = _is_loopback(options.host)
    admin_token = _admin_token(options)
    if not (is_loopback or admin_token):
        raise SettingsError(
            f"others can reach {options.host}, and the admin API there: choose a token for it with --admin-token, or in ${TOKEN_VARIABLE}"
        )
    cors = options.cors if options.cors is not None else ["*"] if is_loopback else []
    recipe = recipe_of(options)
    identities = Identities.load(options.identities) if options.identities else Identities()
    sessions = Sessions(SessionSettings(recipe.seed, identities, options.session_idle, options.journal))
    sender = Sender(Policy(options.allow_callbacks), [Target.named(url) for url in options.webhook_url])
    compose = partial(create_app, sessions=sessions, sender=sender, admin_token=admin_token, cors=cors)
    app = Reloading(partial(recipe.sandboxes, warn), compose, recipe.files)
    state = StateFile(options.state, sessions, lambda: app.sandboxes) if options.state else None
    if state is not None:
        state.load()
    _spare_the_collector()  # before anything is said: a Ctrl-C that comes while it works can get lost
    listener = _listen(options.host, options.port)
    url = _url(listener)
    for mount in mounts(app.sandboxes):
        api = describe(mount, url)
        print(f"{api['name']:<12} {api['url']:<40} {api['operations']} operations", flush=True)
    server = Server(app, on_stopping=sessions.close, on_stop=state.save if state else None)
    stop = threading.Event()
    watcher = threading.Thread(target=app.watch, args=(warn, stop), daemon=True)
    if options.reload:
        watcher.start()
    try:
        server.run(sockets=[listener])
    finally:
        stop.set()
    return 0


def _admin_token(options: argparse.Namespace) -> str:
    """Return the token, empty where none was chosen. Raises SettingsError for a blank one, which only looks like one."""
    token = "" if options.admin_token is None else str(options.admin_token).strip()
    if options.admin_token is not None and not token:
        raise SettingsError("--admin-token is blank: choose a token, or leave the option out to have none")
    return token


def _spare_the_collector() -> None:
    """Let the garbage collector pass over what was loaded, and come by less often: records are plain JSON, which forms no cycles."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(50_000, 20, 50)
    gc.enable()


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host).is_loopback
    except ValueError:
        return host == "localhost"


def _listen(host: str, port: int) -> socket.socket:
    """Take the port before anything is said, so that a port in use is a sentence and port 0 has a number."""
    listener = None
    try:
        family, kind, protocol, _, address = socket.getaddrinfo(
            host, port, type=socket.SOCK_STREAM, flags=socket.AI_PASSIVE
        )[0]
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
