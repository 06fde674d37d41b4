"""Change: items replaced and updated, by their path or by what stands in the body, and actions on one."""

from __future__ import annotations

from contextlib import suppress
from typing import Any

from understudy.engine.address import Address, within
from understudy.engine.answering import Answers
from understudy.engine.balances import balancing
from understudy.engine.binding import BoundPlan
from understudy.engine.files import told_of_files
from understudy.engine.origin import Origin
from understudy.engine.patching import patch_in
from understudy.engine.queries import together
from understudy.engine.read import key_of
from understudy.engine.records import Records
from understudy.engine.representing import as_preferred
from understudy.engine.taking import Sent, chosen_key, each_in, named_keys, sent_in
from understudy.engine.viewers import who_turned
from understudy.errors import AlreadyDone, RecordExists, RecordNotFound
from understudy.messages import Caller, Request, Response
from understudy.model.lifecycle import is_too_late
from understudy.model.model import Act, Replace
from understudy.model.paths import placeholders
from understudy.model.selection import only, without
from understudy.names import fold
from understudy.state.store import Record, Value


async def replace(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    """Put items in place of others, or where none was (RFC 9110 §9.3.4). Raises RecordNotFound,
    RecordExists.
    """
    assert plan.answer is not None
    assert plan.created is not None
    if not _is_keyed_by_body(plan):
        key = await key_of(plan, address, request, records)
        sent = sent_in(plan, request)
        record, is_new = await _put(plan, address, key, sent, records, caller=request.caller)
        record = await told_of_files(address, record, request)
        response = answers.one(plan.created if is_new else plan.answer, address, record, request)
        return as_preferred(plan, request, [record], response)
    answer = plan.answer
    many = each_in(plan, request)
    saved, changed = [], set()
    for sent in _one_or_many(plan, request, many):
        record, is_new = await _saved(plan, address, sent, records, request)
        saved.append(record)
        if is_new:
            answer = plan.created
        else:
            changed.add(record.key)
    if many is None:
        return answers.one(answer, address, saved[0], request)
    shown = answers.all(answer, address, saved, request)
    if shown is None:
        return await answers.documented(address.context, request)
    answers.settle(answer, address, saved, shown, shows_list=True, changed=changed)
    return shown


def _one_or_many(plan: BoundPlan, request: Request, many: list[Sent] | None) -> list[Sent]:
    """Return the items that a body holds a list of, or the one it speaks of."""
    if many is None:
        return [sent_in(plan, request)]
    return many


def _is_keyed_by_body(plan: BoundPlan) -> bool:
    return plan.plan.key is not None and plan.plan.key.at == "body"


async def _put(
    plan: BoundPlan, address: Address, key: str, sent: Value, records: Records, *, caller: Caller
) -> tuple[Record, bool]:
    """Put an item under a key, and tell whether it is new.

    Without a 201 a put creates nothing: it changes an item that was there, as any is where any id will do.
    """
    assert isinstance(plan.plan, Replace)
    if await address.store.get(address.name, key) is None:
        if not (records.any_id or plan.plan.creates):
            raise RecordNotFound(address.collection.collection.noun, key)
        await records.check_known(address, key, plan)
        await records.check_not_gone(address, key, plan)
        origin = Origin(created=plan.plan.creates, caller=caller)
        try:
            record = await records.put(address, key, sent, origin, plan)
        except RecordExists as error:
            if error.field != "key":
                raise
        else:
            await records.restore(address, key)
            return record, True
    if plan.plan.partial:
        return await records.update(address, key, sent, plan), False
    return await records.replace(address, key, sent, plan), False


async def _saved(
    plan: BoundPlan, address: Address, sent: Value, records: Records, request: Request
) -> tuple[Record, bool]:
    """Put an item where its body says, and tell whether it is new.

    Where only what was created exists, another operation creates. Raises RecordNotFound.
    """
    assert isinstance(plan.plan, Replace)
    key = chosen_key(address.collection, sent)
    if not key:
        return await records.new(address, sent, plan, Origin(caller=request.caller)), True
    is_there = await address.store.get(address.name, key) is not None
    if not is_there and not plan.plan.creates:
        await records.must_exist(address, key)
    record, is_new = await _put(plan, address, key, sent, records, caller=request.caller)
    return record, is_new and plan.plan.creates


async def update(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    """Lay what is sent over items. Raises RecordNotFound, RecordExists."""
    assert plan.answer is not None
    if plan.choosing is not None:
        return await _update_chosen(plan, address, request, records, answers)
    if not _is_keyed_by_body(plan):
        key = await key_of(plan, address, request, records)
        patch = patch_in(request, plan)
        if patch is None:
            record = await records.update(address, key, sent_in(plan, request), plan)
        else:
            record = await records.patch(address, key, patch, plan)
        record = await told_of_files(address, record, request)
        response = answers.one(plan.answer, address, record, request)
        return as_preferred(plan, request, [record], response)
    many = each_in(plan, request)
    changed = []
    for sent in _one_or_many(plan, request, many):
        key = chosen_key(address.collection, sent)
        if key:
            changed.append(await records.update(address, key, sent, plan))
    if many is None and changed:
        return answers.one(plan.answer, address, changed[0], request)
    shown = answers.all(plan.answer, address, changed, request)
    if shown is not None:
        return as_preferred(plan, request, changed, shown)
    return await answers.documented(address.context, request)


async def _update_chosen(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    """Lay what is sent over all items that the query chooses."""
    assert plan.answer is not None
    assert plan.choosing is not None
    sent = without(sent_in(plan, request), _ids_in(plan, request))
    changed = []
    for key in await _chosen(plan, address, request, records):
        changed.append(await records.update(address, key, sent, plan))
    response = answers.all(plan.answer, address, changed, request)
    if response is not None:
        return as_preferred(plan, request, changed, response)
    return await answers.documented(address.context, request)


async def _chosen(plan: BoundPlan, address: Address, request: Request, records: Records) -> list[str]:
    """Return the keys of the items that a request names, or that its query chooses."""
    assert plan.choosing is not None
    if plan.plan.key is not None:
        return await records.known(address, named_keys(plan, request) or ())
    conditions = plan.choosing.conditions(request.query, request.unsent) + within(address)
    page = await address.store.list(address.name, where=together(conditions))
    return [record.key for record in page.records]


def _ids_in(plan: BoundPlan, request: Request) -> set[str]:
    """Name the members of a body that name items by their ids."""
    if plan.plan.key is None or not isinstance(request.body, dict):
        return set()
    names = plan.collection.collection.id.listed_as
    return {name for name in request.body if fold(name) in names}


async def act(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    """Do to an item what the operation names: its state moves, and it keeps what is sent where it has a place
    for it.
    """
    assert isinstance(plan.plan, Act)
    flags = only(plan.plan.set, address.collection.viewed)
    news = without(plan.plan.set, flags)
    if plan.plan.keeps:
        collection = address.collection
        news |= only(sent_in(plan, request), collection.names.union(collection.settable))
    if plan.plan.each:
        return await _act_on_each(plan, address, request, records, answers)
    key = await key_of(plan, address, request, records)
    listed = plan.plan.puts or plan.plan.takes
    moves = plan.plan.stamps or plan.plan.flips or plan.plan.adds or plan.plan.renews
    changes = news or flags or plan.plan.gone or listed or moves
    if plan.answer is None and not changes:
        await records.must_exist(address, key, even_given=False)
        return await answers.documented(address.context, request)
    await _refuse_again(plan, address, key, records)
    if listed or plan.plan.flips:
        news |= _put_or_taken(plan, request, await records.existing(address, key))
    if plan.plan.renews:
        news |= records.renewed(address, await records.existing(address, key), plan.plan.renews)
    if plan.plan.adds:
        record = await records.revise(address, key, balancing(plan, news, request), plan)
    else:
        record = await _done(plan, address, key, news, records)
    record = await told_of_files(address, record, request)
    if plan.answer is None:
        response = await answers.documented(address.context, request)
        answers.say_of(record, {*plan.plan.set, *plan.plan.stamps}, response, request, address.context)
        return _with_turns(plan.plan, record, response)
    return answers.one(plan.answer, address, record, request)


def _with_turns(plan: Act, record: Record, response: Response) -> Response:
    """Let an answer that shows no item say whether the caller turned it, and how many did."""
    if not plan.answers or not isinstance(response.body, dict):
        return response
    flag = next(name for name, value in plan.set.items() if isinstance(value, bool))
    count = next((record.value.get(name) for name in plan.counts), len(who_turned(record, flag)))
    for name, says in plan.answers.items():
        response.body[name] = {"turned": plan.set[flag], "turners": count}[says]
    return response


async def _refuse_again(plan: BoundPlan, address: Address, key: str, records: Records) -> None:
    """Refuse what was done already, where the operation documents a conflict. Raises AlreadyDone."""
    assert isinstance(plan.plan, Act)
    meant = without(plan.plan.set, address.collection.viewed)
    if not meant or not plan.refuses_again:
        return
    before = (await records.existing(address, key)).value
    if all(before.get(name) == value for name, value in meant.items()):
        raise AlreadyDone(address.collection.collection.noun, key, meant)
    for name, value in meant.items():
        if is_too_late(before.get(name), value):
            raise AlreadyDone(address.collection.collection.noun, key, {name: before[name]})


async def _act_on_each(
    plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
) -> Response:
    """Do to each item that a request names, or to all where it names none, what the operation names; what is
    not there is passed over.
    """
    assert isinstance(plan.plan, Act)
    assert plan.answer is not None
    news = without(plan.plan.set, address.collection.viewed)
    if plan.plan.keeps:
        sent = without(sent_in(plan, request), _ids_in(plan, request))
        news |= only(sent, address.collection.names)
    acted = []
    keys = named_keys(plan, request) or []
    if plan.plan.key is None:
        page = await address.store.list(address.name, where=together(within(address)))
        keys = [record.key for record in page.records]
    elif not plan.plan.gone:
        keys = await records.known(address, keys)
    for place, key in enumerate(keys):
        with suppress(RecordNotFound):
            told = {**news, plan.plan.numbers: place} if plan.plan.numbers else news
            acted.append(await _done(plan, address, key, told, records))
    response = answers.all(plan.answer, address, acted, request)
    if response is not None:
        return response
    return await answers.documented(address.context, request)


async def _done(
    plan: BoundPlan, address: Address, key: str, news: dict[str, Any], records: Records
) -> Record:
    """Return an item once that is done to it which an action names. Raises RecordNotFound."""
    assert isinstance(plan.plan, Act)
    flags = only(plan.plan.set, address.collection.viewed)
    if plan.plan.gone:
        await records.bring_back(address, key)
    if flags:
        record = await records.turn(address, key, plan, flags)
    if news or not flags:
        record = await _moved(plan, address, key, dict(news), records)
    return record


async def _moved(
    plan: BoundPlan, address: Address, key: str, news: dict[str, Any], records: Records
) -> Record:
    """Return an item in which stands what is new of it, and the numbers are counted that go with that."""
    assert isinstance(plan.plan, Act)
    if plan.plan.counts and plan.plan.set.keys() & news.keys():
        news |= _counted(plan.plan, await records.existing(address, key))
    return await records.update(address, key, news, plan)


def _put_or_taken(bound: BoundPlan, request: Request, before: Record) -> dict[str, Any]:
    """Return the list of scalars with what a body or the path names, or without it, or a flag turned over."""
    plan = bound.plan
    assert isinstance(plan, Act)
    if plan.flips:
        return {plan.flips: not before.value.get(plan.flips)}
    if isinstance(request.body, dict) and len(request.body) == 1:
        [named] = request.body.values()
    else:
        named = request.path[placeholders(bound.operation.path)[-1]]
    member = plan.puts or plan.takes
    others = [one for one in before.value.get(member) or [] if one != named]
    if plan.puts:
        others.append(named)
    return {member: others}


def _counted(plan: Act, before: Record) -> dict[str, Any]:
    """Return the numbers that an action moves, where it changes anything."""
    if all(before.value.get(name) == value for name, value in plan.set.items()):
        return {}
    found = {}
    for name, step in plan.counts.items():
        number = before.value.get(name)
        if isinstance(number, (int, float)):
            found[name] = max(number + step, 0)
    return found
