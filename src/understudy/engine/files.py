"""Files: the bytes that were sent, kept beside the items that they are of, and given back as they came."""

from __future__ import annotations

from base64 import b64decode, b64encode
from collections.abc import Awaitable, Callable, Container, Iterable, Iterator
from typing import Final, NamedTuple
from urllib.parse import quote

from understudy.bodies.multipart_codec import bytes_of
from understudy.contracts.contract import Operation
from understudy.engine.address import Address, filled
from understudy.engine.file_operations import answered_content
from understudy.engine.uploads import told_of
from understudy.errors import RecordExists
from understudy.handler import Context, Handler
from understudy.media import types as media_types
from understudy.messages import FormData, Request, Response, Upload, Written
from understudy.model.vocabulary import CONTENTS, FILE_URLS, UPLOAD_URLS
from understudy.names import by_folded, fold
from understudy.schemas.fitting import set_if_valid
from understudy.state.store import INTERNAL, Draft, Record, Store

_FILES: Final = f"{INTERNAL}files"
_BYTES: Final = f"{INTERNAL}bytes of files"
FILES_PATH: Final = "/__files"
"""Below an API, where the bytes are that answers name and no operation gives."""
_COUNT: Final = f"{INTERNAL}number of uploads"
_LARGEST: Final = 16 * 1024 * 1024
_ALL: Final = 64 * 1024 * 1024
"""Bytes that one file, and all files of a session, may have; of what is more nothing is kept."""


class File(NamedTuple):
    """What was sent, and as what."""

    media_type: str
    content: bytes


# ---- what was sent


def sent_file(request: Request) -> File | None:
    """Return the file that a request brings: the first of a form, or its body; None where it brings none."""
    if isinstance(request.body, FormData):
        return next((of_upload(one) for one in request.body.files), None)
    if isinstance(request.body, str):
        return File(request.media_type, bytes_of(request.body))
    return None


def of_upload(upload: Upload) -> File:
    """Return a part of a form as a file."""
    return File(upload.media_type, upload.content)


# ---- where they are kept


def places_of(path: str) -> Iterator[str]:
    """Yield where the bytes may stand that a path gives: at the path, or at that of the item which it is the
    content of.
    """
    path = path.rstrip("/")
    item, _, last = path.rpartition("/")
    if fold(last) in CONTENTS:
        yield item
    yield path


async def keep(store: Store, place: str, file: File) -> None:
    """Keep a file at a place, as far as there is room for it."""
    before = await found(store, [place])
    size = len(file.content)
    if before is not None:
        await forget(store, place)
    if size > _LARGEST or await store.increment(_BYTES, 0) + size > _ALL:
        return
    await store.increment(_BYTES, size)
    value = {"type": file.media_type, "content": b64encode(file.content).decode()}
    try:
        await store.insert(_FILES, place, value)
    except RecordExists:  # somebody was faster
        await store.replace(_FILES, place, value)


async def found(store: Store, places: Iterable[str]) -> File | None:
    """Return the file at the first of some places that has one."""
    for place in places:
        record = await store.get(_FILES, place)
        if record is not None:
            return File(str(record.value["type"]), b64decode(str(record.value["content"])))
    return None


async def forget(store: Store, place: str) -> None:
    """Keep the file at a place no longer."""
    file = await found(store, [place])
    if file is not None:
        await store.increment(_BYTES, -len(file.content))
        await store.delete(_FILES, place)


def place_of(address: Address, key: str) -> str:
    """Return where the file is kept of which an item tells."""
    if address.collection.collection.at:
        return address.path_of(key)
    return f"{address.name}/{key}"


def kept_url(address: Address, key: str, upload: Upload, base_url: str) -> str:
    """Return where the bytes of an item are given that no operation gives, by the name of the file."""
    return f"{base_url}{FILES_PATH}{place_of(address, key)}/{_called(upload)}"


async def kept_apart(store: Store, path: str, upload: Upload, base_url: str) -> str:
    """Keep a file of which no item tells, and return where its bytes are given. path: it was sent to."""
    place = f"{path}/{await store.increment(_COUNT, 1)}"
    await keep(store, place, of_upload(upload))
    return f"{base_url}{FILES_PATH}{place}/{_called(upload)}"


def _called(upload: Upload) -> str:
    return quote(upload.name.rpartition("/")[2] or "file", safe="")


def naming(field: str, names: Iterable[str], sent: Container[str], path: str = "") -> str:
    """Return the member of an item that says where a file is which was sent as a part of a form: one that is
    called as the last segment of the path, as the part, or as addresses of files are; "" where there is none,
    or it was sent.
    """
    members, words = by_folded(names), list[str]()
    for own in (fold(path.rstrip("/").rpartition("/")[2]), fold(field)):
        if own:
            words += [own, f"{own}url", f"{own}uri", f"{own}path"]
    for word in (*words, *UPLOAD_URLS):
        if word in members and members[word] not in sent:
            return members[word]
    return ""


async def told_of_files(address: Address, record: Record, request: Request) -> Record:
    """Return an item that says where the files are that were sent of it, once they are kept."""
    form, operation = request.body, address.context.operation
    if not isinstance(form, FormData):
        return record
    for file in form.files:
        named = naming(file.field, address.collection.names, form.keys() - {file.field}, operation.path)
        if named:
            path = filled(operation.path, request.path)
            url = await kept_apart(address.store, path, file, request.base_url)
            record = await told_address(address, record, url, named)
    return record


def url_member(names: Iterable[str]) -> str:
    """Return the member of an item that says where its bytes are; "" where none does."""
    members = by_folded(names)
    return next((members[word] for word in FILE_URLS if word in members), "")


async def told_address(address: Address, record: Record, url: str, named: str) -> Record:
    """Return an item that says in one of its members where its bytes are."""
    target = address.collection.target
    if target is None:
        return record
    value = record.value
    if not named or not set_if_valid(value, named, [url], lambda: target.is_valid_item(value)):
        return record

    async def change(now: Record) -> Draft:
        return Draft({**now.value, named: url})

    return await address.store.update(address.name, record.key, change)


async def tell(address: Address, key: str, file: File, base_url: str, content: str | None) -> None:
    """Let an item say what was sent of it, as far as it has members for that."""
    record, target = await address.store.get(address.name, key), address.collection.target
    if record is None or target is None:
        return
    value = record.value
    upload = Upload("", "", file.media_type, len(file.content))
    for name, said in told_of(upload, set(value)).items():
        set_if_valid(value, name, [said], lambda: target.is_valid_item(value))

    async def change(now: Record) -> Draft:
        return Draft({**now.value, **value})

    told = await address.store.update(address.name, key, change)
    if content is not None:
        named = url_member(address.collection.names)
        await told_address(address, told, f"{base_url}{address.path_of(key)}{content}", named)


# ---- around an operation

Telling = Callable[[Request, Context, File], Awaitable[None]]
"""Tells an item of the bytes that came."""


def giving(operation: Operation, handler: Handler) -> Handler:
    """Return a handler that answers the bytes that were sent, where there are some."""
    content = answered_content(operation)

    async def gives(request: Request, context: Context) -> Response:
        response = await handler(request, context)
        path = filled(operation.path, request.path)
        file = None
        if 200 <= response.status < 300:
            file = await found(context.world.store, places_of(path))
        if file is None:
            return response
        media_type = next(iter(content), "")
        if media_types.select(file.media_type, content):
            media_type = file.media_type
        return Response(response.status, Written(file.content), response.headers, media_type)

    return gives


def taking(operation: Operation, handler: Handler, tells: Telling) -> Handler:
    """Return a handler that keeps the bytes that are sent to an address which gives them."""

    async def takes(request: Request, context: Context) -> Response:
        response = await handler(request, context)
        file = sent_file(request)
        if file is not None and 200 <= response.status < 300:
            path = filled(operation.path, request.path)
            await keep(context.world.store, next(places_of(path)), file)
            await tells(request, context, file)
        return response

    return takes


def dropping(operation: Operation, handler: Handler) -> Handler:
    """Return a handler that forgets the bytes at an address that is deleted."""

    async def drops(request: Request, context: Context) -> Response:
        response = await handler(request, context)
        for place in places_of(filled(operation.path, request.path)):
            await forget(context.world.store, place)
        return response

    return drops
