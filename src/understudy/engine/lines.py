"""Lines: what the lines of an item say of what they name, `product_name` and `unit_price` beside
`product_id`.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Iterator, Mapping
from typing import Any, Final

from msgspec import Struct

from understudy.engine.copies import Copies, beside, prices
from understudy.engine.nouns import Naming
from understudy.model.vocabulary import REFERENCES
from understudy.names import split_words
from understudy.schemas.choice import Parts
from understudy.schemas.shape import Shape

_CALLED: Final = ("name", "title")


class Line(Struct, frozen=True):
    """A list within an item, each of whose objects names one of another collection. shape: of these
    objects.
    """

    name: str
    shape: Shape
    copies: Copies


def lines_of(shape: Shape, whole: Callable[[Parts], Shape], naming: Naming, own: str) -> Iterator[Line]:
    """Yield the lines of an item whose objects say more of what they name than its id. own: its
    collection.
    """
    for name, parts in shape.declared.items():
        items = whole(parts).items if parts else ()
        if not items:
            continue
        line = whole(items)
        for copies in _copies(line, naming):
            if copies.of != own:
                yield Line(name, line, copies)


def _copies(line: Shape, naming: Naming) -> Iterator[Copies]:
    for reference in line.declared:
        named = naming.of(reference)
        if named is None or not named.is_plain or named.may_be_words:
            continue
        names = {**prices(line.declared), **dict(beside(reference, line.declared))}
        if names:
            yield Copies(reference, named.collection, names)


def called_in(members: Collection[str], naming: Naming, own: Collection[str]) -> Iterator[tuple[str, str]]:
    """Yield the members that name something of no collection, each with a member that says how it is called:
    `category_name` beside `category_id` where nothing lists categories.
    """
    for reference in members:
        ending = split_words(reference)[-1:]
        names_one = bool(ending) and ending[0] in REFERENCES
        if reference in own or not names_one or naming.of(reference) is not None:
            continue
        for word, name in beside(reference, members):
            if word in _CALLED:
                yield reference, name


def sent_lines(
    line: Line, news: Mapping[str, Any], item: Mapping[str, Any]
) -> list[tuple[dict[str, Any], Any]]:
    """Return copies of the lines of an item that were sent, each with what was; none where others were."""
    sent, held = news.get(line.name), item.get(line.name)
    if not isinstance(sent, list) or not isinstance(held, list) or len(sent) != len(held):
        return []
    return [(dict(one), said) for one, said in zip(held, sent, strict=True) if isinstance(one, dict)]
