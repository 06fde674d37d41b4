"""Extensions: what a contract, or an Overlay on it, says under `x-understudy` where it cannot be inferred.

The words about schemas and webhooks are read here; those about collections and operations are the model's.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from faker import Faker

from understudy.contracts.contract import Contract, Operation
from understudy.contracts.source import Finding, Node
from understudy.contracts.walking import walk
from understudy.nearest import did_you_mean

EXTENSION: Final = "x-understudy"
"""On a document, path item, operation, schema or webhook: words about it."""

EXPECTED: Final = "expected"
"""On a schema with a pattern: what the pattern means in words, which a refusal then says in its place."""

UNIQUE: Final = "unique"
"""On a property of an item: `true` where no two items of a collection may have the same value."""

FAKER: Final = "faker"
"""On a schema: the method of Faker that makes its values."""

ON: Final = "on"
"""On a webhook: the operationId, or a list of them, of the operations it follows; an empty list for none."""

XML: Final = "xml"
"""On a schema: how it is written in XML, where an `xml` object cannot say so."""

SCHEMA_WORDS: Final = (EXPECTED, FAKER, UNIQUE, XML)

_PREFIX: Final = "x-understudy-"
_XML_WORDS: Final = frozenset({"namespaces", "nulls", "order"})

_FILES: Final = frozenset({"binary", "image", "tar", "zip"})  # a megabyte each, made byte by byte
_NOT_PROVIDERS: Final = _FILES | {
    "add_provider",
    "format",
    "parse",
    "random",
    "seed",
    "seed_instance",
    "seed_locale",
}


def said(value: Any) -> Mapping[str, Any]:
    """Return the words that a mapping in a contract says of itself, none where it says nothing."""
    words = value.get(EXTENSION) if isinstance(value, dict) else None
    return words if isinstance(words, dict) else {}


def xml_words(value: Any) -> Mapping[str, Any]:
    """Return what a schema says of how it is written in XML."""
    words = said(value).get(XML)
    return words if isinstance(words, dict) else {}


def is_used(contract: Contract) -> bool:
    """Tell whether a contract says anything; to walk a large one takes a while."""
    texts = contract.document.contents.values(), contract.document.overlays.values()
    return any(EXTENSION.encode() in text for group in texts for text in group)


def statements(contract: Contract) -> Iterator[tuple[Node, Any]]:
    """Yield what has words of its own, and these as they stand there."""
    document = contract.document
    for file, root in document.files.items():
        for pointer, value in walk(root):
            if EXTENSION in value:
                yield Node(document, file, pointer, value), value[EXTENSION]


def listed_operations(contract: Contract, value: Any) -> list[Operation]:
    """Return the operations that a value names by operationId or key, alone or in a list; what names none is
    passed over.
    """
    names = value if isinstance(value, list) else [value]
    return [operation for operation in contract.operations if operation.id in names or operation.key in names]


def unusable(contract: Contract) -> Iterator[Finding]:
    """Find the words about schemas and webhooks that say nothing, and the extensions that are none."""
    if not is_used(contract):
        return
    fake = Faker()
    for node, words in statements(contract):
        for word, value in words.items() if isinstance(words, dict) else ():
            reason = _reason(contract, word, value, fake)
            if reason:
                yield contract.document.finding(reason, node.file, f"{node.pointer}/{EXTENSION}/{word}")
    for file, root in contract.document.files.items():
        for pointer, value in walk(root):
            for name in _unknown(value):
                reason = f"{name} is no extension that is known; what is said stands under {EXTENSION}"
                yield contract.document.finding(reason, file, f"{pointer}/{name}")


def _unknown(value: Mapping[str, Any]) -> list[str]:
    return [name for name in value if str(name).startswith(_PREFIX)]


def _reason(contract: Contract, word: str, value: Any, fake: Any) -> str:
    if word == EXPECTED and not (isinstance(value, str) and value):
        return f"{EXPECTED} must be a text"
    if word == UNIQUE and not isinstance(value, (bool, list)):
        return f"{UNIQUE} must be true or false"
    if word == XML and not (isinstance(value, dict) and value.keys() <= _XML_WORDS):
        return f"{XML} must be an object of {', '.join(sorted(_XML_WORDS))}"
    if word == FAKER and not provider(fake, value):
        return f"{FAKER} names {value!r}, which is no method of Faker{_nearest_provider(fake, value)}"
    return _unknown_operation(contract, value) if word == ON else ""


def _nearest_provider(fake: Any, value: Any) -> str:
    """Say which method of a Faker may be meant."""
    names = {name for one in fake.get_providers() for name in dir(one) if provider(fake, name)}
    return did_you_mean(str(value), names)


def _unknown_operation(contract: Contract, value: Any) -> str:
    for name in value if isinstance(value, list) else [value]:
        if not isinstance(name, str) or not listed_operations(contract, name):
            return f"{ON} names {name!r}, which is no operation"
    return ""


def provider(fake: Any, name: Any) -> Any:
    """Return the method of a Faker that has this name, or None where it has none that makes a value."""
    if not isinstance(name, str) or name.startswith("_") or name in _NOT_PROVIDERS:
        return None
    if not any(hasattr(one, name) for one in fake.get_providers()):
        return None
    method = getattr(fake, name, None)
    return method if callable(method) else None
