"""Second part: a POST whose answer has members that only the server can say, over documents that others wrote."""

from __future__ import annotations

import asyncio
import json
import sys
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

from calls import Application, spare_the_collector
from figures import percentile

JSON = "application/json"
FORM = "application/x-www-form-urlencoded"
TIMES = 200
WARMING = 10
HEADERS = {"Authorization": "Bearer benchmark", "X-Figma-Token": "benchmark"}


@dataclass(frozen=True)
class Write:
    """A call that creates something. file: the document, below the corpus. body: `NUMBER` stands for the number of the call."""

    name: str
    file: str
    path: str
    body: dict[str, Any]
    media_type: str = JSON

    def content(self, number: int) -> bytes:
        """Write the body of the call of that number."""
        encode = urlencode if self.media_type == FORM else json.dumps
        encoded = encode(self.body)
        return encoded.replace("NUMBER", str(number)).encode()


WRITES = (
    Write("asana /tasks", "asana.yaml", "/tasks", {"data": {"name": "Task NUMBER"}}),
    Write("box /folders", "box.json", "/folders", {"name": "Folder NUMBER", "parent": {"id": "0"}}),
    Write("figma comments", "figma.yaml", "/v1/files/bench/comments", {"message": "Comment NUMBER"}),
    Write(
        "lago /customers",
        "lago.yaml",
        "/customers",
        {"customer": {"external_id": "customer-NUMBER", "name": "Customer NUMBER"}},
    ),
    Write(
        "stripe /v1/customers",
        "stripe.json",
        "/v1/customers",
        {"email": "customer-NUMBER@example.com", "name": "Customer NUMBER"},
        FORM,
    ),
)


async def measure(write: Write, document: Path) -> dict[str, float]:
    """Make the call again and again; return the median and the worst in milliseconds, after a few that are not counted."""
    application = Application([document])
    spare_the_collector()
    headers = {**HEADERS, "Content-Type": write.media_type}
    took = []
    for number in range(WARMING + TIMES):
        answer = await application.call("POST", write.path, headers, write.content(number))
        if answer.status not in (200, 201):
            sys.exit(f"{write.name} was answered with {answer.status}: {answer.body[:1000]!r}")
        took.append(1000 * answer.cpu_s)
    counted = took[WARMING:]
    return {"first_ms": took[0], "p50_ms": percentile(counted, 50), "worst_ms": max(counted)}


def main() -> None:
    """Measure the documents that are in the folder named, and print the figures by call."""
    corpus = Path(sys.argv[1])
    figures = {}
    for write in WRITES:
        document = corpus / write.file
        if document.is_file():
            figures[write.name] = asyncio.run(measure(write, document))
    print(json.dumps(figures))


if __name__ == "__main__":
    main()
