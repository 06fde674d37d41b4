"""Doors: the operations that let somebody in or out, or speak of whoever calls, told by what they take and
answer.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from itertools import pairwise
from typing import Final, Literal
from urllib.parse import urlsplit

from msgspec import Struct

from understudy.contracts.answers import answer_media, answered, taken
from understudy.contracts.contract import Contract, Operation
from understudy.contracts.extensions import said
from understudy.contracts.source import Node
from understudy.model.bodies import Bodies, present
from understudy.model.lifecycle import says_viewer
from understudy.model.model import Place
from understudy.model.vocabulary import (
    CALLER_PATHS,
    CODES,
    KEEPS_ACCOUNT,
    LOGIN_NAMES,
    MAY_BE_CALLER,
    MAY_SAY_LOGIN,
    NEW_PASSWORDS,
    OF_PERSONS,
    OLD_PASSWORDS,
    PASSWORDS,
    PROBES,
    PROVIDER_TOKENS,
    REFRESH_TOKENS,
    SAYS_CODE,
    SAYS_FORGOT,
    SAYS_LOGIN,
    SAYS_LOGOUT,
    SAYS_PASSWORD,
    SAYS_PROVIDER,
    SAYS_REFRESH,
    SAYS_REGISTER,
    SAYS_RESET,
    SAYS_VERIFY,
    TOKENS,
    TRIES_CREDENTIAL,
    USERS,
    Words,
)
from understudy.names import fold, singular, split_words
from understudy.schemas.choice import Parts

Kind = Literal["login", "register", "refresh", "logout", "forgot", "ask", "reset", "password", "caller"]

_DEEPEST: Final = 3
_FEW: Final = 2
"""Operations of which it means nothing that all are locked alike."""

_INFO: Final = "info"
_SESSION: Final = "session"
"""What shows whoever has one, where it answers a person: Better Auth, NextAuth `/auth/session`."""

_OPEN: Final[Mapping[Kind, str]] = {
    "login": "it hands out the credential",
    "register": "who registers has no credential yet",
    "refresh": "it hands out the credential",
    "forgot": "who forgot a password has no credential",
    "ask": "who asks for a code to log in by has no credential",
    "reset": "who resets a password has no credential",
}
"""Why some operations do not stand behind a lock that is stated for the whole document."""

_SAYING: Final = (
    SAYS_LOGIN,
    SAYS_LOGOUT,
    SAYS_REFRESH,
    SAYS_REGISTER,
    SAYS_PASSWORD,
    SAYS_RESET,
    SAYS_FORGOT,
    SAYS_CODE,
    SAYS_VERIFY,
    MAY_SAY_LOGIN,
    TRIES_CREDENTIAL,
    SAYS_PROVIDER,
)

STANDS_FOR: Final = "x-stands-for"
"""Names, in an operation that a contract does not document, the address elsewhere that it is served for."""

OIDC_TOKENS: Final = "/oauth/token"
"""Where tokens are handed out for a scheme that only names a discovery document (OpenID Connect Discovery
§3), which is elsewhere and is not read.
"""

_FOR_SOME: Final = frozenset({"401", "403"})
_PROBE: Final = "monitors ask it, which have no credential"
_MOST_BEFORE_PROBES: Final = 2  # segments of a path


class Door(Struct, frozen=True):
    """What an operation has to do with whoever calls.

    taken, shown: places in what it takes and answers by the folded name that stands there, the outermost
    first.
    """

    kind: Kind
    operation: Operation
    taken: Mapping[str, Place]
    shown: Mapping[str, Place]

    @property
    def person(self) -> Place:
        """Where in what it answers the members of a person stand."""
        return next((self.shown[word][:-1] for word in OF_PERSONS if word in self.shown), ())

    @property
    def is_of_contract(self) -> bool:
        """Whether it is an operation of the application itself, and not of another that hands out tokens."""
        return not self.operation.node.has(STANDS_FOR)

    @property
    def shows_person(self) -> bool:
        """Whether it answers members of a person."""
        return not OF_PERSONS.known.isdisjoint(self.shown)


class Doors:
    """The doors of one contract, by the operations' keys. open: why operations are not locked, likewise.
    conflicts_everywhere: whether a conflict is stated of what only reads, so that it says nothing.
    """

    def __init__(self, contract: Contract, bodies: Bodies) -> None:
        self._bodies = bodies
        self._token_paths = set(token_paths(contract))
        self._found: dict[str, Door] = {}
        self._states_no_lock = not contract.security_schemes
        self.conflicts_everywhere = any(
            operation.method == "get" and "409" in operation.responses for operation in contract.operations
        )
        for operation in contract.operations:
            door = self._door(operation)
            if door is not None:
                self._found[operation.key] = door
        self._keep_one_register()
        self._keep_asking()
        self.open = dict(self._opened(contract))

    @property
    def by_key(self) -> Mapping[str, Door]:
        """The doors by the keys of their operations."""
        return self._found

    @property
    def has_login(self) -> bool:
        """Whether the application itself lets somebody in."""
        return any(door.kind == "login" and door.is_of_contract for door in self._found.values())

    @property
    def has_register(self) -> bool:
        """Whether somebody registers by an operation of its own."""
        return any(door.kind == "register" for door in self._found.values())

    def is_token_endpoint(self, operation: Operation) -> bool:
        """Tell whether an operation stands at a flow's tokenUrl."""
        return operation.path in self._token_paths

    def looks_at_caller(self, operation: Operation) -> bool:
        """Tell whether an operation that states no lock is still about who calls: of a contract that lets
        somebody in, what makes something, and of one without any lock all but those that do.
        """
        door = self._found.get(operation.key)
        if door is not None:
            needs_none = door.kind in _OPEN and not (door.kind == "refresh" and not self._is_open(door))
            return not needs_none
        if not self.has_login:
            return False
        is_callers = any(fold(segment) in CALLER_PATHS for segment in operation.path.split("/"))
        is_forgotten = (operation.method == "post" or is_callers) and not operation.node.has("security")
        return self._states_no_lock or is_forgotten or self._shows_viewer(operation)

    def _shows_viewer(self, operation: Operation) -> bool:
        """Tell whether an answer says what whoever asks did to an item: it looks at a credential that
        comes.
        """
        schema = answered(operation) if operation.method == "get" else None
        if schema is None:
            return False
        level: list[Parts] = [(schema,)]
        for _ in range(_DEEPEST + 1):
            below: dict[Parts, None] = {}  # each once: schemas are shared by many members
            for shape in map(self._bodies.whole, level):
                for name, inner in present(shape):
                    is_flag = says_viewer(name) and self._bodies.whole(inner).kind == "boolean"
                    if is_flag:
                        return True
                    below[inner] = None
                if shape.items:
                    below[shape.items] = None
            level = list(below)
        return False

    def _keep_one_register(self) -> None:
        """Let the create of users be no register where another operation says that it is the one."""
        named = [key for key, door in self._found.items() if door.kind == "register" and _registers(door)]
        for key, door in list(self._found.items()):
            if named and door.kind == "register" and key not in named:
                del self._found[key]

    def _keep_asking(self) -> None:
        """Let what sends a code be nothing where no login takes one."""
        doors = list(self._found.items())
        for _, door in doors:
            if door.kind == "login" and _takes_what_was_sent(door):
                return
        for key, door in doors:
            if door.kind == "ask":
                del self._found[key]

    def _opened(self, contract: Contract) -> Iterator[tuple[str, str]]:
        repeats = _repeats_one_lock(contract)
        for operation in contract.operations:
            says_itself = operation.node.has("security") and not repeats
            if says_itself or not operation.security:
                continue  # what an operation says of itself holds
            door = self._found.get(operation.key)
            if "login" in said(operation.node.value):
                yield operation.key, _OPEN["login"]
            elif door is not None and self._is_open(door) and not self._is_for_staff(door):
                yield operation.key, _OPEN[door.kind]
            elif operation.node.has("security"):
                continue  # which nobody has to get past to come by a credential
            elif _is_probe(operation) and _FOR_SOME.isdisjoint(operation.responses):
                yield operation.key, _PROBE

    def _is_for_staff(self, door: Door) -> bool:
        """Tell whether a create of users stays locked: the contract says of another that it is not, or says
        of this one that it is and lets nobody in, so that any credential is good.
        """
        if door.kind != "register" or _registers(door):
            return False
        if door.operation.node.has("security") and not self.has_login:
            return True
        others = (one for one in self._found.values() if one.kind == "register")
        return any(one.operation.node.has("security") and not one.operation.security for one in others)

    @staticmethod
    def _is_open(door: Door) -> bool:
        """Tell whether a door opens without a credential; to refresh one that is not sent takes another, and
        a create of users that documents how it refuses who has none, or may not, is an administrator's.
        """
        if door.kind == "register" and not _registers(door):
            return _FOR_SOME.isdisjoint(door.operation.responses)
        if door.kind == "refresh":
            return any(name in door.taken for name in (*REFRESH_TOKENS, *TOKENS))
        return door.kind in _OPEN

    # -- one operation

    def _door(self, operation: Operation) -> Door | None:
        segments = operation.path.strip("/").split("/")
        if "{" in segments[-1]:
            return None
        words = _words_of(segments[-2:])
        if not _may_be_one(operation, segments[-1], words):
            return None
        taken_names = self.named(operation)
        kind = self._caller(operation, segments) or self._writing(operation, words, taken_names)
        if kind is None:
            return None
        schema = answered(operation)
        shown = self.places((schema,)) if schema is not None else {}
        return Door(kind, operation, taken_names, shown)

    def _writing(self, operation: Operation, words: set[str], names: Mapping[str, Place]) -> Kind | None:
        """Tell a door by the words of its path and the names of what it takes."""
        last = _words_of([operation.path.rstrip("/").rsplit("/", 1)[-1]])
        if _logs_out(operation, last, names):
            return "logout"
        if operation.method == "get":
            is_login = _has_any(PASSWORDS, names) and _have(SAYS_LOGIN, words)
            return "login" if is_login or self._takes_code(operation, words, names) else None
        if operation.path in self._token_paths:
            return "login"
        return self._about_password(words, names) or self._letting_in(operation, words, last, names)

    @staticmethod
    def _about_password(words: set[str], names: Mapping[str, Place]) -> Kind | None:
        has_new, has_old = _has_any(NEW_PASSWORDS, names), _has_any(OLD_PASSWORDS, names)
        is_about = _have(SAYS_PASSWORD, words) or "passwords" in words
        if has_old and (has_new or (is_about and _has_any(PASSWORDS, names))):
            return "password"
        if has_new or (is_about and _has_any(PASSWORDS, names)):
            return "reset" if _have(SAYS_RESET, words) or has_new is False else "password"
        if is_about and _have(SAYS_FORGOT, words) and _has_any(LOGIN_NAMES, names):
            return "forgot"
        return None

    def _letting_in(
        self, operation: Operation, words: set[str], last: set[str], names: Mapping[str, Place]
    ) -> Kind | None:
        if operation.method != "post":
            return None
        has_password = _has_any(PASSWORDS, names)
        named = words | _words_of([operation.id])
        if has_password and (_have(SAYS_REGISTER, named)):
            return "register"
        if self._refreshes(operation, named, last, names):
            return "refresh"
        says_so = _have(SAYS_LOGIN, named)
        if has_password and (says_so or (_have(MAY_SAY_LOGIN, named) and self._may_hand_out(operation))):
            return "login"
        if says_so and self._hands_out(operation):
            return "login"
        if not has_password:
            return self._by_code(operation, words, names)
        noun = _noun(operation.path.rstrip("/").rsplit("/", 1)[-1])
        if noun in USERS and _has_any(LOGIN_NAMES, names) and _is_ones_own(PASSWORDS, names):
            return "register"
        return None

    def _refreshes(
        self, operation: Operation, named: set[str], last: set[str], names: Mapping[str, Place]
    ) -> bool:
        """Tell whether an operation hands a credential out anew: its last word says so, or it takes a refresh
        token where credentials are handed out.
        """
        takes_token = _has_any(REFRESH_TOKENS, names)
        if _have(SAYS_REFRESH, last):
            return takes_token or self._hands_out(operation)
        is_alone = takes_token and not _has_any(PASSWORDS, names) and _have(MAY_SAY_LOGIN, named)
        return is_alone and self._hands_out(operation)

    def _by_code(self, operation: Operation, words: set[str], names: Mapping[str, Place]) -> Kind | None:
        """Tell what takes a code from what sends one."""
        if self._takes_code(operation, words, names) or self._takes_provider(operation, words, names):
            return "login"
        return "ask" if self._sends_code(words, names) else None

    def _takes_code(self, operation: Operation, words: set[str], names: Mapping[str, Place]) -> bool:
        """Tell whether an operation lets somebody in by what was sent to them: a code, or what stands in a
        link.
        """
        has_code = _has_any(CODES, names) and (_has_any(LOGIN_NAMES, names) or _have(SAYS_CODE, words))
        has_link = _has_any(TOKENS, names) and (_have(SAYS_CODE, words) or _has_any(LOGIN_NAMES, names))
        is_said = _have(SAYS_VERIFY, words) or _have(SAYS_CODE, words)
        return is_said and (has_code or has_link) and self._hands_out(operation)

    def _takes_provider(self, operation: Operation, words: set[str], names: Mapping[str, Place]) -> bool:
        """Tell whether an operation lets somebody in by what another system handed out to them."""
        return (
            _have(SAYS_PROVIDER, words | _words_of([operation.id]))
            and _has_any(PROVIDER_TOKENS, names)
            and not _has_any(REFRESH_TOKENS, names)
            and self._hands_out(operation)
        )

    @staticmethod
    def _sends_code(words: set[str], names: Mapping[str, Place]) -> bool:
        """Tell whether an operation sends somebody a code or a link to log in by."""
        takes_more = _has_any(CODES, names) or _has_any(TOKENS, names)
        return _have(SAYS_CODE, words) and _has_any(LOGIN_NAMES, names) and not takes_more

    def _caller(self, operation: Operation, segments: list[str]) -> Kind | None:
        """Tell whether an operation shows or changes whoever calls."""
        if self._tries_credential(operation, segments[-1]):
            return "caller"
        last = fold(segments[-1])
        is_meant = last in CALLER_PATHS or last in MAY_BE_CALLER or _is_about_account(segments)
        is_meant = is_meant or (last == _SESSION and operation.method == "get")
        if not is_meant or "{" in operation.path or operation.method not in ("get", "put", "patch", "delete"):
            return None
        if not _is_of_users(segments[:-1]):
            return None
        return "caller" if self._is_person(operation) else None

    def _tries_credential(self, operation: Operation, segment: str) -> bool:
        """Tell whether an operation shows whose credential it was called with, as nothing else tells whom it
        should show.
        """
        if "{" in operation.path or operation.method not in ("get", "post") or not any(operation.security):
            return False
        takes_more = any(parameter.location == "query" for parameter in operation.parameters)
        if operation.body is not None or takes_more or not _have(TRIES_CREDENTIAL, _words_of([segment])):
            return False
        return self._is_person(operation) and not self._hands_out(operation)

    def _is_person(self, operation: Operation) -> bool:
        reading = operation.item.find("get")
        own = answered(operation)
        schemas = [own] if own is not None else []
        if reading is not None and operation.method != "get":
            schemas += _answer_schemas(reading)
        return any(_has_any(OF_PERSONS, self.places((schema,))) for schema in schemas)

    # -- what is taken and answered

    def named(self, operation: Operation) -> dict[str, Place]:
        """Return where names stand in what an operation takes, folded: in its body, or else in its query."""
        found: dict[str, Place] = {}
        schema = taken(operation)
        if schema is None:
            for parameter in operation.parameters:
                if parameter.location == "query":
                    found.setdefault(fold(parameter.name), (parameter.name,))
            return found
        for shape in self._bodies.alternatives((schema,)):
            for name, below in present(shape):
                member = self._bodies.requests.of(below)
                if member.kind not in ("object", "array"):
                    found.setdefault(fold(name), (name,))
                for inner, _ in present(member):
                    found.setdefault(fold(inner), (name, inner))
        return found

    def places(self, parts: Parts) -> dict[str, Place]:
        """Return where names stand in an answer, the outermost of each."""
        found: dict[str, Place] = {}
        level: list[tuple[Place, Parts]] = [((), parts)]
        for _ in range(_DEEPEST):
            below: list[tuple[Place, Parts]] = []
            for place, here in level:
                for name, inner in present(self._bodies.whole(here)):
                    found.setdefault(fold(name), (*place, name))
                    if self._bodies.whole(inner).kind in ("object", ""):
                        below.append(((*place, name), inner))
            level = below
        return found

    def _hands_out(self, operation: Operation) -> bool:
        """Tell whether an operation answers a credential."""
        schema = answered(operation)
        if schema is None:
            return False
        shape = self._bodies.whole((schema,))
        return shape.kind == "string" or _has_any(TOKENS, self.places((schema,)))

    def _may_hand_out(self, operation: Operation) -> bool:
        """Tell whether an operation answers a credential, or what nobody says."""
        media = answer_media(operation)
        return media is None or media.schema is None or self._hands_out(operation)


def _repeats_one_lock(contract: Contract) -> bool:
    """Tell whether one lock is written at each of several operations, as generators do that know none for the
    whole document (drf-spectacular); then no operation says anything of itself.
    """
    if contract.document.root.has("security") or len(contract.operations) <= _FEW:
        return False
    locks = set()
    for operation in contract.operations:
        if not operation.node.has("security"):
            return False
        locks.add(str([alternative for alternative in operation.security if alternative]))
    return len(locks) == 1


def token_paths(contract: Contract) -> Iterator[str]:
    """Yield the paths at which the flows of a contract hand out tokens, where these are its own."""
    paths = {operation.path: operation.path for operation in contract.operations}
    for scheme in contract.security_schemes.values():
        if scheme.get("type") == "openIdConnect" and OIDC_TOKENS in paths:
            yield OIDC_TOKENS
        for _, flow in scheme.members("flows"):
            for name in ("tokenUrl", "refreshUrl"):
                told = urlsplit(str(flow.get(name) or "")).path.strip("/")
                for path in paths:
                    own = path.strip("/")
                    if told and (told == own or told.endswith(f"/{own}") or own.endswith(f"/{told}")):
                        yield path


def _answer_schemas(reading: Node) -> Iterator[Node]:
    """Yield the schemas of what a GET answers where it succeeds."""
    schema = reading.find("responses", "200", "content")
    if schema is None or not isinstance(schema.value, dict):
        return
    for name in schema.value:
        media = schema.child(name)
        if media.has("schema"):
            yield media.child("schema")


def _may_be_one(operation: Operation, segment: str, words: set[str]) -> bool:
    """Tell, by its names alone, whether an operation may be a door."""
    last = fold(segment)
    if last in CALLER_PATHS or last in MAY_BE_CALLER or last in (_INFO, _SESSION):
        return True
    if operation.method not in ("get", "post", "put", "patch", "delete"):
        return False
    named = words | _words_of([operation.id])
    if any(_have(one, named) for one in _SAYING):
        return True
    return operation.method == "post" and _noun(segment) in USERS


def _logs_out(operation: Operation, last: set[str], names: Mapping[str, Place]) -> bool:
    if "{" in operation.path or operation.method not in ("post", "get", "delete"):
        return False
    if operation.method == "delete":
        return operation.body is None and (_have(MAY_SAY_LOGIN, last) or _have(SAYS_LOGOUT, last))
    is_certain = "revoke" not in last or _has_any(TOKENS, names)
    return _have(SAYS_LOGOUT, last) and is_certain


def _noun(segment: str) -> str:
    return singular(fold(segment.partition(".")[0]))


def _is_about_account(segments: list[str]) -> bool:
    """Tell whether a path ends in what there is to know of whoever calls: `/manage/info`, `/auth/info`."""
    above = segments[-2:-1]
    is_account = bool(above) and (fold(above[0]) in KEEPS_ACCOUNT or _noun(above[0]) in USERS)
    return fold(segments[-1]) == _INFO and is_account


def _is_of_users(above: list[str]) -> bool:
    """Tell whether what is `me` below some segments is a person, and not the caller's company."""
    if not above or _noun(above[-1]) in USERS:
        return True
    last = above[-1].lower()
    return not last.endswith("s") or singular(last) == last


def _is_probe(operation: Operation) -> bool:
    """Tell whether an operation is what monitors ask of the whole: `/api/v1/health`, and no part of it, as
    `/api/system/metrics/ping` is.
    """
    before, _, last = operation.path.strip("/").rpartition("/")
    is_of_whole = before.count("/") < _MOST_BEFORE_PROBES
    return is_of_whole and operation.method == "get" and not operation.parameters and fold(last) in PROBES


def _registers(door: Door) -> bool:
    segments = door.operation.path.split("/")
    return _have(SAYS_REGISTER, _words_of(segments[-2:]) | _words_of([door.operation.id]))


def _takes_what_was_sent(door: Door) -> bool:
    """Tell whether a login takes what was sent to somebody."""
    words = _words_of(door.operation.path.split("/")[-2:])
    return _has_any(CODES, door.taken) or _have(SAYS_CODE, words) or _have(SAYS_VERIFY, words)


def is_introduced(door: Door) -> bool:
    """Tell whether a login takes what another system says of somebody."""
    words = _words_of([*door.operation.path.split("/")[-2:], door.operation.id])
    return _have(SAYS_PROVIDER, words) and not _have(SAYS_CODE, words)


def _words_of(names: list[str]) -> set[str]:
    """Return the words of names, and two in a row as one: `sign_in` is `signin`."""
    found: set[str] = set()
    for name in names:
        words = split_words(name.partition(".")[0])
        found.update(words, map("".join, pairwise(words)))
    return found


def _have(words: Words, found: set[str]) -> bool:
    return not words.known.isdisjoint(found)


def _has_any(words: Words, names: Mapping[str, Place]) -> bool:
    return not words.known.isdisjoint(names)


def doors_of(contract: Contract) -> Doors:
    """Return the doors of a contract, found once."""
    return contract.kept("doors", lambda: Doors(contract, Bodies()))


def _is_ones_own(passwords: Words, names: Mapping[str, Place]) -> bool:
    """Tell whether a password is that of what is sent, and not of a user within it, who stands beside
    members of its own: `{company, admin: {login, password}}`.
    """
    places = [names[word] for word in passwords if word in names]
    outer = any(len(place) == 1 for place in names.values())
    return any(len(place) == 1 or not outer for place in places)
