"""Contracts of every keyword, contradictory ones too, start or are refused in a sentence, and answer what they are asked.

The suite has the same ones each time; by hand, others and more: `FUZZ_EXAMPLES=1000 pytest tests/test_fuzz.py`.
"""

from __future__ import annotations

import gc
import os
import random

import pytest
from hypothesis import HealthCheck, Phase, given, seed, settings
from hypothesis import strategies as st

from drawn_documents import documents
from judged import judge, started
from targets import TARGETS

EXAMPLES = os.environ.get("FUZZ_EXAMPLES", "")
PARTS = [0, pytest.param(1, marks=pytest.mark.slow)]  # so that several cores take theirs


@pytest.mark.parametrize("version", ["3.0.3", "3.1.0"])
@pytest.mark.parametrize("part", PARTS)
def test_a_contract_starts_and_answers(version: str, part: int) -> None:
    begin = random.randrange(2**32) if EXAMPLES else int(version[2]) * len(PARTS) + part

    @seed(begin)
    @settings(
        max_examples=int(EXAMPLES or 35),
        database=None,
        phases=(Phase.generate, Phase.shrink),
        suppress_health_check=list(HealthCheck),
    )
    @given(st.data())
    def check(data: st.DataObject) -> None:
        contract = started(data.draw(documents(version), label="document"))
        if contract is not None:
            judge(contract, data)

    check()


@pytest.mark.parametrize("name", TARGETS)
def test_what_the_fuzzer_of_bytes_begins_with_finds_nothing(name: str) -> None:
    target = TARGETS[name]()
    gc.disable()  # to look through what thousands of tests left takes half a second
    try:
        for content in (*target.seeds, b"", b"\0", b"\xff" * 100):
            target.take(content)
    finally:
        gc.enable()
        target.close()
