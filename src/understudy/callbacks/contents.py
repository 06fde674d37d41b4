"""Contents: which item an operation is about, and where that stands in an answer and in a message."""

from __future__ import annotations

from collections import defaultdict, deque
from collections.abc import Iterator
from typing import Any, Final

from msgspec import Struct

from understudy.contracts.answers import answered, taken
from understudy.contracts.contract import Contract, Operation
from understudy.contracts.source import Node
from understudy.engine.reading import Reading
from understudy.messages import NOTHING
from understudy.model.addresses import address_of
from understudy.model.bodies import Bodies, present
from understudy.model.model import Create, Model, Place, Plan, Read, Update, View
from understudy.model.paths import IdNames, blank, list_path
from understudy.names import fold
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape
from understudy.schemas.subschemas import component

_DEEPEST: Final = 3  # members that are gone through to find the item in a message's body
_MOST: Final = 200  # objects of a body that are looked at
_OBJECTS: Final = ("object", "")


class Kind(Struct, frozen=True):
    """Of what kind an object is. main: the component that describes it. named: all its schema is made of."""

    name: str
    main: str
    named: frozenset[str]


class _Kinds(Struct, frozen=True):
    """The kinds in which items are shown. mains: what describes them. named: all they are made of."""

    mains: frozenset[str]
    named: frozenset[str]

    def has(self, kind: Kind) -> bool:
        """Tell whether an object is of one of these: the schema of one of the two is part of the other's."""
        return kind.main in self.named or not self.mains.isdisjoint(kind.named)


class Carried(Struct, frozen=True):
    """An object in a message's body, and where it stands there."""

    place: Place
    kind: Kind


class Contents:
    """What the answers and messages of one contract hold. model: what its operations do."""

    def __init__(self, contract: Contract, model: Model) -> None:
        self._model = model
        self._bodies = Bodies()
        self._reading = Reading(contract, self._bodies)
        self._carried: dict[Operation, tuple[Carried, ...]] = {}
        self._kinds: dict[str, _Kinds] = {}
        self._by_path: dict[str, list[Operation]] = defaultdict(list)
        for operation in contract.operations:
            self._by_path[blank(operation.path)].append(operation)

    def plan(self, operation: Operation) -> Plan | None:
        """Return what an operation does, None where nothing tells."""
        return self._model.operations.get(operation.key)

    def noun(self, plan: Plan) -> str:
        """Return what one item of a plan's collection is called, folded."""
        return fold(self._model.collections[plan.collection].noun)

    def reading(self, plan: Plan) -> tuple[Operation, Read] | None:
        """Return the operation that shows the item a plan is about, None where there is none."""
        for operation, other in self._beside(plan):
            if isinstance(other, Read):
                return operation, other
        return None

    def carried(self, message: Operation, operation: Operation) -> Carried | None:
        """Find the item of an operation in a message's body, the outermost place first."""
        kinds = self._kinds_of(operation)
        if not kinds.mains:
            return None
        for carried in self._objects_of(message):
            if kinds.has(carried.kind):
                return carried
        return None

    def place(self, message: Operation, operation: Operation) -> Place | None:
        """Return the place of an operation's item in a message's body; None where it does not hold it."""
        carried = self.carried(message, operation)
        if carried is None:
            return None
        return carried.place

    def shown(self, operation: Operation, body: Any) -> Any:
        """Return the item in an operation's answer.

        NOTHING where the answer shows none, or another thing than its collection holds.
        """
        view = self._view(operation)
        if view is None or not self._shows_item(operation, view):
            return NOTHING
        for step in view.place:
            if not isinstance(body, dict):
                return NOTHING
            body = body.get(step)
            if isinstance(body, list):  # one thing in a list of its own
                body = next(iter(body), None)
        return body if isinstance(body, dict) else NOTHING

    # -- what an operation is about

    def _beside(self, plan: Plan) -> Iterator[tuple[Operation, Plan]]:
        """Yield what is done at the paths of one item, and of the list, of a plan's collection."""
        at = self._model.collections[plan.collection].at
        paths = (at, list_path(at)) if at else (plan.collection,)
        for path in paths:
            for operation in self._by_path.get(blank(path), ()):
                other = self.plan(operation)
                if other is not None and other.collection == plan.collection:
                    yield operation, other

    def _view(self, operation: Operation) -> View | None:
        """Return the view in which an operation answers its item; of what the model knows none, by its id."""
        plan = self.plan(operation)
        if plan is not None and plan.answer is not None:
            view = plan.answer.item
            if view is not None and view.shows == "raw":
                return None
            return view
        schema = answered(operation)
        if schema is None:
            return None
        location = self._bodies.item((schema,), IdNames(("id",)))
        if location is None:
            return None
        return View(schema=address_of(schema), place=location.place)

    def _shows_item(self, operation: Operation, view: View) -> bool:
        """Tell whether a view shows what the collection's items are, as far as those can be read."""
        plan = self.plan(operation)
        if plan is None:
            return True
        reading = self.reading(plan)
        if reading is None:
            return True
        whole = self._view(reading[0])
        if whole is None:
            return True
        names = IdNames((fold(self._model.collections[plan.collection].id.member),))
        return self._bodies.alike(self._shape(view), self._shape(whole), names)

    def _shape(self, view: View) -> Shape:
        """Return the shape of the item that a view shows."""
        parts = self._reading.item_at(self._reading.node(view.schema), view.place)
        return self._bodies.whole(parts)

    def _kinds_of(self, operation: Operation) -> _Kinds:
        """Return the kinds of object in which an operation, or another of its collection, shows an item."""
        kinds = self._kinds.get(operation.key)
        if kinds is None:
            shown = list(self._shown_kinds(operation))
            named = frozenset().union(*(kind.named for kind in shown))
            kinds = self._kinds[operation.key] = _Kinds(frozenset(kind.main for kind in shown), named)
        return kinds

    def _shown_kinds(self, operation: Operation) -> Iterator[Kind]:
        showing = [operation]
        plan = self.plan(operation)
        if plan is not None:
            showing += [
                other for other, does in self._beside(plan) if isinstance(does, Read | Create | Update)
            ]
        for one in showing:
            view = self._view(one)
            if view is None:
                continue
            shape = self._shape(view)
            if shape.component:
                yield _kind(shape)

    # -- what a message carries

    def _objects_of(self, message: Operation) -> tuple[Carried, ...]:
        """Return the objects in a message's body that a component describes, the outermost first."""
        if message not in self._carried:
            self._carried[message] = tuple(self._walk(taken(message)))
        return self._carried[message]

    def _walk(self, schema: Node | None) -> Iterator[Carried]:
        if schema is None:
            return
        waiting: deque[tuple[Place, Parts]] = deque([((), (schema,))])
        for _ in range(_MOST):
            if not waiting:
                return
            place, parts = waiting.popleft()
            shape = self._bodies.whole(parts)
            if shape.kind not in _OBJECTS:
                continue
            if shape.component:
                yield Carried(place, _kind(shape))
            if len(place) < _DEEPEST:
                waiting.extend(((*place, name), below) for name, below in present(shape) if below)


def _kind(shape: Shape) -> Kind:
    named = [node.address for node in shape.merged if component(node)]
    return Kind(shape.component, next(iter(named), ""), frozenset(named))
