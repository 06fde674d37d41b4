"""Answers: what an operation's success shows, where in its body, and what that says besides."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any, Final, Literal

from msgspec.structs import replace

from understudy.contracts.answers import json_media, success
from understudy.contracts.contract import MediaType, Operation
from understudy.model.addresses import address_of, same
from understudy.model.bodies import Bodies, Location, present
from understudy.model.echoes import NO_ECHOES, Echoes
from understudy.model.envelopes import Envelopes, count_in, existence_in, headers_of
from understudy.model.items import VALUES, Items, names_parent
from understudy.model.labels import labels_of_list
from understudy.model.model import Answer, Page, Place, Slot, View
from understudy.model.outcomes import Outcomes
from understudy.model.resource_names import template_of
from understudy.model.resources import Resource, Verb
from understudy.model.taking import Taking
from understudy.names import fold
from understudy.schemas.choice import Parts
from understudy.schemas.subschemas import resolved

_SCALARS: Final = ("string", "integer", "number")
_LIST_LIMITS: Final = ("minItems", "maxItems", "minContains", "maxContains")

Shows = Literal["whole", "part", "own"]


class Answers:
    """The answers of one contract's operations."""

    def __init__(self, bodies: Bodies, items: Items, taking: Taking) -> None:
        self._bodies, self._items, self._taking = bodies, items, taking
        self._envelopes, self._outcomes = Envelopes(bodies), Outcomes(bodies)

    def of(
        self,
        operation: Operation,
        resource: Resource,
        preferred: Sequence[str] = (),
        *,
        paged: Page | None = None,
        one: bool = True,
        many: bool = False,
        wrote: Verb | None = None,
        echoes: Echoes = NO_ECHOES,
    ) -> Answer:
        """Return what a success shows. paged: how its list is paged. one, many: whether it may show one item,
        or a list of them. wrote: of a write, its verb. echoes: what a list may repeat of what it was asked.
        """
        status, documented = success(operation, preferred)
        content = documented.content if documented is not None else {}
        main = json_media(content)
        if documented is None or main is None:
            return Answer(status=status, headers=headers_of(documented.headers) if documented else {})
        shown = {
            name: self._shown(media, resource, paged, echoes, one=one, many=many)
            for name, media in content.items()
        }
        if wrote is not None:
            for name, media in content.items():
                shown[name] = self._with_outcome(shown[name], media, resource, wrote, many=many)
        first = shown.pop(main.name)
        others = {name: replace(other, status=status) for name, other in shown.items() if other != first}
        headers, told = headers_of(documented.headers), {}
        if many:
            told = self._envelopes.in_headers(documented.headers, by_cursor=_is_by_cursor(paged))
        return replace(first, status=status, headers=headers, told=told, media=others)

    def _shown(
        self,
        media: MediaType,
        resource: Resource,
        paged: Page | None,
        echoes: Echoes,
        *,
        one: bool,
        many: bool,
    ) -> Answer:
        is_in_array = one and not many and self._is_array(media)
        listed = self._list(media, resource, paged, echoes) if many or is_in_array else None
        if is_in_array and listed is not None:
            return listed
        if listed is not None and not one:
            return listed
        item = self.view(media, resource)
        if listed is not None:
            return replace(listed, item=item)
        return Answer(item=item)

    def _with_outcome(
        self, answer: Answer, media: MediaType, resource: Resource, verb: Verb, *, many: bool
    ) -> Answer:
        """Add what is said beside the items of what was written."""
        if media.schema is None:
            return answer
        body, item = (media.schema,), self._items.of(resource)
        return replace(answer, outcome=self._outcomes.of(body, answer, resource, item, verb, many=many))

    def _is_array(self, media: MediaType) -> bool:
        """Tell whether one item is shown in an array of its own, `[{…}]`."""
        if media.schema is None:
            return False
        shape = self._bodies.whole((media.schema,))
        return (
            shape.kind == "array" and bool(shape.items) and self._bodies.whole(shape.items).kind == "object"
        )

    # -- one item

    def keyed(self, answer: Answer, operation: Operation, preferred: Sequence[str]) -> Answer:
        """Return the answer of a create, whose one scalar is the key of what it created."""
        _, documented = success(operation, preferred)
        content = documented.content if documented is not None else {}
        main = json_media(content)
        if main is None:
            return answer
        media = {name: self._key_in(content[name], other) for name, other in answer.media.items()}
        return replace(self._key_in(main, answer), media=media)

    def _key_in(self, media: MediaType, answer: Answer) -> Answer:
        if answer.item is None or answer.item.shows != "raw" or not self._is_key(media):
            return answer
        return replace(answer, item=replace(answer.item, shows="key"))

    def _is_key(self, media: MediaType) -> bool:
        """Tell whether a body is a scalar that may be an id; a text with an example in words is a message."""
        if media.schema is None:
            return False
        shape = self._bodies.whole((media.schema,))
        said = (resolved(media.schema).value, media.node.value)
        is_message = any(" " in str(one.get("example", "")) for one in said if isinstance(one, Mapping))
        return shape.kind in _SCALARS and not shape.constants and not is_message

    def view(self, media: MediaType, resource: Resource) -> View:
        """Return the view in which a body shows one item."""
        if media.schema is None:
            return View(shows="raw")
        return self._view((media.schema,), resource)

    def _view(self, parts: Parts, resource: Resource) -> View:
        location = self._bodies.item(parts, resource.id_names)
        address = address_of(parts[0])
        if location is None:
            if resource.single and self._bodies.whole(parts).kind in VALUES:
                return View(schema=address, shows="value")
            return View(schema=address, shows="raw")
        shows = self._shows(location.parts, resource)
        identity = {} if shows == "whole" else self._identity(location, resource)
        held = self._held(location, resource) if shows == "own" and not identity else ""
        if held:
            return View(schema=address, place=(*location.place, held), shows="whole")
        return View(schema=address, place=location.place, shows=shows, identity=identity)

    def _held(self, location: Location, resource: Resource) -> str:
        """Return the member in which an object that is no item itself holds one: `{message, result: {…}}`."""
        item = self._items.of(resource)
        for name, below in present(location.shape):
            if item is not None and same(below, item.location.parts):
                return name
        return ""

    def _shows(self, parts: Parts, resource: Resource) -> Shows:
        item = self._items.of(resource)
        if item is None or same(parts, item.location.parts):
            return "whole"
        names = {name for name, _ in present(self._bodies.whole(parts))}
        if names <= set(item.names):
            return "part"
        return "own"

    def _identity(self, location: Location, resource: Resource) -> Mapping[str, str]:
        """Return the members of another view that say which item it is: a parent by its name, or "" the
        item's own key.
        """
        found = {}
        for name in location.shape.declared:
            parent = names_parent(name, resource)
            if parent:
                found[name] = parent
        own = ""
        if len(resource.keys) == 1:
            own = self._bodies.own_id(location.shape, resource.id_names)
        if own and (self._items.is_title(own, resource) or self._is_resource_name(own, resource)):
            own = ""
        same_id = {fold(own), self._taking.number(resource)} if own else set()
        for name in location.shape.declared:
            if fold(name) in same_id:
                found[name] = ""
        return found

    def _is_resource_name(self, member: str, resource: Resource) -> bool:
        """Tell whether a member says the path of an item in the place of its id."""
        item = self._items.of(resource)
        return item is not None and member == item.id_member and bool(template_of(resource, item))

    # -- a list of them

    def _list(
        self, media: MediaType, resource: Resource, paged: Page | None, echoes: Echoes
    ) -> Answer | None:
        """Return what a body says that shows a list of items, None where it shows none."""
        if media.schema is None:
            return Answer(list=(), each=View(shows="raw"))
        body = (media.schema,)
        listing = self._bodies.listing(body, resource.id_names)
        counted = count_in(body, self._bodies)
        if listing is None and counted is not None:
            return Answer(listed=address_of(media.schema), says={counted: Slot(says="total")})
        existing = existence_in(body, self._bodies)
        if listing is None and existing is not None:
            return Answer(listed=address_of(media.schema), says={existing: Slot(says="any", form="flag")})
        if listing is None or not listing.shape.items or not self._holds_items(body, listing, resource):
            return None
        each = self._each((self._bodies.says_most(listing.shape.items),), resource)
        says = self._envelopes.slots(body, listing.place, by_cursor=_is_by_cursor(paged), echoes=echoes)
        return Answer(
            list=listing.place,
            listed=address_of(media.schema),
            each=each,
            says=says,
            guarded=self._guarded(body, listing),
            always=self._labels(body, listing, resource),
        )

    def _each(self, parts: Parts, resource: Resource) -> View:
        """Return the view of each item of a list; texts that a path finds items by are their keys."""
        each, shape = self._view(parts, resource), self._bodies.whole(parts)
        is_text = shape.kind == "string" and not shape.constants and not shape.format
        item = self._items.of(resource)
        is_key = is_text and item is not None and bool(item.id_member) and bool(resource.keys)
        return replace(each, shows="key") if each.shows == "raw" and is_key else each

    def _labels(self, body: Parts, listing: Location, resource: Resource) -> Mapping[Place, Any]:
        item = self._items.of(resource)
        return labels_of_list(self._bodies.whole(body), listing.place, resource, item, self._bodies)

    def _holds_items(self, body: Parts, listing: Location, resource: Resource) -> bool:
        """Tell whether a list is of items, and not a list that one item has."""
        one = self._bodies.item(body, resource.id_names)
        if self._bodies.is_page(body) or one is None or not self._bodies.own_id(one.shape, resource.id_names):
            return True
        return listing.place[: len(one.place)] != one.place or len(one.place) >= len(listing.place)

    def _guarded(self, body: Parts, listing: Location) -> tuple[str, ...]:
        """Name what a list's own schema says beside its items."""
        said: list[str] = [word for word in _LIST_LIMITS if word in listing.shape.limits]
        if listing.shape.unique:
            said.append("uniqueItems")
        if self._has_choice(body, listing.place):
            said.append("choice")
        return tuple(said)

    def _has_choice(self, parts: Parts, place: Place) -> bool:
        """Tell whether a list, or what stands around it, is one of several things."""
        for step in place:
            if self._bodies.responses.of(parts).choices:
                return True
            parts = self._bodies.whole(parts).declared.get(step) or ()
        return bool(self._bodies.responses.of(parts).choices)


def _is_by_cursor(paged: Page | None) -> bool:
    return paged is not None and bool(paged.cursor)
