"""Realms: the collections of users of an application that has several, admins and customers, told by the
paths at which each logs in.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import filterfalse

from understudy.model.doors import Door
from understudy.model.resources import Resource
from understudy.model.vocabulary import CODES, PASSWORDS
from understudy.names import singular, split_words

_ANYBODY = frozenset({"user", "account"})
"""What says nothing of which users they are, beside another word: `admin_users`."""


def named_in(path: str, resources: Sequence[Resource]) -> Resource | None:
    """Return the resource whose users a path names, `/admin/login` those of `/admins`; the last that it
    names.
    """
    for segment in reversed(path.split("/")):
        words = _words(segment)
        for resource in resources:
            noun = _words(resource.noun)
            if noun and noun <= words:
                return resource
    return None


def _words(name: str) -> frozenset[str]:
    words = frozenset(map(singular, split_words(name)))
    return words - _ANYBODY or words


def realms_of(doors: Iterable[Door], ranked: Sequence[Resource]) -> tuple[Resource, ...]:
    """Return the resources of users where logins name more than one, or one and not another; nothing where
    all are of the same. ranked: those that may be users, the likeliest first. First comes the one of whom
    paths say nothing.
    """
    named: list[Resource] = []
    is_unnamed = False
    for door in filter(_is_login, doors):
        found = named_in(door.operation.path, ranked)
        if found is None:
            is_unnamed = True
        elif found not in named:
            named.append(found)
    others = list(filterfalse(named.__contains__, ranked))
    if is_unnamed and named and others:
        return (others[0], *named)
    if len(named) < 2:
        return ()
    return tuple(filter(named.__contains__, ranked))


def _is_login(door: Door) -> bool:
    is_proved = not (PASSWORDS.known | CODES.known).isdisjoint(door.taken)
    return door.kind == "login" and door.is_of_contract and is_proved
