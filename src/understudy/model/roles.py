"""Roles: what each operation does to which resource; where its path does not tell, its bodies do."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final

from msgspec.structs import replace

from understudy.contracts.answers import answered, taken, takes_parts
from understudy.contracts.contract import METHODS, Contract, Operation
from understudy.contracts.extensions import said
from understudy.model.accounts import CALLER, Accounts
from understudy.model.actions import (
    begins_with,
    computes,
    flipped,
    is_action,
    is_copy,
    is_end,
    is_partial,
    moves,
    named,
    narrowed,
    place_among,
    renewed,
    says,
    scalars_called,
    taken_over,
    undoes,
)
from understudy.model.aliases import roles_of
from understudy.model.bodies import Bodies, is_wrapper, present
from understudy.model.bulk import bulk_verb, changes_chosen, deletes_many, lists_ids, names_ids, names_many
from understudy.model.doors import Doors
from understudy.model.elsewhere import made_elsewhere
from understudy.model.envelopes import count_in, existence_in
from understudy.model.evidence import Evidence
from understudy.model.figures import Figures
from understudy.model.held import Holders
from understudy.model.listings import Listings, is_single_noun, pages, pages_within
from understudy.model.model import Place, Source
from understudy.model.outline import OF_ITEM, OF_LIST, Methods, Outline, Stated
from understudy.model.paths import IdNames, blank, is_item, list_path, noun, placeholders, strong_names
from understudy.model.resources import Resource, Role, Verb
from understudy.model.toggles import (
    flag_called,
    flags_beside,
    is_deed,
    people_of,
    stamped,
    taken_out_of_use,
    turns,
    unstamped,
    verb_of,
)
from understudy.model.vocabulary import (
    BULK_UPSERTS,
    CALLERS,
    COUNTING,
    EVERY,
    EXISTS,
    FEEDS,
    FOLLOWS,
    IDS,
    NEWEST,
    PATH_CREATES,
    PATH_DELETES,
    PATH_LISTS,
    PATH_READS,
    PATH_UPDATES,
    PURGES,
    REORDERS,
    RESTORES,
    SAYS_CREATED,
    SAYS_UPDATED,
    SEARCHING,
    TRASH,
    TRASHES,
    TURNED_ON,
)
from understudy.names import fold, singular, split_words

CHOSEN: Final = "its path is that of the items above, and its query chooses among them"
FETCHED: Final = "the document says that it gets items, and its body names them by their ids"
ASKED: Final = "the document says that it gets what it answers, which is a list"
FIGURES: Final = "its path is that of statistics, and its answer counts items"
_BY_METHOD: Final = {"post": "create", "put": "update", "patch": "update", "delete": "delete"}
_ON_ONE: Final = frozenset({"put", "patch", "delete"})
_KNOWN_VERBS: Final = (SEARCHING, PATH_LISTS, PATH_READS, PATH_UPDATES, PATH_DELETES)
_MOVES: Final = ("move", "merge", "extract", "sync", "synchronize", "swap", "validate", "verify", "check")
"""What is done to items that are there, `check` alone too, though who checks in makes one."""
_STEM: Final = 4  # letters that forms of one verb share: `star`, `starred`
_CHANGES: Final = frozenset({"post", "put", "patch", "delete"})


class Roles:
    """What each operation of a contract does."""

    def __init__(self, contract: Contract, bodies: Bodies, stated: Stated, doors: Doors) -> None:
        self.outline = Outline(contract, stated)
        changes = [one for one in contract.operations if one.method in _CHANGES]
        self._done = {blank(one.path).rstrip("/").rpartition("/")[::2] for one in changes}
        self._changed = {fold(step)[:_STEM] for one in changes for step in one.path.split("/")}
        self.evidence = Evidence(bodies)
        self._figures = Figures(self.evidence, bodies)
        self._bodies = bodies
        self._listings = Listings(bodies)
        self._holders = Holders(contract.operations, bodies)
        self._by_bodies: dict[str, Role | None] = {}
        self.accounts = Accounts(doors, self.outline, self.evidence, bodies)
        loose = sorted(self.outline.loose.values(), key=lambda one: "get" not in one[1])
        for path, methods in loose:  # what is listed is known before what is only written
            if self.accounts.owns(path):
                continue
            told = roles_of(path, methods, self.outline, self.evidence)
            self.outline.roles.update(told)
            if not told:
                self._add_loose(path, methods)
        for resource in list(self.outline.lists.values()):
            if self._is_one_thing(resource):
                self.outline.set_apart(resource)
        for path, methods in self.outline.loose.values():
            self._open_elsewhere(path, methods)
        for above, users in self.accounts.callers():
            self._add_below_caller(above, users)
        self._add_named_above()
        self._show_elsewhere()

    def _show_elsewhere(self) -> None:
        """Note what shows the items that are deleted at a path of their own, and listed below others."""
        for resource in list(self.resources.values()):
            create = made_elsewhere(resource, self.resources.values())
            if create is not None:
                self.outline.show_elsewhere(resource, (create,))

    def _add_below_caller(self, above: str, users: Resource) -> None:
        """Let what stands right below the path of whoever calls lie below that user: `/me/settings`, and what
        is done by `PUT /me/avatar`.
        """
        for path, methods in list(self.outline.loose.values()):
            before, _, last = path.rstrip("/").rpartition("/")
            single = self.outline.resources.get(path)
            if before != above or self.accounts.owns(path):
                continue
            if "get" not in methods:
                self._add_done_to_caller(last, users, methods)
            elif single is not None and single.single:
                self.outline.open_items(users)
                self.outline.move_single(single, f"{users.path}/{last}", methods, {0: CALLERS.ranked[0]})

    def _add_done_to_caller(self, last: str, users: Resource, methods: Methods) -> None:
        for operation in methods.values():
            role = self._action(operation, users, [last], "its path lies below that of whoever calls")
            if role is not None and role.verb == "act":
                self.outline.forget(operation)
                self.outline.roles[operation.key] = replace(role, key=CALLER)

    def _add_named_above(self) -> None:
        """Note where what is read below an item is another one, which that names: `/orders/{id}/customer`."""
        for path, methods in list(self.outline.loose.values()):
            single, found = self.outline.resources.get(path), self.outline.item_above(path)
            if methods.keys() != {"get"} or single is None or not single.single or found is None:
                continue
            above, rest = found
            if len(rest) == 1 and not above.single:
                self._read_through(methods["get"], above, self.evidence.naming(above, rest[0]))

    def _read_through(self, reading: Operation, above: Resource, member: str) -> None:
        """Note that what is read is the item of which a member of another one is the id, where it is one."""
        for resource in list(self.resources.values()):
            is_plain = not (resource.single or resource.parents)
            if member and is_plain and self.evidence.answers_item(reading, resource):
                reason = f"it is the one of {resource.above} that {member} of the item above names"
                role = Role(verb="read", resource=resource, reason=reason, named_by=above, named_in=member)
                self.outline.forget(reading)
                self.outline.roles[reading.key] = role
                return

    @property
    def resources(self) -> Mapping[str, Resource]:
        """The resources by their paths."""
        return self.outline.resources

    def of(self, operation: Operation) -> Role | None:
        """Return what an operation does, None where nothing tells.

        Bodies are looked into when it is first asked.
        """
        route = self.outline.routes[operation.key]
        operation = self.outline.twins.get(operation.key, operation)
        if operation.key not in self._by_bodies:
            self._by_bodies[operation.key] = self._find(operation)
        role = self._by_bodies[operation.key]
        if role is not None and route.key is not None:
            return replace(role, key=route.key)
        return role

    def _find(self, operation: Operation) -> Role | None:
        role = self.accounts.role(operation.key) or self._by_resources(operation)
        role = self._of_figures(operation, role) or role
        if role is None:
            return None
        return self.accounts.seen(role)

    def _of_figures(self, operation: Operation, role: Role | None) -> Role | None:
        """Tell whether an answer says figures of the items that its path lies below, or of all there are."""
        if role is not None and role.verb != "needs":
            is_alone = role.verb == "read" and role.resource.operations.keys() == {"read"}
            if not (is_alone and role.resource.single):
                return None
        found = self.outline.list_above(operation)
        above, is_below, words = None, False, {}
        if found is not None:
            words = found[1]
            above = found[0] if len(found[2]) == 1 else None
        else:
            item = self._item_above(operation)
            is_below = item is not None and not item[0].single
            if item is not None and is_below:
                above = item[0]
        is_own = any(map(self.accounts.means_caller, operation.path.split("/")))
        if is_own or (above is None and "{" in operation.path):
            return None
        known = list(self.resources.values())
        if self.accounts.resource is not None and not is_below:
            known.append(self.accounts.resource)
        figures = self._figures.of(operation, known, above, is_below=is_below)
        if not figures:
            return None
        first = next(iter(figures.values())).of
        main = above or next(one for one in known if one.collection == first)
        return Role(verb="needs", resource=main, reason=FIGURES, words=words, figures=figures)

    def _by_resources(self, operation: Operation) -> Role | None:
        resource = self.outline.open.get(operation.key)
        role = self._on_list(operation, resource) if resource is not None else None
        if role is None:
            role = self.outline.roles.get(operation.key)
        if role is not None:
            turned = self._of_turned(operation, role) or self._of_people(operation, role)
            role = turned or self._of_gone(role) or self._of_scalars(operation, role) or role
        if role is None:
            role = self._queried(operation) or self._asked_by_body(operation)
        if role is not None and role.verb == "create" and self._fetches(operation, role.resource):
            role = Role(verb="list", resource=role.resource, reason=FETCHED)
        if role is not None and role.verb == "create" and "list" not in role.resource.operations:
            role = self._on_item_above(operation) or role
        if role is not None and role.verb == "create" and self._updates(operation, role.resource):
            reason = "the document says that it updates, and the id of the item stands in the body"
            role = Role(verb="replace", resource=role.resource, reason=reason, in_body=True)
        found = role or self._below_list(operation) or self._below_item(operation)
        if found is None or found.verb == "needs":
            return self._of_files(operation) or found or self._made_elsewhere(operation)
        return found

    def _fetches(self, operation: Operation, resource: Resource) -> bool:
        """Tell whether a POST at the path of a list gets those of its items whose ids it is sent."""
        verb = "".join(split_words(operation.id)[:1]) * (operation.id != operation.key)
        is_said = (
            begins_with(operation, PATH_READS) or begins_with(operation, PATH_LISTS) or verb in PATH_READS
        )
        if operation.method != "post" or not is_said:
            return False
        return lists_ids(operation, resource, self._bodies) and self.evidence.lists_items_of(
            operation, resource
        )

    def _made_elsewhere(self, operation: Operation) -> Role | None:
        """Tell whether a POST that says that it made something answers an item of the one list that nothing
        else adds to: `POST /checkout` of `/orders`.
        """
        if operation.method != "post" or "201" not in operation.responses or "{" in operation.path:
            return None
        found = []
        for resource in self.resources.values():
            if resource.single or resource.parents or not {"list", "read"} <= resource.operations.keys():
                continue
            if self.evidence.answers_item(operation, resource):
                found.append(resource)
        if len(found) != 1 or "create" in found[0].operations:
            return None
        reason = f"it answers a new item of {found[0].above}, which nothing else creates"
        return Role(verb="create", resource=found[0], reason=reason)

    def _of_files(self, operation: Operation) -> Role | None:
        """Tell whether files that are sent are items of a list elsewhere: `POST /upload` of
        `/upload/files`.
        """
        if operation.method != "post" or not takes_parts(operation):
            return None
        for resource in self.resources.values():
            if resource.single or resource.parents or "create" in resource.operations:
                continue
            is_shown = self.evidence.lists_items_of(operation, resource)
            if is_shown or self.evidence.answers_item(operation, resource):
                reason = f"what is sent are files, and it answers items of {resource.above}"
                return Role(verb="create", resource=resource, reason=reason)
        return None

    # -- paths with no item below

    def _add_loose(self, path: str, methods: Methods) -> None:
        """Add what a path with no item below speaks of: a list nobody can look into, or the one thing of its
        kind.
        """
        reading = methods.get("get")
        if reading is not None and self._holders.holds(reading):
            self.outline.add_single(path, methods)
        elif reading is not None and self._listings.is_list(reading, noun(path)):
            if "put" in methods and self._listings.is_of_values(reading):
                self.outline.add_single(path, methods)
            elif not self._is_other_list(reading, methods):
                self._add_list(path, methods)
        elif reading is not None:
            if self._is_thing(path, reading, methods):
                self.outline.add_single(path, methods)
        else:
            self._add_written(path, methods)

    def _open_elsewhere(self, path: str, methods: Methods) -> None:
        """Let something be done to items that are made and listed below others alone: at
        `/invitations/{id}/accept` to those of `/teams/{id}/invitations`.
        """
        above, _, action = path.rstrip("/").rpartition("/")
        changes = [one for one in methods.values() if one.method != "get"]
        if not changes or not is_item(above) or above.count("{") > 1 or self.outline.item_above(path):
            return
        alike = [one for one in self.resources.values() if one.noun == noun(above) and not one.single]
        if len(alike) != 1:
            return
        create = alike[0].operations.get("create")
        is_done = any(is_action(action, one) for one in changes)
        is_done |= any(self.evidence.answers_item(one, alike[0]) for one in changes)
        if is_done and create is not None and "list" in alike[0].operations and not alike[0].is_reached:
            self.outline.open_elsewhere(above, (create,))

    def _is_one_thing(self, resource: Resource) -> bool:
        """Tell whether what is read at the path of a list is one thing: `/user` beside `/user/{id}`; not
        where a POST there makes one with such an id, of which the newest is read.
        """
        reading = resource.operations.get("list")
        if reading is None or not resource.is_reached or not is_single_noun(resource.noun):
            return False
        if self.accounts.owns(reading.path) or pages(reading) or self._listings.counts(reading):
            return False
        schema = answered(reading)
        if schema is None or self._listings.is_list(reading, resource.noun) or self._makes_items(resource):
            return False
        return bool(self._bodies.whole((schema,)).declared)

    def _makes_items(self, resource: Resource) -> bool:
        """Tell whether a POST at the path of a list answers the id by which the path below finds an item."""
        location = self._bodies.answered_item(resource.operations.get("create"), resource.id_names)
        if location is None:
            return False
        own = fold(self._bodies.own_id(location.shape, resource.id_names))
        return own.endswith(IDS.ranked) and resource.id_names.parameter.endswith(own)

    def _is_thing(self, path: str, reading: Operation, methods: Methods) -> bool:
        """Tell whether what is read at a path is a thing that is kept, and not one that is computed."""
        schema = answered(reading)
        if schema is None:
            return False
        if not _CHANGES.isdisjoint(methods):
            return True
        is_described = bool(self._bodies.whole((schema,)).declared)
        last = path.rpartition("/")[2]
        is_computed = computes(last) or fold(last) in EXISTS
        return is_described and bool(last) and "{" not in last and not is_computed

    def _add_list(self, path: str, methods: Methods) -> None:
        found: dict[Verb, Operation | None] = {"list": methods["get"], "create": methods.get("post")}
        post = methods.get("post")
        is_asked = post is not None and self._is_asked(post, noun(path))
        if is_asked:
            del found["create"]
        called = self.outline.called_below(path)
        resource = self.outline.add(
            f"{path.rstrip('/')}/{{{called or 'id'}}}", found, "", "it answers a list"
        )
        if called:
            self.outline.open_items(resource)
        self.outline.leave_open(resource, methods)
        if is_asked and post is not None:
            self.outline.roles[post.key] = Role(verb="list", resource=resource, reason=ASKED)

    def _add_written(self, path: str, methods: Methods) -> None:
        """Add what nobody reads at its own path: things that are made there, or the one thing of its kind."""
        segment = path.rstrip("/").rpartition("/")[2].partition(".")[0]
        below = self.outline.item_above(path)
        is_child = below is not None and len(below[1]) == 1
        if not segment or computes(segment) or any(map(self._is_told, methods.values())):
            return
        if any(map(self._is_bulk, methods.values())) or any(map(self._is_done_to_list, methods.values())):
            return
        if below is not None and self._acts(segment, below, methods):
            return
        post = methods.get("post")
        if post is not None and not (methods.keys() & _ON_ONE):
            if self._is_asked(post, noun(path)):
                listed: dict[Verb, Operation | None] = {"list": post}
                self.outline.add(f"{path.rstrip('/')}/{{id}}", listed, "", ASKED)
            elif not is_action(segment, post) and self._makes(path, post, is_child=is_child):
                found: dict[Verb, Operation | None] = {"create": post}
                self.outline.add(f"{path.rstrip('/')}/{{id}}", found, "", "it makes something with an id")
        elif not self._speaks_of_many(path, methods):
            self.outline.add_single(path, methods)

    def _made_beside(self, post: Operation) -> Resource | None:
        """Return the things, listed below an item and made by no path of theirs, of which something that is
        done to the item answers one: the transactions of `/accounts/{id}/deposit`.
        """
        above = blank(post.path).rpartition("/")[0]
        for path, resource in self.outline.lists.items():
            is_beside = path.rpartition("/")[0] == above and not resource.single
            if not is_beside or "create" in resource.operations or "list" not in resource.operations:
                continue
            if self.evidence.answers_item(post, resource):
                return resource
        return None

    def _is_asked(self, post: Operation, called: str) -> bool:
        """Tell whether a POST is a question: the document says that it gets something, which is a list of
        things, and its body, where it has one, says which page.
        """
        if not (begins_with(post, PATH_LISTS) or begins_with(post, PATH_READS)):
            return False
        body, listing = taken(post), self._bodies.answered_listing(post, IdNames())
        if post.body is not None and (body is None or not pages_within(body, self._bodies)):
            return False
        if listing is None or not listing.shape.items or not self._listings.is_list(post, called):
            return False
        return self._bodies.whole(listing.shape.items).kind == "object"

    def _is_bulk(self, operation: Operation) -> bool:
        """Tell whether a path below a list names what is done to many of its items."""
        found = self.outline.list_above(operation)
        if found is None:
            return False
        return self._of_many(operation, found[0], found[2]) is not None

    def _is_done_to_list(self, operation: Operation) -> bool:
        """Tell whether a path below a list names what is done to one of its items, and shows that:
        `/attendance/check-in`.
        """
        found = self.outline.list_above(operation)
        if found is None or operation.method != "post" or len(found[2]) != 1:
            return False
        resource, _, (segment,) = found
        is_alike = self.evidence.answers_item(operation, resource)
        return is_alike and _makes_one(segment) and is_action(segment.partition(".")[0], operation)

    def _is_told(self, operation: Operation) -> bool:
        """Tell whether an overlay says what an operation does, or it lets somebody in or out."""
        return bool(said(operation.node.value)) or self.accounts.door(operation.key) is not None

    def _acts(self, segment: str, below: tuple[Resource, Sequence[str]], methods: Methods) -> bool:
        """Tell whether what is written right below an item is done to that item."""
        resource, rest = below
        action = fold(named(rest))
        if not action:
            return False
        if action in PURGES or action in RESTORES or action in TRASHES:
            return True
        for operation in methods.values():
            if is_action(segment, operation) or self.evidence.answers_item(operation, resource):
                return True
            if operation.method == "post" and not _says_anything(operation):
                return True
            if operation.method != "delete" and self._moves(segment, resource):
                return True
            if is_set(operation, resource):
                return True
        return False

    def _moves(self, action: str, resource: Resource) -> dict[str, Any]:
        """Return the state that an action gives to an item."""
        return moves(action, singular(fold(resource.noun)), self.evidence.shapes(resource), self._bodies)

    def _makes(self, path: str, operation: Operation, *, is_child: bool) -> bool:
        """Tell whether a POST makes something: below an item, by a 201, or as its answer has an id."""
        schema, names = answered(operation), strong_names(noun(path))
        if schema is not None and takes_parts(operation) and self._bodies.listing((schema,), names):
            return False  # several files at once: the answer lists them
        if is_child and self._made_beside(operation) is not None:
            return False
        if is_child or "201" in operation.responses:
            return True
        if schema is None:
            return False
        location = self._bodies.item((schema,), names)
        if location is None or not all(is_wrapper(step, names) for step in location.place):
            return False
        return bool(self._bodies.own_id(location.shape, names))

    def _speaks_of_many(self, path: str, methods: Methods) -> bool:
        """Tell whether what is written at a path are items of a list; if so, add that."""
        if is_single_noun(noun(path)) or not any(map(self._takes_many, methods.values())):
            return False
        listed: dict[Verb, Operation | None] = {"create": methods.get("post")}
        resource = self.outline.add(f"{path.rstrip('/')}/{{id}}", listed, "", "its body holds many")
        self.outline.leave_open(resource, methods)
        return True

    def _takes_many(self, operation: Operation) -> bool:
        body = taken(operation)
        if body is None:
            return False
        shape = self._bodies.requests.of((body,))
        members = present(shape)
        if shape.kind == "array" or len(members) != 1:
            return shape.kind == "array"
        return self._bodies.requests.of(members[0][1]).kind == "array"

    def _is_other_list(self, listing: Operation, methods: Methods) -> bool:
        """Tell whether a list shows the items of a list above it, or of the caller's own one; note its role
        where it does.
        """
        if self._is_of_turned(listing) or (len(methods) == 1 and self._is_of_unshown(listing)):
            return True
        found = self.outline.list_above(listing) or self._list_of_caller(listing)
        if found is None:
            return self._is_feed(listing) or self._is_narrowed(listing)
        resource, words, rest = found
        is_mine = bool(rest) and self.accounts.means_caller(rest[-1])
        rest = rest[:-1] if is_mine else rest
        if not self.evidence.lists_items_of(listing, resource):
            return False
        only = self._narrowed(rest, resource)
        is_gone = not only and lists_gone(rest)
        if not (only or is_gone) and not TRASH.known.isdisjoint(rest):
            return False
        there = resource.above
        roles = self.outline.roles
        roles[listing.key] = Role(
            verb="list",
            resource=resource,
            reason=f"it lists the same items as {there}",
            words=words,
            mine=is_mine,
            only=only,
            follows=bool(rest) and not only and _is_of_followed(listing),
            gone=is_gone,
        )
        if not rest and "post" in methods:
            roles[methods["post"].key] = Role(
                verb="create", resource=resource, reason=f"it is the caller's own {there}", words=words
            )
        return True

    def _is_of_turned(self, listing: Operation) -> bool:
        """Tell whether a list shows those items of another one on which the caller turned a flag, and note
        its role where it does: `/user/starred`, `/users/me/likes`.
        """
        found = self._turned_in(listing.path)
        if found is None or not self.evidence.lists_items_of(listing, found[0]):
            return False
        resource, flag = found
        reason = f"it lists the items of {resource.above} that the caller turned {flag} on"
        self.outline.roles[listing.key] = Role(
            verb="list", resource=resource, reason=reason, only={flag: True}
        )
        return True

    def _is_of_unshown(self, listing: Operation) -> bool:
        """Tell whether a list of the caller's is of the items of another one that they turned a flag on which
        no item shows: `/me/favorites` beside `/products/{id}/favorite`; note its role where it is.
        """
        above, _, segment = listing.path.rstrip("/").rpartition("/")
        if "{" in listing.path or not is_deed(segment):
            return False
        if above and not self.accounts.means_caller(above.rpartition("/")[2]):
            return False
        for resource in self.resources.values():
            flag = self._turned_as(segment, resource)
            is_done = self._is_done_to(resource, singular(fold(segment)))
            if flag and is_done and self.evidence.lists_items_of(listing, resource):
                reason = f"it lists the items of {resource.above} that the caller turned {flag} on"
                self.outline.roles[listing.key] = Role(
                    verb="list", resource=resource, reason=reason, turned=flag, key=CALLER
                )
                return True
        return False

    def _is_done_to(self, resource: Resource, verb: str) -> bool:
        """Tell whether a path below an item of a resource is that of what a verb says."""
        return any(above == blank(resource.path) and verb_of(last)[0] == verb for above, last in self._done)

    def _of_people(self, listing: Operation, role: Role) -> Role | None:
        """Tell whether a list below an item shows the users who turned a flag of it, or one below a user the
        items of which they turned one: `/users/{name}/followers`, `/users/{id}/likes`.
        """
        found = self._below_one(listing, role)
        if found is None:
            return None
        above, segment = found
        users = self.accounts.resource
        if users is None:
            return None
        key = Source(at="path", name=placeholders(listing.path)[-1])
        is_users = above.collection == users.collection
        flag = self._turned_by_people(segment, above, is_deed_too=not is_users)
        if not (flag and self.evidence.lists_items_of(listing, users)):
            if is_users:
                return self._of_user(listing, segment, key)
            return None
        return Role(
            verb="list",
            resource=users,
            reason=f"it lists who turned {flag} on, of {above.above}",
            turned=flag,
            turned_on=above.collection,
            key=key,
        )

    def _below_one(self, listing: Operation, role: Role) -> tuple[Resource, str] | None:
        """Return the item that a list of what was turned may lie below, and what the list is called."""
        if role.verb != "list" or len(role.resource.operations) > 1:
            return None
        found = self.outline.item_above(listing.path)
        if found is None or found[0].parents or len(found[1]) != 1:
            return None
        above, (segment, *_) = found
        verbs = list(people_of(segment))
        if not verbs and is_deed(segment):
            verbs = [singular(fold(segment))]
        if not any(map(self._is_done, verbs)):  # nobody can do it, so the list has items of its own
            return None
        return above, segment

    def _is_done(self, verb: str) -> bool:
        """Tell whether some path may be that of what a verb says."""
        return verb[:_STEM] in self._changed

    def _of_user(self, listing: Operation, segment: str, key: Source) -> Role | None:
        """Tell whether a list below a user shows the items of which they turned a flag."""
        for resource in self.resources.values():
            flag = self._turned_as(segment, resource)
            if flag and self.evidence.lists_items_of(listing, resource):
                reason = f"it lists the items of {resource.above} that a user turned {flag} on"
                return Role(verb="list", resource=resource, reason=reason, turned=flag, key=key)
        return None

    def _turned_by_people(self, segment: str, resource: Resource, *, is_deed_too: bool) -> str:
        """Return the flag of an item that those turned whom a list below it names: `followers`, and where no
        user is above, `likes`.
        """
        for verb in filter(self._is_done, people_of(segment)):
            turned = turns(verb, "post", self.evidence.shapes(resource), self._bodies).set
            return next(iter(turned), "")
        if not is_deed_too:
            return ""
        return self._turned_as(segment, resource)

    def _turned_as(self, segment: str, resource: Resource) -> str:
        """Return the flag of an item that a list of what was turned is called like, shown or not."""
        if resource.single or resource.parents or not is_deed(segment):
            return ""
        flag = flag_called(segment, self.evidence.shapes(resource), self._bodies)
        if flag:
            return flag
        verb = singular(fold(segment)).removesuffix("ing")  # `following`
        turned = turns(verb, "post", self.evidence.shapes(resource), self._bodies).set
        return next(iter(turned), "")

    def _of_turned(self, operation: Operation, role: Role) -> Role | None:
        """Tell whether items of what is turned are put in and taken out of a list of those: the flag is
        turned on those items themselves, `PUT /user/starred/{repo}`.
        """
        collection, has_body = role.resource.collection, operation.body is not None
        found = None if has_body or role.resource.single else self._turned_in(collection)
        if found is None:
            return None
        main, flag = found
        if not self._leads_to(role.resource, main):
            return None
        reason = f"it is about the items of {main.above} that the caller turned {flag} on"
        if role.verb in ("list", "read"):
            return Role(verb=role.verb, resource=main, reason=reason, only={flag: True})
        turn = turns(role.resource.noun, operation.method, self.evidence.shapes(main), self._bodies)
        return Role(
            verb="act",
            resource=main,
            reason=reason,
            set={flag: operation.method != "delete"},
            counts=turn.counts,
            shows=self.evidence.answers_item(operation, main),
            keeps=False,
        )

    def _of_scalars(self, operation: Operation, role: Role) -> Role | None:
        """Tell whether what is put in and taken out stands in a list of scalars of the item above:
        `PUT` and `DELETE /posts/{id}/tags/{tag}`.
        """
        if role.verb not in ("replace", "delete") or operation.body is not None:
            return None
        if "read" in role.resource.operations or self._takes_things(role.resource):
            return None
        found = self.outline.item_above(list_path(operation.path))
        if found is None or len(found[1]) != 1:
            return None
        parent, (segment,) = found
        member = scalars_called(segment, self.evidence.shapes(parent), self._bodies)
        if not member or parent.single:
            return None
        return Role(
            verb="act",
            resource=parent,
            reason=f"it is about one of the {member} of an item of {parent.above}",
            key=Source(at="path", name=placeholders(operation.path)[-2]),
            puts=member if role.verb == "replace" else "",
            takes=member if role.verb == "delete" else "",
            shows=self.evidence.answers_item(operation, parent),
            keeps=False,
        )

    def _takes_things(self, resource: Resource) -> bool:
        """Tell whether what a create takes is an object."""
        create = resource.operations.get("create")
        schema = taken(create) if create is not None else None
        if schema is None or create is None or self._is_one_scalar(create):
            return False
        return self._bodies.requests.of((schema,)).kind == "object"

    def _is_one_scalar(self, operation: Operation) -> bool:
        """Tell whether a body is an object of one text or number: `{tag: "new"}`."""
        body = taken(operation)
        members = present(self._bodies.requests.of((body,))) if body is not None else []
        return len(members) == 1 and self._bodies.requests.of(members[0][1]).kind in ("string", "integer")

    def _added(self, operation: Operation, resource: Resource, rest: Sequence[str]) -> str:
        """Return the list of scalars of an item into which a POST puts what is sent: `{tag: "new"}` to
        `/tickets/{id}/tags`; "" where it puts it into none.
        """
        if operation.method != "post" or len(rest) != 1 or not self._is_one_scalar(operation):
            return ""
        return scalars_called(rest[0], self.evidence.shapes(resource), self._bodies)

    def _of_gone(self, role: Role) -> Role | None:
        """Tell whether an operation on a resource of its own is about the deleted items of the list above."""
        main = self._emptied_into(role.resource)
        listing = role.resource.operations.get("list")
        is_same = main is not None and (listing is None or self.evidence.lists_items_of(listing, main))
        if main is None or not is_same or role.verb not in ("list", "read", "delete"):
            return None
        reason = f"it is about the deleted items of {main.above}"
        return Role(verb=role.verb, resource=main, reason=reason, gone=True, each=role.each)

    def _emptied_into(self, resource: Resource) -> Resource | None:
        """Return the resource whose deleted items another one's path speaks of: `/orders/trash/{id}`."""
        above, _, last = resource.collection.rpartition("/")
        if fold(last) not in TRASH:
            return None
        return self.outline.lists.get(blank(above))

    def _asked_by_body(self, operation: Operation) -> Role | None:
        """Tell whether a POST below a list is sent what to look for, or to count: `POST /orders/search`."""
        segment = fold(operation.path.rstrip("/").rpartition("/")[2])
        if operation.method != "post" or operation.body is None:
            return None
        if segment in COUNTING:
            counted = self.outline.list_above(operation)
            if counted is None:
                return None
            return self._counting(operation, *counted)
        if segment not in SEARCHING:
            return None
        found = self.outline.list_above(operation) or self._listed_by(operation)
        if found is None:
            return None
        resource, words, rest = found
        if len(rest) != 1 or not self.evidence.lists_items_of(operation, resource):
            return None
        reason = f"its body says which of {resource.above} are listed"
        return Role(verb="list", resource=resource, reason=reason, words=words)

    def _listed_by(self, operation: Operation) -> tuple[Resource, dict[int, str], list[str]] | None:
        """Find the list whose items an operation shows that lies below none: `POST /query`."""
        if "{" in operation.path:
            return None
        for resource in self.resources.values():
            is_plain = not (resource.single or resource.parents)
            if is_plain and self.evidence.lists_items_of(operation, resource):
                return resource, {}, [operation.path]
        return None

    def _queried(self, operation: Operation) -> Role | None:
        """Tell whether a QUERY of a list's path is sent which of its items are listed (OpenAPI 3.2 §4.9)."""
        resource = self.outline.lists.get(blank(operation.path)) if operation.method == "query" else None
        if resource is None or not self.evidence.lists_items_of(operation, resource):
            return None
        reason = f"its body says which of {resource.above} are listed"
        return Role(verb="list", resource=resource, reason=reason)

    def _leads_to(self, resource: Resource, main: Resource) -> bool:
        """Tell whether the items of a resource are those of another one, by their list or by their ids."""
        listing = resource.operations.get("list")
        if listing is not None:
            return self.evidence.lists_items_of(listing, main)
        parameter = fold(resource.parameters[-1]) if resource.parameters else ""
        return parameter.startswith(singular(fold(main.noun)))

    def _turned_in(self, path: str) -> tuple[Resource, str] | None:
        """Return the items that a path may list of which somebody turned a flag, and the flag."""
        segment = path.rstrip("/").rpartition("/")[2]
        if "{" in path or not is_deed(segment):
            return None
        for resource in self.resources.values():
            if resource.single or resource.parents or resource.collection == path:
                continue
            flag = flag_called(segment, self.evidence.shapes(resource), self._bodies)
            if flag:
                return resource, flag
        return None

    def _is_feed(self, listing: Operation) -> bool:
        """Tell whether a list on a path of its own shows what those made whom the caller follows, and note
        its role where it does.
        """
        segment = fold(listing.path.rstrip("/").rpartition("/")[2])
        if "{" in listing.path or segment in TURNED_ON or not _is_of_followed(listing):
            return False
        for resource in self.resources.values():
            if resource.single or resource.parents or not self.evidence.lists_items_of(listing, resource):
                continue
            reason = f"it lists the items of {resource.above} of those whom the caller follows"
            self.outline.roles[listing.key] = Role(
                verb="list", resource=resource, reason=reason, follows=True
            )
            return True
        return False

    def _is_narrowed(self, listing: Operation) -> bool:
        """Tell whether a list of the caller's shows those items of a list elsewhere that are so, and note its
        role where it does: `/me/blocked` the users that are blocked. So is what `/search/messages` finds.
        """
        above, _, last = listing.path.strip("/").rpartition("/")
        before = above.rpartition("/")[2]
        is_search = fold(before) in SEARCHING
        if "{" in listing.path or not (is_search or self.accounts.means_caller(before)):
            return False
        for resource in self.resources.values():
            only = self._narrowed([last] * (not is_search), resource)
            is_meant = bool(only) or (is_search and singular(fold(last)) == singular(fold(resource.noun)))
            is_plain = not (resource.single or resource.parents)
            if is_plain and is_meant and self.evidence.lists_items_of(listing, resource):
                reason = f"it lists those of the items of {resource.above} that its path names"
                self.outline.roles[listing.key] = Role(
                    verb="list", resource=resource, reason=reason, only=only
                )
                return True
        return False

    def _narrowed(self, rest: Sequence[str], resource: Resource) -> Mapping[str, Any]:
        """Return what the items have in common that a path right below their list names."""
        if len(rest) != 1:
            return {}
        return narrowed(rest[0], self.evidence.shapes(resource), self._bodies)

    def _list_of_caller(self, listing: Operation) -> tuple[Resource, dict[int, str], list[str]] | None:
        """Find the list, elsewhere, of which the path of a list means the caller's own: `/me/orders`."""
        above, _, last = listing.path.strip("/").rpartition("/")
        if "{" in listing.path or not self.accounts.means_caller(above.rpartition("/")[2]):
            return None
        for resource in self.resources.values():
            if resource.noun == last and not resource.parents and not resource.single:
                return resource, {}, [above.rpartition("/")[2]]
        return None

    # -- what else is done at the path of a list

    def _on_list(self, operation: Operation, resource: Resource) -> Role | None:
        """Tell whether an operation changes items whose ids stand in the body, deletes many, or creates
        further down.
        """
        if operation.method == "post":
            return self._taken_out_of(operation, resource) or self._into_list_below(operation, resource)
        if is_item(resource.above):
            return self._one_or_many(operation, resource)
        if operation.method == "delete":
            members = self.evidence.members(resource)
            if not deletes_many(operation, resource, self._bodies, members):
                return None
            return Role(verb="delete", resource=resource, reason=OF_LIST, each=True)
        if changes_chosen(operation, self.evidence.members(resource), self._bodies):
            return Role(verb="update", resource=resource, reason=CHOSEN, each=True)
        if operation.method == "put" and begins_with(operation, SAYS_CREATED):
            return Role(verb="create", resource=resource, reason="the document says that it creates")
        if not self.evidence.takes_id(operation, resource):
            return self._on_many(operation, resource)
        verb: Verb = "replace" if operation.method == "put" else "update"
        return Role(
            verb=verb, resource=resource, reason="the id of the item stands in the body", in_body=True
        )

    def _taken_out_of(self, operation: Operation, resource: Resource) -> Role | None:
        """Tell whether a path says that some of what a list shows are taken out: `/removeMembers`."""
        if self.outline.routes[operation.key].method != "delete":
            return None
        reason = f"it names what is taken out of {resource.above}"
        return Role(verb="delete", resource=resource, reason=reason, each=True)

    def _on_many(self, operation: Operation, resource: Resource) -> Role | None:
        """Tell whether items are added by their ids, or changed without being named."""
        if operation.method == "patch" and names_ids(operation, resource, self._bodies):
            return Role(verb="update", resource=resource, reason=OF_LIST, each=True, names=True)
        if names_many(operation, resource, self._bodies):
            reason = "it names items by their ids"
            return Role(verb="create", resource=resource, reason=reason, adds=True)
        if operation.method != "patch":
            return None
        return Role(verb="update", resource=resource, reason=OF_LIST, in_body=True)

    def _one_or_many(self, operation: Operation, resource: Resource) -> Role | None:
        """Tell by its answer which is shown at a path that is one's item and another's list."""
        item = self.resources.get(self.outline.routes[operation.key].path)
        is_read = operation.method == "get"
        if item is None or self.evidence.answers_list(resource):
            if not is_read:
                return None
            return Role(verb="list", resource=resource, reason=OF_LIST)
        return Role(verb="read" if is_read else "replace", resource=item, reason=OF_ITEM)

    def _into_list_below(self, operation: Operation, resource: Resource) -> Role | None:
        """Tell whether a create above the lists of its items says in its body which of these the new one is
        in.
        """
        body = taken(operation)
        if body is None or "create" in resource.operations or not self.evidence.answers_list(resource):
            return None
        parent = fold(resource.parents[-1])
        members = self._bodies.requests.of((body,)).required
        member = next((name for name in members if fold(name) == parent), "")
        if not member or not self.evidence.answers_item(operation, resource):
            return None
        reason = f"its body says by {member} in which of {resource.above} the item is"
        carried = {len(resource.parents) - 1: member}
        return Role(verb="create", resource=resource, reason=reason, carried=carried)

    # -- what is done below a list, and below an item

    def _updates(self, operation: Operation, resource: Resource) -> bool:
        if operation.method != "post" or not begins_with(operation, SAYS_UPDATED):
            return False
        return self.evidence.takes_id(operation, resource)

    def _below_list(self, operation: Operation) -> Role | None:
        """Tell whether a path below a list takes many of its items at once."""
        found = self.outline.list_above(operation)
        if found is None:
            return None
        resource, words, rest = found
        if operation.method == "get":
            return self._counting(operation, resource, words, rest) or self._read_many(
                operation, resource, words, rest
            )
        role = self._of_many(operation, resource, rest)
        if role is not None or operation.method != "post":
            return None if role is None else replace(role, words=words)
        if not self.evidence.takes_many(operation, resource):
            return self._done_to_list(operation, resource, words, rest)
        reason = f"its body holds items of {resource.above}"
        return Role(verb="create", resource=resource, reason=reason, words=words)

    def _of_many(self, operation: Operation, resource: Resource, rest: Sequence[str]) -> Role | None:
        return (
            self._on_all(operation, resource, rest)
            or self._ordering(operation, resource, rest)
            or self._bulk(operation, resource, rest)
        )

    def _ordering(self, operation: Operation, resource: Resource, rest: Sequence[str]) -> Role | None:
        """Tell whether a path below a list takes its ids in another order: `/columns/reorder`."""
        words = split_words(" ".join(rest[:1])) * (len(rest) == 1)
        if not words or words[0] not in REORDERS or operation.method == "get":
            return None
        member = place_among(self.evidence.shapes(resource), self._bodies)
        if not member or not names_ids(operation, resource, self._bodies):
            return None
        return Role(
            verb="act",
            resource=resource,
            reason=f"it names the items of {resource.above} in another order",
            numbers=member,
            each=True,
            keeps=False,
        )

    def _on_all(self, operation: Operation, resource: Resource, rest: Sequence[str]) -> Role | None:
        """Tell whether a path below a list names what is done to all of its items, `/notes/read-all`."""
        words = split_words(" ".join(rest[:1])) * (len(rest) == 1)
        one = singular(fold(resource.noun))
        verb = " ".join(word for word in words if word not in EVERY and singular(word) != one)
        if not verb or operation.method in ("get", "delete") or operation.body is not None:
            return None
        shapes = self.evidence.shapes(resource)
        turned = turns(verb, operation.method, shapes, self._bodies)
        stamps = tuple(stamped(verb, shapes, self._bodies))
        if not (turned.set or stamps):
            return None
        return Role(
            verb="act",
            resource=resource,
            reason=f"it names what is done to all of {resource.above}",
            set={**turned.set, **unstamped(verb, shapes, self._bodies)},
            counts=turned.counts,
            stamps=stamps,
            each=True,
            keeps=False,
        )

    def _bulk(self, operation: Operation, resource: Resource, rest: Sequence[str]) -> Role | None:
        """Tell whether a path below a list names what is done to many of its items: `/orders/bulk-cancel`."""
        names = names_ids(operation, resource, self._bodies)
        verb = bulk_verb(rest, resource.noun)
        if verb is None:
            is_named = names and len(rest) == 1 and is_action(rest[0], operation)
            verb = fold(rest[0]) if is_named else None
        if verb is None:
            return None
        return self._done_to_many(operation, resource, verb, names=names)

    def _done_to_many(
        self, operation: Operation, resource: Resource, verb: str, *, names: bool
    ) -> Role | None:
        """Return what a verb does to many items, "" where only the method tells. names: by their ids."""
        reason = f"it names what is done to many of {resource.above}"
        if not verb:
            verb = _BY_METHOD.get(operation.method, "")
        if verb in PATH_DELETES:
            return Role(verb="delete", resource=resource, reason=reason, each=True)
        if verb in PATH_UPDATES:
            return Role(
                verb="update", resource=resource, reason=reason, each=names, names=names, in_body=not names
            )
        if verb in BULK_UPSERTS:
            return Role(verb="replace", resource=resource, reason=reason, in_body=True)
        if names and verb not in PATH_CREATES:
            return self._acts_on_each(operation, resource, verb, reason)
        sends_files = takes_parts(operation) and self.evidence.lists_items_of(operation, resource)
        if sends_files or self.evidence.takes_many(operation, resource, in_requests=verb in PATH_CREATES):
            return Role(verb="create", resource=resource, reason=reason)
        return None

    def _acts_on_each(self, operation: Operation, resource: Resource, verb: str, reason: str) -> Role | None:
        """Return what is done to each of the items that a request names."""
        moved = self._moves(verb, resource)
        turned = turns(verb, operation.method, self.evidence.shapes(resource), self._bodies)
        if verb in RESTORES or verb in PURGES or verb in TRASHES:
            done: Verb = "act" if verb in RESTORES else "delete"
            return Role(verb=done, resource=resource, reason=reason, each=True, gone=verb not in TRASHES)
        if not (moved or turned.set) and not is_action(verb, operation):
            return None
        return Role(
            verb="act",
            resource=resource,
            reason=reason,
            set=moved or turned.set,
            counts=turned.counts,
            each=True,
        )

    def _counting(
        self, operation: Operation, resource: Resource, words: Mapping[int, str], rest: Sequence[str]
    ) -> Role | None:
        """Tell whether a path right below a list says how many items there are."""
        schema = answered(operation)
        if len(rest) != 1 or schema is None:
            return None
        reason = f"it says how many there are of {resource.above}"
        only = self._counted_of(rest[0], resource)
        if only and count_in((schema,), self._bodies) is not None:
            return Role(verb="list", resource=resource, reason=reason, words=words, only=only)
        if fold(rest[0]) in EXISTS and existence_in((schema,), self._bodies) is not None:
            reason = f"it says whether there are any of {resource.above}"
        elif fold(rest[0]) not in COUNTING or count_in((schema,), self._bodies) is None:
            return None
        return Role(verb="list", resource=resource, reason=reason, words=words)

    def _read_many(
        self, operation: Operation, resource: Resource, words: Mapping[int, str], rest: Sequence[str]
    ) -> Role | None:
        """Tell whether a path right below a list reads those of its items that the query names:
        `/books/batch-get?ids=1,2`.
        """
        verb = bulk_verb(rest, resource.noun)
        is_reading = not verb or verb in PATH_READS or verb in PATH_LISTS
        if len(rest) != 1 or verb is None or not is_reading:
            return None
        if not self.evidence.lists_items_of(operation, resource):
            return None
        reason = f"it reads many of {resource.above}"
        return Role(verb="list", resource=resource, reason=reason, words=words)

    def _counted_of(self, segment: str, resource: Resource) -> Mapping[str, Any]:
        """Return what those items have in common that a path counts: `unread-count` those of which `is_read`
        is false, or `read_at` null; nothing where no member tells.
        """
        *told, last = split_words(segment) or [""]
        word = "".join(told)
        if not word or last not in COUNTING:
            return {}
        shapes = self.evidence.shapes(resource)
        undone = undoes(word)
        flags = narrowed(undone or word, shapes, self._bodies)
        if not undone:
            return flags
        found = {name: False for name, value in flags.items() if value is True}
        return found or unstamped(word, shapes, self._bodies)

    def _done_to_list(
        self, operation: Operation, resource: Resource, words: Mapping[int, str], rest: Sequence[str]
    ) -> Role | None:
        """Tell whether a path right below a list names something that is done to its items."""
        if len(rest) != 1 or not is_action(rest[0].partition(".")[0], operation):
            return None
        reason = f"it is done to items of {resource.above}"
        is_named = self.evidence.takes_id(operation, resource)
        if is_end(rest[0]) and not is_named:
            role = self._action(operation, resource, rest, reason)
            newest = Source(at="word", name=NEWEST.ranked[0])
            return None if role is None else replace(role, key=newest, words=words)
        if _makes_one(rest[0]) and not is_named and self.evidence.answers_item(operation, resource):
            reason = f"it answers an item of {resource.above}, of which its body says no id"
            return Role(verb="create", resource=resource, reason=reason, words=words)
        return Role(verb="update", resource=resource, reason=reason, in_body=True, words=words)

    def _below_item(self, operation: Operation) -> Role | None:
        """Tell what is done to an item, or that it needs to be there."""
        found = self._item_above(operation)
        if found is None:
            return None
        resource, rest = found
        where = f"its path lies below one item of {resource.above}"
        if resource.single:
            where = f"its path lies below {resource.path}"
        is_deep = any("{" in segment for segment in rest)
        if operation.method == "get" or not rest or is_deep:
            if resource.single:
                return None
            return Role(verb="needs", resource=resource, reason=where, tells=self._tells(operation, rest))
        return self._life(operation, resource, rest, where) or self._action(operation, resource, rest, where)

    def _tells(self, operation: Operation, rest: Sequence[str]) -> tuple[Place, ...]:
        """Return where an answer says whether an item is there; nothing where it says something else."""
        schema = answered(operation)
        if len(rest) != 1 or fold(rest[0]) not in EXISTS or schema is None:
            return ()
        place = existence_in((schema,), self._bodies)
        return () if place is None else (place,)

    def _life(self, operation: Operation, resource: Resource, rest: Sequence[str], where: str) -> Role | None:
        """Tell whether an item that was deleted is brought back, one is put there, or deleted for good."""
        action, reason = fold(named(rest)), f"{where} and is named {rest[-1]}"
        main = self._emptied_into(resource) or resource
        shows = self.evidence.answers_item(operation, main)
        if action in RESTORES and operation.method != "delete":
            moved = self._moves(action, main)
            return Role(
                verb="act", resource=main, reason=reason, set=moved, gone=True, shows=shows, keeps=False
            )
        if action in PURGES and operation.method in ("delete", "post"):
            return Role(verb="delete", resource=main, reason=reason, gone=True)
        is_moved = bool(turns(action, operation.method, self.evidence.shapes(main), self._bodies).set)
        if action in TRASHES and not is_moved and not self._moves(action, main):
            return Role(verb="delete", resource=main, reason=reason)
        return None

    def _item_above(self, operation: Operation) -> tuple[Resource, Sequence[str]] | None:
        whole = self.outline.routes[operation.key].whole
        if (
            operation.method not in METHODS
        ):  # `COPY /pets/{id}` (OpenAPI 3.2) says what `/pets/{id}/copy` does
            whole = f"{whole}/{operation.method}"
        return self.outline.item_above(whole)

    def _on_item_above(self, operation: Operation) -> Role | None:
        """Tell whether a POST that looks like a create shows the item it lies below: it is put into that."""
        found = self._item_above(operation)
        if found is None or len(found[1]) != 1 or not self.evidence.answers_item(operation, found[0]):
            return None
        return self._below_item(operation)

    def _is_list_of_own(self, action: str, resource: Resource) -> bool:
        """Tell whether those who did something to an item are a list of its own, whose items a number counts:
        the members of a team beside `/teams/{id}/join`.
        """
        verb, _ = verb_of(action)
        users = self.accounts.resource
        for path, other in self.outline.lists.items():
            above, _, noun = path.rpartition("/")
            if above != blank(resource.path) or verb not in people_of(noun):
                continue
            listing = other.operations.get("list")
            is_of_users = listing and users and self.evidence.lists_items_of(listing, users)
            return not is_of_users or len(other.operations) > 1
        return False

    def _of_users(self, counts: Mapping[str, int], resource: Resource) -> Mapping[str, int]:
        """Return what an action counts of whoever does it, where that is one of its items."""
        if not counts or resource is not self.accounts.resource:
            return {}
        return counts

    def _action(
        self, operation: Operation, resource: Resource, rest: Sequence[str], where: str
    ) -> Role | None:
        action, by_name = named(rest), f"{where} and is named {rest[-1]}"
        if fold(action) == "delete" and operation.method == "post":
            return Role(verb="delete", resource=resource, reason=by_name)
        shows = self.evidence.answers_item(operation, resource)
        moved = self._moves(action, resource)
        if shows and is_copy(action) and not moved:
            return Role(verb="create", resource=resource, reason=by_name, copies=True)
        turned = turns(action, operation.method, self.evidence.shapes(resource), self._bodies)
        is_done = shows or bool(moved) or bool(turned.set) or is_action(rest[-1].partition(".")[0], operation)
        shapes = self.evidence.shapes(resource)
        given_back = [taken_over(shapes, self._bodies)] * (fold(action) == "unassign")
        is_done |= operation.method == "post" and self._made_beside(operation) is not None
        if not (is_done or (len(rest) == 1 and is_set(operation, resource))):
            return None if resource.single else Role(verb="needs", resource=resource, reason=where)
        return Role(
            verb="act",
            resource=resource,
            reason=f"{where} and answers such an item" if shows else by_name,
            set={
                **(flags_beside(turned.set, shapes) if moved else turned.set),
                **taken_out_of_use(action, shapes, self._bodies),
                **moved,
                **unstamped(action, shapes, self._bodies),
                **dict.fromkeys(filter(None, given_back)),
            },
            counts={} if self._is_list_of_own(action, resource) else turned.counts,
            counts_caller=self._of_users(turned.own, resource),
            stamps=tuple(stamped(action, shapes, self._bodies)),
            puts=self._added(operation, resource, rest),
            flips=flipped(action, shapes, self._bodies),
            renews=tuple(renewed(action, resource.noun, shapes, self._bodies)),
            shows=shows,
            keeps=not is_partial(action) and operation.method != "delete",
        )


def _is_of_followed(listing: Operation) -> bool:
    """Tell whether a list is one of what those made whom the caller follows, by its name or what is said."""
    segment = listing.path.rstrip("/").rpartition("/")[2]
    if fold(segment) not in FEEDS:
        return False
    return fold(segment) in FEEDS.ranked[:3] or says(listing, FOLLOWS)


def _makes_one(segment: str) -> bool:
    """Tell whether what is done to a list may make an item: `submit`, `check-in`, but no `list_latest`."""
    verb, *rest = split_words(segment) or [""]
    return (verb not in _MOVES or bool(rest)) and not any(verb in known for known in _KNOWN_VERBS)


def lists_gone(rest: Sequence[str]) -> bool:
    """Tell whether the rest of a path below a list says that it lists what was deleted."""
    return len(rest) == 1 and fold(rest[0]) in TRASH


def _says_anything(operation: Operation) -> bool:
    """Tell whether something is sent or shown."""
    return operation.body is not None or answered(operation) is not None


def is_set(operation: Operation, resource: Resource) -> bool:
    """Tell whether what is sent without a body right below the one thing of its kind is done to it, such as
    `PUT /player/volume`.
    """
    is_written = len(resource.operations) > 1
    return resource.single and is_written and operation.body is None and operation.method == "put"
