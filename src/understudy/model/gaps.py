"""Gaps: successes of a contract that do not say what they show, told from the document as it is written."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from msgspec import Struct

from understudy.contracts.answers import is_json, json_media, leaves_success_out
from understudy.contracts.contract import Answer, Contract, MediaType, Operation
from understudy.contracts.extensions import said
from understudy.contracts.source import Node
from understudy.model.inferred import read_xml
from understudy.model.vocabulary import IDS, SENT_IN_ANSWERS
from understudy.names import fold
from understudy.schemas.examples import stated_examples
from understudy.schemas.subschemas import each, mapping, resolved

_METHODS: Final = ("get", "put", "post", "patch")
_BODILESS: Final = ("204", "205")
_WORDS: Final = frozenset(
    {"description", "title", "example", "examples", "type", "additionalProperties", "nullable", "xml"}
)
"""Keywords of a schema that says no more than that there is an object, or anything at all."""

_NO_EXAMPLE: Final = object()


class Gap(Struct, frozen=True):
    """One success that does not say what it shows.

    status: as the response is written; "200" where none is. answer: None where none is. media: None where no
    body is documented. example: what the contract gives as an example of the body. wrapper: the member of a
    documented body that says nothing of what it holds. is_list: whether it says that it holds a list. root:
    the element that an example in XML is. namespace: that of this element.
    """

    operation: Operation
    status: str
    answer: Answer | None = None
    media: MediaType | None = None
    example: Any = _NO_EXAMPLE
    wrapper: str = ""
    is_list: bool = False
    root: str = ""
    namespace: str = ""

    @property
    def says_object(self) -> bool:
        """Whether what is documented is an object, so that it is no list."""
        if self.media is None or self.media.schema is None or self.is_list:
            return False
        schema = resolved(self.media.schema)
        if self.wrapper:
            schema = resolved(dict(_members(schema))[self.wrapper])
        value = schema.value
        return isinstance(value, dict) and (value.get("type") == "object" or "additionalProperties" in value)

    @property
    def has_example(self) -> bool:
        """Whether an example says what is shown."""
        return self.example is not _NO_EXAMPLE


def gaps_of(contract: Contract) -> Iterator[Gap]:
    """Yield the successes that do not say what they show."""
    for operation in contract.operations:
        if operation.method in _METHODS and not _is_stated(operation):
            yield from _of(operation)


def _is_stated(operation: Operation) -> bool:
    """Tell whether an overlay says what is answered, or a caller asks for a body by a preference (RFC
    7240).
    """
    if "answer" in said(operation.node.value):
        return True
    names = {parameter.name.lower() for parameter in operation.parameters if parameter.location == "header"}
    return "prefer" in names


def _of(operation: Operation) -> Iterator[Gap]:
    responses = operation.responses
    successes = [status for status in responses if status[0] == "2"]
    is_told = any(map(_states_body, responses.values()))
    for status in successes:
        is_other_case = operation.method == "put" and status == "201"
        is_bare = is_told and not is_other_case and not responses[status].content
        if status not in _BODILESS and not is_bare:
            gap = _in(operation, status, responses[status])
            if gap is not None:
                yield gap
    if any(status[0] in "23" for status in responses):
        return
    default = responses.get("default")
    says_nothing = not responses or (default is not None and not default.content)
    says_nothing |= leaves_success_out(responses)
    if says_nothing:
        yield Gap(operation, "200")


def _states_body(answer: Answer) -> bool:
    """Tell whether an answer is a success that says what it shows: what generators list beside it, a 201 or
    202 of nothing but its name, says nothing then. A PUT that creates is another case than one that changes.
    """
    if answer.status[:1] != "2":
        return False
    return any(media.schema is not None for media in answer.content.values())


def _in(operation: Operation, status: str, answer: Answer) -> Gap | None:
    media = json_media(answer.content)
    if media is None:
        return Gap(operation, status, answer)
    example = _example(media)
    schema = media.schema
    if schema is None and "xml" in media.name:
        return _in_xml(operation, status, answer, media)
    if not _may_be_json(media.name):
        return None
    if schema is None or is_untyped(schema):
        return Gap(operation, status, answer, media, example)
    if _is_untyped_list(schema):
        return Gap(operation, status, answer, media, example, is_list=True)
    return _in_wrapper(operation, status, answer, media, schema)


def _in_wrapper(
    operation: Operation, status: str, answer: Answer, media: MediaType, schema: Node
) -> Gap | None:
    """Find the member of an envelope that says nothing of what it holds; what has an identifier is a thing
    itself, whose members may be free.
    """
    members = dict(_members(schema))
    if any(fold(name) in IDS for name in members):
        return None
    for name, member in members.items():
        is_list = _is_untyped_list(member)
        if fold(name) in SENT_IN_ANSWERS and (is_list or is_untyped(member)):
            return Gap(operation, status, answer, media, wrapper=name, is_list=is_list)
    return None


def _in_xml(operation: Operation, status: str, answer: Answer, media: MediaType) -> Gap | None:
    """Find a body that an example in XML alone tells of."""
    document = read_xml(_example(media))
    if document is None:
        return None
    return Gap(
        operation, status, answer, media, document.value, root=document.name, namespace=document.namespace
    )


def in_words(contract: Contract) -> Iterator[tuple[Gap, Mapping[str, Sequence[Any]]]]:
    """Yield the successes that only examples speak of, and these are no things but texts, numbers or flags;
    with what they say, by media type.
    """
    for operation in contract.operations:
        for status, answer in operation.responses.items():
            if status[0] != "2" or not answer.content or _is_stated(operation):
                continue
            said = {name: _in_words(media) for name, media in answer.content.items()}
            if all(said.values()):
                yield Gap(operation, status, answer), said


def _in_words(media: MediaType) -> Sequence[Any]:
    """Return the examples of a body of which no schema speaks; none where one of them is, or tells of, an
    object, a list or bytes.
    """
    is_text = media.name.startswith("text/") and "xml" not in media.name
    if media.schema is not None or not (is_text or is_json(media.name)):
        return ()
    values = [value for _, value in stated_examples(media.node)]
    return values if all(map(_is_word, values)) else ()


def _is_word(value: Any) -> bool:
    if isinstance(value, str):
        return not value.lstrip().startswith(("{", "["))  # JSON that stands in a text
    return isinstance(value, (bool, int, float))


def in_xml_beside(gap: Gap) -> Iterator[Gap]:
    """Yield what a success says in XML beside the JSON in which a gap was found, where that has no schema."""
    answer = gap.answer
    for media in answer.content.values() if answer is not None else ():
        if "xml" in media.name and media.schema is None and media is not gap.media:
            found = _in_xml(gap.operation, gap.status, answer, media) if answer is not None else None
            yield found or Gap(gap.operation, gap.status, answer, media)


def _may_be_json(name: str) -> bool:
    return is_json(name) or name.startswith(("*/*", "application/*", "application/octet-stream"))


def _example(media: MediaType) -> Any:
    for _, value in stated_examples(media.node):
        return value
    if media.schema is not None and is_untyped(media.schema):
        schema = resolved(media.schema)
        for value in (schema.get("example", _NO_EXAMPLE), *each_example(schema)):
            return value
    return _NO_EXAMPLE


def each_example(schema: Node) -> list[Any]:
    """Return what a schema lists as its examples."""
    stated = schema.get("examples")
    return stated if isinstance(stated, list) else []


def is_untyped(schema: Node) -> bool:
    """Tell whether a schema says no more than that there is an object, or anything at all."""
    value = resolved(schema).value
    if not isinstance(value, dict):
        return value is True
    if value.keys() - _WORDS or value.get("type", "object") != "object":
        return False
    others = value.get("additionalProperties", True)
    return others is True or others == {}


def _is_untyped_list(schema: Node) -> bool:
    value = resolved(schema).value
    if not isinstance(value, dict) or value.get("type") != "array":
        return False
    return "items" not in value or is_untyped(resolved(schema).raw("items"))


def _members(schema: Node) -> Iterator[tuple[str, Node]]:
    """Yield the members that a schema declares, itself or in its parts."""
    node = resolved(schema)
    for part in (node, *map(resolved, each(node, "allOf"))):
        for name in mapping(part, "properties"):
            yield name, part.raw("properties", name)
