"""The journal: bounded by count and bytes, in order; and its entries written out as JSON."""

from __future__ import annotations

import sys
import threading
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from understudy.errors import Failure
from understudy.journal.credentials import Secrets
from understudy.journal.entry import BODY_KEPT, FAILURES_KEPT, REFUSAL_KEPT, Entry
from understudy.journal.journal import Journal
from understudy.journal.writing import as_json
from understudy.messages import NOTHING

JSON = [(b"content-type", b"application/json")]
FORM = [(b"content-type", b"application/x-www-form-urlencoded")]


def numbers(journal: Journal) -> list[int]:
    """Return the numbers of what a journal keeps."""
    return [entry.number for entry in journal.entries]


def written(**facts: Any) -> dict[str, Any]:
    """Write an entry of these facts as JSON, where no contract names a credential."""
    return as_json(Entry(**facts), Secrets())


# ---- bounds and order

sizes = st.lists(st.tuples(st.integers(0, 3000), st.integers(0, 3000)), max_size=40)


@given(sizes, st.integers(0, 12), st.integers(0, 12_000))
def test_bounds_are_never_exceeded_and_the_newest_are_kept_in_order(
    bodies: list[tuple[int, int]], max_entries: int, max_bytes: int
) -> None:
    journal = Journal(max_entries, max_bytes)
    for count, (sent, answered) in enumerate(bodies, 1):
        journal.add(Entry(request_body=b"x" * sent, response_body=b"y" * answered))
        assert len(journal) <= max_entries
        assert journal.bytes == sum(entry.cost for entry in journal.entries) <= max_bytes
        assert numbers(journal) == list(range(count - len(journal) + 1, count + 1))
        assert journal.evicted + len(journal) == count


@given(sizes, st.integers(0, 12))
def test_an_entry_is_found_by_its_number_exactly_while_it_is_kept(
    bodies: list[tuple[int, int]], max_entries: int
) -> None:
    journal = Journal(max_entries)
    for sent, answered in bodies:
        journal.add(Entry(request_size=sent, response_size=answered))
    kept = {entry.number: entry for entry in journal}
    assert {number: journal.get(number) for number in range(-1, len(bodies) + 3)} == {
        number: kept.get(number) for number in range(-1, len(bodies) + 3)
    }


@pytest.mark.parametrize(("spare", "kept"), [(0, [3, 4, 5]), (-1, [4, 5])])
def test_as_much_is_kept_as_fits(spare: int, kept: list[int]) -> None:
    entry = Entry(request_body=b"x" * 1000)
    journal = Journal(max_bytes=3 * entry.count() + spare)
    for _ in range(5):
        journal.add(Entry(request_body=b"x" * 1000))
    assert numbers(journal) == kept


def test_headers_cost_their_letters() -> None:
    headers = [(b"x" * 50, b"y" * 50)] * 100
    assert Entry(request_headers=headers, response_headers=headers).count() > Entry().count() + 20_000


def test_headers_are_read_as_they_were_noted() -> None:
    headers = [(b"a", b"1"), (b"a", b"2"), (b"b", b"")]
    entry = Entry(request_headers=headers)
    assert (entry.request_headers, entry.response_headers) == (headers, [])


def test_headers_path_and_query_count_too() -> None:
    journal = Journal(max_bytes=50_000)
    for _ in range(10):
        journal.add(
            Entry(
                path="/" + "p" * 5000,
                query=b"q" * 5000,
                request_headers=[(b"x", b"h" * 5000)],
                response_headers=[(b"y", b"h" * 5000)],
            )
        )
    assert len(journal) == 2


def test_a_refusal_with_thousands_of_failures_is_cut_and_counted() -> None:
    journal = Journal(max_bytes=100_000)
    failures = tuple(Failure("body", f"/{i}", "type", "an integer", '"x"') for i in range(10_000))
    for _ in range(3):
        journal.add(Entry(refusal="; ".join(map(str, failures)), failures=failures))
    assert numbers(journal) == [3]
    (entry,) = journal.entries
    assert entry.failures == failures[:FAILURES_KEPT]
    assert len(entry.refusal) < REFUSAL_KEPT + 10


def test_bodies_are_cut_where_nobody_has_cut_them_and_their_whole_size_is_said() -> None:
    journal = Journal()
    journal.add(
        Entry(request_body=b"x" * (BODY_KEPT + 1), response_body=b"y" * BODY_KEPT, response_size=BODY_KEPT)
    )
    (entry,) = journal.entries
    assert (len(entry.request_body), entry.request_size, entry.is_request_cut) == (
        BODY_KEPT,
        BODY_KEPT + 1,
        True,
    )
    assert (len(entry.response_body), entry.response_size, entry.is_response_cut) == (
        BODY_KEPT,
        BODY_KEPT,
        False,
    )


def test_a_journal_of_no_entries_keeps_nothing_and_still_numbers() -> None:
    journal = Journal(max_entries=0)
    journal.add(Entry())
    journal.add(Entry())
    assert (journal.entries, len(journal), journal.bytes, journal.last_number) == ((), 0, 0, 2)


class Looked(Entry):
    """An entry that notes how often its number is read."""

    looks = 0

    def __getattribute__(self, name: str) -> Any:
        if name == "number":
            Looked.looks += 1
        return super().__getattribute__(name)


@given(st.integers(0, 30), st.integers(1, 20), st.integers(0, 35))
def test_what_is_written_after_a_number_is_all_that_is_kept_after_it(
    added: int, most: int, after: int
) -> None:
    journal = Journal(max_entries=most)
    for _ in range(added):
        journal.add(Entry())
    first, texts = journal.written_after(after)
    assert [number for number, _ in texts] == [number for number in numbers(journal) if number > after]
    assert first == (numbers(journal) or [added + 1])[0]


def test_what_is_new_is_found_without_a_look_at_what_is_old() -> None:
    journal = Journal()
    for _ in range(1000):
        journal.add(Looked())
    Looked.looks = 0
    _, texts = journal.written_after(998)
    assert [number for number, _ in texts] == [999, 1000]
    assert Looked.looks < 20


def test_another_thread_misses_nothing_that_is_added_while_it_reads() -> None:
    journal, missed = Journal(max_entries=100_000), list[set[int]]()
    for _ in range(200):
        journal.add(Entry())

    def read() -> None:
        for _ in range(100):
            last = journal.last_number
            found = {number for number, _ in journal.written_after(last - 200)[1]}
            missed.append(set(range(last - 199, last + 1)) - found)

    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    try:
        reader = threading.Thread(target=read)
        reader.start()
        while reader.is_alive() and journal.last_number < 20_000:
            journal.add(Entry())
        reader.join()
    finally:
        sys.setswitchinterval(interval)
    assert missed == [set()] * 100


def test_clearing_forgets_entries_and_numbers_go_on() -> None:
    journal = Journal(max_entries=2)
    for _ in range(3):
        journal.add(Entry())
    journal.clear()
    assert (len(journal), journal.bytes, journal.evicted, journal.get(3)) == (0, 0, 0, None)
    journal.add(Entry())
    assert numbers(journal) == [4]
    assert journal.get(4) is journal.entries[0]


# ---- what an entry says


@pytest.mark.parametrize(
    ("facts", "outcome"),
    [
        ({"status": 201}, "accepted"),
        ({"status": 404}, "accepted"),
        ({"status": 422, "refusal": "no"}, "refused"),
        ({"status": 500}, "failed"),
        ({"status": 500, "refusal": "createAccount answered 201 with what its contract refuses"}, "failed"),
        ({"status": 503, "fault": "status=503"}, "accepted"),
        ({"status": 503, "request_headers": [(b"prefer", b"code=503")]}, "accepted"),
        ({"status": 503, "query": b"__code=503"}, "accepted"),
        ({"status": 0, "fault": "reset"}, "accepted"),
    ],
)
def test_the_outcome_tells_a_refusal_from_a_failure_of_our_own(facts: dict[str, Any], outcome: str) -> None:
    assert Entry(**facts).outcome == outcome


@pytest.mark.parametrize(
    ("headers", "body", "value"),
    [
        (JSON, b'{"a": [1, null]}', {"a": [1, None]}),
        (JSON, b"3", 3),
        (JSON, b"null", None),
        (JSON, b'{"a": ', NOTHING),
        (JSON, b"", NOTHING),
        (JSON, '{"a": "é"}'.encode("utf-16"), NOTHING),
        ([(b"content-type", b"application/json; charset=utf-16")], '{"a": "é"}'.encode("utf-16"), {"a": "é"}),
        ([(b"content-type", b"text/plain")], b'{"a": 1}', {"a": 1}),
        ([(b"content-type", b"text/plain")], b"3", NOTHING),
        ([], b"[1]", [1]),
        (FORM, b"a=1&b=&a=x%20y", {"a": ["1", "x y"], "b": ""}),
        ([(b"content-type", b"nonsense")], b"\xff", NOTHING),
        ([*JSON, (b"content-encoding", b"gzip")], b"{}", NOTHING),
    ],
)
def test_a_body_is_decoded_when_it_is_read(
    headers: list[tuple[bytes, bytes]], body: bytes, value: Any
) -> None:
    assert Entry(request_headers=headers, request_body=body, request_size=len(body)).request_json == value
    assert Entry(response_headers=headers, response_body=body, response_size=len(body)).response_json == value


def test_an_entry_is_written_as_json() -> None:
    entry = Entry(
        number=7,
        at=1_750_000_000.1234,
        method="POST",
        path="/accounts",
        query=b"expand=a&expand=b&dry=",
        request_headers=[*JSON, (b"Accept", b"text/html"), (b"accept", b"*/*")],
        request_body=b'{"currency": "EUR"}',
        request_size=19,
        api="togai",
        operation="post /accounts",
        operation_id="createAccount",
        status=400,
        response_headers=JSON,
        response_body=b"{}",
        response_size=2,
        duration=0.00123456,
        refusal="body /currency: must be a currency",
        failures=(Failure("body", "/currency", "enum", "a currency", '"EUR"'),),
        fault="latency=300ms",
    )
    assert as_json(entry, Secrets()) == {
        "number": 7,
        "at": "2025-06-15T15:06:40.123Z",
        "requestId": "",
        "traceId": "",
        "kind": "request",
        "method": "POST",
        "path": "/accounts",
        "query": {"expand": ["a", "b"], "dry": ""},
        "requestHeaders": {"content-type": "application/json", "accept": ["text/html", "*/*"]},
        "requestBody": {"currency": "EUR"},
        "requestSize": 19,
        "requestTruncated": False,
        "api": "togai",
        "operation": "post /accounts",
        "operationId": "createAccount",
        "status": 400,
        "responseHeaders": {"content-type": "application/json"},
        "responseBody": {},
        "responseSize": 2,
        "responseTruncated": False,
        "durationMs": 1.235,
        "outcome": "refused",
        "refusal": "body /currency: must be a currency",
        "failures": [
            {
                "location": "body",
                "pointer": "/currency",
                "rule": "enum",
                "expected": "a currency",
                "received": '"EUR"',
            }
        ],
        "fault": "latency=300ms",
        "answer": "",
        "notes": [],
    }


def test_there_is_no_body_member_where_there_was_no_body() -> None:
    assert {"requestBody", "responseBody"}.isdisjoint(written(request_headers=FORM, response_headers=JSON))
    assert written(request_headers=JSON, request_body=b"null", request_size=4)["requestBody"] is None


def test_a_body_that_is_no_json_is_written_as_text_or_base64() -> None:
    text = written(request_headers=JSON, request_body=b'{"a":', request_size=5)
    assert text["requestBody"] == '{"a":'
    image = written(
        response_headers=[(b"content-type", b"image/png")], response_body=b"\x89PNG\xff\x00", response_size=6
    )
    assert image["responseBody"] == {"mediaType": "image/png", "base64": "iVBOR/8A"}


def test_a_cut_body_is_written_as_the_text_that_is_left() -> None:
    cut = written(request_headers=JSON, request_body='["aé'.encode()[:-1], request_size=BODY_KEPT + 9)
    assert (cut["requestBody"], cut["requestTruncated"], cut["requestSize"]) == ('["a', True, BODY_KEPT + 9)


@given(
    st.binary(max_size=60),
    st.sampled_from([JSON, FORM, [], [(b"content-type", b"text/xml; charset=utf-16")]]),
    st.booleans(),
)
def test_any_bytes_can_be_written(body: bytes, headers: list[tuple[bytes, bytes]], is_cut: bool) -> None:
    entry = Entry(
        path="/",
        query=body,
        request_headers=[*headers, (b"x", body)],
        request_body=body,
        request_size=len(body) + is_cut,
    )
    entry.response_headers, entry.response_body, entry.response_size = headers, body, len(body) + is_cut
    assert as_json(entry, Secrets())["requestTruncated"] is is_cut
