"""The load: keep-alive connections that each wait for an answer before they ask again; a process of its own, from JSON to JSON."""

from __future__ import annotations

import json
import re
import select
import socket
import sys
import time
from collections.abc import Iterator
from itertools import count, cycle

from figures import percentile
from work import NUMBER

LENGTH = re.compile(rb"\r\ncontent-length: *(\d+)\r", re.IGNORECASE)


class Connection:
    """One connection and the answer it waits for."""

    __slots__ = ("asked", "end", "expected", "received", "socket")

    def __init__(self, port: int, expected: bytes) -> None:
        self.socket = socket.create_connection(("127.0.0.1", port))
        self.socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self.expected = expected
        self.received = b""
        self.end = 0  # bytes the whole answer has; 0 until its head is there
        self.asked = 0.0

    def ask(self, request: bytes) -> None:
        """Send a request and start its clock."""
        self.received = b""
        self.end = 0
        self.asked = time.perf_counter()
        self.socket.sendall(request)

    def is_answered(self) -> bool:
        """Read what has come, and tell whether the answer is whole. Exits at one that is not the expected one."""
        chunk = self.socket.recv(262144)
        self.received = self.received + chunk if self.received else chunk
        if not self.end:
            head = self.received.find(b"\r\n\r\n")
            if head >= 0:
                length = LENGTH.search(self.received, 0, head + 2)
                self.end = head + 4 + int(length[1]) if length else 0
        if not chunk or (self.end and not self.received.startswith(self.expected)):
            sys.exit(f"expected {self.expected.decode()} but received {self.received[:500]!r}")
        return 0 < self.end <= len(self.received)


def requests(messages: list[bytes], first: int) -> Iterator[bytes]:
    """Yield the messages again and again, each with a number of its own where one has its place."""
    place = str(NUMBER).encode()
    numbers = count(first)
    for message in cycle(messages):
        yield message.replace(place, b"%d" % next(numbers)) if place in message else message


def run(port: int, expected: bytes, asked: Iterator[bytes], connections: int, lasting: float) -> list[float]:
    """Keep the connections asking for so many seconds, and return the seconds each answer took."""
    took: list[float] = []
    asking: dict[int, Connection] = {}
    with select.epoll() as waiting:
        for _ in range(connections):
            connection = Connection(port, expected)
            asking[connection.socket.fileno()] = connection
            waiting.register(connection.socket, select.EPOLLIN)
            connection.ask(next(asked))
        end = time.perf_counter() + lasting
        while asking:
            for descriptor, _ in waiting.poll():
                connection = asking[descriptor]
                if not connection.is_answered():
                    continue
                now = time.perf_counter()
                took.append(now - connection.asked)
                if now < end:
                    connection.ask(next(asked))
                else:
                    waiting.unregister(descriptor)
                    asking.pop(descriptor).socket.close()
    return took


def main() -> None:
    """Read what is to be asked from the standard input, ask it, and print the figures."""
    order = json.loads(sys.stdin.buffer.read())
    asked = requests([message.encode() for message in order["messages"]], order["first"])
    expected = f"HTTP/1.1 {order['status']} ".encode()
    start, before = time.perf_counter(), time.process_time()
    took = run(order["port"], expected, asked, order["connections"], order["seconds"])
    elapsed = time.perf_counter() - start
    figures = {
        "requests": len(took),
        "per_second": len(took) / elapsed,
        "p50_ms": 1000 * percentile(took, 50),
        "p99_ms": 1000 * percentile(took, 99),
        "load_us": 1e6 * (time.process_time() - before) / len(took),
    }
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
