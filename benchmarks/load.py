"""The load: keep-alive connections that each wait for an answer before they ask again; a process of its own, which prints JSON."""

from __future__ import annotations

import argparse
import json
import re
import selectors
import socket
import sys
import time
from collections.abc import Iterator

PATH = "/dualentry/public/v1/accounts/"
# The session is named, so that finding it is part of what is measured; the bare application passes over the header.
HEAD = "{method} {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nX-API-KEY: benchmark\r\nAccept: application/json\r\nSandbox-Session: bench\r\n"
LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)", re.IGNORECASE)
KINDS = {"POST": b"HTTP/1.1 201 ", "GET": b"HTTP/1.1 200 ", "LIST": b"HTTP/1.1 200 "}
"""What each kind of request is answered with."""


def account(number: int) -> dict[str, object]:
    """Make a valid body with all sixteen properties of a DualEntry account."""
    return {
        "name": f"Operating account {number}",
        "number": number,
        "account_type": "bank",
        "currency_iso_4217_code": "EUR",
        "is_active": True,
        "parent_account_id": None,
        "description": "Day-to-day receipts and payments",
        "company_id": 101,
        "category_1099": "MISC-Box 3",
        "allowed_company_ids": [101, 102],
        "is_monetary": True,
        "bank_alias": "Main",
        "bank_routing": "021000021",
        "bank_account_number": "0532013000",
        "iban": "DE89370400440532013000",
        "start_bank_match_date": "2025-01-31",
    }


def message(kind: str, number: int) -> bytes:
    """Write one whole request: create or read the account of that number, or list ten."""
    if kind == "POST":
        body = json.dumps(account(number)).encode()
        head = (
            HEAD.format(method="POST", path=PATH)
            + f"Content-Type: application/json\r\nContent-Length: {len(body)}\r\n\r\n"
        )
        return head.encode() + body
    path = f"{PATH}{number}/" if kind == "GET" else f"{PATH}?limit=10"
    return (HEAD.format(method="GET", path=path) + "\r\n").encode()


class Connection:
    """One connection and the answer it waits for."""

    def __init__(self, port: int, expected: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.expected = expected
        self.received = b""
        self.asked = 0.0

    def ask(self, request: bytes) -> None:
        """Send a request and start its clock."""
        self.received = b""
        self.asked = time.perf_counter()
        self.socket.sendall(request)

    def seconds(self) -> float | None:
        """Read what has come; return how long the answer took once it is whole. Exits at an answer that is not the expected one."""
        chunk = self.socket.recv(65536)
        self.received += chunk
        head, gap, body = self.received.partition(b"\r\n\r\n")
        if not chunk or (gap and not head.startswith(self.expected)):
            sys.exit(f"expected {self.expected.decode()}but received {self.received[:500]!r}")
        length = LENGTH.search(head) if gap else None
        if length is None or len(body) < int(length[1]):
            return None
        return time.perf_counter() - self.asked


def run(port: int, expected: bytes, requests: Iterator[bytes], connections: int) -> list[float]:
    """Send every request, a connection at a time waiting for its answer, and return the seconds each took."""
    took: list[float] = []
    with selectors.DefaultSelector() as waiting:
        for _, request in zip(range(connections), requests, strict=False):
            connection = Connection(port, expected)
            waiting.register(connection.socket, selectors.EVENT_READ, connection)
            connection.ask(request)
        while waiting.get_map():
            for key, _ in waiting.select():
                seconds = key.data.seconds()
                if seconds is None:
                    continue
                took.append(seconds)
                if following := next(requests, b""):
                    key.data.ask(following)
                else:
                    waiting.unregister(key.fileobj)
                    key.data.socket.close()
    return took


def main() -> None:
    """Send `--requests` requests about the accounts from number `--first` on, and print the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    parser.add_argument("--kind", choices=KINDS, required=True)
    parser.add_argument("--requests", type=int, required=True)
    parser.add_argument("--connections", type=int, required=True)
    parser.add_argument("--first", type=int, required=True)
    options = parser.parse_args()
    requests = [message(options.kind, options.first + index) for index in range(options.requests)]
    start = time.perf_counter()
    took = run(options.port, KINDS[options.kind], iter(requests), options.connections)
    elapsed = time.perf_counter() - start
    took.sort()
    figures = {
        "per_second": len(took) / elapsed,
        "p50_ms": 1000 * took[len(took) // 2],
        "p99_ms": 1000 * took[len(took) * 99 // 100],
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
