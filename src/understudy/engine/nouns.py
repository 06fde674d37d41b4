"""Nouns: which collection a member names, by the words of its name."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import cached_property, lru_cache
from typing import Final

from msgspec import Struct

from understudy.model.vocabulary import COLLEAGUES, IN_CHARGE, REFERENCES, VIEWS_OF_ONE
from understudy.names import fold, singular, split_words

_MOST_WORDS: Final = 4  # of a name that are looked for among nouns
_FOREIGN: Final = frozenset({"external", "provider", "gateway", "remote", "third", "integration", "upstream"})
"""Words of names that are another system's ids, unless the item itself has such a one."""
_DONE_BY: Final = "by"
_USER: Final = "user"
_KEPT: Final = 4096


class Named(Struct, frozen=True):
    """What a member names. collection: where; member: which of that collection's ids, folded, `lagoid`.
    is_plain: it is called by the collection's noun and nothing else; ending: of its name. called: the
    collection's noun and the ending, folded, `customerid`. may_be_words: it may as well say something else
    than an id, as `created_by` may say a name. is_role: it says in which role one of the people is meant,
    `manager_id`. ids: returns by what items of the contract are found, folded.
    """

    collection: str
    member: str
    is_plain: bool
    ending: str = "id"
    called: str = ""
    may_be_words: bool = False
    is_role: bool = False
    ids: Callable[[], frozenset[str]] = frozenset

    def member_of(self, names: Mapping[str, str], id_member: str) -> str:
        """Return the member of an item that is meant; "" where another system's id is. names: of the item's
        members, by how they fold.
        """
        is_foreign = any(map(self.member.startswith, _FOREIGN))
        if self.member in names or is_foreign:
            return names.get(self.member, "")
        told = names.get(self.ending) or names.get(self.called, "")
        return told or self._second_id(names, id_member) or id_member

    def _second_id(self, names: Mapping[str, str], id_member: str) -> str:
        """Return the member of an item by which others of the contract are found, where it is found itself by
        something of another kind: `lago_id` beside `code`, of which `plan_id` tells; "" for none.
        """
        if fold(id_member).endswith(self.ending):
            return ""
        for one in sorted(self.ids()):
            if one in names and one.endswith(self.ending):
                return names[one]
        return ""


class Naming:
    """Tells which collection a member names, by the words of its name: `customer_id`, `lago_customer_id`."""

    def __init__(
        self, names: Iterable[str], people: str = "", ids: Callable[[], Iterable[str]] = tuple
    ) -> None:
        """`people`: the collection of those who did what is said to be done by somebody, else the users. ids:
        returns the members by which items of collections are found; asked for seldom, since each collection
        has to be compiled for it.
        """
        self._nouns: dict[str, str] = {}
        for name in sorted(names, key=len):
            if "{" not in name and "?" not in name:
                self._nouns.setdefault(singular(fold(name.rpartition("/")[2])), name)
        colleagues = filter(None, map(self._nouns.get, map(fold, COLLEAGUES.ranked)))
        self.colleagues = next(colleagues, "")
        self.people = people or self._nouns.get(_USER, "") or self.colleagues
        self._asked_ids = ids
        self.of = lru_cache(_KEPT)(self._of)
        self.noun = lru_cache(_KEPT)(self._noun)
        self.of_component = lru_cache(_KEPT)(self._of_component)

    def _of(self, name: str) -> Named | None:
        words = split_words(name)
        if len(words) > 1 and words[-1] == _DONE_BY and self.people:
            return Named(self.people, "id", is_plain=True, may_be_words=True)
        if len(words) < 2 or words[-1] not in REFERENCES:
            return None
        stem, ending = words[:-1], words[-1]
        for start in range(min(len(stem), _MOST_WORDS)):
            collection = self._nouns.get(singular("".join(stem[start:])))
            if collection is not None:
                called = fold("".join((*stem[start:], ending)))
                member = "".join(stem[:start]) + ending
                return Named(collection, member, start == 0, ending, called, ids=self._ids)
        if self.colleagues and stem[-1] in IN_CHARGE:
            return Named(self.colleagues, ending, is_plain=True, ending=ending, is_role=True, ids=self._ids)
        return None

    def _ids(self) -> frozenset[str]:
        """Return the members, folded, that say which item they stand in; found once."""
        return self._found_ids

    @cached_property
    def _found_ids(self) -> frozenset[str]:
        return frozenset(fold(one) for one in self._asked_ids() if self._is_own_id(one))

    def _is_own_id(self, name: str) -> bool:
        """Tell whether a member says which item it stands in, not another one, and not another system's."""
        words = split_words(name)
        return len(words) > 1 and words[0] not in _FOREIGN and self._of(name) is None

    def _noun(self, name: str) -> str:
        """Return the collection that an object of this name is an item of; "" for none."""
        words = split_words(name)
        if len(words) > 1 and words[-1] == _DONE_BY:
            return self.people
        return self._nouns.get(singular(fold(name)), "")

    def of_each(self, name: str) -> Named | None:
        """Tell what each value of a list names, by the list's name: `category_ids`, `tagIds`."""
        if not name.endswith("s"):
            return None
        return self.of(name.removesuffix("s"))

    def at_end(self, name: str) -> str:
        """Return the collection whose noun a name ends in, `first_released_episode`; "" for none."""
        words = split_words(name)
        for start in range(1, len(words)):
            collection = self._nouns.get(singular("".join(words[start:])))
            if collection is not None:
                return collection
        return ""

    def _of_component(self, component: str) -> str:
        """Return the collection whose items a component describes, or one view of them: `UserCompact`,
        `simple-user`; "" for none.
        """
        words = [word for word in split_words(component) if word not in VIEWS_OF_ONE]
        return self._nouns.get(singular("".join(words)), "")
