"""Token buckets: how many calls may come at once, and how fast more of them may follow."""

from __future__ import annotations

import math
from collections.abc import Hashable, Iterable, Iterator
from typing import Final, Literal

from msgspec import Struct

BUCKETS_KEPT: Final = 10_000
"""Buckets a session remembers.

Beyond them those that are full again are forgotten, which nobody can notice, then the oldest.
"""

Name = tuple[Hashable, ...]
"""What a bucket goes by; first whose it is, the id of a rule for instance."""

_FUZZ: Final = 1e-6  # seconds and tokens: less than this is the arithmetic, not the caller


class Limit(Struct, frozen=True):
    """A bucket of `requests` tokens that is refilled by `per_second`; each call takes one.

    scope: what has a bucket of its own, each credential (`key`) or each credential on each operation
    (`key+operation`).
    """

    requests: int
    per_second: float
    scope: Literal["key", "key+operation"] = "key"


class _Bucket(Struct):
    tokens: float
    at: float


class Buckets:
    """The buckets of one session.

    Times are seconds from any fixed moment on; where they go back, nothing is refilled.
    """

    def __init__(self) -> None:
        self._buckets: dict[Name, tuple[Limit, _Bucket]] = {}
        self._now = 0.0

    def take(self, wanted: Iterable[tuple[Name, Limit]], now: float) -> float:
        """Take one token from each of these buckets, or from none where one of them is empty.

        wanted: the name of each bucket, and what it holds when it is new. Returns the seconds after which all
        of them will have a token, 0 where they were taken.
        """
        self._now = now
        found = [(limit, self._bucket(name, limit, now)) for name, limit in wanted]
        wait = max((_wait(limit, bucket) for limit, bucket in found), default=0.0)
        if not wait:
            for _, bucket in found:
                bucket.tokens = max(bucket.tokens - 1, 0.0)
        return wait

    def drop(self, owner: Hashable) -> None:
        """Forget the buckets whose names begin so: they are full again."""
        self._buckets = {name: known for name, known in self._buckets.items() if name[0] != owner}

    def read(self) -> Iterator[tuple[Name, Limit, float, float]]:
        """Yield those that were not full when one was last asked: name, limit, tokens, and since when."""
        for name, (limit, bucket) in self._buckets.items():
            if bucket.tokens + max(0.0, self._now - bucket.at) * limit.per_second < limit.requests:
                yield name, limit, bucket.tokens, bucket.at

    def put(self, name: Name, limit: Limit, tokens: float, at: float) -> None:
        """Have one of those that `read` gave."""
        self._buckets[name] = (limit, _Bucket(tokens, at))

    def __len__(self) -> int:
        return len(self._buckets)

    def _bucket(self, name: Name, limit: Limit, now: float) -> _Bucket:
        known = self._buckets.get(name)
        if known is None:
            if len(self._buckets) >= BUCKETS_KEPT:
                self._forget(now)
            known = self._buckets[name] = (limit, _Bucket(limit.requests, now))
        bucket = known[1]
        _refill(limit, bucket, now)
        return bucket

    def _forget(self, now: float) -> None:
        for limit, bucket in self._buckets.values():
            _refill(limit, bucket, now)
        self._buckets = {
            name: (limit, bucket)
            for name, (limit, bucket) in self._buckets.items()
            if bucket.tokens < limit.requests
        }
        for name in list(self._buckets)[: max(0, len(self._buckets) - BUCKETS_KEPT + BUCKETS_KEPT // 10)]:
            del self._buckets[name]


def _refill(limit: Limit, bucket: _Bucket, now: float) -> None:
    bucket.tokens = min(limit.requests, bucket.tokens + max(0.0, now - bucket.at) * limit.per_second)
    bucket.at = now


def _wait(limit: Limit, bucket: _Bucket) -> float:
    lacking = 1 - bucket.tokens
    return lacking / limit.per_second if lacking > _FUZZ else 0.0


def whole_seconds(wait: float) -> int:
    """Round a wait up, as Retry-After has it (RFC 9110 §10.2.3).

    At least 1, so that nobody tries again at once.
    """
    return max(1, math.ceil(wait - _FUZZ))
