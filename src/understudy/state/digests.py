"""By which contracts the records of a session were written: a digest for each API that was used in it."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any


class Digests:
    """A part of a session's document. "" stands for a contract that is not known, or for several."""

    def __init__(self) -> None:
        self.version = 0
        self._by_api: dict[str, str] = {}

    def __iter__(self) -> Iterator[str]:
        """Iterate over the names of the APIs that were used."""
        return iter(tuple(self._by_api))

    def of(self, api: str) -> str | None:
        """Return the digest of the contract by which all records of an API were written; None where it was
        not used.
        """
        return self._by_api.get(api)

    def note(self, api: str, digest: str) -> None:
        """Note that all records of an API fit this contract."""
        if self._by_api.get(api) != digest:
            self._by_api[api] = digest
            self.version += 1

    def doubt(self, api: str) -> None:
        """Note that records of an API may not fit the contract that is served."""
        if api in self._by_api:
            self.note(api, "")

    def dump(self) -> dict[str, str]:
        """Return the digests by the names of the APIs."""
        return dict(self._by_api)

    def restore(self, value: Any) -> None:
        """Take over what `dump` described. Raises AttributeError for anything else."""
        self._by_api = {str(api): str(digest) for api, digest in value.items()}
        self.version += 1
