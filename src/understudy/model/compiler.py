"""The compiler: a contract to its model, each collection and each operation when it is first asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from functools import cached_property
from typing import Any, Final, TypeVar

from msgspec.structs import replace

from understudy.contracts.answers import answered, succeeds, taken
from understudy.contracts.contract import Contract, Operation, Parameter
from understudy.model.accounts import CALLER, says_password
from understudy.model.actions import begins_with, says
from understudy.model.aliases import aliases_in
from understudy.model.answers import Answers
from understudy.model.asked import Asked, asked_in, asked_of
from understudy.model.balances import adds_of, after_of
from understudy.model.bodies import Bodies
from understudy.model.bulk import list_names
from understudy.model.collections import Collections
from understudy.model.derived_queries import derived
from understudy.model.doors import Door, doors_of
from understudy.model.echoes import Echoes
from understudy.model.embedding import Embeddings
from understudy.model.expanding import Expansions
from understudy.model.filters import (
    beside_tokens,
    bundles_of,
    filters_of,
    ignored_of,
    selecting,
    shows_gone,
    states_comparisons,
)
from understudy.model.handing import cookie_of, handed_out, key_handed_out, uses_jwt
from understudy.model.held import HeldLists
from understudy.model.identifiers import found_by
from understudy.model.items import Items
from understudy.model.joining import Joinings
from understudy.model.keys import in_path, key_parameter
from understudy.model.making import Makings
from understudy.model.member_names import MemberNames
from understudy.model.members import Links
from understudy.model.model import (
    Act,
    Answer,
    Collection,
    Create,
    Delete,
    Handed,
    List,
    Login,
    Logout,
    Model,
    NamedBy,
    Needs,
    Place,
    Plan,
    Proof,
    Read,
    Replace,
    Source,
    Take,
    Update,
)
from understudy.model.overlay import Overlay
from understudy.model.owning import OWNED, caller_member, owner_in, told_apart, whose
from understudy.model.paging import from_zero, leading_on, page_role, paging_of
from understudy.model.paths import placeholders
from understudy.model.reasons import reasons_for, reasons_of
from understudy.model.reckoned import Reckoned
from understudy.model.references import Members, References, members_of
from understudy.model.relations import Relations
from understudy.model.resource_names import chosen_beside, chosen_in_query
from understudy.model.resources import PREFERRED, Resource, Role
from understudy.model.roles import Roles
from understudy.model.sorting import sorting_of, sorts
from understudy.model.taking import Taking
from understudy.model.toggles import Toggles, answers
from understudy.model.upserts import refuses_taken, upsert_flag, upsert_keys, upserts
from understudy.model.values import Values
from understudy.model.vocabulary import API_KEYS, CALLERS, SAYS_CREATED, SAYS_STAYS
from understudy.model.windows import Windows
from understudy.names import fold, singular

_REPLACED: Final = ("200", "204")
_SAID: Final = "its contract says so"
_CREATED: Final = ("201", "200", "204")

Part = TypeVar("Part")


def compile(contract: Contract) -> Model:
    """Compile a contract. Its parts are made when they are first asked for, and then stay as they are."""
    return Compiler(contract).model()


class Lazy(Mapping[str, Part]):
    """Parts of a model, each made when it is first asked for.

    names: lists those there are; it need not make a part to tell its name.
    """

    def __init__(self, names: Callable[[], Iterable[str]], make: Callable[[str], Part | None]) -> None:
        self._names, self._make = names, make
        self._made: dict[str, Part | None] = {}

    def __getitem__(self, name: str) -> Part:
        """Return a part. Raises KeyError where nothing is known of it."""
        if name not in self._made:
            self._made[name] = self._make(name)
        part = self._made[name]
        if part is None:
            raise KeyError(name)
        return part

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return sum(1 for _ in self)


class Because(Mapping[str, str]):
    """Why a model says what it says, by where in it that stands; made when it is first asked for."""

    def __init__(
        self,
        collections: Mapping[str, Collection],
        operations: Mapping[str, Plan],
        reason: Callable[[str], str],
    ) -> None:
        self._collections, self._operations, self._reason = collections, operations, reason

    @cached_property
    def _all(self) -> dict[str, str]:
        found = {}
        for name, collection in self._collections.items():
            for place, why in reasons_of(collection):
                found[name + place] = why
        for key, plan in self._operations.items():
            found[key] = self._reason(key)
            for place, why in reasons_for(plan):
                found[key + place] = why
        return found

    def __getitem__(self, place: str) -> str:
        """Return why something is so. Raises KeyError where nothing more can be said."""
        return self._all[place]

    def __iter__(self) -> Iterator[str]:
        return iter(self._all)

    def __len__(self) -> int:
        return len(self._all)


class Compiler:
    """Compiles one contract."""

    def __init__(self, contract: Contract) -> None:
        self._operations = {operation.key: operation for operation in contract.operations}
        self._bodies = Bodies()
        self._overlay = Overlay(contract)
        self._contract, self._doors = contract, doors_of(contract)
        self._roles = Roles(contract, self._bodies, self._overlay.stated, self._doors)
        self._accounts = self._roles.accounts
        names = {one.collection: one.parents for one in self._roles.resources.values()}
        self._overlay.check_names(names)
        self._references = References(contract, self._bodies, names)
        self._items = Items(self._bodies)
        self._values = Values(self._bodies, self._items)
        self._taking = Taking(self._bodies, self._items)
        self._answers = Answers(self._bodies, self._items, self._taking)
        self._parts = Lazy(lambda: self._mains, self._collection)
        self._collections = Collections(self._bodies, self._items, self._taking, lambda: self._links)

    def model(self) -> Model:
        """Return the model."""
        collections = self._parts
        operations: Lazy[Plan] = Lazy(lambda: filter(operations.__contains__, self._operations), self._plan)
        self._check(collections, operations)
        because = Because(collections, operations, self._reason)
        users = self._accounts.resource
        named = users.collection if users is not None else self._overlay.users
        return Model(collections=collections, operations=operations, because=because, users=named)

    def _check(self, collections: Mapping[str, Collection], operations: Mapping[str, Plan]) -> None:
        """Make what an overlay speaks of at once, so that words that refer to nothing refuse the start."""
        named = self._mains if self._overlay.speaks_of_items else self._overlay.spoken_of
        for name in named:
            collections.get(name)
        for key in self._overlay.said_to_do:
            operations.get(key)

    @cached_property
    def _mains(self) -> Mapping[str, Resource]:
        """The resource that says what the items of a collection are, by the collection's name: the one with
        most operations.
        """
        found: dict[str, Resource] = {}
        ranked = sorted(self._roles.resources.values(), key=lambda one: -len(one.operations))
        for resource in ranked:
            found.setdefault(resource.collection, resource)
        return found

    @cached_property
    def _links(self) -> Links:
        relations = Relations(self._roles.resources.values(), self._bodies)
        embeddings = Embeddings(self._mains.values(), self._items, relations, self._held, self._bodies)
        toggles = Toggles(self._operations.values(), self._roles.of, self.main)
        return Links(relations, embeddings, Reckoned(embeddings, self._bodies), toggles)

    def numbered(self, resource: Resource) -> str:
        """Name the member that says where an item stands among its like, "" where none does."""
        return self._links.toggles.numbered(self.main(resource).collection)

    @cached_property
    def _held(self) -> HeldLists:
        operations, resources = self._operations.values(), self._roles.resources.values()
        return HeldLists(operations, resources, self._items, self._roles.evidence, self._bodies)

    @cached_property
    def _makings(self) -> Makings:
        return Makings(self._mains.values(), self._items, self._links.relations, self._bodies)

    @cached_property
    def _joinings(self) -> Joinings:
        relations, users = self._links.relations, self._accounts.resource
        return Joinings(self._mains.values(), self._items, relations, self._bodies, users)

    @cached_property
    def _expansions(self) -> Expansions:
        return Expansions(
            self._items, self._bodies, lambda resource: self._parts[resource.collection].members
        )

    @cached_property
    def _windows(self) -> Windows:
        return Windows(self._mains.values(), self._items, self._bodies)

    def _collection(self, name: str) -> Collection | None:
        resource = self._mains.get(name)
        if resource is None:
            return None
        item = self._items.of(resource)
        shape = item.location.shape if item is not None else None
        window, onto = self._windows.of(resource), self._windows.onto(resource)
        compiled = self._collections.of(resource, window, self._below(resource), onto)
        compiled = self._with_accounts(compiled, resource)
        members = members_of(item, compiled)

        def check(words: Mapping[str, Any], laid: Collection) -> None:
            known = members if laid.item == compiled.item else Members()
            self._references.check_collection(words, laid, known)

        return self._overlay.collection(name, compiled, shape, check)

    def _below(self, resource: Resource) -> str:
        """Return the collection of the item that a resource's path lies below, "" where there is none."""
        path = resource.path if resource.single else resource.above
        found = self._roles.outline.item_above(path)
        if found is None:
            return ""
        return found[0].collection

    def _with_accounts(self, compiled: Collection, resource: Resource) -> Collection:
        if self._accounts.resource is None:
            return compiled
        if self._accounts.is_users(resource):
            item = self._items.of(resource)
            required = item.location.shape.required if item is not None else ()
            return self._accounts.of_users(compiled, frozenset(required), resource)
        settable: frozenset[str] = frozenset()
        if resource.collection not in self._callers_own:
            settable = self._taking.settable(resource)
        return self._accounts.of_others(compiled, settable)

    @cached_property
    def _callers_own(self) -> frozenset[str]:
        """Name the collections of which some path lists what is the caller's."""
        roles = self._roles.outline.roles.values()
        return frozenset(role.resource.collection for role in roles if role.mine)

    def _members(self, name: str) -> Members:
        """Return the members that the items of a collection have, as it is corrected; of a window, those of
        its main too.
        """
        collection = self._parts[name]
        resource = self.main(self._mains[name])
        item = self._items.of(resource)
        if collection.item is None or self._overlay.stated(name, "item"):
            return Members()
        return members_of(item, collection)

    # -- operations

    def _role(self, key: str) -> Role | None:
        operation = self._operations.get(key)
        if operation is None:
            return None
        return self._roles.of(operation)

    def _stated_role(self, key: str) -> Role | None:
        """Return the role that only the contract's own words give to an operation."""
        verb, collection = self._overlay.about_caller(key) or ("", "")
        if collection not in self._mains:
            return None
        return Role(verb=verb, resource=self._mains[collection], reason=_SAID)  # type: ignore[arg-type]

    def _reason(self, key: str) -> str:
        role = self._role(key)
        if role is None:
            return _SAID
        return role.reason

    def _plan(self, key: str) -> Plan | None:
        role = self._role(key) or self._stated_role(key)
        operation = self._operations.get(key)
        if operation is None:
            return None
        compiled = None
        if role is not None and succeeds(operation):
            compiled = _Planning(self, operation, role).plan()
            compiled = self._expansions.added(compiled, operation, self.main(role.resource))
            held = self._held.of(operation)
            if held is not None:
                answer = self._answers.of(operation, self._held.holder(operation))
                compiled = replace(compiled, within=held, answer=answer)
            above = self._answered_above(operation, role)
            if above is not None:
                answer = self._answers.of(operation, above)
                compiled = replace(compiled, answer=answer, shows_above=True)

        def check(words: Mapping[str, Any], laid: Plan) -> None:
            self._references.check_verb(words)
            self._references.check_plan(words, laid, operation, self._members(laid.collection))

        return self._overlay.plan(operation, compiled, check)

    def _answered_above(self, operation: Operation, role: Role) -> Resource | None:
        """Return the resource above of which an item is answered by what changes the one thing below it, or
        puts something into what is below it; None where that itself is.
        """
        window = self._windows.of(role.resource)
        puts_in = window is not None and window.holds
        verbs = ("create", "replace", "update", "delete") if puts_in else ("replace", "update", "delete")
        if not (role.resource.single or puts_in) or role.verb not in verbs:
            return None
        path = role.resource.above if puts_in else role.resource.path
        found, evidence = self._roles.outline.item_above(path), self._roles.evidence
        if found is None or len(found[1]) != 1:
            return None
        if not puts_in and evidence.answers_item(operation, role.resource):
            return None
        if not evidence.answers_item(operation, found[0]):
            return None
        return found[0]

    def values_of(self, listing: Operation, resource: Resource) -> Mapping[str, str]:
        """Return the members whose values a list shows, by collection; none where it lists items."""
        return self._values.of(listing, resource, self._mains.values())

    def main(self, resource: Resource) -> Resource:
        """Return the resource that says what the items of this one's collection are: another one for a
        window.
        """
        window = self._windows.of(resource)
        if window is not None:
            return window.main
        return self._mains.get(resource.collection, resource)


class _Planning:
    """The plan of one operation."""

    def __init__(self, compiler: Compiler, operation: Operation, role: Role) -> None:
        self._operation, self._role, self._compiler = operation, role, compiler
        self._accounts = compiler._accounts
        self._resource = compiler.main(role.resource)
        self._items, self._bodies, self._doors = compiler._items, compiler._bodies, compiler._doors
        self._taking, self._answers = compiler._taking, compiler._answers

    def plan(self) -> Plan:
        """Return what the operation does."""
        verb = self._role.verb
        base: dict[str, Any] = {"collection": self._role.resource.collection, "scope": self._scope()}
        if self._role.gone:
            base["gone"] = True
        if self._accounts.is_users(self._resource):
            base["proof"] = self._proof()
        if verb == "list":
            if self._role.turned:
                base |= {"key": self._role.key, "turned": self._role.turned}
                base["turned_on"] = self._role.turned_on
            return self._list(base)
        if verb == "delete" and self._role.each:
            return self._delete_many(base)
        if verb == "update" and self._role.each:
            return self._update_many(base)
        base["key"] = self._key()
        base["owner"] = self._owner(verb)
        window = self._compiler._windows.of(self._role.resource)
        if window is not None and window.holds and verb in ("create", "replace", "update"):
            return self._put_in(base)
        plans: Mapping[str, Callable[[dict[str, Any]], Plan]] = {
            "create": self._create,
            "read": self._read,
            "replace": self._replace,
            "update": lambda base: Update(**base, take=self._take(), answer=self._answer()),
            "act": self._act,
            "delete": self._delete,
            "needs": lambda base: Needs(**base, tells=self._role.tells, figures=self._role.figures),
            "login": lambda base: Login(**base, answer=self._answer()),
            "logout": lambda base: Logout(**base, answer=self._answer()),
        }
        return plans[verb](base)

    def _owner(self, verb: str) -> str:
        """Return the member that says who alone may do it, "" where anybody may."""
        if verb not in OWNED:
            return ""
        return owner_in(self._operation, verb, self._resource, self._collection.members)

    def _whose(self, asked: Sequence[Asked]) -> dict[str, Any]:
        """Return what a list says of whose items it shows."""
        members = self._collection.members
        return whose(self._operation, asked, members, self._resource, is_mine=self._role.mine)

    @property
    def _collection(self) -> Collection:
        """What is known of the items."""
        return self._compiler._parts[self._resource.collection]

    # -- where things stand in the request

    def _scope(self) -> tuple[Source, ...]:
        """Say where each parent's id stands; by position, since twins of a path name their placeholders
        differently.
        """
        role = self._role
        told = iter(placeholders(self._operation.path))
        return tuple(self._parent(place, told) for place in range(len(role.resource.parents)))

    def _parent(self, place: int, told: Iterator[str]) -> Source:
        role = self._role
        if place in role.words:
            if role.words[place] in CALLERS and self._accounts.is_caller(role.resource, place):
                return CALLER
            return Source(at="word", name=role.words[place])
        if place in role.carried:
            return Source(at="body", name=role.carried[place])
        return Source(at="path", name=next(told, ""))

    def _key(self) -> Source | None:
        role, resource = self._role, self._role.resource
        if role.key is not None:
            return role.key
        if role.verb in ("login", "logout"):
            return None
        if role.adds:
            return self._named(self._queries())
        if resource.single or (role.verb == "create" and not role.copies):
            return None
        if role.in_body:
            item = self._items.of(self._resource)
            return Source(at="body", name=item.id_member if item is not None else "")
        names = placeholders(self._operation.path)
        if len(names) < len(resource.parents) + max(len(resource.keys), 1):
            return None
        *before, name = names[len(resource.parents) :][: len(resource.keys)]
        if before:
            return Source(at="path", name=name, before=tuple(before))
        by = found_by(self._resource, name, self._items, self._bodies)
        words = aliases_in(in_path(name, self._operation.parameters), self._bodies)
        return Source(at="path", name=name, by=by, words=words)

    def _names_settable(self, take: Take) -> bool:
        """Tell whether a body says of an item what other operations may say of it too, and nothing within a
        part of it: `{departmentId}` to `/employees/{id}/department`.
        """
        item = self._items.of(self._resource)
        if item is None or not take.members or self._role.part in take.members:
            return False
        within = self._bodies.whole(item.member(self._role.part)).declared
        known = self._taking.settable(self._resource)
        return within.keys().isdisjoint(take.members) and known.issuperset(take.members)

    def _take(self) -> Take:
        take = self._taking.of(self._operation, self._resource)
        if self._role.part and not self._names_settable(take):
            is_put = self._operation.method == "put"
            return replace(take, members=(self._role.part,), only=True, shallow=is_put)
        if not self._accounts.is_users(self._resource):
            return take
        names = {place[-1] for place in self._doors.named(self._operation).values()}
        passwords = {name for name in (*take.members, *names) if says_password(name)}
        if not passwords:
            return take
        members = tuple(name for name in take.members if name not in passwords)
        return replace(take, members=members, hidden=tuple(sorted({*take.hidden, *passwords})))

    def _proof(self) -> Proof | None:
        """Return what the operation takes to know a user by."""
        names = self._doors.named(self._operation)
        return self._accounts.proof(self._operation.key, names, self._resource)

    def _queries(self) -> list[Parameter]:
        return [parameter for parameter in self._operation.parameters if parameter.location == "query"]

    # -- what is answered

    def _answer(self, preferred: Sequence[str] = ()) -> Answer:
        many = bool(self._role.verb in ("create", "replace", "update") and self._take().each)
        many |= self._role.verb == "read" and self._names_several()
        resource = self._resource
        if self._role.shown_by is not None:
            resource = replace(resource, id_names=self._role.shown_by)
        answer = self._answers.of(self._operation, resource, preferred, many=many, wrote=self._role.verb)
        if self._role.shown_by is not None and answer.item is not None:
            answer = replace(answer, item=replace(answer.item, identity={}))
        door = self._accounts.door(self._operation.key)
        if door is None:
            return answer
        return self._of_door(answer, door)

    def _names_several(self) -> bool:
        """Tell whether a path names items by a list of their ids."""
        resource = self._resource
        parameter = None
        if resource.parameters and not resource.single:
            parameter = key_parameter(resource.parameters[-1], resource.operations)
        if parameter is None or parameter.schema is None:
            return False
        return self._bodies.requests.of((parameter.schema,)).kind == "array"

    def _of_door(self, answer: Answer, door: Door) -> Answer:
        """Add to an answer the credential it hands out; where it shows no person, it is as documented."""
        contract, schema = self._compiler._contract, answered(self._operation)
        gives: Mapping[Place, Handed] = {}
        if schema is not None and door.kind not in ("logout", "forgot", "ask", "reset", "password"):
            is_jwt = uses_jwt(contract, self._operation)
            gives = handed_out(self._bodies, (schema,), jwt=is_jwt)
            if () in gives and door.kind not in ("login", "refresh"):
                gives = {}  # a text that a register answers is a message
        cookie = ""
        if door.kind in ("login", "refresh", "logout") or (door.kind == "register" and gives):
            cookie = cookie_of(contract, self._operation)
        if not door.shows_person and not (door.kind == "register" and self._tells_key(answer)):
            answer = replace(answer, item=None, media={})
        return replace(answer, hands_out=gives, cookie=cookie)

    @staticmethod
    def _tells_key(answer: Answer) -> bool:
        """Tell whether an answer says by which id an item is found from then on."""
        return answer.item is not None and "" in answer.item.identity.values()

    def _with_key(self, answer: Answer) -> Answer:
        """Add to what a create of keys answers where the key itself stands, by which its caller may call;
        what the item's path finds it by is its id, and stays.
        """
        schema = answered(self._operation)
        is_key = singular(fold(self._resource.noun)) in API_KEYS and bool(
            self._compiler._contract.security_schemes
        )
        if not is_key or schema is None or answer.hands_out:
            return answer
        item, taken = self._items.of(self._resource), self._doors.named(self._operation)
        own = fold(item.id_member) if item is not None else ""
        shown = {name: place for name, place in self._doors.places((schema,)).items() if name != own}
        return replace(answer, hands_out=key_handed_out(shown, taken))

    # -- verbs

    def _put_in(self, base: dict[str, Any]) -> Create:
        """Return what puts something that exists elsewhere where it is held."""
        if base["key"] is None:
            named = self._compiler._windows.named_in(self._operation, self._role.resource)
            if named is None:  # a body of no declared members names nothing that exists
                return self._create(base)
            base["key"] = Source(at="body", name=named.place)
        return Create(**base, answer=self._answer(PREFERRED["create"]))

    def _create(self, base: dict[str, Any]) -> Create:
        key, take = base.pop("key"), self._take()
        flag = upsert_flag(self._operation, take)
        by = self._upserts(take)
        is_loose = bool(by) or self._doors.conflicts_everywhere or self._accounts.is_users(self._resource)
        return Create(
            **base,
            take=take,
            answer=self._with_key(self._created()),
            key=key if self._role.adds else None,
            chosen=self._chosen(take),
            like=key if self._role.copies else None,
            conflict=self._conflicts(take) and not (by and not flag),
            upserts=by,
            upserts_if=flag if by else "",
            updated=self._answer(_REPLACED) if by else None,
            once=() if is_loose else told_apart(self._operation, self._collection, take),
        )

    def _chosen(self, take: Take) -> Source | None:
        """Return where in the query of a create of one item its id may be chosen, or beside it in the
        body.
        """
        if take.each or self._role.adds:
            return None
        name = chosen_in_query(self._operation, self._resource)
        if name is not None:
            return Source(at="query", name=name)
        schema = taken(self._operation)
        if schema is None:
            return None
        beside = chosen_beside(schema, take, self._resource, self._bodies)
        return Source(at="body", name=beside) if beside else None

    def _upserts(self, take: Take) -> tuple[str, ...]:
        """Return the members by which a create finds what it changes instead."""
        if self._operation.method not in ("post", "put") or self._role.adds or self._role.copies:
            return ()
        return upsert_keys(self._operation, self._collection, take)

    def _conflicts(self, take: Take) -> bool:
        """Tell whether a taken id is refused: as documented, or by the resource model of Kubernetes."""
        item = self._items.of(self._resource)
        is_named_once = item is not None and item.id_member == "/metadata/name"
        if self._is_call() and "409" not in self._operation.responses:
            return False
        if self._chosen(take) is not None and "default" in self._operation.responses:
            return True
        return is_named_once or refuses_taken(self._operation, many=bool(take.each))

    def _is_call(self) -> bool:
        """Tell whether nothing but this create knows its items: then the id that is sent says which answer is
        that of which call, as in JSON-RPC 2.0 §4, and not what they are.
        """
        resource = self._role.resource
        is_alone = resource.operations.keys() == {"create"} and not resource.of
        return is_alone and self._accounts.door(self._operation.key) is None

    def _created(self) -> Answer:
        """Return what a create answers: of an item that a path leads to, where it is, if with 201 or nothing
        else says it, and its key where that is one scalar.
        """
        answer = self._answer(PREFERRED["create"])
        if not (self._role.resource.is_reached or self._resource.is_reached):
            return answer
        is_new = self._operation.method == "post" and not self._role.adds
        is_silent = is_new and answer.item is None and answer.list is None
        if self._accounts.door(self._operation.key) is None:
            answer = self._answers.keyed(answer, self._operation, PREFERRED["create"])
        return replace(answer, location=is_silent or answer.status == 201)

    def _replace(self, base: dict[str, Any]) -> Replace:
        resource = self._role.resource
        creates_too = self._role.in_body and resource.operations.get("create") is self._operation
        take = self._take()
        is_partial = says(self._operation, SAYS_STAYS) or self._requires_less(resource)
        is_partial |= self._operation.method == "post" and upserts(self._operation)
        return Replace(
            **base,
            take=take,
            answer=self._answer(_REPLACED),
            creates=creates_too or self._puts_new(),
            # Strapi changes the attributes that are sent
            partial=is_partial or bool(take.within) or bool(take.mask),
            created=self._answer(_CREATED),
        )

    def _puts_new(self) -> bool:
        """Tell whether a PUT creates what is not there, by its statuses or the document's words."""
        operation = self._operation
        if "201" in operation.responses or upserts(operation):
            return True
        return operation.method == "put" and begins_with(operation, SAYS_CREATED)

    def _requires_less(self, resource: Resource) -> bool:
        """Tell whether a PUT takes an item of which nothing is required, where a new one needs something."""
        create = resource.operations.get("create")
        if create is None or create is self._operation:
            return False
        needs, taking = self._taking.requires(create, resource), self._taking
        return needs and not taking.requires(self._operation, resource)

    def _act(self, base: dict[str, Any]) -> Act:
        role = self._role
        answer = self._answer() if role.shows else None
        if role.each:
            base["key"] = self._named(self._queries())
            answer = self._answers.of(self._operation, self._resource, many=True, wrote="update")
        joined = self._compiler._joinings.of(self._operation, self._resource)
        makes = {} if joined else self._makes(answer)
        if role.renews and answer is not None:
            answer = self._with_key(answer)
        return Act(
            **base,
            take=self._take(),
            answer=answer,
            set=dict(role.set),
            counts=dict(role.counts),
            counts_caller=dict(role.counts_caller),
            stamps=role.stamps,
            keeps=role.keeps,
            each=role.each,
            puts=role.puts,
            takes=role.takes,
            flips=role.flips,
            renews=self._renewed(),
            numbers=role.numbers,
            answers={} if answer is not None else self._says_of_turns(),
            makes=makes,
            made_as=self._compiler._makings.told_by(_last_segment(self._operation), makes.values()),
            adds=self._adds(),
            after=after_of(self._compiler._makings.names(makes.values())),
            **joined,
        )

    def _renewed(self) -> tuple[str, ...]:
        """Return the secrets that an action replaces; what an item is found by is none."""
        item = self._items.of(self._resource)
        own = item.id_member if item is not None else ""
        return tuple(filter(own.__ne__, self._role.renews))

    def _adds(self) -> Mapping[str, str]:
        """Return what an action moves of what an item has."""
        item = self._items.of(self._resource)
        shapes = [item.location.shape] if item is not None else []
        return adds_of(_last_segment(self._operation), self._operation, shapes, self._bodies)

    def _makes(self, answer: Answer | None) -> Mapping[Place, str]:
        """Return what an action makes in other collections."""
        is_shown = answer is not None and answer.item is not None and not answer.item.place
        return self._compiler._makings.of(self._operation, self._resource, is_alike=is_shown)

    def _says_of_turns(self) -> Mapping[str, str]:
        """Return what an answer that shows no item says of what was turned."""
        schema = answered(self._operation)
        if schema is None or not any(isinstance(value, bool) for value in self._role.set.values()):
            return {}
        return answers(_last_segment(self._operation), self._bodies.whole((schema,)), self._bodies)

    def _delete(self, base: dict[str, Any]) -> Delete:
        return Delete(
            **base, answer=self._answer(PREFERRED["delete"]), revives=self._operation.method == "post"
        )

    def _update_many(self, base: dict[str, Any]) -> Update:
        queries = self._queries()
        asked = asked_of(queries, self._bodies.requests)
        return Update(
            **base,
            key=self._named(queries) if self._role.names else None,
            take=self._take(),
            answer=self._answers.of(self._operation, self._resource, many=True, wrote="update"),
            each=True,
            filter=filters_of(asked, self._names, by_operator=self._states_comparisons(asked)),
            bundles=bundles_of(asked),
        )

    def _delete_many(self, base: dict[str, Any]) -> Delete:
        queries = self._queries()
        asked = asked_of(queries, self._bodies.requests)
        return Delete(
            **base,
            key=self._put_in_before() or self._named(queries),
            answer=self._answers.of(
                self._operation, self._resource, PREFERRED["delete"], many=True, wrote="delete"
            ),
            each=True,
            filter=filters_of(asked, self._names, by_operator=self._states_comparisons(asked)),
            bundles=bundles_of(asked),
        )

    def _put_in_before(self) -> Source | None:
        """Return where the ids of what is taken out of a list stand, where what is there exists elsewhere."""
        windows = self._compiler._windows
        window = windows.of(self._role.resource)
        if window is None or not window.holds or self._operation.body is None:
            return None
        named = windows.named_in(self._operation, self._role.resource)
        return Source(at="body", name=named.place) if named is not None else None

    def _named(self, queries: Sequence[Parameter]) -> Source | None:
        """Return where the ids of many stand."""
        names = list_names(self._resource)
        for parameter in queries:
            if fold(parameter.name) in names:
                return Source(at="query", name=parameter.name)
        if self._operation.body is None:
            return None
        return Source(at="body", name="")

    def _read(self, base: dict[str, Any]) -> Read:
        asked = asked_of(self._queries(), self._bodies.requests)
        select = selecting(asked, self._names)
        named_by = self._named_by()
        if named_by is not None:
            base = {**base, "key": None}
        return Read(
            **base, answer=self._answer(), select=select, only=dict(self._role.only), named_by=named_by
        )

    def _named_by(self) -> NamedBy | None:
        """Return the item in the path that names the one which is meant; None where that stands in the path
        itself.
        """
        above = self._role.named_by
        if above is None:
            return None
        *scope, key = (Source(at="path", name=name) for name in placeholders(self._operation.path))
        return NamedBy(of=above.collection, member=self._role.named_in, scope=tuple(scope), key=key)

    def _list(self, base: dict[str, Any]) -> List:
        asked = asked_of(self._queries(), self._bodies.requests)
        asked += asked_in(taken(self._operation), self._bodies.requests)
        names = self._names
        page = paging_of(asked, names)
        sort = sorting_of(asked, names, self._compiler.numbered(self._resource))
        others = [one for one in asked if not page_role(one, names) and not sorts(one, names)]
        filters = {
            **filters_of(others, names, by_operator=self._states_comparisons(asked)),
            **derived(self._operation.path, others, names),
            **beside_tokens(asked, names),
        }
        bundles = bundles_of(others)
        used = {name.partition("[")[0] for name in filters if name not in self._declared} | {
            *filters,
            *bundles,
        }
        select = selecting(others, names)
        own = self._whose(others)
        used.add(own.get("mine_if", ""))
        rest = [one for one in others if one.name not in used and one.name not in select]
        echoes = Echoes.of(one for one in asked if not page_role(one, names))
        answer = self._answers.of(
            self._operation, self._resource, paged=page, one=False, many=True, echoes=echoes
        )
        return List(
            **base,
            **own,
            followed=caller_member(self._collection.members) if self._role.follows else "",
            answer=leading_on(answer, page, asked),
            page=from_zero(page, asked, answer.says),
            sort=sort,
            select=select,
            filter=filters,
            with_gone=shows_gone(asked),
            bundles=bundles,
            ignored=ignored_of(rest),
            values=self._compiler.values_of(self._operation, self._role.resource),
            only=dict(self._role.only),
        )

    @cached_property
    def _names(self) -> MemberNames:
        """The members of an item, as parameters may name them."""
        return MemberNames(self._items.of(self._resource), self._bodies)

    @property
    def _declared(self) -> set[str]:
        """The names of the parameters."""
        return {parameter.name for parameter in self._operation.parameters}

    def _states_comparisons(self, asked: Sequence[Asked]) -> bool:
        return states_comparisons(self._operation.parameters, asked, self._names)


def _last_segment(operation: Operation) -> str:
    """Return what an operation is called by the end of its path, as an action is."""
    return operation.path.rstrip("/").rpartition("/")[2]
