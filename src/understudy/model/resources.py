"""Resources: the kinds of things that paths speak of, and what an operation does to one of them."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any, Final, Literal

from msgspec import Struct, field

from understudy.contracts.contract import Operation
from understudy.model.model import Figure, Place, Source
from understudy.model.paths import IdNames, collection_of, list_path

Verb = Literal["create", "read", "list", "replace", "update", "delete", "act", "needs", "login", "logout"]

PREFERRED: Final[Mapping[str, tuple[str, ...]]] = {"create": ("201", "200"), "delete": ("204", "200")}
"""The statuses of success that say most exactly what a verb did."""

REACHING: Final = ("read", "replace", "update", "delete")
"""What is done at the path of one item."""

_KEEPING: Final = ("read", "create", "list")


class Resource(Struct, frozen=True):
    """A kind of thing.

    noun: its name in the path. path: of one item, or of the single one.
    parameters: placeholders of that path, the item's own last.
    single: there is one for its parents. operations: those that its own paths tell, by verb.
    of: the collection on which the contract says that it is a window. shown_by: other operations that answer
    an item. called: the name of its collection, where that is not the path of the list. width: how many
    placeholders make up an item's key.
    """

    noun: str
    path: str
    parameters: tuple[str, ...]
    id_names: IdNames = field(default_factory=IdNames)
    single: bool = False
    operations: Mapping[Verb, Operation] = field(default_factory=dict)
    of: str = ""
    shown_by: tuple[Operation, ...] = ()
    called: str = ""
    width: int = 1

    @property
    def above(self) -> str:
        """The path of the list."""
        return list_path(self.path, self.width)

    @property
    def collection(self) -> str:
        """The name of its collection: the path of the list."""
        if self.called:
            return self.called
        return collection_of(self.path) if self.single else self.above

    @property
    def parents(self) -> tuple[str, ...]:
        """The placeholders that say in which collection an item is."""
        if self.single:
            return self.parameters
        return self.parameters[: -self.width]

    @property
    def keys(self) -> tuple[str, ...]:
        """The placeholders that say which item is meant."""
        if self.single:
            return ()
        return self.parameters[-self.width :]

    @property
    def is_reached(self) -> bool:
        """Whether a path leads to one item."""
        return not self.operations.keys().isdisjoint(REACHING)

    @property
    def is_kept(self) -> bool:
        """Whether items can be made, read or listed, if at other paths."""
        return bool(self.shown_by) or not self.operations.keys().isdisjoint(_KEEPING)

    @property
    def is_changed(self) -> bool:
        """Whether an item can be changed, wherever it is made: `PATCH /messages/{id}` of a conversation's."""
        return not self.single and not self.operations.keys().isdisjoint(("update", "replace"))


class Role(Struct, frozen=True, kw_only=True):
    """What one operation does, and to which resource. reason: why that was inferred, for a person.

    in_body: the id stands in the body. each: it is done to many. copies: the item in the path is what the
    new one is like. adds: what exists elsewhere, by its id. words: parents that the operation's path
    writes out (`me`) where the resource's has a placeholder, by their place among the parents. carried:
    members of the body that say a parent, likewise by their place. set: what an action changes beside
    what is sent. counts: by member, what it adds where that changes anything; counts_caller: likewise to
    the user who calls. shows: whether it answers the item. keeps: whether it takes over what is sent.
    key: where the id stands, if not in the path. shown_by: the names by which the answer's item is found,
    where these are not the resource's. mine: whether only what is the caller's is meant. gone, tells: as
    in `Plan` and `Needs`. names: whether the ids of many are named. follows: or what is of those whom the
    caller follows. only: of a list, what its items have in common, by member. part: the only member that
    it writes. turned, turned_on, stamps, puts, takes, flips, renews, numbers, figures: as in the plans.
    named_by, named_in: the resource whose item names it, and the member in which that does.
    """

    verb: Verb
    resource: Resource
    reason: str
    in_body: bool = False
    each: bool = False
    copies: bool = False
    adds: bool = False
    words: Mapping[int, str] = field(default_factory=dict)
    carried: Mapping[int, str] = field(default_factory=dict)
    set: Mapping[str, Any] = field(default_factory=dict)
    counts: Mapping[str, int] = field(default_factory=dict)
    counts_caller: Mapping[str, int] = field(default_factory=dict)
    stamps: tuple[str, ...] = ()
    shows: bool = True
    keeps: bool = True
    key: Source | None = None
    shown_by: IdNames | None = None
    mine: bool = False
    follows: bool = False
    gone: bool = False
    names: bool = False
    tells: tuple[Place, ...] = ()
    only: Mapping[str, Any] = field(default_factory=dict)
    part: str = ""
    turned: str = ""
    turned_on: str = ""
    puts: str = ""
    takes: str = ""
    flips: str = ""
    renews: tuple[str, ...] = ()
    numbers: str = ""
    figures: Mapping[Place, Figure] = field(default_factory=dict)
    named_by: Resource | None = None
    named_in: str = ""
