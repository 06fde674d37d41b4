"""Create: new items, one or many, or a copy of one that is there."""

from __future__ import annotations

from typing import Final

from understudy.engine.address import Address, told
from understudy.engine.answering import Answers
from understudy.engine.binding import BoundPlan
from understudy.engine.files import keep, kept_url, naming, of_upload, place_of, told_address, url_member
from understudy.engine.identity import identity_of
from understudy.engine.origin import Origin
from understudy.engine.owning import refuse_same
from understudy.engine.records import Records
from understudy.engine.representing import as_preferred
from understudy.engine.taking import each_in, named_keys, sent_in
from understudy.engine.uploads import told_of
from understudy.messages import FormData, Request, Response, Upload
from understudy.model.model import Create, Plan
from understudy.model.selection import without
from understudy.state.store import Record, Value

LONGEST_URL: Final = 8_000
"""Characters of an address for which whoever takes one has to have room (RFC 9110 §4.1)."""

_SET: Final = ("true", "yes", "on", "1")
"""What a flag says that is set, as a text."""


async def create(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    """Take, make and show what a request creates. Raises RecordExists, RecordNotFound, RuleBroken."""
    assert isinstance(plan.plan, Create)
    assert plan.answer is not None
    origin = Origin(caller=request.caller)
    if plan.plan.key is not None:
        return await _added(plan, address, request, records, answers)
    if plan.plan.like is not None:
        sent = await _like(plan, plan.plan, address, request, records)
        return _created(plan, address, request, await records.new(address, sent, plan, origin), answers)
    many = each_in(plan, request)
    if plan.plan.whole:
        by_place = {"": sent_in(plan, request)}
        if many is not None:
            by_place = {f"/{place}": sent for place, sent in enumerate(many)}
        made = await records.new_all(address, by_place, plan, origin)
        return as_preferred(plan, request, made, answers.many(plan.answer, address, made, request))
    if many is None:
        return await _one(plan, address, request, records, answers)
    return await _each(plan, address, request, records, answers)


async def _each(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    """Create each of several items, or change the one that the document says is changed then."""
    assert plan.answer is not None
    made, changed = [], set()
    upserts = _upserts(plan.plan, request)
    for sent in each_in(plan, request) or ():
        known = await records.upserted(address, sent, plan) if upserts else None
        made.append(known or await records.new(address, sent, plan, Origin(caller=request.caller)))
        if known is not None:
            changed.add(known.key)
    response = answers.all(plan.answer, address, made, request)
    if response is None:
        return await answers.documented(address.context, request)
    if changed:
        answers.settle(plan.answer, address, made, response, shows_list=True, changed=changed)
    return as_preferred(plan, request, made, response)


async def _one(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    """Create one item, or change the one that the document says is changed then."""
    if isinstance(request.body, FormData) and request.body.files:
        return await _uploaded(plan, address, request, records, answers)
    sent = sent_in(plan, request)
    known = None
    if _upserts(plan.plan, request):
        known = await records.upserted(address, sent, plan)
    if known is None:
        await refuse_same(plan.plan, address, request, records, sent)
        await records.refuse_taken(address, sent, plan)
        chosen = _chosen(plan.plan, request)
        record = await records.new(address, sent, plan, Origin(caller=request.caller), key=chosen)
        return _created(plan, address, request, record, answers)
    assert plan.updated is not None
    response = answers.one(plan.updated, address, known, request)
    answers.settle(plan.updated, address, [known], response, changed={known.key})
    return as_preferred(plan, request, [known], response)


def _chosen(plan: Plan, request: Request) -> str:
    """Return the id that a request chooses beside its body, "" where it chooses none."""
    assert isinstance(plan, Create)
    if plan.chosen is None:
        return ""
    return str(told(plan.chosen, request) or "")


def _upserts(plan: Plan, request: Request) -> bool:
    """Tell whether a request may change what is there, as its flag says where it needs one."""
    assert isinstance(plan, Create)
    if not plan.upserts or not plan.upserts_if:
        return bool(plan.upserts)
    value = request.query.get(plan.upserts_if)
    if isinstance(request.body, dict):
        value = request.body.get(plan.upserts_if, value)
    return value is True or str(value).lower() in _SET


async def _uploaded(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    """Make an item of the file that is sent, or one of each where a list is shown, and keep the bytes."""
    assert plan.answer is not None
    assert isinstance(request.body, FormData)
    told, files = plan.answer.as_asked(request.answer_type), request.body.files
    is_list = told.many is not None and told.one is None
    if not is_list and not told.is_either:
        files = files[:1]
    sent = without(sent_in(plan, request), {one.field for one in request.body.files})
    made = []
    for file in files:
        said = {**told_of(file, address.collection.names), **sent}
        record = await records.new(address, said, plan, Origin(caller=request.caller))
        await keep(address.store, place_of(address, record.key), of_upload(file))
        made.append(await _told_address(plan, address, request, record, file))
    if len(made) == 1 and not is_list:
        return _created(plan, address, request, made[0], answers)
    response = answers.all(plan.answer, address, made, request)
    return response or await answers.documented(address.context, request)


async def _told_address(
    plan: BoundPlan, address: Address, request: Request, record: Record, file: Upload
) -> Record:
    """Return an item that says where its bytes are given: by an operation, or else beside them all."""
    names = address.collection.names
    if plan.content is not None:
        url = f"{request.base_url}{address.path_of(record.key)}{plan.content}"
        return await told_address(address, record, url, url_member(names))
    assert isinstance(request.body, FormData)
    url = kept_url(address, record.key, file, request.base_url)
    named = naming(file.field, names, request.body.keys() - {file.field})
    return await told_address(address, record, url, named)


async def _added(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    """Add items that are named by their ids; what is there already stays as it is."""
    assert plan.answer is not None
    added = []
    for key in named_keys(plan, request) or ():
        record = await address.store.get(address.name, key)
        if record is None:
            record = await records.insert(address, key, {}, Origin(caller=request.caller), plan)
            await records.restore(address, key)
        added.append(record)
    response = answers.all(plan.answer, address, added, request)
    return response or await answers.documented(address.context, request)


async def _like(
    plan: BoundPlan, create: Create, address: Address, request: Request, records: Records
) -> Value:
    """Return what an item like another one is made of: all that a caller may set, and what this one sends."""
    assert create.like is not None
    before = await records.existing(address, str(told(create.like, request)))
    own = identity_of(address, before.key)
    copied = {}
    for name, value in before.value.items():
        if name in address.collection.settable and name not in own:
            copied[name] = value
    for name, value in sent_in(plan, request).items():
        if name in address.collection.names:
            copied[name] = value
    holder = address.collection.places.holder
    if holder is not None:
        copied.pop(holder.name, None)
    return copied


def _created(
    plan: BoundPlan, address: Address, request: Request, record: Record, answers: Answers
) -> Response:
    assert plan.answer is not None
    response = answers.one(plan.answer, address, record, request)
    if plan.answer.location and address.collection.collection.at:
        url = request.base_url + address.url_of(record.key)
        if len(url) <= LONGEST_URL:
            response.headers = {**response.headers, "Location": url}
    return as_preferred(plan, request, [record], response)
