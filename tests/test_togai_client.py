"""Togai's own client, `togai-client`, works against its sandbox as it does against Togai."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import UTC, datetime
from typing import Any

import httpx
import pytest
import togai_client

client: Any = togai_client
"""The client, without its types: they make each member of an answer optional and know each argument by its name in JSON only."""

Serve = Callable[..., httpx.Client]


@pytest.fixture
def accounts(serve: Serve) -> Iterator[Any]:
    """The client's accounts, of an empty sandbox."""
    with connect(str(serve("togai").base_url)) as api:
        yield client.AccountsApi(api)


def connect(host: str, token: str | None = "any") -> Any:
    return client.ApiClient(client.Configuration(host=host.rstrip("/"), access_token=token))


def make(accounts: Any, identifier: str = "acme", **fields: object) -> Any:
    return accounts.create_account(
        client.CreateAccountRequest(id=identifier, name="Acme", customer_id="c-1", **fields)
    )


def test_it_creates_and_reads_a_full_account(accounts: Any) -> None:
    setting = client.CreateEntitySetting(
        id="locale", value="de-DE", namespace="INVOICE", name="Language", data_type="STRING"
    )
    address = client.Address(city="Berlin", country="DE", postal_code="10115")
    terms: dict[str, Any] = {
        "net_term_days": 30,
        "invoice_currency": "EUR",
        "status": "DRAFT",
        "primary_email": "a@acme.example",
    }
    more: dict[str, Any] = {
        "address": address,
        "settings": [setting],
        "metadata": {"VATIN": "DE1"},
        "tags": ["EMEA"],
        "aliases": ["one"],
    }
    account = make(accounts, **terms, **more)
    assert account == accounts.get_account("acme")
    assert {name: getattr(account, name) for name in terms} == terms
    assert (account.address, account.settings, account.metadata, account.tags) == (
        address,
        [setting],
        {"VATIN": "DE1"},
        ["emea"],
    )
    assert [alias.alias for alias in account.aliases] == ["one"]


def test_it_lists_over_several_pages(accounts: Any) -> None:
    made = [make(accounts, f"a{n}").id for n in range(7)]
    found, token, pages = [], None, 0
    while pages == 0 or token:
        page = accounts.get_accounts(next_token=token, page_size=3)
        found += [account.id for account in page.data]
        token, pages = page.next_token, pages + 1
        assert (page.context.page_size, page.context.sort_order) == (3, "DESC")
    assert (found, pages) == (made[::-1], 3)


def test_it_sends_billing_information_and_reads_it_back(accounts: Any) -> None:
    sent = client.AccountsBillingInformation(
        email_recipients=["a@acme.example"], additional_email_recipients=["b@acme.example"]
    )
    assert make(accounts, billing_information=sent).billing_information == sent
    changed = client.AccountsBillingInformation(email_recipients=["c@acme.example"])
    accounts.update_account("acme", client.UpdateAccountRequest(billing_information=changed))
    assert accounts.get_account("acme").billing_information == changed


def test_it_takes_a_page_size_that_is_a_float(accounts: Any) -> None:
    make(accounts)
    assert accounts.get_accounts(page_size=5.0).context.page_size == 5


def test_it_updates(accounts: Any) -> None:
    make(accounts, status="DRAFT", metadata={"a": "b"})
    change = client.UpdateAccountRequest(
        name="Acme Europe", status="ACTIVE", metadata={}, tags=["New"], net_term_days=14
    )
    account = accounts.update_account("acme", change)
    assert (account.name, account.status, account.net_term_days) == ("Acme Europe", "ACTIVE", 14)
    assert (account.metadata, account.tags) == ({}, ["new"])
    assert accounts.get_account("acme") == account


def test_it_deletes(accounts: Any) -> None:
    make(accounts)
    assert accounts.delete_account("acme").success is True
    assert accounts.get_account("acme").status == "ARCHIVED"
    assert accounts.get_accounts().data == []


def test_it_adds_lists_and_removes_aliases(accounts: Any) -> None:
    make(accounts)
    spring = client.CreateAccountAliasRequest(
        value="spring",
        effective_from=datetime(2025, 3, 1, tzinfo=UTC),
        effective_until=datetime(2025, 6, 1, tzinfo=UTC),
    )
    accounts.add_aliases("acme", client.AddAccountAliasesRequest(aliases=["plain"], account_aliases=[spring]))
    plain, dated = accounts.list_account_aliases("acme").data
    assert (plain.value, dated.value, dated.effective_from) == ("plain", "spring", spring.effective_from)
    account = accounts.get_account("acme", effective_on=datetime(2025, 4, 1, tzinfo=UTC))
    assert [alias.alias for alias in account.aliases] == ["plain", "spring"]
    accounts.remove_aliases("acme", client.RemoveAccountAliasesRequest(aliases=[dated.id, "plain"]))
    assert accounts.list_account_aliases("acme").data == []


def test_it_reads_the_invoice_group_of_a_populated_account(serve: Serve) -> None:
    with connect(str(serve("togai", populate=10).base_url)) as api:
        accounts = client.AccountsApi(api)
        found = [
            accounts.get_account(account.id, include_group_details=True)
            for account in accounts.get_accounts().data
        ]
    assert any(
        account.invoice_group_details and account.invoice_group_details.billing_address.city
        for account in found
    )


def test_a_refusal_becomes_the_exception_of_its_status(accounts: Any) -> None:
    make(accounts)
    with pytest.raises(client.exceptions.BadRequestException) as taken:
        make(accounts)
    assert taken.value.data.message == "An account with id acme already exists."
    with pytest.raises(client.exceptions.NotFoundException) as unknown:
        accounts.get_account("nobody")
    assert unknown.value.data.message == "There is no account with id nobody."


@pytest.mark.parametrize(
    ("token", "exception"),
    [
        (None, client.exceptions.UnauthorizedException),
        ("sandbox-revoked", client.exceptions.UnauthorizedException),
        ("sandbox-expired", client.exceptions.UnauthorizedException),
        ("sandbox-no-scope", client.exceptions.ForbiddenException),
    ],
)
def test_a_bad_token_becomes_the_exception_of_its_status(
    serve: Serve, token: str | None, exception: Any
) -> None:
    with connect(str(serve("togai").base_url), token) as api, pytest.raises(exception) as refused:
        client.AccountsApi(api).get_accounts()
    assert refused.value.data.message
