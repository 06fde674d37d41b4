"""The configuration of sandboxes: which contracts, with which changes and rules, make up a set of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Sequence
from pathlib import Path
from typing import Unpack

from understudy.admin.own_contract import answer_failures
from understudy.admin.served import NAME as ADMIN
from understudy.beginning import Items, read_items
from understudy.bundled import bundled_contracts
from understudy.contracts.contract import Contract
from understudy.contracts.extensions import unusable
from understudy.contracts.findings import causes, located, quick
from understudy.contracts.folders import documents
from understudy.contracts.source import Document
from understudy.errors import ContractError, SettingsError
from understudy.handler import Vendor
from understudy.model.token_endpoints import with_token_endpoints
from understudy.model.undocumented import completed
from understudy.options import Files, Options, complete
from understudy.rules import Rules
from understudy.sandbox import Sandbox, Settings
from understudy.sessions import MakeBackend, Sessions, SessionSettings
from understudy.state.identities import Identities
from understudy.stub_files import read_stubs, stub_files
from understudy.stub_reader import StubReader
from understudy.stubs.stub import Stub
from understudy.vendors.registry import vendor_for

FINDINGS_SHOWN = 20  # kinds of findings of one contract; the rest is counted
LINES_UP_TO = 100_000  # bytes of a file in which a start looks for the lines of its findings
Report = Callable[[object], None]
"""Tells a person what is worth knowing and keeps nothing from being served."""


def keep_silent(_: object) -> None:
    """Report nothing."""


class Configuration:
    """What sandboxes are made of: contracts, none for the bundled ones, and options, each by default as the
    table has it.
    """

    def __init__(self, contracts: Iterable[Files] = (), **options: Unpack[Options]) -> None:
        """Note what is asked for; nothing is read yet, but the names in folders of contracts.

        Raises TypeError for an option there is not, ContractError for a folder without contracts.
        """
        self.contracts = tuple(documents(map(Path, contracts)))
        self.options = complete(**options)
        self.overlays = tuple(map(Path, self.options["overlays"]))
        self.handlers = _path(self.options["handlers"])
        self.stubs_folder = _path(self.options["stubs"])

    @property
    def files(self) -> tuple[Path, ...]:
        """The files beside the contracts that there are now, and the folders of files."""
        files = list(self.overlays)
        if self.handlers is not None:
            files.append(self.handlers)
        if self.stubs_folder is not None:
            files += [self.stubs_folder, *stub_files(self.stubs_folder)]
        return tuple(files)

    @property
    def any_id(self) -> bool:
        """Whether an item that nobody created is made when it is asked for, where no vendor has rules."""
        return self.options["unknown_ids"] != "404"

    @property
    def any_write(self) -> bool:
        """Whether a write finds any item too, where its operation documents 404."""
        return self.options["unknown_ids"] == "generate"

    def sandboxes(self, report: Report = keep_silent) -> list[Sandbox]:
        """Make the sandboxes. Raises ContractError or SettingsError."""
        if not self.contracts and self.options["unknown_ids"] == "generate":
            raise SettingsError(
                "--unknown-ids generate is for contracts of your own: "
                "the bundled sandboxes have rules about what exists"
            )
        contracts, settings = self.load(report), self.settings
        rules = self.rules(contracts, report)
        return [Sandbox(one, self.vendor(one), settings, rules.handlers(one)) for one in contracts]

    @property
    def settings(self) -> Settings:
        """How the sandboxes start, and what they take."""
        options = self.options
        return Settings(
            seed=options["seed"],
            populate=options["populate"],
            data=self._items(),
            any_id=self.any_id,
            any_write=self.any_write,
            refuses_contradictions=options["contradictions"] == "refuse",
            strict_accept=options["strict_accept"],
            lenient=options["lenient"],
        )

    def _items(self) -> Items:
        """Return the records that the only contract starts with. Raises SettingsError."""
        path = _path(self.options["data"])
        if path is None:
            return {}
        if len(self.contracts) != 1:
            raise SettingsError("--data fills one contract: name the one to serve")
        return read_items(path)

    def sessions(self, backend: MakeBackend | None = None) -> Sessions:
        """Make the sessions of these sandboxes. backend: what their state stands in, by default memory.

        Raises SettingsError.
        """
        options, file = self.options, _path(self.options["identities"])
        identities = Identities(only_issued=options["credentials"] == "issued")
        if file is not None:
            identities = Identities.load(file)
        settings = SessionSettings(
            seed=options["seed"],
            identities=identities,
            idle=options["session_idle"],
            journal_entries=options["journal"],
            journal_bytes=options["limit_journal"],
            records=options["limit_records"],
            sessions=options["limit_sessions"],
        )
        return Sessions(settings, backend=backend)

    def stubs(self, sandboxes: Sequence[Sandbox]) -> tuple[Stub, ...]:
        """Read the answers that each session begins with. Raises SettingsError."""
        if self.stubs_folder is None:
            return ()
        return read_stubs(self.stubs_folder, StubReader(sandboxes), answer_failures)

    def load(self, report: Report = keep_silent) -> list[Contract]:
        """Load the contracts. Raises ContractError or SettingsError."""
        if self.overlays and len(self.contracts) != 1:
            raise SettingsError("--overlay changes one contract: name the one to serve")
        if not self.contracts:
            return [Contract.load(path, name) for name, path in bundled_contracts().items()]
        change = _overlaid(self.overlays)
        named: dict[str, Path] = {}
        for path in self.contracts:
            name = _name(path)
            if name in named:
                raise SettingsError(
                    f"two contracts would be served at /{name}: give one of the files another name"
                )
            named[name] = path
        root = _path(self.options["root"])
        loaded = [_load(path, name, change, root, report) for name, path in named.items()]
        if self.options["undocumented_bodies"] == "none":
            return [with_token_endpoints(one, all_logins=False) for one in loaded]
        return [completed(with_token_endpoints(one)) for one in loaded]

    def rules(self, contracts: Sequence[Contract], report: Report = keep_silent) -> Rules:
        """Load the user's own handlers; none where there is no file. Raises SettingsError."""
        if self.handlers is None:
            return Rules()
        rules = Rules.load(self.handlers)
        for finding in rules.findings(contracts):
            report(finding)
        return rules

    def vendor(self, contract: Contract) -> Vendor | None:
        """Return the rules of a bundled contract."""
        if self.contracts:
            return None
        return vendor_for(contract.name)


def _path(file: Files | None) -> Path | None:
    if file is None:
        return None
    return Path(file)


def _name(path: Path) -> str:
    """Return the name a contract is served under: its file's, of what can stand in a path as it is.

    Raises SettingsError.
    """
    name = re.sub(r"[^A-Za-z0-9._-]+", "-", path.stem).strip("-")
    if not name.strip("."):  # no name at all, or one that a URL has another meaning for
        name = "contract"
    if name.startswith(ADMIN):
        raise SettingsError(
            f"{path} would be served as {name}, and the admin API is at /{ADMIN}: give the file another name"
        )
    return name


def _load(
    path: Path,
    name: str,
    change: Callable[[Document], Document] | None,
    root: Path | None,
    report: Report,
) -> Contract:
    if not path.exists():
        raise ContractError("there is no such file", file=str(path))
    contract = Contract.load(path, name, change, root)
    found = causes(located(contract.document, [*quick(contract), *unusable(contract)], LINES_UP_TO))
    for cause in found[:FINDINGS_SHOWN]:
        report(cause)
    more = len(found) - FINDINGS_SHOWN
    if more > 0:
        report(f"{path.name}: {more} more kinds of findings; `understudy validate` shows them all")
    return contract


def _overlaid(overlays: Sequence[Path]) -> Callable[[Document], Document] | None:
    """Return the change some overlays make; None where there are none."""
    if not overlays:
        return None
    # What only overlays need takes a tenth of a second to import, and every start of the server would pay it.
    from understudy.contracts.overlay import apply_all  # noqa: PLC0415

    return lambda document: apply_all(document, overlays)
