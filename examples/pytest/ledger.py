"""A client of DualEntry's accounts API as a team might write it: it tries again, waits when it is told to, and opens no account twice."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Iterator
from datetime import datetime
from typing import Any

import httpx

ATTEMPTS = 3
PAGE = 10  # accounts in an answer

Account = dict[str, Any]


class LedgerError(Exception):
    """The API said no, or did not answer. status: its answer's, 0 where there was none. retry_after: seconds, 0 where it did not say."""

    def __init__(self, status: int, reason: str, retry_after: int = 0) -> None:
        self.status, self.retry_after = status, retry_after
        super().__init__(f"{status}: {reason}" if status else reason)


class NumberTaken(LedgerError):
    """Another account has this number."""


class Ledger:
    """The accounts of one company.

    http: a client whose base URL is the API's and which carries the key. wait: is called with seconds, before something is tried again.
    """

    def __init__(self, http: httpx.Client, wait: Callable[[float], object] = time.sleep) -> None:
        self._http, self._wait = http, wait

    def open(self, number: int, name: str, currency: str = "EUR") -> Account:
        """Open an account. Raises NumberTaken; LedgerError."""
        body = {
            "name": name,
            "number": number,
            "account_type": "bank",
            "currency_iso_4217_code": currency,
            "is_active": True,
            "parent_account_id": None,
        }
        answer_was_lost = False
        for attempt in range(1, ATTEMPTS + 1):
            try:
                opened: Account = self._answer("POST", "", json=body)
                return opened
            except NumberTaken:
                if answer_was_lost and (opened := self.account(number))["name"] == name:
                    return opened  # by the attempt before
                raise
            except LedgerError as error:
                if attempt == ATTEMPTS or not _is_passing(error):
                    raise
                answer_was_lost = answer_was_lost or error.status != httpx.codes.TOO_MANY_REQUESTS
                self._wait(error.retry_after)
        raise AssertionError("the last attempt returns or raises")

    def account(self, number: int) -> Account:
        """Read an account. Raises LedgerError."""
        found: Account = self._answer("GET", f"{number}/")
        return found

    def accounts(self) -> Iterator[Account]:
        """Yield all accounts, page by page. Raises LedgerError."""
        offset = 0
        while True:
            page = self._answer("GET", "", params={"limit": PAGE, "offset": offset})
            yield from page["items"]
            offset += PAGE
            if offset >= page["count"]:
                return

    def opened_by_year(self) -> Counter[int]:
        """Count the accounts by the year in which they were opened. Raises LedgerError."""
        return Counter(
            datetime.fromisoformat(account["created_by"]["timestamp"]).year for account in self.accounts()
        )

    def _answer(self, method: str, path: str, **options: Any) -> Any:
        try:
            answer = self._http.request(method, f"/public/v1/accounts/{path}", **options)
        except httpx.TransportError as error:
            raise LedgerError(0, f"no answer: {error}") from error
        if answer.is_error:
            errors = answer.json().get("errors", {})
            reason = "; ".join(sentence for sentences in errors.values() for sentence in sentences)
            kind = NumberTaken if "number" in errors and "exists" in reason else LedgerError
            raise kind(answer.status_code, reason, int(answer.headers.get("Retry-After", 0)))
        return answer.json()


def _is_passing(error: LedgerError) -> bool:
    """Tell whether it may go better next time."""
    return (
        error.status in (0, httpx.codes.TOO_MANY_REQUESTS)
        or error.status >= httpx.codes.INTERNAL_SERVER_ERROR
    )
