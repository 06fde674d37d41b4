"""The command `understudy explain`: what each operation will do, and why."""

from __future__ import annotations

import argparse
from collections.abc import Callable, Iterator

import orjson

from understudy.callbacks.explaining import with_messages
from understudy.cli.configured import configuration
from understudy.cli.reports import warn
from understudy.configuration import Configuration
from understudy.contracts.contract import Contract
from understudy.explain import Explanation, explain, written
from understudy.handler import described
from understudy.model.compiler import compile


def run(options: argparse.Namespace) -> int:
    """Print what the sandboxes will do. Raises SandboxError for a contract that cannot be served."""
    found = list(explanations(configuration(options), warn))
    if options.json:
        named = {contract.name: explained for contract, explained in found}
        print(orjson.dumps(named, option=orjson.OPT_INDENT_2).decode())
    else:
        blocks = [f"# {contract.name}\n\n{written(explained, contract)}" for contract, explained in found]
        print("\n\n".join(blocks))
    return 0


def explanations(
    configured: Configuration, report: Callable[[object], None]
) -> Iterator[tuple[Contract, Explanation]]:
    """Yield each contract with what its sandbox will do. Raises SandboxError for one that cannot be
    served.
    """
    contracts = configured.load(report)
    rules = configured.rules(contracts, report)
    for contract in contracts:
        part = configured.part_of(contract)
        handlers = _of_vendor(configured, contract) | rules.of(contract).names(contract)
        model = compile(contract)
        vendor = configured.vendor(contract)
        any_id = part.any_id if vendor is None else vendor.any_id
        explained = explain(
            contract,
            model,
            handlers,
            any_id=any_id,
            any_write=part.any_write,
            makes_data=vendor is None,
        )
        yield contract, with_messages(contract, model, explained)


def _of_vendor(configured: Configuration, contract: Contract) -> dict[str, str]:
    """Name the vendor's rules, by the key of the operation each is for."""
    vendor = configured.vendor(contract)
    if vendor is None:
        return {}
    found: dict[str, str] = {}
    for operation in contract.operations:
        if operation.id in vendor.handlers:
            found[operation.key] = described(f"a rule of {vendor.name}", vendor.handlers[operation.id])
    return found
