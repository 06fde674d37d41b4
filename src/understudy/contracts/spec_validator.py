"""What openapi-spec-validator finds in a document, with the place of each finding.

Importing it takes a tenth of a second and it takes seconds for a large document, so only `understudy
validate` does.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any
from urllib.parse import unquote, urlsplit

from jsonschema_path import SchemaPath
from openapi_spec_validator.shortcuts import get_validator_cls
from openapi_spec_validator.validation.exceptions import (
    DuplicateOperationIDError,
    ParameterDuplicateError,
    UnresolvableParameterError,
    ValidatorDetectError,
)
from openapi_spec_validator.validation.registries import KeywordValidatorRegistry

from understudy.contracts.contract import LONGEST_MESSAGE, abridge
from understudy.contracts.source import Document, Finding
from understudy.errors import ContractError
from understudy.pointers import join

_FOUND_BY_US = (DuplicateOperationIDError, ParameterDuplicateError, UnresolvableParameterError)
"""What `understudy.contracts.findings` finds as well, and says with the other place."""


def findings(document: Document) -> list[Finding]:
    """Run the whole validator over a document. Raises ContractError where it is of no known version.

    Swagger 2.0 is held against its own meta-schema as it was written, and walked as it was converted: the
    validator's walk over 2.0 takes its schemas for those of 3.0, and refuses the type `file`.
    """
    written = document.written
    root = written.root.value
    found = []
    for error in _kind(written).schema_validator.iter_errors(root):
        found.append(written.finding(abridge(str(error.message)), written.name, join(error.absolute_path)))
    keywords = {}
    for name, validator in _kind(document).keyword_validators.items():
        keywords[name] = _placed(validator, ("default",) if name == "default" else ())
    path = SchemaPath.from_dict(
        document.root.value, base_uri=f"file:///{document.name}", handlers=_handlers(document)
    )
    return found + list(_walk(KeywordValidatorRegistry(keywords)["__root__"], path, document))


def _kind(document: Document) -> Any:
    try:
        return get_validator_cls(document.root.value)
    except (ValidatorDetectError, AttributeError, TypeError):
        raise ContractError(
            "is neither Swagger 2.0 nor OpenAPI 3.0, 3.1 or 3.2", file=document.name, line=1
        ) from None


def _walk(walk: Any, path: SchemaPath, document: Document) -> Iterator[Finding]:
    try:
        for error in walk(path):
            if not (isinstance(error, _FOUND_BY_US) or _speaks_of_pattern(error)):
                yield _at(document, error.place, abridge(str(error.message)))
    except Exception as error:
        # It takes for granted what the meta-schema has just refused, and may trip over it in any way.
        reason = f"openapi-spec-validator gave up here: {type(error).__name__} {error}"
        yield document.finding(reason[:LONGEST_MESSAGE], document.name, "")


def _speaks_of_pattern(error: Any) -> bool:
    """Tell whether an error finds that a pattern is none: the validator reads it as Python does, to which
    `\\p{L}` is none; those that do not compile are found by us, each at its place.
    """
    return getattr(error, "validator", "") == "format" and error.validator_value == "regex"


def _placed(kind: type[Any], below: tuple[str, ...]) -> type[Any]:
    """Make a keyword validator whose errors say where in the document they are: their own paths begin at the
    keyword, and `below` it.
    """

    class Placed(kind):  # type: ignore[misc]
        def __call__(self, *values: Any, **options: Any) -> Iterator[Any]:
            place = next(filter(_is_path, values)).parts
            for error in super().__call__(*values, **options):
                if not hasattr(error, "place"):
                    error.place = (*place, *below)
                yield error

    return Placed


def _is_path(value: Any) -> bool:
    return isinstance(value, SchemaPath)


def _at(document: Document, parts: tuple[str | int, ...], reason: str) -> Finding:
    try:
        node = document.root.child(*parts)
    except KeyError:
        return document.finding(reason, document.name, join(parts))
    return document.finding(reason, node.file, node.pointer)


def _handlers(document: Document) -> dict[str, Any]:
    """Let the validator see the files that were read already, and nothing else."""

    def known(uri: str) -> Any:
        name = unquote(urlsplit(uri).path).lstrip("/")
        return document.files[name]

    return dict.fromkeys(("<all_urls>", "file", "http", "https"), known)
