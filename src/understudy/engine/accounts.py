"""Accounts: users who register, log in and out, and are whoever calls with what was handed out to them."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any, Final

from understudy.contracts.answers import answer_media, answered
from understudy.contracts.contract import Contract
from understudy.engine.address import Address
from understudy.engine.answering import Answers
from understudy.engine.api_keys import makes_key
from understudy.engine.binding import BoundPlan
from understudy.engine.claims import show_claims
from understudy.engine.credentials import TOKEN_LIFE, Credentials
from understudy.engine.factory import descended
from understudy.engine.origin import ASKED_FOR, Origin
from understudy.engine.people import is_deleted, is_password, keep, login_members, named, noted, set_password
from understudy.engine.records import Records
from understudy.engine.taking import sent_in
from understudy.engine.verbs import Verb
from understudy.errors import (
    CredentialInvalid,
    CredentialRefused,
    CredentialRevoked,
    Failure,
    GrantUnsupported,
    LoginRefused,
    RecordExists,
    RequestInvalid,
)
from understudy.messages import NOTHING, Caller, Request, Response
from understudy.model.accounts import PLACEHOLDER, says_password
from understudy.model.doors import doors_of
from understudy.model.model import Create, Login, Logout, Place, Proof
from understudy.names import fold
from understudy.schemas.examples import member_examples, stated_examples
from understudy.state.identities import MAGIC
from understudy.state.tokens import claims_of, is_own

_GRANT: Final = ("grant_type",)
_REFRESH: Final = ("refresh_token",)
_CODE: Final = ("code",)
_CODE_GRANT: Final = "authorization_code"
_ANYBODY: Final = "anybody"
_INTRODUCED: Final = "introduced"
_ASKED: Final = "asked for a password"


class Accounts:
    """Runs what plans say of users. Secrets stand beside the users, salted and hashed, and are never
    shown.
    """

    def __init__(self, contract: Contract, credentials: Credentials) -> None:
        self._credentials = credentials
        self._doors, self._added = doors_of(contract), contract.added

    def around(self, plan: BoundPlan, verb: Verb) -> Verb:
        """Return a verb with what its plan says of users; the verb itself where that is nothing."""
        told = plan.plan
        if isinstance(told, Login):
            return self.login
        if isinstance(told, Logout):
            return self.logout
        is_callers = told.key is not None and told.key.at == "caller"
        gives = told.answer is not None and bool(told.answer.hands_out or told.answer.cookie)
        gives &= not makes_key(plan)
        is_of_users = told.proof is not None or is_callers or gives
        if not is_of_users and not self._shows_password(plan):
            return verb
        return self._telling(verb, is_callers=is_callers)

    def _shows_password(self, plan: BoundPlan) -> bool:
        """Tell whether an answer about users has a password in it."""
        schema = answered(plan.operation)
        if schema is None or not plan.collection.collection.login:
            return False
        return any(map(says_password, self._doors.places((schema,))))

    def _hiding(self, plan: BoundPlan, body: Any) -> Any:
        """Return a body that shows no password; a placeholder only where the contract itself wants one."""
        return masked(body, leaves_out=plan.operation.key in self._added)

    def _telling(self, verb: Verb, *, is_callers: bool) -> Verb:
        """Return a verb that keeps what is said of a password, and shows none."""

        async def run(
            plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
        ) -> Response:
            proof = plan.plan.proof or Proof()
            key = await self._before(plan, address, request, records, is_callers=is_callers)
            response = await verb(plan, address, request, records, answers)
            if isinstance(plan.plan, Create):
                key = await _made(plan, address, request)
            elif not key and plan.plan.key is not None:
                key = str(request.path.get(plan.plan.key.name, ""))
            become = _told(request, proof.becomes)
            if become and key:
                await set_password(address, key, become)
            if not response.has_body:
                response = await _said_of(plan, address, request, response, answers)
            if self._shows_password(plan):
                response.body = self._hiding(plan, response.body)
            await _show_claims(address, response, key)
            return await self._credentials.given(plan, address, request, response, key)

        return run

    async def _before(
        self, plan: BoundPlan, address: Address, request: Request, records: Records, *, is_callers: bool
    ) -> str:
        """Check a name that is to be registered, or the password of who calls, and return their key."""
        proof = plan.plan.proof or Proof()
        door = self._doors.by_key.get(plan.operation.key)
        if isinstance(plan.plan, Create) and door is not None and door.kind == "register":
            await _check_free(plan, address, request, records)
        if not is_callers:
            return ""
        changes_nothing = bool(proof.becomes) and not _told(request, proof.becomes)
        if not changes_nothing or _told(request, proof.password):
            await self._check(address, request.caller.user, proof.password, request)
        return request.caller.user

    # -- letting in and out

    async def login(
        self, plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
    ) -> Response:
        """Let a user in by what they prove. Raises RequestInvalid, CredentialRefused or AccessDenied."""
        proof = plan.plan.proof or Proof()
        assert plan.answer is not None
        key, caller = await self._proved(plan, proof, address, request, records)
        become = _told(request, proof.becomes)
        if become and key:
            await set_password(address, key, become)
        request.caller = replace(caller, user=key)
        record = await address.store.get(address.name, key) if key else None
        if record is not None and plan.answer.one is not None:
            response = answers.one(plan.answer, address, record, request)
        else:
            response = await answers.documented(address.context, request)
        if response.has_body:
            response.body = self._hiding(plan, response.body)
        await _show_claims(address, response, key)
        if become or _only_asks(plan, proof):
            return response
        return await self._credentials.given(plan, address, request, response, key)

    async def logout(
        self, plan: BoundPlan, address: Address, request: Request, records: Records, answers: Answers
    ) -> Response:
        """End the credential of who calls, and one that is sent."""
        identities, key = address.context.identities, request.caller.user
        if plan.answer is not None and plan.answer.one is not None:
            key = await self._person(address, request.caller, records)
        if request.caller.token:
            identities.end(request.caller.token)
        sent = _told(request, (plan.plan.proof or Proof()).token)
        if sent:
            identities.end(sent)
        record = await address.store.get(address.name, key) if key else None
        if record is not None and plan.answer is not None and plan.answer.one is not None:
            response = answers.one(plan.answer, address, record, request)
            response.body = self._hiding(plan, response.body)
        else:
            response = await answers.documented(address.context, request)
        await _show_claims(address, response, key)
        return self._credentials.cleared(plan, response)

    async def _proved(
        self, plan: BoundPlan, proof: Proof, address: Address, request: Request, records: Records
    ) -> tuple[str, Caller]:
        """Return the key of the user who proves to be one, "" where nobody is meant, and as whom they
        call.
        """
        grant = _told(request, _GRANT)
        if grant == "refresh_token":
            return await self._refreshed(address, request, records)
        is_standard = self._doors.is_token_endpoint(plan.operation)
        is_clients = bool(grant) and _is_of_client(grant, is_standard=is_standard)
        if is_clients and not _name_in(proof, request):
            return "", _granted(address, request) if grant == _CODE_GRANT else request.caller
        token = _told(request, proof.token)
        if token or not (proof.names or proof.password or proof.provider):
            caller = request.caller
            if token:
                self._check_issued(plan, address, token)
                caller = _refreshing(address, token)
            asked = "" if token or caller.user else await noted(address, _ASKED)
            return asked or await self._person(address, caller, records), caller
        name, shown = _name_in(proof, request), _told(request, proof.provider)
        if shown and not name:
            return await self._introduced(address, shown, records), request.caller
        if _only_asks(plan, proof) or proof.becomes:
            await self._come_in(plan, address, name, records)
            return await self._asking(address, name), request.caller
        if not _says_anything(proof, request):
            return await self._person(address, request.caller, records), request.caller
        _check_said(proof, request)
        return await self._let_in(proof, address, request, records)

    def _check_issued(self, plan: BoundPlan, address: Address, token: str) -> None:
        """Refuse a refresh token that nobody issued, once others were. Raises LoginRefused."""
        door = self._doors.by_key.get(plan.operation.key)
        is_refresh = door is not None and door.kind == "refresh"
        if is_refresh and address.context.identities.is_stranger(token):
            raise LoginRefused("nobody issued this refresh token")

    async def _refreshed(self, address: Address, request: Request, records: Records) -> tuple[str, Caller]:
        """Return whose refresh token is sent to where passwords are as well (RFC 6749 §6)."""
        token = _told(request, _REFRESH)
        if not token:
            raise RequestInvalid([_missing(_REFRESH)])
        caller = _refreshing(address, token)
        return await self._person(address, caller, records), caller

    async def _let_in(
        self, proof: Proof, address: Address, request: Request, records: Records
    ) -> tuple[str, Caller]:
        """Return the user of a name whose password it is, and as whom they call."""
        context = address.context
        name, password = _name_in(proof, request), _told(request, proof.password)
        api, caller = context.contract.name, request.caller
        if password in MAGIC:
            context.identities.check(password, api=api, required_scopes=(), now=context.clock.now())
        if proof.password and context.identities.listed is not None:
            found = context.identities.login(name, password, api)
            if found is None:
                raise LoginRefused("nobody has this user name and password")
            return await self._person(address, found, records), found
        record = await named(address, name)
        if record is not None:
            await self._check(address, record.key, proof.password, request)
            return record.key, caller
        is_open = records.any_id or _is_example(proof, address, request)
        is_open |= not proof.password and not self._doors.has_register
        if not is_open or await is_deleted(address, name):
            raise LoginRefused(f"nobody is registered as {name}")
        sent = dict.fromkeys(login_members(address, name)[:1], name)
        made = await records.new(address, sent, None, ASKED_FOR)
        return made.key, caller

    async def _introduced(self, address: Address, token: str, records: Records) -> str:
        """Return the user whom a token tells of: to whom it was issued here, or who another system says it
        is, which makes them one at first.
        """
        claims = claims_of(token)
        if is_own(token):
            caller = _refreshing(address, token)
            return await self._person(address, caller, records)
        slot = f"{_INTRODUCED} {claims.get('email') or claims.get('sub') or token}"
        key = await noted(address, slot)
        if key and await address.store.get(address.name, key) is not None:
            return key
        mail = str(claims.get("email") or "")
        record = await named(address, mail) if mail else None
        if record is None:
            told = {fold(name): value for name, value in claims.items() if isinstance(value, str)}
            sent = {name: told[fold(name)] for name in address.collection.names if fold(name) in told}
            own = address.collection.own
            sent = {name: value for name, value in sent.items() if name not in own}
            record = await records.new(address, sent, None, Origin(varied=True))
        return await keep(address, slot, record.key)

    async def _come_in(self, plan: BoundPlan, address: Address, name: str, records: Records) -> None:
        """Make the user of a name who asks for a code to log in by, where nobody registers otherwise."""
        door = self._doors.by_key.get(plan.operation.key)
        if door is None or door.kind != "ask" or self._doors.has_register or not name:
            return
        if await named(address, name) is None:
            sent = dict.fromkeys(login_members(address, name)[:1], name)
            await records.new(address, sent, None, ASKED_FOR)

    @staticmethod
    async def _asking(address: Address, name: str) -> str:
        """Return the key of who forgot a password: who has the name, or who asked last."""
        record = await named(address, name) if name else None
        if record is not None:
            await keep(address, _ASKED, record.key)
            return record.key
        if name:
            return ""
        return await noted(address, _ASKED)

    async def _check(self, address: Address, key: str, place: Place, request: Request) -> None:
        """Refuse a wrong password. A user of whom none was set has any. Raises CredentialInvalid."""
        if place and not await is_password(address, key, _told(request, place)):
            raise LoginRefused("the password is not the one that was set")

    # -- who calls

    async def identify(self, address: Address, request: Request, records: Records) -> None:
        """Have a request know which user calls. address: of the users. Raises CredentialRevoked."""
        key = await self._person(address, request.caller, records)
        request.caller = replace(request.caller, user=key)

    @staticmethod
    async def recognised(address: Address, name: str, password: str) -> Caller:
        """Return the user of a name and a password, and anybody for a name that no user has. address: of the
        users. Raises CredentialInvalid.
        """
        record = await named(address, name)
        if record is None:
            if address.context.identities.only_issued or await is_deleted(address, name):
                raise CredentialInvalid(f"nobody is registered as {name}")
            return Caller(credential=f"{name}:{password}")
        if not await is_password(address, record.key, password):
            raise CredentialInvalid("the password is not the one that was set")
        return Caller(
            user=record.key, of=address.name, token=f"Basic {record.key}"
        )  # as good as a token of theirs

    async def _person(self, address: Address, caller: Caller, records: Records) -> str:
        if caller.user:
            if caller.of not in ("", address.name):
                mine, asked = caller.of.rpartition("/")[2], address.name.rpartition("/")[2]
                raise CredentialInvalid(f"the token is that of one of the {mine}, and this is for {asked}")
            if await address.store.get(address.name, caller.user) is None:
                raise CredentialRevoked("the user whose token this is was deleted")
            return caller.user
        slot = f"identity {caller.name}" if caller.name else _ANYBODY
        key = await noted(address, slot)
        if key and await address.store.get(address.name, key) is not None:
            return key
        key = await self._stated(address, caller, records)
        return await keep(address, slot, key)

    def _shown(self, address: Address) -> Mapping[str, Any]:
        """Return the user whom the example of an operation about the caller shows."""
        view = address.collection.collection.item
        doors = [door for door in self._doors.by_key.values() if door.kind == "caller"]
        for door in doors if view is not None else ():
            media = answer_media(door.operation)
            for _, value in stated_examples(media.node) if media is not None else ():
                found = descended(value, door.person)
                if isinstance(found, dict):
                    return {name: one for name, one in found.items() if name in address.collection.names}
        return {}

    async def _stated(self, address: Address, caller: Caller, records: Records) -> str:
        """Return the user that somebody is of whom no login tells: of that name, the first there is, or one
        as the contract's example has them.
        """
        if caller.name:
            record = await named(address, caller.name)
            sent: Mapping[str, Any] = dict.fromkeys(login_members(address, caller.name)[:1], caller.name)
        else:
            page = await address.store.list(address.name, limit=1)
            record = page.records[0] if page.records and "made" in page.records[0].meta else None
            sent = self._shown(address)
        if record is None:
            record = await records.new(address, dict(sent), None, ASKED_FOR)
        return record.key


# ---- users


def _refreshing(address: Address, token: str) -> Caller:
    """Return to whom a refresh token was issued. Raises LoginRefused."""
    context = address.context
    try:
        return context.identities.refreshed(token, context.contract.name, context.clock.now())
    except CredentialRefused as refused:
        raise LoginRefused(str(refused)) from None


def _granted(address: Address, request: Request) -> Caller:
    """Return to whom the code that is shown was granted; whoever calls, for a code that no sandbox made.

    Raises LoginRefused.
    """
    context = address.context
    granted = context.identities.redeemed(
        _told(request, _CODE),
        api=context.contract.name,
        redirect_uri=_told(request, ("redirect_uri",)),
        verifier=_told(request, ("code_verifier",)),
        now=context.clock.now(),
    )
    return granted or request.caller


async def _show_claims(address: Address, response: Response, key: str) -> None:
    """Let an answer that shows what a token says tell whose it is."""
    if isinstance(response.body, dict) and key:
        record = await address.store.get(address.name, key)
        user = record.value if record is not None else {}
        show_claims(response.body, key, user, address.context.clock.now(), TOKEN_LIFE)


async def _check_free(plan: BoundPlan, address: Address, request: Request, records: Records) -> None:
    """Refuse to register somebody by a name that another user has. Raises RecordExists."""
    sent, collection = sent_in(plan, request), address.collection.collection
    for member in collection.login:
        value = sent.get(member)
        if member in collection.unique and isinstance(value, str):
            holder = await address.store.find(address.name, member, value)
            is_nobody = holder is None or "asked" in holder.meta or records.is_example(address, holder)
            if not is_nobody:
                raise RecordExists(collection.noun, member, value)


async def _made(plan: BoundPlan, address: Address, request: Request) -> str:
    """Return the key of the user whom a request made."""
    sent = sent_in(plan, request)
    for member in address.collection.collection.login:
        if isinstance(sent.get(member), str):
            record = await address.store.find(address.name, member, sent[member])
            if record is not None:
                return record.key
    return ""


async def _said_of(
    plan: BoundPlan, address: Address, request: Request, response: Response, answers: Answers
) -> Response:
    """Return an answer as documented where what it documents shows no user."""
    media = answer_media(plan.operation)
    if media is None or response.status in (204, 205, 304):
        return response
    documented = await answers.documented(address.context, request)
    documented.status = response.status
    return documented


def _is_example(proof: Proof, address: Address, request: Request) -> bool:
    """Tell whether somebody logs in as an example of the contract does."""
    body, sent = address.context.operation.body, {}
    for place in (*proof.names, proof.password):
        if place and _told(request, place):
            sent[place[-1]] = _told(request, place)
    for media in body.content.values() if body is not None else ():
        examples = [] if media.schema is None else list(member_examples(media.schema))
        for _, value in stated_examples(media.node):
            examples += _members_of(value)
        known = {(name, str(value)) for name, value in examples}
        known |= {pair for _, value in examples for pair in _members_of(value)}
        if sent and known.issuperset(sent.items()):
            return True
    return False


def _members_of(value: Any) -> list[tuple[str, Any]]:
    """List the members of an object, and those of what is in it."""
    found: list[tuple[str, Any]] = []
    if isinstance(value, dict):
        for name, inner in value.items():
            found += [(name, inner)] if isinstance(inner, str) else _members_of(inner)
    return found


def masked(body: Any, *, leaves_out: bool = False) -> Any:
    """Return a body with a placeholder for each password, or without any."""
    if isinstance(body, list):
        return [masked(one, leaves_out=leaves_out) for one in body]
    if not isinstance(body, dict):
        return body
    found = {}
    for name, value in body.items():
        if not (isinstance(value, str) and says_password(name)):
            found[name] = masked(value, leaves_out=leaves_out)
        elif not leaves_out:
            found[name] = PLACEHOLDER
    return found


# ---- requests


def _told(request: Request, place: Place) -> str:
    """Return the text at a place of a body, or of the query where there is no body."""
    value: Any = request.body if request.body is not NOTHING else request.query
    if not place:
        return ""
    for step in place:
        value = value.get(step) if isinstance(value, Mapping) else None
    if value is None or isinstance(value, (dict, list)):
        return ""
    return str(value)


def _name_in(proof: Proof, request: Request) -> str:
    """Return by which name somebody wants to log in."""
    return next(filter(None, (_told(request, place) for place in proof.names)), "")


def _says_anything(proof: Proof, request: Request) -> bool:
    """Tell whether a login that its contract accepts says who somebody is; without, it is as of anybody."""
    return bool(_name_in(proof, request) or _told(request, proof.password))


def _check_said(proof: Proof, request: Request) -> None:
    """Refuse a login that leaves out what its contract does not ask for. Raises RequestInvalid."""
    missing = []
    if proof.names and not _name_in(proof, request):
        missing.append(_missing(proof.names[0]))
    if proof.password and not _told(request, proof.password):
        missing.append(_missing(proof.password))
    if missing:
        raise RequestInvalid(missing)


def _missing(place: Place) -> Failure:
    return Failure("body", "/" + "/".join(place), "required", "present")


def _only_asks(plan: BoundPlan, proof: Proof) -> bool:
    """Tell whether a request only says who forgot a password."""
    hands_out = plan.plan.answer is not None and bool(plan.plan.answer.hands_out or plan.plan.answer.cookie)
    return bool(proof.names) and not (proof.password or proof.token or hands_out)


def _is_of_client(grant: str, *, is_standard: bool) -> bool:
    """Tell whether a client asks that proves itself, and no user's name (RFC 6749 §4.1, §4.4). is_standard:
    whether it is a flow's token endpoint that is asked. Raises RequestInvalid for a grant that there is not.
    """
    if grant in ("password", "client_credentials", _CODE_GRANT) or grant.startswith("urn:"):
        return grant != "password"
    if not is_standard:
        return True  # of a kind that its own contract takes
    expected = "password, client_credentials, refresh_token or authorization_code"
    raise GrantUnsupported([Failure("body", "/grant_type", "enum", expected, repr(grant))])
