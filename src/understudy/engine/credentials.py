"""Credentials: the tokens and cookies that an answer hands out, and all it says of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from datetime import datetime, timedelta
from typing import Any, Final
from uuid import UUID

from understudy.contracts.answers import answer_media
from understudy.contracts.contract import Contract
from understudy.contracts.source import Node
from understudy.engine.address import Address
from understudy.engine.binding import BoundPlan
from understudy.engine.claims import claims_about
from understudy.engine.reading import Reading
from understudy.handler import Context
from understudy.messages import Caller, Request, Response
from understudy.model.model import Handed, Place
from understudy.schemas.fitting import set_if_valid
from understudy.state.clock import iso
from understudy.state.tokens import epoch, opaque, signed

TOKEN_LIFE: Final = timedelta(hours=1)
REFRESH_LIFE: Final = timedelta(days=30)
KEY_LIFE: Final = timedelta(days=3650)


class Credentials:
    """Hands out the credentials of one contract."""

    def __init__(self, contract: Contract, reading: Reading) -> None:
        self._contract, self._reading = contract, reading

    async def given(
        self, plan: BoundPlan, address: Address, request: Request, response: Response, key: str
    ) -> Response:
        """Return an answer with the credential of a user in it, where it has a place for one."""
        told = plan.plan.answer
        if told is None:
            return response
        hands_out = told.hands_out
        if not hands_out and not told.cookie:
            return response
        record = await address.store.get(address.name, key) if key else None
        about = claims_about(record.value) if record is not None else {}
        issue = _Issue(address, request.caller, key, self._word(), about)
        await issue.number_it()
        if hands_out:
            self._fill(plan, response, hands_out, issue)
            response.headers = {**response.headers, "Cache-Control": "no-store"}  # RFC 6749 §5.1
        if told.cookie:
            value = issue.text("jwt" if "jwt" in told.hands_out.values() else "token")
            response.headers = {**response.headers, "Set-Cookie": f"{told.cookie}={value}; {_COOKIE}"}
        return response

    @staticmethod
    def cleared(plan: BoundPlan, response: Response) -> Response:
        """Return an answer that takes the cookie away, where one carries the credential."""
        told = plan.plan.answer
        if told is not None and told.cookie:
            ended = f"{told.cookie}=; {_COOKIE}; Max-Age=0"
            response.headers = {**response.headers, "Set-Cookie": ended}
        return response

    def _word(self) -> str:
        """Return what goes before a token: `Token` where the contract's words about its header say so."""
        for scheme in self._contract.security_schemes.values():
            told = str(scheme.get("description") or "")
            if scheme.get("type") == "apiKey" and "Token " in told and "Bearer " not in told:
                return "Token"
        return "Bearer"

    def _fill(
        self, plan: BoundPlan, response: Response, hands_out: Mapping[Place, Handed], issue: _Issue
    ) -> None:
        media = answer_media(plan.operation)
        is_valid = self._validator(media.schema if media is not None else None)
        body = response.body
        if () in hands_out:
            response.body = issue.text(hands_out[()])
            return
        for place, word in hands_out.items():
            holder = _holder(body, place)
            if holder is None:
                continue
            is_set = set_if_valid(holder, place[-1], issue.values(word), lambda: is_valid(body))
            if not is_set and word in _TEXTS:
                holder[place[-1]] = issue.text(word)
        response.body = body

    def _validator(self, schema: Node | None) -> Callable[[Any], bool]:
        if schema is None:
            return lambda _: True
        return self._reading.validator(schema).is_valid


class _Issue:
    """One handing out: its tokens are made and issued when they are asked for, each once."""

    def __init__(
        self, address: Address, caller: Caller, key: str, word: str, about: Mapping[str, Any]
    ) -> None:
        """`about`: what a JWT says of the user beside the id."""
        self._context: Context = address.context
        self._address, self._caller, self._key, self._before = address, caller, key, word
        self._about = about
        self._now = self._context.clock.now()
        self._number = 0
        self._made: dict[str, str] = {}

    async def number_it(self) -> None:
        """Take the next number of a handing out, so that its tokens are their own."""
        self._number = await self._address.store.increment("tokens handed out")

    def text(self, word: Handed) -> str:
        """Return a token. word: `token`, `jwt`, `refresh`, `refresh jwt` or `key`."""
        if word not in self._made:
            refreshes = word.startswith("refresh")
            token = self._jwt(refreshes=refreshes) if word.endswith("jwt") else self._opaque(word)
            if word == "key":
                self._made[word] = self._lasting(token)
            else:
                self._made[word] = self._issued(token, refreshes=refreshes)
        return self._made[word]

    def _lasting(self, key: str) -> str:
        """Issue a key, with which whoever calls now may call as long as it is there."""
        api, ends = self._context.contract.name, self._now + KEY_LIFE
        self._context.identities.issue(key, replace(self._caller, credential=""), ends, api=api)
        return key

    def _issued(self, token: str, *, refreshes: bool) -> str:
        known = self._caller
        caller = Caller(known.name, known.scopes, known.reach, self._key, of=self._address.name)
        ends = self._ends(refreshes=refreshes)
        api = self._context.contract.name
        self._context.identities.issue(token, caller, ends, api=api, refreshes=refreshes)
        return token

    def _ends(self, *, refreshes: bool) -> datetime:
        return self._now + (REFRESH_LIFE if refreshes else TOKEN_LIFE)

    def _digits(self, word: str, bits: int) -> int:
        return self._context.random("token", self._address.name, self._key, word, self._number).getrandbits(
            bits
        )

    def _opaque(self, word: str) -> str:
        return opaque(f"{self._digits(word, 128):032x}")

    def _jwt(self, *, refreshes: bool) -> str:
        identities = self._context.identities
        if not identities.key:
            identities.sign_with(f"{self._context.random('signing key').getrandbits(256):064x}")
        claims: dict[str, Any] = {
            "sub": self._key,
            "iat": epoch(self._now),
            "exp": epoch(self._ends(refreshes=refreshes)),
            "jti": f"{self._digits('jti', 128):032x}",
        }
        if refreshes:
            claims["typ"] = "refresh"
        else:
            claims = {**self._about, **claims}
        return signed(claims, identities.key)

    def values(self, word: Handed) -> Iterator[Any]:
        """Yield what a member may say that tells `word`, as texts and numbers."""
        if word == "type":
            yield from (self._before, self._before.lower(), self._before.upper())
        elif word == "lifetime":
            yield from (seconds := int(TOKEN_LIFE.total_seconds()), str(seconds))
        elif word in ("until", "refresh until"):
            ends = self._ends(refreshes=word == "refresh until")
            yield from (iso(ends), epoch(ends), str(epoch(ends)))
        else:
            yield self.text(word)
            if word in ("token", "refresh"):
                yield from self._others(word)

    def _others(self, word: Handed) -> Iterator[str]:
        """Yield a token in forms that a schema may want: a UUID, plain digits."""
        refreshes = word == "refresh"
        digits = self._digits(word, 128)
        yield self._issued(str(UUID(int=digits, version=4)), refreshes=refreshes)
        yield self._issued(f"{digits:032x}", refreshes=refreshes)


_TEXTS: Final = ("token", "jwt", "refresh", "refresh jwt")
_COOKIE: Final = "Path=/; HttpOnly; SameSite=Lax"


def _holder(body: Any, place: Place) -> dict[str, Any] | None:
    """Return the object that a member is to stand in; on the way, what is missing is made."""
    for step in place[:-1]:
        if not isinstance(body, dict):
            return None
        body = body.setdefault(step, {})
    return body if isinstance(body, dict) else None
