"""Recipes: which contracts, with which changes and rules, make up a set of sandboxes."""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from understudy.admin.served import NAME as ADMIN
from understudy.bundled import bundled_contracts
from understudy.contracts.contract import Contract
from understudy.contracts.extensions import unusable
from understudy.contracts.findings import quick
from understudy.contracts.source import Document
from understudy.errors import ContractError, SettingsError
from understudy.handler import Vendor
from understudy.rules import Rules
from understudy.sandbox import Sandbox, Settings
from understudy.vendors.registry import vendor_for

FINDINGS_SHOWN = 20  # of one contract; the rest is counted
Report = Callable[[object], None]
"""Tells a person what is worth knowing and keeps nothing from being served."""


def keep_silent(_: object) -> None:
    """Report nothing."""


@dataclass(frozen=True)
class Recipe:
    """What sandboxes are made of.

    contracts: OpenAPI files; none for the bundled ones. overlays: files that change the only contract, in order. handlers: a
    Python file. unknown_ids: `generate`, `404`, or empty for what is usual. seed, populate: as in `Settings`.
    """

    contracts: tuple[Path, ...] = ()
    overlays: tuple[Path, ...] = ()
    handlers: Path | None = None
    unknown_ids: str = ""
    seed: int = 1
    populate: int = 3

    @property
    def files(self) -> tuple[Path, ...]:
        """The files beside the contracts."""
        return (*self.overlays, *([self.handlers] if self.handlers else ()))

    @property
    def any_id(self) -> bool:
        """Whether an item that nobody created is made when it is first asked for, where no vendor has rules."""
        return self.unknown_ids != "404"

    def sandboxes(self, report: Report = keep_silent) -> list[Sandbox]:
        """Make the sandboxes. Raises ContractError or SettingsError."""
        if not self.contracts and self.unknown_ids == "generate":
            raise SettingsError(
                "--unknown-ids generate is for contracts of your own: the bundled sandboxes have rules about what exists"
            )
        settings = Settings(seed=self.seed, populate=self.populate, any_id=self.any_id)
        contracts = self.load(report)
        rules = self.rules(contracts, report)
        return [
            Sandbox(one, self.vendor(one), settings, rules.handlers(one) if rules else {})
            for one in contracts
        ]

    def load(self, report: Report = keep_silent) -> list[Contract]:
        """Load the contracts. Raises ContractError or SettingsError."""
        if self.overlays and len(self.contracts) != 1:
            raise SettingsError("--overlay changes one contract: name the one to serve")
        if not self.contracts:
            return [Contract.load(path, name) for name, path in bundled_contracts().items()]
        names = [_name(path) for path in self.contracts]
        twice = next((name for name in names if names.count(name) > 1), None)
        if twice:
            raise SettingsError(
                f"two contracts would be served at /{twice}: give one of the files another name"
            )
        change = _overlaid(self.overlays)
        return [_load(path, name, change, report) for path, name in zip(self.contracts, names, strict=True)]

    def rules(self, contracts: Sequence[Contract], report: Report = keep_silent) -> Rules | None:
        """Load the user's own handlers, where there are some. Raises SettingsError."""
        rules = Rules.load(self.handlers) if self.handlers else None
        for finding in rules.findings(contracts) if rules else ():
            report(finding)
        return rules

    def vendor(self, contract: Contract) -> Vendor | None:
        """Return the rules of a bundled contract."""
        return None if self.contracts else vendor_for(contract.name)


def _name(path: Path) -> str:
    """Return the name a contract is served under: its file's, of what can stand in a path as it is. Raises SettingsError."""
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem).strip("-")
    name = (
        name if name.strip(".") else "contract"
    )  # no name at all, or one that a URL has another meaning for
    if name.startswith(ADMIN):
        raise SettingsError(
            f"{path} would be served as {name}, and the admin API is at /{ADMIN}: give the file another name"
        )
    return name


def _load(path: Path, name: str, change: Callable[[Document], Document] | None, report: Report) -> Contract:
    if not path.exists():
        raise ContractError("there is no such file", file=str(path))
    contract = Contract.load(path, name, change)
    found = [*quick(contract), *unusable(contract)]
    for finding in found[:FINDINGS_SHOWN]:
        report(finding)
    if len(found) > FINDINGS_SHOWN:
        report(
            f"{path.name}: {len(found) - FINDINGS_SHOWN} more findings; `understudy validate` shows them all"
        )
    return contract


def _overlaid(overlays: Sequence[Path]) -> Callable[[Document], Document] | None:
    """Return the change some overlays make; None where there are none."""
    if not overlays:
        return None
    # What only overlays need takes a tenth of a second to import, and every start of the server would pay for it.
    from understudy.contracts.overlay import apply_all  # noqa: PLC0415

    return lambda document: apply_all(document, overlays)
