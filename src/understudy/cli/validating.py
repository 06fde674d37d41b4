"""The command `understudy validate`: everything that is wrong in a contract, each once, with its place."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from pathlib import Path

from understudy.contracts import spec_validator
from understudy.contracts.contract import Contract, read
from understudy.contracts.extensions import unusable
from understudy.contracts.findings import located
from understudy.contracts.folders import documents
from understudy.contracts.overlay import apply_all
from understudy.contracts.source import Document, Finding
from understudy.errors import ContractError
from understudy.model.compiler import compile
from understudy.sandbox import Sandbox
from understudy.schemas.inspection import thorough


def run(options: argparse.Namespace) -> int:
    """Print the findings of a contract, or of each in a folder.

    The exit status is 0 where there are none, 1 where there are, 2 where one cannot be read.
    """
    try:
        return max([_validate(contract, options) for contract in documents([options.contract])])
    except ContractError as error:
        print(f"understudy: {error}", file=sys.stderr)
        return 2


def _validate(contract: Path, options: argparse.Namespace) -> int:
    document = read(contract, lambda document: apply_all(document, options.overlays), options.root)
    found = located(document, _all(document))
    for finding in found:
        print(finding)
    plural = "" if len(found) == 1 else "s"
    print(f"{contract.name}: {len(found) or 'no'} finding{plural}")
    return 1 if found else 0


def _all(document: Document) -> list[Finding]:
    """Gather our findings and the validator's; where both are about one place, ours stay."""
    theirs = spec_validator.findings(document)
    try:
        contract = Contract(document, Path(document.name).stem)
        compile(contract)
        ours = [*thorough(contract), *unusable(contract), *_shown_twice(contract)]
    except ContractError as error:  # it cannot be served, and that is what is wrong first
        ours = [Finding(error.file, error.pointer, f"cannot be served: {error.reason}", error.line)]
    places = {(finding.file, finding.pointer) for finding in ours}
    return list(
        dict.fromkeys(
            [*ours, *(finding for finding in theirs if (finding.file, finding.pointer) not in places)]
        )
    )


def _shown_twice(contract: Contract) -> Iterator[Finding]:
    """Yield the items that two examples show differently, where their collection is read."""
    for collection, noun, key in dict.fromkeys(Sandbox(contract).engine.shown_twice()):
        for operation in contract.operations:
            if operation.method == "get" and operation.path.startswith(collection):
                reason = f"two examples show the {noun} {key!r} differently: the item's own is used"
                yield Finding(operation.node.file, operation.node.pointer, reason)
                break
