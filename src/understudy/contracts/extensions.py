"""Extensions: the `x-understudy-*` members with which a contract, or an Overlay on it, says what cannot be
inferred.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any, Final

from faker import Faker

from understudy.contracts.contract import Contract, Operation
from understudy.contracts.source import Finding, walk

EXPECTED: Final = "x-understudy-expected"
"""On a schema with a pattern: what the pattern means in words, which a refusal then says in its place."""

COLLECTION: Final = "x-understudy-collection"
"""On a path item or operation: the name of the collection; paths that name the same one share its items."""

ID: Final = "x-understudy-id"
"""On a path item or operation: the member of an item that carries its id."""

UNIQUE: Final = "x-understudy-unique"
"""On a property of an item: `true` where no two items of a collection may have the same value."""

FAKER: Final = "x-understudy-faker"
"""On a schema: the method of Faker that makes its values."""

ON: Final = "x-understudy-on"
"""On a webhook's operation or path item: the operationId, or a list of them, of the operations it follows; an
empty list for none.
"""

_PREFIX: Final = "x-understudy-"
_OTHERS: Final = frozenset(
    {"x-understudy-namespaces", "x-understudy-null", "x-understudy-order"}
)  # how XML is written
_NOT_PROVIDERS: Final = frozenset(
    {"add_provider", "format", "parse", "random", "seed", "seed_instance", "seed_locale"}
)


def stated(name: str, operations: Iterable[Operation]) -> str:
    """Return what the first of some operations, or the path it stands in, says in an extension; "" where none
    says anything.
    """
    values = (owner.get(name) for operation in operations for owner in (operation.node, operation.item))
    return next((value for value in values if isinstance(value, str) and value), "")


def listed_operations(contract: Contract, value: Any) -> list[Operation]:
    """Return the operations that a value names by operationId or key, alone or in a list; what names none is
    passed over.
    """
    names = value if isinstance(value, list) else [value]
    return [operation for operation in contract.operations if operation.id in names or operation.key in names]


def unusable(contract: Contract) -> Iterator[Finding]:
    """Find the extensions that say nothing: an unknown name or provider, a value of the wrong kind."""
    document = contract.document
    texts = document.contents.values()
    if not any(_PREFIX.encode() in text for text in texts):  # to walk a large contract takes a while
        return
    fake = Faker()
    for file, root in document.files.items():
        for pointer, value, is_data in walk(root):
            if is_data:
                continue
            for name, said in value.items():
                reason = _reason(contract, str(name), said, fake)
                if reason:
                    yield document.finding(reason, file, f"{pointer}/{name}")


def _unknown(contract: Contract, value: Any) -> str:
    names = value if isinstance(value, list) else [value]
    unknown = [name for name in names if not isinstance(name, str) or not listed_operations(contract, name)]
    return f"{ON} names {unknown[0]!r}, which is no operation" if unknown else ""


def _reason(contract: Contract, name: str, value: Any, fake: Any) -> str:
    if not name.startswith(_PREFIX) or name in _OTHERS:
        return ""
    if name == ON:
        return _unknown(contract, value)
    if name in (COLLECTION, ID):
        return "" if isinstance(value, str) and value else f"{name} must be a name"
    if name == EXPECTED:
        return "" if isinstance(value, str) and value else f"{name} must be a text"
    if name == UNIQUE:
        return "" if isinstance(value, bool) else f"{name} must be true or false"
    if name == FAKER:
        return "" if provider(fake, value) else f"{name} names {value!r}, which is no method of Faker"
    known = ", ".join((COLLECTION, EXPECTED, FAKER, ID, ON, UNIQUE))
    return f"{name} is no extension that is known: {known}"


def provider(fake: Any, name: Any) -> Any:
    """Return the method of a Faker that has this name, or None where it has none that makes a value."""
    if not isinstance(name, str) or name.startswith("_") or name in _NOT_PROVIDERS:
        return None
    if not any(hasattr(one, name) for one in fake.get_providers()):
        return None
    method = getattr(fake, name, None)
    return method if callable(method) else None
