"""The ledger's client against the sandbox. Nothing is imported for `sandbox`: the plugin comes with understudy."""

from __future__ import annotations

from typing import Any

import httpx
import pytest
from ledger import Ledger, LedgerError, NumberTaken

from understudy.testing import Remote

KEY = {"X-API-KEY": "anything"}


@pytest.fixture
def ledger(sandbox: Remote) -> Ledger:
    """A client in this test's own session; instead of sleeping it moves the session's clock on."""
    return Ledger(sandbox.client("dualentry", headers=KEY), wait=sandbox.advance)


@pytest.fixture(scope="session")
def chart(sandbox_server: Remote) -> dict[str, Any]:
    """A chart of 30 accounts, made once; each test restores it into its own session."""
    with sandbox_server.session("chart") as session:
        ledger = Ledger(session.client("dualentry", headers=KEY))
        for number in range(6000, 6030):
            ledger.open(number, f"Project {number}")
        return session.snapshot()


def test_an_account_that_was_opened_is_listed(ledger: Ledger) -> None:
    opened = ledger.open(5010, "Petty cash")
    assert opened["currency_iso_4217_code"] == "EUR"
    assert ledger.account(5010) == opened
    assert opened in list(ledger.accounts())


def test_the_same_number_is_free_in_another_test(ledger: Ledger) -> None:
    assert ledger.open(5010, "Petty cash")["number"] == 5010


def test_a_number_that_is_taken_is_refused(ledger: Ledger) -> None:
    ledger.open(5010, "Petty cash")
    with pytest.raises(NumberTaken, match="already exists"):
        ledger.open(5010, "Travel")


def test_what_passes_is_tried_again(sandbox: Remote, ledger: Ledger) -> None:
    sandbox.fail("createAccount", sequence=[503, "reset", None])
    assert ledger.open(5010, "Petty cash")["number"] == 5010
    assert [call.status for call in sandbox.calls("createAccount")] == [503, 0, 201]


def test_after_three_attempts_it_gives_up(sandbox: Remote, ledger: Ledger) -> None:
    with sandbox.fail("createAccount"), pytest.raises(LedgerError) as caught:
        ledger.open(5010, "Petty cash")
    assert caught.value.status == 503
    sandbox.verify("createAccount", times=3, status=503)


def test_an_account_whose_answer_was_lost_is_not_opened_twice(sandbox: Remote, ledger: Ledger) -> None:
    sandbox.fail("createAccount", fault={"kind": "after-write", "then": {"kind": "reset"}}, times=1)
    assert ledger.open(5010, "Petty cash")["number"] == 5010
    assert [account["number"] for account in ledger.accounts()].count(5010) == 1


def test_a_refused_number_is_not_tried_again(sandbox: Remote, ledger: Ledger) -> None:
    with pytest.raises(LedgerError):
        ledger.open(5010, "Petty cash", currency="gold")
    sandbox.verify("createAccount", times=1, body={"/currency_iso_4217_code": "gold"}, outcome="refused")


def test_it_waits_as_long_as_it_is_told(sandbox: Remote, ledger: Ledger) -> None:
    sandbox.fail("createAccount", fault={"kind": "rate-limit", "requests": 1, "seconds": 60})
    before = sandbox.now
    for number in (5010, 5020, 5030):
        ledger.open(number, f"Account {number}")
    assert 100 < (sandbox.now - before).total_seconds() <= 120
    sandbox.verify("createAccount", times=2, status=429)


def test_accounts_are_counted_by_the_year_they_were_opened_in(sandbox: Remote, ledger: Ledger) -> None:
    before = ledger.opened_by_year()
    sandbox.freeze("2031-12-31T12:00:00Z")
    ledger.open(5010, "Petty cash")
    sandbox.advance(86_400)
    ledger.open(5020, "Travel")
    assert ledger.opened_by_year() - before == {2031: 1, 2032: 1}


def test_all_pages_are_read(sandbox: Remote, ledger: Ledger, chart: dict[str, Any]) -> None:
    sandbox.restore(chart)
    numbers = [account["number"] for account in ledger.accounts()]
    assert len(numbers) == len(set(numbers)) == 32
    sandbox.verify("listAccounts", times=4)


def test_a_chart_that_one_test_changes_is_whole_in_the_next(
    sandbox: Remote, ledger: Ledger, chart: dict[str, Any]
) -> None:
    sandbox.restore(chart)
    ledger.open(7000, "One more")
    sandbox.restore(chart)
    with pytest.raises(LedgerError, match="No account has the number 7000"):
        ledger.account(7000)


def test_a_key_that_was_taken_back_is_said(sandbox: Remote) -> None:
    client = sandbox.client("dualentry", headers={"X-API-KEY": "sandbox-revoked"})
    with pytest.raises(LedgerError) as caught:
        Ledger(client).account(5010)
    assert caught.value.status == httpx.codes.FORBIDDEN
