"""What the sandboxes of a session remember, as mappings."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, MutableMapping
from operator import itemgetter
from typing import Any, Final

from understudy.client.admin import Admin, AdminError

__tracebackhide__ = True  # of a test that fails pytest shows the line of the test, and the sentence

PAGE: Final = 1000  # records in an answer, the most there can be


class Collection(MutableMapping[str, Any]):
    """The records of one collection: values by key, in the order they were created.

    Each look asks the sandbox.

    What is put here has to be an item of the collection, and what is listed a collection of the contract,
    unless `unchecked` says that anything is meant; the API's rules are not asked. Raises AdminError for what
    is refused.
    """

    def __init__(self, admin: Admin, session: str, api: str, name: str, *, unchecked: bool = False) -> None:
        self._admin = admin
        self._insisting = {"unchecked": "true"} if unchecked else {}
        self._path = ("sessions", session, "apis", api, "collections", name, "records")
        self.name = name

    def all(self) -> list[Any]:
        """Return the values, in the order they were created."""
        return list(map(itemgetter("value"), self._records()))

    def __getitem__(self, key: str) -> Any:
        try:
            return self._admin.ask("GET", *self._path, key)["value"]
        except AdminError as error:
            raise _absent(error, key) from None

    def __setitem__(self, key: str, value: Any) -> None:
        self._admin.ask("PUT", *self._path, key, query=self._insisting, body=value)

    def __delitem__(self, key: str) -> None:
        try:
            self._admin.ask("DELETE", *self._path, key)
        except AdminError as error:
            raise _absent(error, key) from None

    def __iter__(self) -> Iterator[str]:
        return map(itemgetter("key"), self._records())

    def __len__(self) -> int:
        return int(self._admin.ask("GET", *self._path, query={"limit": 1, **self._insisting})["total"])

    def __repr__(self) -> str:
        return f"<collection {self.name!r}: {len(self)} records>"

    def _records(self) -> list[dict[str, Any]]:
        found: list[dict[str, Any]] = []
        while True:
            query = {"limit": PAGE, "offset": len(found), **self._insisting}
            page = self._admin.ask("GET", *self._path, query=query)
            found += page["items"]
            if len(page["items"]) < PAGE:
                return found


class Records(Mapping[str, Collection]):
    """The collections of one API, by name. Those are listed that hold records; any name can be asked for.

    unchecked: whether names are taken too that are no collection of the contract, and values that are no
    items.
    """

    def __init__(self, admin: Admin, session: str, api: str, *, unchecked: bool = False) -> None:
        self._admin, self._session, self._api = admin, session, api
        self._unchecked = unchecked

    def __getitem__(self, name: str) -> Collection:
        return Collection(self._admin, self._session, self._api, name, unchecked=self._unchecked)

    def __iter__(self) -> Iterator[str]:
        found = self._admin.ask("GET", "sessions", self._session, "apis", self._api, "collections")
        return map(itemgetter("name"), found["items"])

    def __len__(self) -> int:
        return len(list(iter(self)))

    def __contains__(self, name: object) -> bool:
        return name in list(iter(self))

    def __repr__(self) -> str:
        return f"<records of {self._api}: {', '.join(self) or 'none'}>"


def _absent(error: AdminError, key: str) -> Exception:
    if error.status == 404:
        return KeyError(key)
    return error
