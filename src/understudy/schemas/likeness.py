"""Likeness: which of the thousands of members of an object are described alike, so that one value does for
several.
"""

from __future__ import annotations

from contextlib import suppress
from typing import Final

import orjson

from understudy.schemas.choice import Parts
from understudy.schemas.subschemas import mapping, resolved

MOST_INVENTED: Final = 400
"""Members of one object that are made up one by one; of more, each is as another one of which its schema says
the same.
"""


def likeness(parts: Parts) -> bytes:
    """Return what is alike of schemas that say the same of their values; nothing where none can tell."""
    with suppress(orjson.JSONEncodeError):
        said = [(part.file, part.value) for part in parts]
        return orjson.dumps(said, option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    return b""


def declares_many(parts: Parts) -> bool:
    """Tell whether schemas, or those of their items, declare more members than are made up one by one."""
    for part in parts:
        schema = resolved(part)
        if isinstance(schema.get("items"), dict):
            schema = resolved(schema.raw("items"))
        if len(mapping(schema, "properties")) > MOST_INVENTED:
            return True
    return False
