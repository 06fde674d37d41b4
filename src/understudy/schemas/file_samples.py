"""Samples: a small valid file of each of the usual media types, for bodies that are files."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from importlib.resources import files
from typing import Final

from understudy.contracts.sequences import EVENTS, LINES, RECORDS, TABLE, kind_of

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
    "application/vnd.google-earth.kmz": "zip", "application/vnd.android.package-archive": "zip",
    "text/xml": "", "text/json": "",
}  # fmt: skip
_SEQUENCES: Final = {EVENTS: "sse", LINES: "ndjson", RECORDS: "json-seq", TABLE: "csv"}
_BY_SUFFIX: Final = {"zip": "zip", "gzip": "gz", "cbor": "cbor", "sqlite3": "sqlite", "xml": "", "json": ""}
_BY_TYPE: Final = {"text": "txt"}


def sample(name: str) -> bytes | None:
    """Return a small file of a concrete media type; None where there is none to be had."""
    kind = file_ending(name)
    return _content(kind) if kind else None


def file_ending(name: str) -> str:
    """Return how files of a concrete media type are called at the end; "" for one that is not known."""
    essence = name.partition(";")[0].strip().lower()
    kind = _SEQUENCES.get(kind_of(essence), "")
    if kind == "csv" and ("tab" in essence or "tsv" in essence):
        kind = "tsv"
    if kind:
        return kind
    if essence in _FILES:
        return _FILES[essence]
    _, plus, suffix = essence.rpartition("+")
    if plus and suffix in _BY_SUFFIX:
        return _BY_SUFFIX[suffix]
    return _BY_TYPE.get(essence.partition("/")[0], "")


@lru_cache(maxsize=128)
def _content(kind: str) -> bytes:
    return files("understudy.schemas").joinpath("samples", f"sample.{kind}").read_bytes()
