"""A session seen from outside: its URL, its records, its clock, what goes wrong in it and what was called."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import httpx
import pytest

from support import bundled, running
from understudy.client.admin import AdminError
from understudy.remote import Remote
from understudy.server.app import create_app
from understudy.testing import Sandbox

BEARER = {"Authorization": "Bearer anything"}


@pytest.fixture
def remote(serve: Callable[..., httpx.Client]) -> Iterator[Remote]:
    """A session of a server with Togai's and Saasu's sandboxes."""
    with Remote.connect(str(serve("togai", "saasu").base_url)) as connected:
        yield connected.session("test-7")
        connected.session("test-7").close()


@pytest.fixture
def togai(remote: Remote) -> Iterator[httpx.Client]:
    """A client of Togai's API in that session."""
    with httpx.Client(base_url=remote.url("togai"), headers=BEARER, trust_env=False) as client:
        yield client


def account(name: str, **more: Any) -> dict[str, Any]:
    return {"id": name, "name": name.title(), "customerId": "c-1", "invoiceCurrency": "EUR", **more}


def create(client: httpx.Client, name: str, **more: Any) -> httpx.Response:
    return client.post("/accounts", json=account(name, **more))


# -- where it is called


def test_a_url_leads_into_the_session_without_a_header(remote: Remote, togai: httpx.Client) -> None:
    assert create(togai, "acme").status_code == 201
    other = remote.session("test-8")
    assert httpx.get(f"{remote.url('togai')}/accounts/acme", headers=BEARER).json()["id"] == "acme"
    assert httpx.get(f"{other.url('togai')}/accounts/acme", headers=BEARER).status_code == 404
    assert remote.url("togai").endswith("/~test-7/togai")


def test_the_default_session_needs_no_prefix(remote: Remote) -> None:
    assert "~" not in remote.session("default").url("saasu")


def test_without_a_name_the_url_is_that_of_the_only_api(
    serve: Callable[..., httpx.Client], remote: Remote
) -> None:
    with (
        Remote.connect(str(serve("togai").base_url), session="alone") as alone,
        alone.client(headers=BEARER) as client,
    ):
        assert alone.url() == alone.url("togai")
        assert create(client, "acme").status_code == 201
        assert list(alone.records()["/accounts"]) == ["acme"]
    assert remote.url().endswith("/~test-7")


def test_an_api_that_is_not_served_names_those_that_are(remote: Remote) -> None:
    with pytest.raises(AdminError, match="no API 'tugai' is served here, only togai, saasu"):
        remote.client("tugai")
    with pytest.raises(AdminError, match="name one of the APIs that are served here: togai, saasu"):
        remote.records()


def test_clients_are_closed_with_the_session(remote: Remote) -> None:
    client = remote.client("togai", headers=BEARER)
    assert client.get("/accounts").status_code == 200
    remote.close()
    assert client.is_closed


def test_a_server_that_does_not_answer_is_named() -> None:
    with running(None) as url:
        pass
    with (
        Remote.connect(url) as gone,
        pytest.raises(AdminError, match=f"the sandbox at {url}.* does not answer") as caught,
    ):
        gone.reset()
    assert caught.value.status == 0


def test_an_admin_token_is_sent_where_one_is_asked_for() -> None:
    with running(create_app([bundled("togai")], admin_token="s3cret-token")) as url:
        with Remote.connect(url) as stranger, pytest.raises(AdminError) as caught:
            stranger.reset()
        assert caught.value.status == 401
        with Remote.connect(url, admin_token="s3cret-token") as known:
            known.reset()


# -- records


def test_records_are_a_mapping_of_what_was_created(remote: Remote, togai: httpx.Client) -> None:
    create(togai, "acme")
    create(togai, "bolt")
    accounts = remote.records("togai")["/accounts"]
    assert list(accounts) == ["acme", "bolt"]
    assert accounts["bolt"]["name"] == "Bolt"
    assert [value["id"] for value in accounts.all()] == ["acme", "bolt"]
    assert len(accounts) == 2
    assert "/accounts" in remote.records("togai")
    assert "nothing" not in remote.records("togai")


def test_a_record_that_is_put_or_deleted_is_what_the_api_answers(remote: Remote, togai: httpx.Client) -> None:
    create(togai, "acme")
    accounts = remote.records("togai")["/accounts"]
    stored = accounts["acme"]
    accounts["acme"] = {**stored, "name": "Changed"}
    assert togai.get("/accounts/acme").json()["name"] == "Changed"
    del accounts["acme"]
    assert togai.get("/accounts/acme").status_code == 404
    with pytest.raises(KeyError, match="acme"):
        accounts["acme"]
    with pytest.raises(KeyError, match="acme"):
        del accounts["acme"]


def test_a_long_collection_is_read_to_its_end(serve: Callable[..., httpx.Client]) -> None:
    with Remote.connect(str(serve("togai", populate=1003).base_url)) as remote:
        accounts = remote.records()["/accounts"]
        assert len(accounts.all()) == len(accounts) == len(set(accounts)) == 1003


# -- state


def test_a_snapshot_can_be_restored_into_another_session(remote: Remote, togai: httpx.Client) -> None:
    create(togai, "acme")
    snapshot = remote.snapshot()
    other = remote.session("test-8")
    other.restore(snapshot)
    assert list(other.records("togai")["/accounts"]) == ["acme"]
    with pytest.raises(AdminError, match="/version") as caught:
        other.restore({**snapshot, "version": 2})
    assert caught.value.status == 409
    assert list(other.records("togai")["/accounts"]) == ["acme"]


def test_a_reset_starts_afresh_and_a_drop_forgets(remote: Remote, togai: httpx.Client) -> None:
    create(togai, "acme")
    remote.reset()
    assert list(remote.records("togai")["/accounts"]) == []
    assert remote.calls() == []
    assert remote.drop() is True
    assert remote.drop() is False


# -- time and people


def test_the_clock_stands_still_until_it_is_moved(remote: Remote) -> None:
    assert remote.freeze("2026-03-02T14:00:00+02:00") == datetime(2026, 3, 2, 12, tzinfo=UTC)
    assert remote.advance(90) == remote.now == datetime(2026, 3, 2, 12, 1, 30, tzinfo=UTC)
    assert remote.advance(timedelta(days=1)) == datetime(2026, 3, 3, 12, 1, 30, tzinfo=UTC)
    assert remote.freeze(datetime(2025, 1, 1, tzinfo=UTC)) == remote.now
    with pytest.raises(AdminError, match="/seconds"):
        remote.advance(-1)
    with pytest.raises(AdminError, match="/now"):
        remote.freeze("yesterday")


def test_only_the_allowed_may_call_until_everybody_may(remote: Remote, togai: httpx.Client) -> None:
    remote.allow([{"name": "dana", "credential": "key-dana"}])
    assert togai.get("/accounts").status_code == 401
    assert togai.get("/accounts", headers={"Authorization": "Bearer key-dana"}).status_code == 200
    remote.allow(None)
    assert togai.get("/accounts").status_code == 200


# -- what goes wrong


def test_calls_fail_with_503_until_the_rule_is_left(remote: Remote, togai: httpx.Client) -> None:
    with remote.fail("createAccount") as fault:
        assert create(togai, "acme").status_code == 503
        assert togai.get("/accounts").status_code == 200
        assert fault.hits == 1
    assert create(togai, "acme").status_code == 201
    fault.remove()  # it is gone already


def test_a_sequence_of_faults_is_met_in_turn(remote: Remote, togai: httpx.Client) -> None:
    remote.fail(
        "createAccount",
        sequence=[503, None, "reset", {"kind": "status", "status": 429, "body": {"message": "slow down"}}],
    )
    assert create(togai, "acme").status_code == 503
    assert create(togai, "acme").status_code == 201
    with pytest.raises(httpx.ReadError):
        create(togai, "bolt")
    assert create(togai, "bolt").json() == {"message": "slow down"}
    assert create(togai, "bolt").status_code == 201


def test_a_fault_strikes_the_calls_it_is_about(remote: Remote, togai: httpx.Client) -> None:
    remote.fail(
        status=404,
        api="togai",
        method="post",
        path="/accounts",
        headers={"X-Trace": "t-*"},
        body={"/invoiceCurrency": "USD"},
        times=1,
    )
    assert create(togai, "acme", invoiceCurrency="USD").status_code == 201
    togai.headers["X-Trace"] = "t-1"
    assert create(togai, "bolt").status_code == 201
    assert create(togai, "core", invoiceCurrency="USD").status_code == 404
    assert create(togai, "core", invoiceCurrency="USD").status_code == 201


def test_a_fault_can_leave_it_to_chance(remote: Remote, togai: httpx.Client) -> None:
    fault = remote.fail("getAccounts", 500, probability=0.5)
    found = [togai.get("/accounts").status_code for _ in range(40)]
    assert set(found) == {200, 500}
    assert fault.hits == found.count(500)
    assert fault.raw["calls"] == 40


def test_a_fault_that_could_never_strike_is_refused(remote: Remote) -> None:
    with pytest.raises(AdminError, match="createAccount") as caught:
        remote.fail("createAcount")
    assert caught.value.problem["errors"][0]["pointer"] == "/match/operation"
    with pytest.raises(AdminError, match="reset"):
        remote.fail(fault="resset")
    with pytest.raises(TypeError, match="status and fault"):
        remote.fail("createAccount", 503, fault="reset")


# -- what was called


def test_calls_are_listed_with_what_was_sent_and_answered(remote: Remote, togai: httpx.Client) -> None:
    create(togai, "acme")
    create(togai, "acme")
    togai.get("/accounts", params={"pageSize": "5"})
    first, second, third = remote.calls()
    assert (first.method, first.path, first.status, first.operation_id) == (
        "POST",
        "/togai/accounts",
        201,
        "createAccount",
    )
    assert first.request_body == account("acme")
    assert first.response_body["id"] == "acme"
    assert first.request_headers["authorization"] == "Bearer [redacted]"
    assert first.raw["requestSize"] > 0
    assert second.outcome == "refused"
    assert second.refusal
    assert third.query == {"pageSize": "5"}
    assert third.request_body is None


def test_calls_can_be_filtered(remote: Remote, togai: httpx.Client) -> None:
    create(togai, "acme")
    create(togai, "bolt", invoiceCurrency="USD")
    create(togai, "bolt")
    assert [call.number for call in remote.calls("createAccount", status=201)] == [1, 2]
    assert [call.number for call in remote.calls(status="4xx")] == [3]
    assert [call.number for call in remote.calls(body={"/invoiceCurrency": "USD"})] == [2]
    assert [call.number for call in remote.calls(path="/accounts", after=2)] == [3]
    with pytest.raises(AdminError, match="status"):
        remote.calls(status="good")


def test_a_long_journal_is_read_to_its_end(remote: Remote, togai: httpx.Client) -> None:
    for _ in range(1001):
        togai.get("/nothing")
    assert [call.number for call in remote.calls()] == list(range(1, 1002))


def test_verification_counts_calls(remote: Remote, togai: httpx.Client) -> None:
    create(togai, "acme")
    create(togai, "bolt")
    assert remote.verify("createAccount", times=2, body={"/invoiceCurrency": "EUR"}) == [1, 2]
    assert remote.verify("createAccount", at_least=1, at_most=2) == [1, 2]
    assert remote.verify("deleteAccount", times=0) == []


def test_a_failed_verification_says_what_came_nearest(remote: Remote, togai: httpx.Client) -> None:
    create(togai, "acme", invoiceCurrency="USD")
    with pytest.raises(AssertionError) as caught:
        remote.verify("createAccount", times=1, body={"/invoiceCurrency": "EUR"})
    assert 'expected "EUR", received "USD"' in str(caught.value)


def test_a_misspelt_collection_is_refused_with_the_nearest(remote: Remote) -> None:
    with pytest.raises(AdminError, match=r"the nearest is /accounts.*unchecked"):
        remote.records("togai")["acounts"]["acme"] = {"name": "Acme"}
    assert "acounts" not in remote.records("togai")
    insisting = remote.records("togai", unchecked=True)
    insisting["acounts"]["acme"] = {"name": "Acme"}
    assert insisting["acounts"]["acme"] == {"name": "Acme"}


def test_calls_are_verified_in_order(remote: Remote, togai: httpx.Client) -> None:
    create(togai, "acme")
    togai.get("/accounts/acme")
    create(togai, "bolt", invoiceCurrency="USD")
    dollars = {"operation": "createAccount", "body": {"/invoiceCurrency": "USD"}}
    assert remote.verify_order("createAccount", "getAccount", dollars) == [1, 2, 3]
    with pytest.raises(AssertionError) as caught:
        remote.verify_order(dollars, "getAccount")
    assert str(caught.value) == "getAccount was never called after #3, only before that, as #2"


def test_calls_are_verified_by_what_stands_in_their_path() -> None:
    with Sandbox(Path(__file__).parents[1] / "docs" / "shop.yaml") as shop:
        for number in ("o-4001", "o-4002"):
            shop.client().get(f"/orders/{number}")
        assert shop.verify("getOrder", path_parameters={"orderId": "o-4002"}, times=1) == [2]
        assert shop.verify("getOrder", path_parameters={"orderId": "o-40*"}, times=2) == [1, 2]
        first = {"operation": "getOrder", "path_parameters": {"orderId": "o-4001"}}
        assert shop.verify_order(first, "getOrder") == [1, 2]
        with pytest.raises(AssertionError) as missed:
            shop.verify("getOrder", path_parameters={"orderId": "o-4003"})
        assert 'getOrder was never called with orderId = "o-4003"' in str(missed.value)
        assert 'pathParameters orderId: expected "o-4003", received "o-400' in str(missed.value)
        with pytest.raises(AdminError, match=r"/pathParameters/orderid: must be one of orderId, got"):
            shop.never("getOrder", path_parameters={"orderid": "o-4001"})


def test_an_order_that_cannot_be_is_refused(remote: Remote) -> None:
    with pytest.raises(AdminError) as caught:
        remote.verify_order("createAccount", "getAcount")
    assert [one["pointer"] for one in caught.value.problem["errors"]] == ["/calls/1/operation"]
    with pytest.raises(AdminError, match="/calls/0/exactly"):
        remote.verify_order({"operation": "createAccount", "exactly": 1})


def test_never_names_the_call_that_was_made(remote: Remote, togai: httpx.Client) -> None:
    remote.never("createAccount")
    create(togai, "acme")
    with pytest.raises(AssertionError, match="expected no call; matched by #1"):
        remote.never("createAccount")


def test_a_verification_waits_for_calls_that_come(remote: Remote, togai: httpx.Client) -> None:
    with ThreadPoolExecutor(2) as threads:
        counted = threads.submit(remote.verify, "createAccount", times=2, within=30)
        ordered = threads.submit(remote.verify_order, "createAccount", "getAccount", within=30)
        create(togai, "acme")
        create(togai, "bolt")
        togai.get("/accounts/acme")
        assert counted.result() == [1, 2]
        assert ordered.result() == [1, 3]
    with pytest.raises(AssertionError, match="was never called"):
        remote.verify("deleteAccount", within=0.01)


def test_the_journal_reads_as_a_table(remote: Remote, togai: httpx.Client) -> None:
    assert remote.journal_text() == ""
    create(togai, "acme")
    create(togai, "acme")
    with remote.fail("createAccount"):
        create(togai, "bolt")
    togai.get("/accounts", params={"pageSize": "5"})
    lines = [line.split() for line in remote.journal_text().splitlines()]
    assert [line[:2] for line in lines] == [
        ["1", "201"],
        ["2", "400"],
        ["refused:", lines[2][1]],
        ["3", "503"],
        ["fault:", "status=503"],
        ["4", "200"],
    ]
    assert lines[0][4:] == ["POST", "/togai/accounts", "createAccount"]
    assert lines[5][4:6] == ["GET", "/togai/accounts?pageSize"]


def test_a_long_table_shows_the_newest_calls(remote: Remote, togai: httpx.Client) -> None:
    for _ in range(53):
        togai.get("/nothing")
    lines = remote.journal_text().splitlines()
    assert lines[0] == "(3 earlier calls are not shown)"
    assert lines[1].split()[0] == "4"


def test_the_journal_is_exported_for_a_browser(remote: Remote, togai: httpx.Client) -> None:
    create(togai, "acme")
    (entry,) = remote.har()["log"]["entries"]
    assert entry["request"]["method"] == "POST"
