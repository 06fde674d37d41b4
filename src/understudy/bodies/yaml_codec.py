"""YAML bodies (RFC 9512): read as contracts are, what JSON has no word for as text, and written plainly."""

from __future__ import annotations

import re
from typing import Any, Final

import yaml

from understudy.contracts.parsing import parse
from understudy.errors import BodyMalformed, ContractError
from understudy.media.types import decode_text

YAML_TYPES: Final = frozenset({"application/yaml", "application/x-yaml", "text/yaml", "text/x-yaml"})


def read_yaml(body: bytes, charset: str | None = None) -> Any:
    """Read a body of one YAML document. Raises BodyMalformed, MediaTypeUnsupported for a charset."""
    text = decode_text(body, charset)
    try:
        return parse(text.encode(), "the body")
    except ContractError as error:
        raise BodyMalformed(f"the body is not YAML: {error.reason.removeprefix('not YAML: ')}") from None


def written_yaml(value: Any) -> bytes:
    """Write a value as a YAML document; a text is one already."""
    if isinstance(value, str):
        return value.encode()
    return yaml.dump(value, Dumper=_Dumper, allow_unicode=True, sort_keys=False).encode()


class _Dumper(yaml.SafeDumper):
    """Quotes what YAML 1.2 takes for a number too, as `1e3`."""


_Dumper.add_implicit_resolver(
    "tag:yaml.org,2002:float", re.compile(r"^[-+]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][-+]?[0-9]+)?$"), None
)
