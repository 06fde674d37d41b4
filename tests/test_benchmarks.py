"""The benchmarks' arithmetic: medians and shares are what they say, and the report holds what was measured and nothing else."""

from __future__ import annotations

import pytest

import report
from figures import asked_shares, failing, percentile, share
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
