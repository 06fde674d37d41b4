"""Something is done once, however many ask: over every store."""

from __future__ import annotations

import asyncio

import pytest

from stores import on_each_store
from support import bundled
from understudy.sessions import Sessions
from understudy.state.claims import Claim
from understudy.state.memory import MemoryStore
from understudy.state.store import Store, Value


@on_each_store
async def test_of_many_who_ask_one_does_it_and_all_get_what_came_of_it(store: Store) -> None:
    done: list[int] = []

    async def ask(number: int) -> Value:
        claim = Claim(store, "~once", "a")
        outcome = await claim.outcome()
        if outcome is None:
            await asyncio.sleep(0)
            done.append(number)
            outcome = {"by": number}
            await claim.keep(outcome)
        return outcome

    outcomes = await asyncio.gather(*map(ask, range(20)))
    assert len(done) == 1
    assert outcomes == [{"by": done[0]}] * 20


@on_each_store
async def test_what_is_given_up_is_done_by_the_next(store: Store) -> None:
    first, second = Claim(store, "~once", "a"), Claim(store, "~once", "a")
    assert await first.outcome() is None
    waiting = asyncio.create_task(second.outcome())
    await asyncio.sleep(0)
    await first.give_up()
    assert await waiting is None


def test_a_claim_of_somebody_who_went_away_ends_and_what_was_done_does_not() -> None:
    moment = 0.0

    async def play() -> None:
        nonlocal moment
        store = MemoryStore(lambda: moment)
        assert await Claim(store, "~once", "a").outcome() is None
        moment = 1_000
        claim = Claim(store, "~once", "a")
        assert await claim.outcome() is None
        await claim.keep({"n": 1})
        moment = 10_000
        assert await Claim(store, "~once", "a").outcome() == {"n": 1}

    asyncio.run(play())


def test_a_population_that_failed_is_tried_again(monkeypatch: pytest.MonkeyPatch) -> None:

    made = bundled("togai", populate=3)
    context = made.context(made.contract.operations[0].key, Sessions().use())
    populate, calls = context.world.populate, 0

    async def fail_once(*arguments: object) -> None:
        nonlocal calls
        calls += 1
        if calls == 1:
            raise ValueError("no")
        await populate(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(context.world, "populate", fail_once)

    async def play() -> None:
        with pytest.raises(ValueError, match="no"):
            await context.ready()
        await asyncio.gather(*(context.ready() for _ in range(5)))

    asyncio.run(play())
    assert calls == 2
