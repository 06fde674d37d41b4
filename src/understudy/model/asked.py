"""What is asked: the parameters of a query, as far as names, types and words tell what they mean."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from typing import Any

from msgspec import Struct
from msgspec.structs import replace

from understudy.contracts.contract import Parameter
from understudy.contracts.source import Node
from understudy.model.vocabulary import BUNDLES, LIMITS, OFFSETS, PAGINATIONS, SORTS
from understudy.names import fold, split_words
from understudy.schemas.shape import Shape
from understudy.schemas.shapes import Shapes


class Asked(Struct, frozen=True):
    """One parameter, or one member of an object that is written as parameters of their own.

    name: `limit`; of a member, `pageable[size]`. called: what tells its meaning: of `filter[status]` and
    `pageable[size]`, what stands in the brackets. type: of its alternatives, the first that is not null; ""
    where nothing tells. values: the only ones it may have, of an array its elements. inner: the members that
    an object declares. said: its description.
    """

    name: str
    called: str
    type: str = ""
    format: str = ""
    values: list[Any] | None = None
    default: tuple[Any, ...] = ()
    inner: tuple[str, ...] = ()
    said: str = ""
    minimum: float | None = None
    is_json: bool = False

    @property
    def folded(self) -> str:
        """Its name as names are compared."""
        return fold(self.called)

    @property
    def words(self) -> list[str]:
        """The words of its name."""
        return split_words(self.called)


def asked_of(parameters: Iterable[Parameter], shapes: Shapes) -> list[Asked]:
    """Read parameters for what they may mean."""
    found: list[Asked] = []
    for parameter in parameters:
        schema = parameter.schema
        if schema is None:
            found.append(Asked(parameter.name, parameter.name, said=_said(parameter.node)))
            continue
        shape = _chosen(shapes, shapes.of((schema,)))
        if is_scattered(parameter, shape) or _is_whole_question(parameter, shape):
            found += _members(parameter, shape, shapes)
        else:
            called = _called(parameter.name)
            asked = _asked(parameter.name, called, shape, shapes)
            is_json = bool(parameter.media_type)
            found.append(
                replace(asked, said=_said(parameter.node), default=default_of(parameter), is_json=is_json)
            )
    return found


def asked_in(body: Node | None, shapes: Shapes) -> Iterator[Asked]:
    """Read the members of a body as the parameters of a query are read."""
    declared = shapes.of((body,)).declared if body is not None else {}
    for name, parts in declared.items():
        if parts:
            inner = _chosen(shapes, shapes.of(parts))
            asked = _asked(name, name, inner, shapes)
            yield replace(asked, said=_said(parts[0]), default=tuple(inner.defaults[:1]))


def is_scattered(parameter: Parameter, shape: Shape) -> bool:
    """Tell whether a parameter is an object whose members are written as parameters of their own (OpenAPI
    3.1.1 §4.8.12.3, style form), as Spring's `pageable` is, or is the whole query as a form (OpenAPI 3.2).
    """
    if shape.kind != "object" or not shape.declared:
        return False
    is_form = parameter.style == "form" and parameter.explode and not parameter.media_type
    return parameter.is_spread or (is_form and fold(parameter.name) not in BUNDLES)


def _is_whole_question(parameter: Parameter, shape: Shape) -> bool:
    """Tell whether a parameter is one JSON object of all that a list is asked, as LoopBack's `filter` with
    its `where`, `order`, `limit` and `skip`.
    """
    if not parameter.media_type or shape.kind != "object":
        return False
    names = set(map(fold, shape.declared))
    asks = (LIMITS, OFFSETS, SORTS, BUNDLES)
    return sum(not words.known.isdisjoint(names) for words in asks) > 1


def _members(parameter: Parameter, shape: Shape, shapes: Shapes) -> Iterator[Asked]:
    for name, parts in shape.declared.items():
        own = f"{parameter.name}[{name}]"
        if not parts:
            yield Asked(own, name)
            continue
        inner = _chosen(shapes, shapes.of(parts))
        asked = _asked(own, name, inner, shapes)
        yield replace(asked, said=_said(parts[0]), default=tuple(inner.defaults[:1]))


def _called(name: str) -> str:
    """Return what tells the meaning of `filter[status]`, `filters[title][$eq]`, `pagination[page]`."""
    outer, bracket, inner = name.partition("[")
    if bracket and (fold(outer) in BUNDLES or fold(outer) in PAGINATIONS):
        member, between, comparison = inner.removesuffix("]").partition("][")
        return member + between.removeprefix("]") + comparison
    return name


def _said(node: Node) -> str:
    return str(node.get("description") or "")


def _asked(name: str, called: str, shape: Shape, shapes: Shapes) -> Asked:
    values = shape.constants
    if shape.kind == "array" and shape.items:
        values = shapes.of(shape.items).constants
    if values is not None:
        values = list(values)
    return Asked(
        name=name,
        called=called,
        type=shape.kind,
        format=shape.format,
        values=values,
        inner=tuple(shape.declared),
        minimum=shape.limits.get("minimum"),
    )


def _chosen(shapes: Shapes, shape: Shape) -> Shape:
    """Return the shape of the first alternative that is not null, where there are some."""
    if shape.types is not None or not shape.choices:
        return shape
    choice = shape.choices[0]
    for branch in choice.branches:
        inner = shapes.of((*shape.parts, *branch), shape.taken | {choice.key})
        if inner.kind not in ("", "null"):
            return inner
    return shape


def default_of(parameter: Parameter) -> tuple[Any, ...]:
    """Return the value that a parameter has when nobody sends it: nobody chose that, and it often means
    everything.
    """
    schema = parameter.schema
    if schema is not None and schema.has("default"):
        return (schema.get("default"),)
    return ()
