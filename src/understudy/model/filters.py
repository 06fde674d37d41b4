"""Filters: which of a list's parameters choose among its items, and why the others do not.

A parameter is held against one reading after the other, the plainest first; what no reading understands does
nothing, and the model says so.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping, Sequence
from typing import Final

from msgspec.structs import replace

from understudy.contracts.contract import Parameter
from understudy.model.asked import Asked
from understudy.model.bounds import ranges_of
from understudy.model.comparisons import dated, joined, signed, stems
from understudy.model.lifecycle import absent, says_viewer, stamp
from understudy.model.member_names import MemberNames, Named
from understudy.model.model import Filter, Place
from understudy.model.vocabulary import (
    ABOUT,
    ANYTHING,
    AUTHORS,
    BEGINS,
    BUNDLES,
    COMBINES,
    COUNTS_WRITES,
    DAYS,
    DUE_AT,
    EXCLUDES,
    GONE,
    HAS,
    IDS,
    LEAVES_OUT,
    MOMENTS,
    SAYS_AHEAD,
    SAYS_LATE,
    SEARCHES,
    SELECTS,
    SHAPES_ANSWERS,
    SHOWS_TOO,
    STATES,
    TRASH,
    TURNED_BY,
)
from understudy.names import by_folded, fold, singular, split_words

_LABELS: Final[Place] = ("metadata", "labels")
"""Where Kubernetes keeps the labels of an object (API conventions: metadata)."""

ANY_MEMBER: Final[Place] = ("*",)
"""Stands for whatever members a value names."""

_IRREGULAR: Final = {"born": "birth", "died": "death", "sold": "sale", "begun": "begin"}
_COMMAS: Final = re.compile(r"comma|csv|one or more|multiple", re.IGNORECASE)
_MOMENT: Final = re.compile(r"\b(date|time|timestamp|datetime|day|iso.?8601|rfc.?3339)", re.IGNORECASE)
_QUERY_LANGUAGE: Final = re.compile(r"qualifier|syntax|query language|lucene|advanced", re.IGNORECASE)
_EXPRESSION: Final = re.compile(
    r"odata|scim|aip-?160|\b(eq|ne|gt|ge|lt|le|co|sw)\b['\" ]|\w\s?(?:[!<>]?=|!?~|[<>])\s?'\w|&&|\|\|"
)
_ENDS: Final = ("from", "until")
_STATES_COMPARISON: Final = re.compile(r"=(?:\$\w+:)+\w|=(?:eq|gte?|lte?|ne|like)[.:]\w")
"""Words that show values which begin with a comparison: `filter.age=$gte:18`, `age=gte:18`, `age=gt.18`."""

_UN: Final = "un"
_ONLY: Final = "only"
_FLAGS: Final = {"true", "false"}
_OF_IDS: Final = ("ids", "idlist", "idin", "uuids", "gids")


def filters_of(
    parameters: Sequence[Asked], names: MemberNames, *, by_operator: bool = False
) -> Mapping[str, Filter]:
    """Return which parameters choose by which member of an item.

    parameters: those that neither page nor sort. by_operator: whether values begin with a comparison, `gt.5`.
    """
    found: dict[str, Filter] = {}
    for parameter in parameters:
        if is_bundle(parameter):
            found.update(_bundled(parameter, names))
            continue
        told = _expression(parameter) or _Reading(parameter, names).filter()
        if told is None:
            continue
        is_stated = by_operator or bool(_STATES_COMPARISON.search(parameter.said))
        if is_stated and told.test in ("equals", "in"):
            told = Filter(members=told.members, test="stated")
        found[parameter.name] = told
    return {**found, **dict(_spans(parameters, found, names)), **dict(ranges_of(parameters, names))}


def _spans(
    parameters: Sequence[Asked], found: Mapping[str, Filter], names: MemberNames
) -> Iterator[tuple[str, Filter]]:
    """Yield the filters by the two ends of a span, `start_date` and `end_date`, of what has both: it begins
    from the one on, and ends until the other.
    """
    spans: dict[str, dict[str, str]] = {}
    for parameter in parameters:
        told, named = found.get(parameter.name), names.find(parameter.folded)
        is_plain = told is not None and told.test == "equals" and "[" not in parameter.name
        if not is_plain or named is None or not named.is_moment:
            continue
        for stem, test in stems(parameter.folded):
            if test in _ENDS:
                spans.setdefault(stem, {}).setdefault(test, parameter.name)
    for span in spans.values():
        for test, name in span.items() if len(span) == len(_ENDS) else ():
            yield name, replace(found[name], test=test)


_HAVE_IDS: Final = ("search", "filter")
"""What says nothing of a member, and is a thing that may have an id."""


def _says_beginning(folded: str) -> bool:
    """Tell whether a member of this name says when something begins."""
    return folded.startswith(BEGINS.ranked)


class _Reading:
    """What one parameter may say of the members of an item."""

    def __init__(self, parameter: Asked, names: MemberNames) -> None:
        self._parameter, self._names = parameter, names
        self._folded, self._words = parameter.folded, parameter.words
        self._type, self._values, self._said = parameter.type, parameter.values, parameter.said

    def filter(self) -> Filter | None:
        """Return what the parameter chooses by, None where nothing tells."""
        if not self._folded or (self._folded in SHAPES_ANSWERS and not self._is_plain_member()):
            return None
        readings: tuple[Callable[[], Filter | None], ...] = (
            self._plain_search,
            self._signed,
            self._turned_by,
            self._equal,
            self._many,
            self._dated,
            self._compared,
            self._excluded,
            self._bounded,
            self._asks_whether,
            self._asks_not,
            self._shows_too,
            self._by_now,
            self._on_day,
            self._about,
            self._ending,
            self._author,
            self._between_moments,
            self._search,
            self._within,
        )
        for read in readings:
            told = read()
            if told is not None:
                return told
        return None

    def _is_plain_member(self) -> bool:
        """Tell whether an item has a text or a number of just this name: the `locale` of a translation; in a
        bundle of filters any is meant, `filter[locale]`.
        """
        outer, bracket, _ = self._parameter.name.partition("[")
        if bracket and fold(outer) in BUNDLES:
            return True
        named = self._names.top.get(self._folded)
        return named is not None and not named.is_array and named.kind not in ("object", "boolean")

    # -- names that are a member's

    def _equal(self) -> Filter | None:
        """Read the name of a member, or that with or without what tells one apart."""
        named = self._names.find(self._folded)
        if named is not None and self._is_of_another(named):
            return None
        if named is None and self._type == "boolean":
            named = self._names.flag(self._folded)
        if named is None:
            named = self._names.of_one(self._folded)
        if named is None and self._type != "boolean":
            named = self._moment_named(self._folded)
        return self._by(named, "equals")

    def _is_of_another(self, named: Named) -> bool:
        """Tell whether a name leads through an id to a member of what that is the id of: `category__slug` of
        `category: 4`.
        """
        *outer, last = re.split(r"__|\.", self._parameter.called)
        if not outer or last in IDS or len(named.place) > 1 or named.kind not in ("integer", "string"):
            return False
        return fold("".join(outer)) == fold(named.place[0]) and named.values is None

    def _turned_by(self) -> Filter | None:
        """Read who turned a flag: `favorited=ann`, `liked_by`."""
        if self._type in ("boolean", "object") or self._values is not None:
            return None
        for ending in ("", *TURNED_BY):
            named = self._names.top.get(_rest(self._folded, ending, first=False) or self._folded)
            is_flag = named is not None and named.kind == "boolean" and not named.is_array
            if named is not None and is_flag and says_viewer(named.place[-1]):
                return Filter(members=(named.place,), test="by")
        return None

    def _moment_named(self, folded: str) -> Named | None:
        """Return the moment that a name speaks of: `completed_on` is about `completed_at`."""
        for ending in ("", *MOMENTS):
            stem = folded.removesuffix(ending)
            for one in filter(None, (stem, *_told_as(stem))):
                for other in MOMENTS:
                    named = self._names.top.get(one + other) or self._names.top.get(f"{other}of{one}")
                    if named is not None and named.is_moment:
                        return named
        return None

    def _stamp_named(self, folded: str) -> Named | None:
        """Return the only stamp of what a name says was done, by another word: `changed` of
        `lastModifiedDateTime`.
        """
        done, found = stamp(folded) or stamp(f"{folded}at"), []
        for named in self._names.moments:
            if done and stamp(named.place[-1]) == done:
                found.append(named)
        return found[0] if len(found) == 1 else None

    def _on_day(self) -> Filter | None:
        """Read a day that names no member: that of the only moment that an item does not get by itself."""
        if self._folded not in DAYS or not self._is_of_moments():
            return None
        own = []
        for named in self._names.moments:
            name = named.place[-1]
            if not stamp(name) and not absent(name) and named.kind == "string":
                own.append(named)
        begins = [named for named in own if split_words(named.place[-1])[0] in BEGINS]
        found = begins or own
        if len(found) != 1:
            return None
        return self._by(found[0], "equals")

    def _many(self) -> Filter | None:
        """Read a list of values of a member: `statuses`, `ids`, `node_ids`."""
        one = singular(self._folded)
        named = None
        if one and one != self._folded:
            named = self._names.find(one)
        own = self._names.id_member
        if named is None and own and self._folded in _OF_IDS:
            named = self._names.top.get(fold(own))
        if self._type == "array":
            return self._by(named, "equals")
        return self._by(named, "in")

    def _about(self) -> Filter | None:
        """Read a name without what says nothing of the member: `InRegion`, `status_filter`; not `search_id`,
        which is that of a search.
        """
        for word in ABOUT:
            if self._folded.removeprefix(word) in IDS and word in _HAVE_IDS:
                continue
            rests = (_rest(self._folded, word, first=True), _rest(self._folded, word, first=False))
            for rest in filter(None, rests):
                told = self._by(self._names.find(rest) or self._names.ending([rest]), "equals")
                if told is not None:
                    return told
        return None

    def _ending(self) -> Filter | None:
        """Read the last words of a member's name, of which it is the only one: `branch` of `head_branch`."""
        words = self._words
        if len(words) > 1 and words[-1] in IDS:
            words = words[:-1]
        named = self._names.ending(words)
        if named is None and len(words) > 1:
            named = self._names.inner.get("".join(words))
        return self._by(named, "equals", is_sure=False)

    def _within(self) -> Filter | None:
        """Read a member of the only object of an item that has one of this name: `ip` of `source`; the
        version of an item chooses none, as Kubernetes' resourceVersion.
        """
        if self._folded in COUNTS_WRITES:
            return None
        return self._by(self._names.within(self._folded), "equals", is_sure=False)

    def _author(self) -> Filter | None:
        """Read a name for whoever made an item, where the item has another name for the one it has."""
        if self._folded not in AUTHORS:
            return None
        known = [named for name, named in self._names.top.items() if name in AUTHORS]
        if len(known) != 1 or known[0].kind != "object":
            return None
        return self._by(known[0], "equals")

    # -- comparisons

    def _compared(self) -> Filter | None:
        """Read a member and a comparison: `price__gt`, `created[gte]`."""
        member, test = joined(self._parameter.called)
        if not test:
            return None
        named = self._names.find(fold(member)) or self._moment_named(fold(member))
        return self._by(named, test)

    def _signed(self) -> Filter | None:
        """Read a member and a sign: `DateSent>`."""
        member, test = signed(self._parameter.called)
        if not test:
            return None
        named = self._names.find(fold(member)) or self._moment_named(fold(member))
        return self._by(named, test)

    def _dated(self) -> Filter | None:
        """Read a part of a moment: `made_on__year`, `made_at__date__gte`."""
        member, part, test = dated(self._parameter.called)
        named = self._names.find(fold(member)) or self._moment_named(fold(member))
        if not part or named is None or not named.is_moment:
            return None
        if part == "date":
            return self._by(named, test)
        if test not in ("equals", "above", "from", "below", "until"):
            return None
        return Filter(members=(named.place,), test=f"{test} {part}", default=self._parameter.default)

    def _excluded(self) -> Filter | None:
        """Read what is left out: `exclude_status`, `notTag`."""
        if self._type == "boolean":
            return None
        for word in EXCLUDES:
            rest = _rest(self._folded, word, first=True)
            if not rest:
                continue
            named = self._names.find(rest) or self._names.of_one(rest) or self._names.find(singular(rest))
            told = self._by(named, "not in")
            if told is not None:
                return told
        return None

    def _bounded(self) -> Filter | None:
        """Read a comparison before or after a member's name: `min_price`, `created_before`."""
        for stem, test in stems(self._folded):
            if not stem or stem in IDS:  # after_id is a place in the list
                continue
            named = self._names.top.get(stem) or self._moment_named(stem) or self._stamp_named(stem)
            told = self._by(named or self._measured(stem), test)
            if told is not None:
                return told
        return None

    def _measured(self, stem: str) -> Named | None:
        """Return the number that what is left of a bound's name is about: `total_minutes` of `max_minutes`,
        `total_cents` of `min_total`.
        """
        if self._type not in ("integer", "number"):
            return None
        for words in (self._words[1:], self._words[:-1]):
            if words and "".join(words) == stem:
                return self._names.measured(words)
        return None

    def _between_moments(self) -> Filter | None:
        """Read a bound of no member: of a list of what has moments it bounds these, as `since` does."""
        if not self._is_of_moments():
            return None
        for stem, test in stems(self._folded):
            if stem in ("", "date", "time", "datetime", "timestamp", "at", "period", "range"):
                named = self._names.moment(self._said, self._type in ("integer", "number"))
                return self._by(named, test)
        return None

    def _is_of_moments(self) -> bool:
        if self._parameter.format.startswith("date"):
            return True
        if self._type in ("boolean", "array", "object"):
            return False
        return bool(_MOMENT.search(" ".join([*self._words, self._said])))

    # -- flags

    def _asks_whether(self) -> Filter | None:
        """Read a flag that asks whether a member is there: `has_parent`; `archived`, of `archived_at`."""
        if not self._is_flag():
            return None
        for word in ("", *HAS, "is"):
            rest = self._folded.removeprefix(word)
            if not rest or (word and rest == self._folded):
                continue
            named = self._names.top.get(rest) or self._moment_named(rest)
            if word and named is not None and named.kind == "object":
                named = self._names.key_of(rest) or named
            if named is None and word != "is":
                named = self._names.of_one(singular(rest))
            if named is not None:
                test = "equals" if named.kind == "boolean" and not named.is_array else "present"
                return Filter(members=(named.place,), test=test, default=self._parameter.default)
        return None

    def _is_flag(self) -> bool:
        """Tell whether a parameter is true or false, also as a text."""
        return self._type == "boolean" or {str(value).lower() for value in self._values or ()} == _FLAGS

    def _asks_not(self) -> Filter | None:
        """Read a flag that asks whether something was not done: `unread`, of `is_read` or `read_at`; without
        `unread_only` there are all.
        """
        rest = self._folded.removesuffix(_ONLY).removeprefix(_ONLY)
        stem = rest.removeprefix(_UN)
        if not self._is_flag() or stem in ("", rest):
            return None
        named = self._names.flag(stem) or self._moment_named(stem)
        if named is None:
            return None
        told = Filter(members=(named.place,), test="null", default=self._parameter.default)
        if named.kind == "boolean":
            told = replace(told, test="not in")
        if rest != self._folded:
            told = replace(told, passes=("false",))
        return told

    def _shows_too(self) -> Filter | None:
        """Read a flag without which some items are left out: `include_archived`, also of `archived_at`,
        `include_inactive`, `only_active`.
        """
        if self._type != "boolean":
            return None
        for word in SHOWS_TOO:
            rest = _rest(self._folded, word, first=True)
            for stem, hidden in ((rest, True), (_rest(rest, "in", first=True), False)):
                named = self._names.top.get(stem) or self._names.top.get(f"is{stem}")
                if stem and named is not None and named.kind == "boolean":
                    return Filter(members=(named.place,), hides=(hidden,))
            gone = self._moment_named(rest)
            if gone is not None and rest in GONE:
                return Filter(members=(gone.place,), test="present", hides=(True,))
        return None

    def _by_now(self) -> Filter | None:
        """Read a flag that compares a moment with now: `overdue`, of `due_date`; `upcoming`, of a start."""
        word = self._folded.removeprefix("is").removesuffix(_ONLY)
        known = self._names.top
        if not self._is_flag() or (word not in SAYS_LATE and word not in SAYS_AHEAD):
            return None
        test, names = "past", DUE_AT.ranked
        if word in SAYS_AHEAD:
            test, names = "ahead", tuple(filter(_says_beginning, known))
        moment = next((known[name] for name in names if name in known and known[name].is_moment), None)
        if moment is None:
            return None
        states = [known[name].place for name in STATES if name in known and known[name].values]
        return Filter(members=(moment.place, *states[:1]), test=test, default=self._parameter.default)

    # -- search

    def _plain_search(self) -> Filter | None:
        """Read `q`, `search_term` and the like, which are words to look for whatever members there are."""
        is_search = self._folded.startswith("search") and self._folded in SEARCHES
        if is_search or self._folded in ("q", "query"):
            return self._search()
        return None

    def _search(self) -> Filter | None:
        if self._folded not in SEARCHES or self._type not in ("string", ""):
            return None
        if _QUERY_LANGUAGE.search(self._said):
            return None
        texts = list(self._names.texts())
        said = set(split_words(self._said)) - {self._folded, "text"}
        named = [one for one in texts if said.issuperset(split_words(one.place[-1]))]
        places = tuple(one.place for one in named or texts)
        if not places:
            return None
        return Filter(members=places, test="search")

    # -- what is found

    def _by(self, named: Named | None, test: str, *, is_sure: bool = True) -> Filter | None:
        """Return a filter by a member, None where it cannot be compared so."""
        if named is None or not self._fits(named, test, is_sure):
            return None
        if test == "equals" and self._takes_many():
            test = "in"
        return Filter(
            members=(named.place,), test=test, default=self._parameter.default, passes=self._passes(named)
        )

    def _fits(self, named: Named, test: str, is_sure: bool) -> bool:
        asks_whether = test in ("null", "present")
        if not named.tells and not asks_whether and self._type != "object":
            return False
        if self._type == "boolean" and named.kind != "boolean" and not asks_whether:
            return is_sure and named.kind in ("string", "")
        if test in ("above", "from", "below", "until", "between") and named.kind in ("boolean", "object"):
            return False
        if self._type in ("integer", "number") and named.kind == "string" and not is_sure:
            return False
        if self._values is None or named.values is None or asks_whether:
            return True
        return any(value in named.values for value in self._values)

    def _takes_many(self) -> bool:
        return self._type == "string" and self._values is None and bool(_COMMAS.search(self._said))

    def _passes(self, named: Named) -> tuple[str, ...]:
        """Name the values that let everything through."""
        values = self._values or ()
        found = [value for value in values if isinstance(value, str) and fold(value) in ANYTHING]
        return tuple(value for value in found if value not in (named.values or ()))


def _told_as(stem: str) -> Iterator[str]:
    """Yield what a moment may be called of which a parameter says what was done: `hired` of `hire_date`,
    `born` of `birth_date`.
    """
    if stem in _IRREGULAR:
        yield _IRREGULAR[stem]
    if stem.endswith("ed"):
        yield stem.removesuffix("d")
        yield stem.removesuffix("ed")
    yield f"{stem}s"


def _rest(folded: str, word: str, *, first: bool) -> str:
    """Return what is left of a name without a word at its beginning or end, "" where it has none there."""
    if first and folded.startswith(word):
        return folded.removeprefix(word)
    if not first and folded.endswith(word):
        return folded.removesuffix(word)
    return ""


# ---- expressions and bundles


def _expression(parameter: Asked) -> Filter | None:
    """Read a parameter whose value is an expression: OData's `$filter`, SCIM's, Google's; Kubernetes'
    selectors.
    """
    folded = parameter.folded
    if folded == "labelselector":
        return Filter(members=(_LABELS,), test="selector")
    if folded == "fieldselector":
        return Filter(members=(ANY_MEMBER,), test="selector")
    is_told = parameter.name == "$filter" or bool(_EXPRESSION.search(parameter.said))
    if folded in BUNDLES and parameter.type == "string" and is_told:
        return Filter(members=(ANY_MEMBER,), test="expression")
    return None


def beside_tokens(parameters: Sequence[Asked], names: MemberNames) -> Mapping[str, Filter]:
    """Return what chooses by an expression because a list has pages by a `page_token` (AIP-158): its `filter`
    is one of AIP-160, whatever is said of it, and words alone are looked for.
    """
    folded = {one.folded: one for one in parameters}
    asked = folded.get("filter")
    if asked is None or "pagetoken" not in folded or asked.type != "string":
        return {}
    texts = tuple(one.place for one in names.texts())
    return {asked.name: Filter(members=(ANY_MEMBER, *texts), test="expression")}


def shows_gone(parameters: Sequence[Asked]) -> str:
    """Return the flag with which a list shows what was deleted too: `showDeleted`, `with_trashed`."""
    for parameter in parameters:
        for word in SHOWS_TOO:
            if parameter.type == "boolean" and _rest(parameter.folded, word, first=True) in TRASH:
                return parameter.name
    return ""


def bundles_of(parameters: Sequence[Asked]) -> tuple[str, ...]:
    """Name the parameters that are objects of any filters, as `filter[status]=open` writes one, or of
    alternatives, or texts that each state a condition.
    """
    return tuple(one.name for one in parameters if is_bundle(one) and _is_open(one))


def _is_open(bundle: Asked) -> bool:
    return not bundle.inner or any(fold(name) in COMBINES for name in bundle.inner)


def is_bundle(parameter: Asked) -> bool:
    """Tell whether a parameter is an object of filters."""
    return parameter.folded in BUNDLES and parameter.type not in ("string", "boolean", "integer")


def _bundled(parameter: Asked, names: MemberNames) -> Iterator[tuple[str, Filter]]:
    """Yield the filters that an object of filters declares, `filter[status]`."""
    if _is_open(parameter):
        return
    members = by_folded(parameter.inner)
    for folded, inner in members.items():
        named = names.find(folded)
        if named is not None and named.tells:
            yield f"{parameter.name}[{inner}]", Filter(members=(named.place,))


def states_comparisons(parameters: Sequence[Parameter], asked: Sequence[Asked], names: MemberNames) -> bool:
    """Tell whether values say how they compare, `gt.5`: a header of the operation counts or represents rows
    (PostgREST), or numbers are filtered by texts beside `select` or `order`.
    """
    for parameter in parameters:
        if parameter.location == "header" and fold(parameter.name) in ("rangeunit", "prefer"):
            return True
    numbers = [one for one in asked if one.type == "string" and _is_number(names.top.get(one.folded))]
    return bool(numbers) and any(one.folded in ("select", "order") for one in asked)


def _is_number(named: Named | None) -> bool:
    return named is not None and named.kind in ("integer", "number", "boolean")


def selecting(parameters: Sequence[Asked], names: MemberNames) -> tuple[str, ...]:
    """Name the parameters that say which members are shown, or left out; one that is called as a member
    chooses by it.
    """
    found = []
    for one in parameters:
        names_of_it = {fold(one.name.partition("[")[0]), one.folded}
        takes_names = one.type in ("string", "array", "", "object")
        is_told = not names_of_it.isdisjoint((*SELECTS.known, *LEAVES_OUT.known))
        if takes_names and is_told and one.folded not in names.top:
            found.append(one.name)
    return tuple(found)


# ---- what does nothing


def ignored_of(parameters: Sequence[Asked]) -> Mapping[str, str]:
    """Say why parameters do nothing. parameters: those that neither page, sort nor choose."""
    return {parameter.name: _why_ignored(parameter) for parameter in parameters}


def _why_ignored(parameter: Asked) -> str:
    folded = parameter.folded
    if folded in SHAPES_ANSWERS:
        return "shapes the answer"
    if folded in SEARCHES:
        return "searches"
    if folded in BUNDLES:
        return "a language that nothing tells"
    if parameter.type == "boolean":
        return "a flag of no member"
    if folded.endswith(IDS.ranked):
        return "an id of no member"
    if joined(parameter.name)[1] or next(stems(folded), None) is not None:
        return "compares no member"
    return "names no member"
