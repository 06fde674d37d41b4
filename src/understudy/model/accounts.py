"""Accounts: which collection the users are who call, and what the operations about them do."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Set
from functools import cached_property
from typing import Final

from msgspec.structs import replace

from understudy.contracts.answers import taken
from understudy.model.bodies import Bodies, present
from understudy.model.doors import Door, Doors, Kind, is_introduced
from understudy.model.evidence import Evidence
from understudy.model.model import Collection, Member, Proof, Source
from understudy.model.outline import Outline
from understudy.model.paths import IdNames, blank, collection_of, noun
from understudy.model.realms import named_in, realms_of
from understudy.model.resources import Resource, Role, Verb
from understudy.model.vocabulary import (
    CALLER_MEMBERS,
    CALLER_PATHS,
    CALLER_ROLES,
    IDS,
    LOGIN_NAMES,
    NAMES_OF_CALLERS,
    NEW_PASSWORDS,
    OF_PERSONS,
    OLD_PASSWORDS,
    PASSWORDS,
    PROVIDER_TOKENS,
    REFRESH_TOKENS,
    TOKENS,
    USERS,
    Words,
)
from understudy.names import fold, singular

CALLER: Final = Source(at="caller")
PLACEHOLDER: Final = "********"
"""What is shown of a password where a contract wants one shown."""

_CALLER_VERBS: Final[Mapping[str, Verb]] = {
    "get": "read",
    "put": "replace",
    "patch": "update",
    "delete": "delete",
}
_REASONS: Final[Mapping[Kind, str]] = {
    "login": "its words say that somebody is let in, and it takes or answers a credential",
    "refresh": "its words say that a credential is handed out anew",
    "logout": "its words say that a credential ends",
    "register": "it takes the password of a user who is new",
    "password": "it takes a user's password and the one that it becomes",
    "forgot": "it speaks of a forgotten password",
    "ask": "it sends somebody a code or a link to log in by",
    "reset": "it takes the password that a forgotten one becomes",
    "caller": "its path means whoever calls",
}
_LETTING_IN: Final[tuple[Kind, ...]] = ("login", "refresh", "forgot", "ask", "reset")
_SHOWING: Final[tuple[Kind, ...]] = ("caller", "register", "login")
_TAKEN: Final = frozenset({"409", "422", "400", "4XX"})
_REPEATING: Final = ("", "confirm", "confirmation", "repeat", "re", "again", "hash")
_UNIQUE: Final = ("email", "username", "login", "identifier", "useremail", "emailaddress", "loginname")


class Accounts:
    """The users of one contract."""

    def __init__(self, doors: Doors, outline: Outline, evidence: Evidence, bodies: Bodies) -> None:
        self._doors, self._outline, self._evidence, self._bodies = doors, outline, evidence, bodies

    def owns(self, path: str) -> bool:
        """Tell whether a path speaks of whoever calls, and of no collection."""
        return any(door.operation.path == path and door.kind == "caller" for door in self._all())

    def callers(self) -> Iterator[tuple[str, Resource]]:
        """Yield the paths that show whoever calls, each with the users of whom that is one."""
        for door in self._all():
            users = self.realm(door) if door.kind == "caller" and door.operation.method == "get" else None
            if users is None or users.parents or users.width != 1 or users.single:
                continue
            if blank(users.collection) != blank(door.operation.path):  # where nothing else is known of users
                yield door.operation.path.rstrip("/"), users

    def means_caller(self, segment: str) -> bool:
        """Tell whether a segment of a path stands for whoever calls, where there are any users."""
        return fold(segment) in CALLER_PATHS and bool(self._doors.by_key)

    def _all(self) -> list[Door]:
        return list(self._doors.by_key.values())

    def door(self, key: str) -> Door | None:
        """Return what an operation has to do with whoever calls."""
        return self._doors.by_key.get(key)

    # -- which collection

    @cached_property
    def resource(self) -> Resource | None:
        """The users; None where nothing speaks of any."""
        if not self._doors.by_key:
            return None
        if self.realms:
            return self.realms[0]
        if self._ranked:
            return self._ranked[0]
        return self._new_resource()

    @cached_property
    def _ranked(self) -> list[Resource]:
        """The resources whose items may be those who call, the likeliest first."""
        ranks: dict[str, int] = {}
        likely: list[Resource] = []
        for resource in self._outline.resources.values():
            ranks[resource.path] = self._rank(resource)
            if ranks[resource.path]:
                likely.append(resource)
        return sorted(likely, key=lambda one: ranks[one.path], reverse=True)

    @cached_property
    def realms(self) -> tuple[Resource, ...]:
        """The users of an application in which they log in apart, admins and customers; the first are those
        of whom paths say nothing. None where all users are of one collection.
        """
        if not self._doors.by_key:
            return ()
        return realms_of(self._all(), self._ranked)

    def is_users(self, resource: Resource) -> bool:
        """Tell whether the items of a resource are users."""
        return resource is self.resource or resource in self.realms

    def realm(self, door: Door) -> Resource | None:
        """Return whose users a door is about."""
        return named_in(door.operation.path, self.realms) or self.resource

    def _rank(self, resource: Resource) -> int:
        """Say how likely the items of a resource are those who call; 0 where they are not."""
        if resource.single or resource.parents or not resource.is_kept:
            return 0
        create = resource.operations.get("create")
        registers = create is not None and self._is(create.key, "register")
        is_called = singular(fold(resource.noun)) in USERS
        is_above = any(one.operation.path.startswith(f"{resource.collection}/") for one in self._all())
        if not registers and not is_called and not is_above:
            return 0  # before its bodies are looked into
        members = set(map(fold, self._evidence.members(resource)))
        if not registers and OF_PERSONS.known.isdisjoint(members):
            return 0
        showing = [door for door in self._all() if door.kind in _SHOWING and door.shows_person]
        is_alike = any(self._shows(door, resource) for door in showing)
        if not registers and not is_alike and showing and not self._has_names(members):
            return 0  # it shows less of a user than they themselves see
        is_plain = singular(fold(resource.noun)) in USERS.ranked[:1]
        return 8 * registers + 4 * is_alike + 2 * is_called + is_plain

    def _has_names(self, members: Set[str]) -> bool:
        """Tell whether members are there by which somebody logs in, or that somebody sees of themselves."""
        seen: set[str] = set()
        for door in self._all():
            if door.kind == "caller":
                seen.update(word for word in LOGIN_NAMES if word in door.shown)
        return seen <= members

    def _is(self, key: str, kind: Kind) -> bool:
        door = self.door(key)
        return door is not None and door.kind == kind

    def _shows(self, door: Door, resource: Resource) -> bool:
        location = self._bodies.answered_item(door.operation, resource.id_names)
        return location is not None and self._evidence.shows(location.parts, resource)

    def _new_resource(self) -> Resource | None:
        """Return a collection of users that no path lists; None where nothing tells of any."""
        by_kind = [door for kind in _SHOWING for door in self._all() if door.kind == kind]
        if not by_kind:
            return None
        path = self._path(by_kind)
        registering = next((door for door in by_kind if door.kind == "register"), None)
        operations = {}
        if registering is not None and registering.shows_person:
            operations["create"] = registering.operation
        name = noun(path)
        names = (*IDS, f"{singular(fold(name))}id", "userid")
        resource = Resource(
            name,
            f"{path.rstrip('/')}/{{id}}",
            ("id",),
            IdNames(tuple(dict.fromkeys(names))),
            operations=operations,  # type: ignore[arg-type]
            shown_by=tuple(door.operation for door in by_kind if door.shows_person),
        )
        self._outline.resources.setdefault(resource.path, resource)
        return self._outline.resources[resource.path]

    @staticmethod
    def _path(doors: list[Door]) -> str:
        """Return the path that users have: one that ends in what they are called, else that of the likeliest
        door.
        """
        ranked = sorted(doors, key=lambda door: ("register", "caller", "login").index(door.kind))
        for door in ranked:
            path = door.operation.path.rstrip("/")
            for candidate in (path, path.rpartition("/")[0]):
                if singular(fold(candidate.rpartition("/")[2])) in USERS and "{" not in candidate:
                    return candidate
        return collection_of(f"{ranked[0].operation.path.rstrip('/')}/{{id}}")

    @cached_property
    def lets_in(self) -> bool:
        """Whether somebody can register or log in."""
        return any(door.kind in ("login", "register") for door in self._all())

    # -- what the operations do

    def role(self, key: str) -> Role | None:
        """Return what an operation does about who calls; None where it does nothing of the kind."""
        door = self.door(key)
        users = self.realm(door) if door is not None else None
        if door is None or users is None:
            return None
        reason = _REASONS[door.kind]
        if door.kind == "register":
            return Role(verb="create", resource=users, reason=reason)
        if door.kind == "logout":
            return Role(verb="logout", resource=users, reason=reason)
        if door.kind in _LETTING_IN:
            return Role(verb="login", resource=users, reason=reason)
        verb = _CALLER_VERBS.get(door.operation.method, "update")
        if door.kind == "caller" and door.operation.method == "post":
            verb = "read"  # it tries out a credential
        if verb == "replace" and not self._asks_for_all(door):
            verb = "update"  # what is left out stays
        return Role(verb=verb, resource=users, reason=reason, key=CALLER)

    def _asks_for_all(self, door: Door) -> bool:
        """Tell whether a body has to have some member of a user."""
        schema = taken(door.operation)
        if schema is None:
            return False
        shape = self._bodies.requests.of((schema,))
        if len(shape.declared) == 1:
            for _, below in present(shape):
                inner = self._bodies.requests.of(below)
                if inner.declared:
                    return bool(inner.required)
        return bool(shape.required)

    def seen(self, role: Role) -> Role:
        """Return a role; of what shows users by their names elsewhere, that of the user it shows."""
        users = self.resource
        if (
            users is None
            or self.is_users(role.resource)
            or role.verb not in ("read", "needs", "act", "update")
        ):
            return role
        member = self._profiles.get(role.resource.path)
        if member is None:
            return role
        name = role.resource.parameters[-1]
        names = role.resource.id_names
        return replace(role, resource=users, key=Source(at="path", name=name, by=member), shown_by=names)

    @cached_property
    def _profiles(self) -> Mapping[str, str]:
        """The resources that show users by a member of theirs, `/profiles/{username}`, by their paths."""
        users = self.resource
        if users is None or not self.lets_in:
            return {}
        own = {fold(name): name for name in self._names(users)}
        found = {}
        for resource in self._outline.resources.values():
            parameter = fold(resource.parameters[-1]) if resource.parameters else ""
            is_name = parameter in LOGIN_NAMES and parameter in own
            if resource is users or not is_name or resource.parents or "list" in resource.operations:
                continue
            members = set(map(fold, self._evidence.members(resource)))
            if parameter in members and 2 * len(members & own.keys()) > len(members):
                found[resource.path] = own[parameter]
        return found

    def _names(self, users: Resource) -> set[str]:
        names = set(self._evidence.members(users))
        for operation in users.shown_by:
            location = self._bodies.answered_item(operation, users.id_names)
            if location is not None:
                names.update(location.shape.declared)
        return names

    def is_caller(self, resource: Resource, place: int) -> bool:
        """Tell whether a parent, by its place among those of a resource, is a user."""
        if self.resource is None:
            return False
        above = resource.path.split(f"{{{resource.parameters[place]}}}")[0].rstrip("/")
        return any(above == one.collection for one in (self.resource, *self.realms))

    # -- what is proved

    def proof(self, key: str, names: Mapping[str, tuple[str, ...]], users: Resource) -> Proof | None:
        """Return what an operation takes to know somebody by. names: what it takes, by folded names."""
        door = self.door(key)
        if not self.is_users(users):
            return None
        if door is None or door.kind in ("caller", "register"):
            becomes = _place(NEW_PASSWORDS, names) or _place(PASSWORDS, names)
            return _said(Proof(password=_place(OLD_PASSWORDS, names), becomes=becomes))
        if door.kind in ("refresh", "logout"):
            token = _place(REFRESH_TOKENS, names) or _place(TOKENS, names)
            return _said(Proof(token=token))
        people = tuple(names[word] for word in LOGIN_NAMES if word in names)
        if door.kind == "login":
            refreshing = _place(REFRESH_TOKENS, names)
            password = _place(PASSWORDS, names)
            provider = _place(PROVIDER_TOKENS, names) if password or is_introduced(door) else ()
            return _said(Proof(names=people, password=password, token=refreshing, provider=provider))
        if door.kind in ("forgot", "ask"):
            return _said(Proof(names=people))
        becomes = _place(NEW_PASSWORDS, names) or _place(PASSWORDS, names)
        old = _place(OLD_PASSWORDS, names)
        if not old and door.kind == "password" and becomes != _place(PASSWORDS, names):
            old = _place(PASSWORDS, names)
        return _said(Proof(names=people, password=old, becomes=becomes))

    # -- collections

    def of_users(self, collection: Collection, required: Set[str], users: Resource) -> Collection:
        """Add to a collection of users what they log in by, and that no password is shown. required: members
        that an item has to have.
        """
        doors = [door for door in self._all() if self.realm(door) is users]
        known = {fold(name): name for name in (*_registered(doors), *collection.members)}
        login = [known[word] for word in LOGIN_NAMES if word in known]
        login = [name for name in login if self._is_text(collection, name)]
        if not self.lets_in:
            login = []
        unique = [name for name in self._told_apart(login, doors) if name != collection.id.member]
        members = dict(collection.members)
        for name, member in members.items():
            if says_password(name) and name in required:
                members[name] = replace(member, always=(PLACEHOLDER,))
            elif says_password(name):
                members[name] = replace(member, write_only=True)
            elif member.refers_to == collection_of(users.path):
                members[name] = replace(member, refers_to="", within="")  # a user's own number
        return replace(
            collection,
            login=tuple(login),
            unique=tuple(dict.fromkeys((*collection.unique, *unique))),
            members=members,
        )

    def _told_apart(self, login: list[str], doors: list[Door]) -> list[str]:
        """Name the members of which no two users have the same: those that a login takes, and the names of a
        user where the contract says how a register refuses one that is taken, or, where users register, a
        login takes any of them. Where nobody logs in, a 400 says nothing of that.
        """
        asked: set[str] = set()
        said: set[str] = set()
        for door in doors:
            if door.kind == "login" and door.is_of_contract:
                asked.update(LOGIN_NAMES.known.intersection(door.taken))
            elif door.kind == "register":
                said.update(door.operation.responses)
        if self._doors.conflicts_everywhere:
            said.discard("409")
        refuses = "409" in said or (bool(asked) and not _TAKEN.isdisjoint(said))
        registers = any(door.kind == "register" for door in doors)
        takes_any = self._is_own and registers and not asked.issubset(map(fold, login))
        if refuses or takes_any:
            asked.update(_UNIQUE)
        return [name for name in login if fold(name) in asked]

    @property
    def _is_own(self) -> bool:
        """Whether the application itself knows its users, and not only another that hands out tokens."""
        return any(door.is_of_contract for door in self._all())

    @staticmethod
    def _is_text(collection: Collection, name: str) -> bool:
        member = collection.members.get(name)
        return member is None or member.kind in ("string", "")

    def of_others(self, collection: Collection, settable: Set[str]) -> Collection:
        """Add to a collection which members say who made an item. settable: members that callers say
        themselves, such as the author of a book.
        """
        people = list(filter(None, (self.resource, *self.realms)))
        words = CALLER_MEMBERS.known.union(f"{singular(fold(one.noun))}id" for one in people)
        places = {"", *(one.collection for one in people)}
        members: dict[str, Member] = {}
        if not self._is_own:
            return collection
        told = set(map(fold, {*settable, collection.id.member}))
        is_person = len(OF_PERSONS.known.intersection(map(fold, collection.members))) > 1
        for name, member in collection.members.items():
            is_meant = fold(name) in words and member.refers_to in places and not member.parent
            ids_beside = set(map(fold(name).__add__, IDS))
            if fold(name) in told or not ids_beside.isdisjoint(told):  # `user` is whom `userId` says
                continue
            is_meant |= fold(name) in CALLER_ROLES and not (member.refers_to or member.parent)
            is_meant |= fold(name) in NAMES_OF_CALLERS and member.kind == "string" and not is_person
            if is_meant and member.kind in ("string", "integer", "object"):
                members[name] = replace(member, by="caller")
        if not members:
            return collection
        return replace(collection, members={**collection.members, **members})


def says_password(name: str) -> bool:
    """Tell whether a member holds a password."""
    folded = fold(name)
    return folded in PASSWORDS or folded in NEW_PASSWORDS or folded in OLD_PASSWORDS or _repeats(folded)


def _repeats(folded: str) -> bool:
    """Tell whether a name says that a password is repeated: `passwordConfirmation`, `repeat_password2`."""
    rest = folded.replace("password", "")
    return rest != folded and rest.rstrip("12") in _REPEATING


def _registered(doors: list[Door]) -> Iterator[str]:
    for door in doors:
        if door.kind == "register":
            yield from (place[-1] for place in door.taken.values())


def _place(words: Words, names: Mapping[str, tuple[str, ...]]) -> tuple[str, ...]:
    return next((names[word] for word in words if word in names), ())


def _said(proof: Proof) -> Proof | None:
    if proof == Proof():
        return None
    return proof
