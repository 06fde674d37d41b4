"""The command `understudy explain`: what each operation will do, and why."""

from __future__ import annotations

import argparse

import orjson

from understudy.callbacks.explaining import with_messages
from understudy.cli.loading import recipe_of, warn
from understudy.explain import explain, written


def run(options: argparse.Namespace) -> int:
    """Print what the sandboxes will do. Raises SandboxError for a contract that cannot be served."""
    recipe = recipe_of(options)
    contracts = recipe.load(warn)
    rules = recipe.rules(contracts, warn)
    found = {}
    for contract in contracts:
        vendor = recipe.vendor(contract)
        of_vendor = (
            {
                operation.key: f"a rule of {vendor.name}"
                for operation in contract.operations
                if operation.id in vendor.handlers
            }
            if vendor
            else {}
        )
        handlers = of_vendor | (rules.names(contract) if rules else {})
        found[contract.name] = with_messages(
            contract, explain(contract, handlers, infers=vendor is None, any_id=recipe.any_id)
        )
    if options.json:
        print(orjson.dumps(found, option=orjson.OPT_INDENT_2).decode())
    else:
        print("\n\n".join(f"# {name}\n\n{written(told)}" for name, told in found.items()))
    return 0
