"""The bound on requests a second, of each address or each session: 429 in the contract's shape, and nothing where nobody asks."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator
from contextlib import ExitStack
from typing import Any

import httpx
import pytest

from support import bundled, running
from understudy.cli.main import main
from understudy.metrics.tally import Tally
from understudy.server.app import create_app
from understudy.server.rate_bound import Rate

SLOW = 1 / 3600  # a token an hour: no test waits for the next
KEY = {"X-API-KEY": "k"}
ACCOUNTS = "/dualentry/public/v1/accounts/"
Bound = Callable[..., httpx.Client]


@pytest.fixture
def bound() -> Iterator[Bound]:
    """Serve two sandboxes with a rate, and return a client of them."""
    with ExitStack() as stack:

        def start(rate: Rate | None, **options: Any) -> httpx.Client:
            app = create_app([bundled("dualentry"), bundled("togai")], rate=rate, **options)
            url = stack.enter_context(running(app))
            return stack.enter_context(httpx.Client(base_url=url, trust_env=False, headers=KEY, timeout=60))

        yield start


def statuses(client: httpx.Client, count: int = 4, path: str = ACCOUNTS, **headers: str) -> list[int]:
    """Return the statuses of some requests, one after the other."""
    sent = {name.replace("_", "-"): value for name, value in headers.items()}
    return [client.get(path, headers=sent).status_code for _ in range(count)]


def test_what_is_too_much_is_refused_in_the_contracts_shape(bound: Bound) -> None:
    client = bound(Rate(SLOW))
    assert client.get(ACCOUNTS).status_code == 200
    refused = client.get(ACCOUNTS)
    assert refused.status_code == 429
    assert set(refused.json()) == {"success", "errors"}
    assert 3500 < int(refused.headers["retry-after"]) <= 3600
    plain = client.get("/togai/accounts", headers={"Authorization": "Bearer k"})
    assert (plain.status_code, plain.headers["retry-after"]) == (429, refused.headers["retry-after"])
    assert client.get("/nowhere").status_code == 429
    assert client.post(ACCOUNTS, content=b"x" * 100_000).status_code == 429


def test_it_is_let_in_again_when_it_says(bound: Bound) -> None:
    client = bound(Rate(1))
    found = client.get(ACCOUNTS)
    while found.status_code == 200:
        found = client.get(ACCOUNTS)
    told = time.monotonic() + int(found.headers["retry-after"])
    assert int(found.headers["retry-after"]) == 1
    while found.status_code == 429:
        found = client.get(ACCOUNTS)
    assert found.status_code == 200
    assert time.monotonic() < told + 60


def test_by_address_a_session_is_no_way_around_it(bound: Bound) -> None:
    client = bound(Rate(SLOW))
    assert statuses(client, Sandbox_Session="one") == [200, 429, 429, 429]
    assert statuses(client, Sandbox_Session="two") == [429] * 4
    assert statuses(client, path=f"/~three{ACCOUNTS}") == [429] * 4


def test_the_address_is_the_one_that_a_trusted_proxy_tells(bound: Bound) -> None:
    client = bound(Rate(SLOW), trusted_proxies=["127.0.0.1"])
    for address in ("192.0.2.1", "192.0.2.2", "2001:db8::1"):
        assert statuses(client, 2, X_Forwarded_For=f"spoofed, {address}") == [200, 429]
    other = bound(Rate(SLOW))
    assert statuses(other, 1, X_Forwarded_For="192.0.2.1") == [200]
    assert statuses(other, 1, X_Forwarded_For="192.0.2.2") == [429]


def test_by_session_each_has_its_own(bound: Bound) -> None:
    client = bound(Rate(SLOW, "session"))
    for session in ("one", "two"):
        assert statuses(client, 2, Sandbox_Session=session) == [200, 429]
    assert statuses(client, 1, path=f"/~two{ACCOUNTS}") == [429]
    assert statuses(client, 2) == [200, 429]


def test_as_many_as_a_second_has_may_come_at_once(bound: Bound) -> None:
    assert statuses(bound(Rate(1000)), 50) == [200] * 50


def test_pages_and_the_admin_api_are_not_counted(bound: Bound) -> None:
    client = bound(Rate(SLOW), tally=Tally())
    assert statuses(client, 2) == [200, 429]
    for path in ("/", "/togai/docs", "/togai/openapi.json", "/__admin/health", "/__admin/sessions"):
        assert statuses(client, 3, path) == [200] * 3
    journal = client.get("/__admin/sessions/default/journal").json()["items"]
    assert [entry["status"] for entry in journal] == [200, 429]
    assert "too many requests" in journal[1]["refusal"]
    metrics = client.get("/__admin/metrics").text
    assert 'understudy_refusals_total{api="dualentry",kind="RateLimited"} 1.0' in metrics


def test_without_it_nothing_is_counted(bound: Bound) -> None:
    assert statuses(bound(None), 100) == [200] * 100


@pytest.mark.parametrize("text", ["0", "-1", "many", "1/minute", "5/", "nan", "inf", "1e3"])
def test_what_is_no_rate_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as ended:
        main(["serve", f"--limit-rate={text}"])
    assert ended.value.code == 2
    assert f"{text!r} is not a rate: requests a second, such as 50" in capsys.readouterr().err
