"""The command `understudy explain`: what each operation will do, and why."""

from __future__ import annotations

import argparse

import orjson

from understudy.callbacks.explaining import with_messages
from understudy.cli.configured import configuration
from understudy.cli.reports import warn
from understudy.configuration import Configuration
from understudy.contracts.contract import Contract
from understudy.explain import explain, written
from understudy.model.compiler import compile


def run(options: argparse.Namespace) -> int:
    """Print what the sandboxes will do. Raises SandboxError for a contract that cannot be served."""
    configured = configuration(options)
    contracts = configured.load(warn)
    rules = configured.rules(contracts, warn)
    found = {}
    for contract in contracts:
        handlers = _of_vendor(configured, contract) | rules.names(contract)
        model = compile(contract)
        vendor = configured.vendor(contract)
        any_id = configured.any_id if vendor is None else vendor.any_id
        explained = explain(
            contract,
            model,
            handlers,
            any_id=any_id,
            any_write=configured.any_write,
            makes_data=vendor is None,
        )
        found[contract.name] = with_messages(contract, model, explained)
    if options.json:
        print(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    else:
        blocks = [f"# {contract.name}\n\n{written(found[contract.name], contract)}" for contract in contracts]
        print("\n\n".join(blocks))
    return 0


def _of_vendor(configured: Configuration, contract: Contract) -> dict[str, str]:
    """Name the vendor's rules, by the key of the operation each is for."""
    vendor = configured.vendor(contract)
    if vendor is None:
        return {}
    ruled = (operation.key for operation in contract.operations if operation.id in vendor.handlers)
    return dict.fromkeys(ruled, f"a rule of {vendor.name}")
