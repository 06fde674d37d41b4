"""Golden models: what contracts were taken to mean, in short form, so that a change of a heuristic shows what it did to each.

python tests/golden_models.py --write                                    what stands in the repository
python tests/golden_models.py --documents folder --goldens folder --write    documents of others
python tests/golden_models.py --documents folder --goldens folder            prints what differs; exit 1
"""

from __future__ import annotations

import argparse
import difflib
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Final

import yaml

from understudy.contracts.contract import Contract
from understudy.model.compiler import compile
from understudy.model.notation import write_collection, write_key, write_plan
from understudy.model.short import short_collection, short_plan

ROOT: Final = Path(__file__).parent.parent
GOLDENS: Final = ROOT / "tests" / "goldens" / "models"
SPECS: Final = ("aritma", "dualentry", "saasu", "togai")
DOCUMENTS: Final = (ROOT / "docs" / "shop.yaml", *(ROOT / "specs" / f"{name}.yaml" for name in SPECS))


def printed(path: Path) -> str:
    """Return the model of a contract in short form: a line for each collection and operation."""
    return "\n".join(_lines(Contract.load(path))) + "\n"


def _lines(contract: Contract) -> Iterator[str]:
    model = compile(contract)
    for name, collection in model.collections.items():
        yield _line(name, short_collection(write_collection(collection)))
    for operation in contract.operations:
        plan = model.operations.get(operation.key)
        known = model.collections.get(plan.collection) if plan is not None else None
        written = short_plan(write_plan(plan, known)) if plan is not None else {}
        yield _line(write_key(operation.key), written)


def _line(name: str, value: object) -> str:
    text = yaml.safe_dump({name: value}, default_flow_style=True, sort_keys=False, width=10**6)
    return text.strip().removeprefix("{").removesuffix("}")


def differences(path: Path, goldens: Path) -> list[str]:
    """Return the lines that differ from what was written, none where all are the same."""
    golden = goldens / f"{path.stem}.yaml"
    before = golden.read_text().splitlines() if golden.exists() else []
    after = printed(path).splitlines()
    return list(difflib.unified_diff(before, after, golden.name, "now", lineterm="", n=0))


def main() -> int:
    """Write golden models, or print what differs from them."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--documents", type=Path)
    options.add_argument("--goldens", type=Path, default=GOLDENS)
    options.add_argument("--write", action="store_true")
    chosen = options.parse_args()
    documents = sorted(chosen.documents.glob("*.*")) if chosen.documents else DOCUMENTS
    found = []
    for path in documents:
        if chosen.write:
            chosen.goldens.mkdir(parents=True, exist_ok=True)
            (chosen.goldens / f"{path.stem}.yaml").write_text(printed(path))
        else:
            found += differences(path, chosen.goldens)
    print("\n".join(found))
    return 1 if found else 0


if __name__ == "__main__":
    sys.exit(main())
