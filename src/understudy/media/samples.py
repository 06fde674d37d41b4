"""Samples: a small valid file of each of the usual media types, for bodies that are files."""

from __future__ import annotations

import base64
import binascii
import re
from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Final

from understudy.contracts.sequences import EVENTS, LINES, RECORDS, TABLE, kind_of
from understudy.media import types as media_types

_OFFICE: Final = "application/vnd.openxmlformats-officedocument."
_FILES: Final[Mapping[str, str]] = {
    "image/png": "png", "image/apng": "png", "image/jpeg": "jpg", "image/jpg": "jpg", "image/pjpeg": "jpg",
    "image/gif": "gif", "image/webp": "webp", "image/bmp": "bmp", "image/x-ms-bmp": "bmp",
    "image/tiff": "tiff", "image/avif": "avif", "image/jp2": "jp2", "image/svg+xml": "svg",
    "image/x-icon": "ico", "image/vnd.microsoft.icon": "ico",
    "application/pdf": "pdf", "application/x-pdf": "pdf", "application/rtf": "rtf", "text/rtf": "rtf",
    "application/zip": "zip", "application/x-zip": "zip", "application/x-zip-compressed": "zip",
    "application/java-archive": "zip", "application/gzip": "gz", "application/x-gzip": "gz",
    "application/x-bzip2": "bz2", "application/x-xz": "xz",
    "application/x-tar": "tar", "application/tar": "tar",
    "application/vnd.oasis.opendocument.text": "odt", "application/epub+zip": "epub",
    f"{_OFFICE}wordprocessingml.document": "docx", f"{_OFFICE}spreadsheetml.sheet": "xlsx",
    f"{_OFFICE}presentationml.presentation": "pptx",
    "audio/wav": "wav", "audio/x-wav": "wav", "audio/wave": "wav", "audio/vnd.wave": "wav",
    "audio/mpeg": "mp3", "audio/mp3": "mp3", "audio/mpeg3": "mp3", "audio/ogg": "ogg", "audio/opus": "ogg",
    "application/ogg": "ogg", "audio/flac": "flac", "audio/x-flac": "flac", "audio/aac": "aac",
    "audio/mp4": "m4a", "audio/m4a": "m4a", "audio/x-m4a": "m4a", "audio/webm": "weba",
    "audio/aiff": "aiff", "audio/x-aiff": "aiff",
    "video/mp4": "mp4", "video/webm": "webm", "video/quicktime": "mov", "video/mp2t": "ts",
    "font/ttf": "ttf", "font/sfnt": "ttf", "font/woff": "woff", "font/woff2": "woff2",
    "application/font-woff": "woff",
    "application/wasm": "wasm", "application/vnd.sqlite3": "sqlite", "application/x-sqlite3": "sqlite",
    "application/cbor": "cbor", "application/msgpack": "msgpack", "application/x-msgpack": "msgpack",
    "application/octet-stream": "bin", "binary/octet-stream": "bin",
    "text/html": "html", "text/css": "css", "text/javascript": "js", "application/javascript": "js",
    "text/markdown": "md", "text/calendar": "ics", "text/vcard": "vcf", "text/x-vcard": "vcf",
    "message/rfc822": "eml", "text/plain": "txt", "text/yaml": "yaml", "application/yaml": "yaml",
    "application/x-yaml": "yaml", "text/x-yaml": "yaml",
}  # fmt: skip
_SEQUENCES: Final = {EVENTS: "sse", LINES: "ndjson", RECORDS: "json-seq", TABLE: "csv"}
_BY_TYPE: Final = {"text": "txt"}
_SIGNED: Final = 4  # bytes that tell a file from others
_BASE64: Final = re.compile(r"(?:[A-Za-z0-9+/]{4})+(?:[A-Za-z0-9+/]{2}==|[A-Za-z0-9+/]{3}=)?")
_DATA_URL: Final = re.compile(r"data:[^,]*;base64,", re.IGNORECASE)
_SPEAKING: Final = 40  # letters of base64 that no word has


def sample(name: str) -> bytes | None:
    """Return a small file of a concrete media type; None where there is none to be had."""
    essence = name.partition(";")[0].strip().lower()
    kind = _SEQUENCES.get(kind_of(essence), "")
    if kind == "csv" and ("tab" in essence or "tsv" in essence):
        kind = "tsv"
    kind = kind or _FILES.get(essence, "") or _BY_TYPE.get(essence.partition("/")[0], "")
    return _content(kind) if kind else None


@lru_cache(maxsize=128)
def _content(kind: str) -> bytes:
    return files("understudy.media").joinpath("samples", f"sample.{kind}").read_bytes()


def is_file(name: str) -> bool:
    """Tell whether a concrete media type carries bytes: neither JSON nor XML nor a form nor a text."""
    return not (
        media_types.is_json(name)
        or media_types.is_xml(name)
        or media_types.is_form(name)
        or media_types.is_multipart(name)
        or media_types.is_text(name)
        or kind_of(name)
    )


def decoded(name: str, text: str) -> bytes | None:
    """Return the bytes of a file that stands in a contract as base64; None for any other text.

    A word of four letters is base64, too: what is taken for it is padded, or is long, or begins as files of
    its type do.
    """
    url = _DATA_URL.match(text)
    packed = "".join(text[url.end() if url else 0 :].split())
    if not _BASE64.fullmatch(packed):
        return None
    try:
        content = base64.b64decode(packed, validate=True)
    except binascii.Error:
        return None
    known = sample(name) or b""
    begins_alike = len(known) > _SIGNED and content.startswith(known[:_SIGNED])
    if url or begins_alike or packed.endswith("=") or len(packed) >= _SPEAKING:
        return content
    return None
