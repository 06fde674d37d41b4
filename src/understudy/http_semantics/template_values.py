"""What the templates of scripted answers can name: the call, records, the time, and what is made up."""

from __future__ import annotations

from collections.abc import Awaitable, Callable, Iterator, Mapping
from typing import Any, Final

from understudy.handler import Context
from understudy.matching.call import Call
from understudy.messages import NOTHING, Request
from understudy.nearest import LOOSELY, nearest
from understudy.state.store import Store
from understudy.stubs.stubs import Chosen

StoreOf = Callable[[str], Awaitable[Store]]
"""Returns the store in which a collection is, with what it starts with."""

RECORDS: Final = 1000  # that `records` finds at the most

FAKES: Final[Mapping[str, str]] = {
    "address": "address",
    "boolean": "boolean",
    "city": "city",
    "color": "color_name",
    "company": "company",
    "country": "country",
    "country_code": "country_code",
    "currency": "currency_code",
    "date": "date",
    "digit": "random_digit",
    "domain": "domain_name",
    "email": "email",
    "first_name": "first_name",
    "iban": "iban",
    "integer": "pyint",
    "ip": "ipv4",
    "job": "job",
    "last_name": "last_name",
    "name": "name",
    "paragraph": "paragraph",
    "phone": "phone_number",
    "postcode": "postcode",
    "sentence": "sentence",
    "street": "street_address",
    "url": "url",
    "user_name": "user_name",
    "uuid": "uuid4",
    "word": "word",
}
"""What `fake` has, each with the name that Faker has for it; none takes arguments."""


class Fakes(Mapping[str, Any]):
    """Values that are made up, by name, each another one; the same for the same call of the same stub."""

    def __init__(self, context: Context, *key: object) -> None:
        self._context, self._key, self._made = context, key, 0

    def __getitem__(self, name: str) -> Any:
        if name not in FAKES:
            near = nearest(str(name), FAKES, like=LOOSELY)
            raise KeyError(f"fake has no {name!r}; it has {', '.join(near or FAKES)}")
        self._made += 1
        fake = self._context.fake("answer", *self._key, self._made)
        return getattr(fake, FAKES[name])()

    def __iter__(self) -> Iterator[str]:
        return iter(FAKES)

    def __len__(self) -> int:
        return len(FAKES)


def template_values(
    chosen: Chosen, call: Call, request: Request, context: Context, store_of: StoreOf
) -> dict[str, Any]:
    """Return what a template can name."""
    body = request.body
    if body is NOTHING:
        body = None

    async def record(collection: str, key: Any) -> Any:
        found = await (await store_of(collection)).get(collection, str(key))
        if found is None:
            return None
        return dict(found.value)

    async def records(collection: str) -> list[Any]:
        page = await (await store_of(collection)).list(collection, limit=RECORDS)
        return [dict(one.value) for one in page.records]

    return {
        "method": call.method,
        "path": {**call.path_parameters, **request.path},
        "query": {**dict(call.query_pairs()), **request.query},
        "headers": {str(key, "latin-1"): str(value, "latin-1") for key, value in call.headers},
        "cookies": dict(call.cookie_pairs()),
        "body": body,
        "calls": chosen.number,
        "now": context.clock.now().isoformat().replace("+00:00", "Z"),
        "fake": Fakes(context, chosen.stub.id, chosen.number),
        "record": record,
        "records": records,
    }
