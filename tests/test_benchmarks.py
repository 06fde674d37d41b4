"""The benchmarks' arithmetic: medians and shares are what they say, and the report holds what was measured and nothing else."""

from __future__ import annotations

import os
import subprocess
import sys
import time
from pathlib import Path

import pytest

import report
import store_costs
from figures import asked_shares, failing, percentile, share
from servers import Server
from work import INFERRED, KINDS, NUMBER, VENDOR, Work, messages

ROUND = {"requests": 10, "per_second": 1000.0, "p50_ms": 1.0, "p99_ms": 2.0, "load_us": 20.0}
MACHINE = {"machine": ["2026-11-28, two cores"]}


def rounds(*cpu_us: float) -> list[dict[str, float]]:
    return [{**ROUND, "cpu_us": one} for one in cpu_us]


@pytest.mark.parametrize(("percent", "value"), [(50, 3), (99, 5), (100, 5), (20, 1), (0, 1)])
def test_a_percentile_is_one_of_the_values(percent: float, value: float) -> None:
    assert percentile([5, 1, 4, 2, 3], percent) == value


def test_there_is_no_percentile_of_nothing() -> None:
    with pytest.raises(ValueError, match="no values"):
        percentile([], 50)


def test_a_share_compares_medians_so_that_one_noisy_round_does_not_count() -> None:
    assert share(ours=[200, 200, 900], reference=[100, 100, 5]) == 0.5


def test_shares_are_asked_for_by_name() -> None:
    assert asked_shares("inferred/POST=0.5% vendor/GET=60%") == {"inferred/POST": 0.005, "vendor/GET": 0.6}


@pytest.mark.parametrize("text", ["vendor/GET", "vendor/GET=much"])
def test_what_is_no_share_is_named(text: str) -> None:
    with pytest.raises(ValueError, match=text):
        asked_shares(text)


def test_a_share_below_what_is_asked_for_fails_and_one_above_does_not() -> None:
    problems = list(
        failing({"vendor/GET": 0.59, "vendor/POST": 0.61}, {"vendor/GET": 0.6, "vendor/POST": 0.6})
    )
    assert problems == ["vendor/GET: 59.0% of the bare application's, at least 60.0% is asked for"]


def test_a_share_that_was_not_measured_fails() -> None:
    assert "was not measured" in next(failing({"vendor/GET": 1.0}, {"vendor/PUT": 0.6}))


def test_the_report_has_the_shares_of_each_kind_of_request() -> None:
    servers = {"bare Starlette": {"GET": rounds(50, 60, 55)}, "understudy": {"GET": rounds(110, 100, 120)}}
    figures = {"vendor": servers}
    assert report.shares(figures) == {"vendor/GET": 0.5}
    written = report.report({**MACHINE, "requests": figures})
    assert "| GET | bare Starlette | 55 | 100% | 1,000 | 1.00 | 2.00 | 20 |" in written
    assert "| GET | understudy | 110 | 50% | 1,000 | 1.00 | 2.00 | 20 |" in written


def test_the_report_leaves_out_what_was_not_measured() -> None:
    figures = {**MACHINE, "starts": {"import connexion": {"seconds": [0.4, 0.5], "cpu_s": [0.3, 0.3]}}}
    written = report.report(figures)
    assert [line for line in written.splitlines() if line.startswith("## ")] == [
        "## From spawn to the first answer"
    ]
    assert "| import connexion | 0.45 | 0.30 |  |" in written


def test_a_collection_that_grows_has_a_column_for_each_size() -> None:
    sizes = {
        "100": {"read": {"p50_us": 20.0, "held_ms": 0.1}},
        "10000": {"read": {"p50_us": 21.0, "held_ms": 0.2}},
    }
    grown = {"sizes": sizes, "longest_create_ms": 3.0, "bytes_beyond_json": 1200.0, "json_bytes": 600.0}
    written = report.report({**MACHINE, "growth": {"inferred": grown}})
    assert "| read | 20 | 0.10 | 21 | 0.20 |" in written
    assert "1,200 bytes beyond its 600 of JSON" in written


@pytest.mark.parametrize("work", [INFERRED, VENDOR], ids=lambda work: work.name)
def test_a_message_keeps_its_length_whatever_number_it_is_given(work: Work) -> None:
    (message,) = messages(work, "", "POST", [])
    head, _, body = message.partition("\r\n\r\n")
    numbered = body.replace(str(NUMBER), "1000001")
    assert numbered != body
    assert f"Content-Length: {len(numbered)}" in head


def test_reads_go_over_the_accounts_that_are_there() -> None:
    asked = messages(VENDOR, "/dualentry", "GET", [1, 2])
    assert [message.partition(" HTTP")[0] for message in asked] == [
        "GET /dualentry/public/v1/accounts/1/",
        "GET /dualentry/public/v1/accounts/2/",
    ]


def test_every_kind_of_request_has_messages() -> None:
    assert all(messages(INFERRED, "", kind, ["1"]) for kind in KINDS)


def kept(**cpu_us: float) -> dict[str, dict[str, list[dict[str, float]]]]:
    return {name: {"GET": rounds(cost)} for name, cost in cpu_us.items()}


def test_what_a_store_reaches_of_memory_stands_beside_its_goal() -> None:
    written = "\n".join(report.stores({"servers": kept(memory=95, SQLite=100, Redis=250), "missing": ""}))
    assert "| GET | memory | 95 | 100% |  |  | 1,000 |" in written
    assert "| GET | SQLite | 100 | 95% | 95% | reached | 1,000 |" in written
    assert "| GET | Redis | 250 | 38% | 40% | missed | 1,000 |" in written
    assert "orkers" not in written


def test_workers_stand_in_a_table_of_their_own_beside_the_cores_there_are() -> None:
    servers = {**kept(memory=100, Redis=250), "Redis, 2 workers": {"GET": rounds(300)}}
    asked = {"POST": {"fetch": 1.0, "commit": 2.0, "keep": 0.01, "log": 1.0}}
    written = "\n".join(report.stores({"servers": servers, "missing": "", "asked": asked}))
    trips = "- POST: 3.0 round trips to Redis (fetch 1.0, commit 2.0), and 1.0 for the journal"
    assert trips in written
    assert f"This machine has {os.cpu_count()} cores" in written
    assert "| GET | 1 worker | 250 | 1,000 | 2.00 |" in written
    assert "| GET | 2 workers | 300 | 1,000 | 2.00 |" in written


def test_every_store_has_a_goal_for_every_kind_that_is_measured() -> None:
    assert {name: tuple(goals) for name, goals in report.GOALS.items()} == {
        "SQLite": store_costs.KINDS,
        "Redis": store_costs.KINDS,
    }


def test_a_server_that_is_not_installed_is_left_out_with_a_sentence(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("PATH", str(tmp_path))
    missing = store_costs.absent()
    assert (
        missing == "Redis was not measured: there is neither redis-server nor valkey-server on this machine."
    )
    written = "\n".join(report.stores({"servers": kept(memory=100, SQLite=100), "missing": missing}))
    assert missing in written


@pytest.mark.skipif(store_costs.program() is None, reason="there is no redis-server on this machine")
def test_the_server_of_a_store_answers_until_it_is_let_go(tmp_path: Path) -> None:
    redis = pytest.importorskip("redis")
    with store_costs.store_server(tmp_path) as url, redis.Redis.from_url(url) as client:
        assert client.ping()
    with pytest.raises(redis.ConnectionError), redis.Redis.from_url(url) as client:
        client.ping()


def test_the_time_of_a_server_is_that_of_its_workers_too() -> None:
    waiting = [sys.executable, "-c", "print(flush=True); input()"]
    with subprocess.Popen(waiting, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as worker:
        assert worker.stdout is not None
        worker.stdout.readline()
        workers, own = Server("worker", worker.pid, 0).cpu_s(), time.process_time()
        assert Server("supervisor", os.getpid(), 0).cpu_s() >= own + workers
        worker.communicate(b"\n")
    assert workers > 0
