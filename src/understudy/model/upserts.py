"""Upserts: creates that change what is there already, told by the words of the document, and by which
member.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from understudy.contracts.contract import Operation
from understudy.model.model import Collection, Take
from understudy.model.vocabulary import CLIENT_KEYS, UPSERT_FLAGS
from understudy.names import fold, split_words

_MAKES: Final = r"(?:creat|insert)\w*"
_CHANGES: Final = r"(?:updat|replac|overwrit|merg|modif)\w*"
_BETWEEN: Final = r"(?:\s+\w+){0,4},?\s*(?:/|\bor\b)\s*"
_UPSERT: Final = re.compile(
    rf"\bupsert|\badd\w*{_BETWEEN}(?:updat|replac)\w*"
    rf"|\b{_MAKES}{_BETWEEN}{_CHANGES}\b|\b{_CHANGES}{_BETWEEN}{_MAKES}\b"
    rf"|\b(?:exists?|found)\b[^.]*\b{_CHANGES}\b|\b{_CHANGES}\b[^.]*\bif\b[^.]*\bexist",
    re.IGNORECASE,
)
_REFUSES: Final = re.compile(
    r"\b(error|reject\w*|refus\w*|fail\w*|conflict|cannot|not allowed|409)\b", re.IGNORECASE
)
_SENTENCE: Final = re.compile(r"(?<=[.!?])\s+|\n+")
_SAYING: Final = ("summary", "description")
_STATUSES: Final = ("200", "201", "204", "2XX")
_CONFLICTS: Final = frozenset({"409", "422", "400", "4XX"})


def upserts(operation: Operation) -> bool:
    """Tell whether a document says that an operation changes what is there, and else creates it."""
    return next(_upserting(operation), None) is not None


def refuses_taken(operation: Operation, *, many: bool) -> bool:
    """Tell whether an operation documents a status by which it may refuse an id that is taken. What is PUT
    takes the place of what is there (RFC 9110 §9.3.4). many: it takes a list, of which nothing but a conflict
    says that one of them spoils the others.
    """
    if operation.method == "put":
        return False
    if many:
        return "409" in operation.responses
    return not _CONFLICTS.isdisjoint(operation.responses)


def upsert_flag(operation: Operation, take: Take) -> str:
    """Return the parameter or member that has to be set for a create to change what is there; "" where there
    is none, or its words say that it always does.
    """
    if upserts(operation):
        return ""
    queries = [one.name for one in operation.parameters if one.location == "query"]
    return next((name for name in (*queries, *take.members) if fold(name) in UPSERT_FLAGS), "")


def upsert_keys(operation: Operation, collection: Collection, take: Take) -> tuple[str, ...]:
    """Return the members by which an upsert finds what is there: the id that a caller may say, a member that
    is called as clients' own keys are, or one that the words name which say that it upserts.
    """
    said = list(_upserting(operation))
    if not said and upsert_flag(operation, take):
        said = [""]
    found: list[str] = []
    for name in take.members if said else ():
        is_own = name in collection.id.sent_as or fold(name) in CLIENT_KEYS
        if name in collection.members and (is_own or _named_in(said, name)):
            found.append(name)
    found.sort(key=lambda name: name not in collection.id.sent_as)
    return tuple(found)


def _upserting(operation: Operation) -> Iterator[str]:
    """Yield what is said of an operation, and of its successes, that says that it upserts."""
    for text in _texts(operation.node.value):
        for sentence in _SENTENCE.split(text):
            if _UPSERT.search(sentence) and not _REFUSES.search(sentence):
                yield text
                break


def _texts(stated: Mapping[str, Any]) -> Iterator[str]:
    for word in _SAYING:
        yield str(stated.get(word) or "")
    yield " ".join(split_words(str(stated.get("operationId") or "")))
    answers = stated.get("responses")
    if not isinstance(answers, Mapping):
        return
    for status in _STATUSES:
        answer = answers.get(status)
        if isinstance(answer, Mapping):
            yield str(answer.get("description") or "")


def _named_in(texts: Sequence[str], member: str) -> bool:
    """Tell whether what is said names a member as what tells one item from another."""
    own = split_words(member)
    for text in texts:
        words = split_words(text)
        for place in range(len(words) - len(own) + 1):
            before = words[max(0, place - _NEAR) : place]
            if words[place : place + len(own)] == own and not _TELLING.isdisjoint(before):
                return True
    return False


_TELLING: Final = frozenset({"same", "by", "given", "this", "matching", "existing", "unique"})
"""Words before a member's name that say that it tells which item is meant."""

_NEAR: Final = 3
