"""Files: bodies of media types that are no values of a schema, a small valid one of each."""

from __future__ import annotations

from typing import Any, Final

from msgspec import Struct, field

from understudy.bodies.multipart_codec import text_of
from understudy.contracts.contract import MediaType
from understudy.media import types as media_types
from understudy.media.files import is_file
from understudy.messages import NOTHING, Written
from understudy.schemas.examples import own_examples
from understudy.schemas.file_samples import sample
from understudy.schemas.keywords import as_list
from understudy.schemas.subschemas import in_place
from understudy.schemas.validators import Validators

_TELLING: Final = ("enum", "const", "pattern", "default")
_ANY: Final = ("*/*", "application/*")
_WORDS: Final = frozenset({"text/plain", "application/octet-stream"})
"""Types of which a word that the generator makes is as good a file as any."""


def file_type(media: MediaType) -> str:
    """Return the concrete type of a range whose schema says that it is bytes, and perhaps of which type; ""
    where it says neither.
    """
    if "*" not in media.name or media.schema is None:
        return ""
    for part in in_place([media.schema]):
        stated = part.get("contentMediaType")
        if isinstance(stated, str) and media_types.select(stated, [media.name]):
            return stated
        if part.get("format") == "binary" and media.name in ("*/*", "application/*"):
            return "application/octet-stream"
    return ""


class Samples(Struct, frozen=True):
    """The files that answers of one contract are. validators: of its answers."""

    validators: Validators
    _known: dict[tuple[str, str], Any] = field(default_factory=dict)

    def body(self, media: MediaType, name: str) -> Any:
        """Return the file that an answer of a concrete media type is; NOTHING where its schema tells a value.

        That is: where it is no text, says more of the text than its length, or gives an example.
        """
        key = (media.node.address, name)
        if key not in self._known:
            self._known[key] = self._find(media, name)
        return self._known[key]

    def _find(self, media: MediaType, name: str) -> Any:
        if media_types.is_json(name) or media_types.is_form(name) or media_types.is_multipart(name):
            return NOTHING
        if name.startswith(_ANY) and not file_type(media):  # a value, written as JSON
            return NOTHING
        content = sample(name)
        if content is None and is_file(name):
            content = sample("application/octet-stream")
        if content is None:
            return NOTHING
        if media.schema is None:
            return Written(content)
        if media_types.essence(name) in _WORDS or not _is_plain_text(media):
            return NOTHING
        if self.validators.for_node(media.schema).is_valid(text_of(content)):
            return Written(content)
        return NOTHING


def _is_plain_text(media: MediaType) -> bool:
    """Tell whether a schema is that of a text of which nothing else is said; one that says nothing at all is,
    too.
    """
    assert media.schema is not None
    for part in in_place([media.schema]):
        stated = part.get("type")
        kinds = as_list(stated) or ["string"]
        if "string" not in kinds or any(part.has(word) for word in _TELLING) or part.has("properties"):
            return False
    return next(own_examples(media.schema), None) is None
