"""The configuration of sandboxes: which contracts, with which changes and rules, make up a set of them."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Final, Unpack, cast

from msgspec import Struct

from understudy.admin.own_contract import answer_failures
from understudy.admin.served import NAME as ADMIN
from understudy.beginning import read_items
from understudy.bundled import bundled_contracts
from understudy.contracts.contract import Contract
from understudy.contracts.extensions import unusable
from understudy.contracts.findings import causes, located, quick
from understudy.contracts.folders import documents
from understudy.contracts.source import Document
from understudy.errors import ContractError, SettingsError
from understudy.handler import Vendor
from understudy.late import late
from understudy.model.token_endpoints import with_token_endpoints
from understudy.model.undocumented import completed
from understudy.nearest import nearest
from understudy.options import ContractOptions, Files, Options, complete
from understudy.rules import Rules
from understudy.sandbox import Sandbox, Settings
from understudy.sessions import MakeBackend, Sessions, SessionSettings
from understudy.state.identities import Identities
from understudy.stub_files import read_stubs, stub_files
from understudy.stub_reader import StubReader
from understudy.stubs.stub import Stub
from understudy.vendors.registry import vendor_for

if TYPE_CHECKING:
    from understudy.contracts import overlay
else:  # what only overlays need takes a tenth of a second to import, and every start would pay it
    overlay = late("understudy.contracts.overlay")

FINDINGS_SHOWN = 20  # kinds of findings of one contract; the rest is counted
LINES_UP_TO = 100_000  # bytes of a file in which a start looks for the lines of its findings
_OTHER_PLACE: Final = "give one of the files another name, or a mount"
_LIKE: Final = 0.8
"""How alike the name of a file is to one that is not there, for it to be what was meant (`difflib`)."""
Report = Callable[[object], None]
"""Tells a person what is worth knowing and keeps nothing from being served."""


def keep_silent(_: object) -> None:
    """Report nothing."""


class Configuration:
    """What sandboxes are made of: contracts, none for the bundled ones, and options, each by default as the
    table has it.
    """

    def __init__(self, contracts: Iterable[Files | ContractOptions] = (), **options: Unpack[Options]) -> None:
        """Note what is asked for; nothing is read yet, but the names in folders of contracts.

        Raises TypeError for an option there is not, ContractError for a folder without contracts.
        """
        self.options = complete(**options)
        self._parts = tuple(_parts(contracts, self.options))
        self._bundled = _Part(None, "", self.options)
        self.stubs_folder = _path(self.options["stubs"])

    @property
    def files(self) -> tuple[Path, ...]:
        """The files beside the contracts that there are now, and the folders of files."""
        files: dict[Path, None] = {}
        for part in self._all:
            files |= dict.fromkeys(part.overlays)
            if part.handlers is not None:
                files[part.handlers] = None
        if self.stubs_folder is not None:
            files |= dict.fromkeys([self.stubs_folder, *stub_files(self.stubs_folder)])
        return tuple(files)

    @property
    def _all(self) -> tuple[_Part, ...]:
        """The contracts that are named; what is told of the bundled ones where there are none."""
        return self._parts or (self._bundled,)

    def sandboxes(self, report: Report = keep_silent) -> list[Sandbox]:
        """Make the sandboxes. Raises ContractError or SettingsError."""
        if not self._parts and self.options["unknown_ids"] == "generate":
            raise SettingsError(
                "--unknown-ids generate is for contracts of your own: "
                "the bundled sandboxes have rules about what exists"
            )
        contracts = self.load(report)
        rules = self.rules(contracts, report)
        return [
            Sandbox(one, self.vendor(one), self.part_of(one).settings, rules.of(one).handlers(one))
            for one in contracts
        ]

    def part_of(self, contract: Contract) -> _Part:
        """Return what is told of a contract that was loaded."""
        for part in self._parts:
            if part.name == contract.name:
                return part
        return self._bundled

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
            clock_runs=options["clock"] == "wall",
        )
        return Sessions(settings, backend=backend)

    def stubs(self, sandboxes: Sequence[Sandbox]) -> tuple[Stub, ...]:
        """Read the answers that each session begins with. Raises SettingsError."""
        if self.stubs_folder is None:
            return ()
        return read_stubs(self.stubs_folder, StubReader(sandboxes), answer_failures)

    def load(self, report: Report = keep_silent) -> list[Contract]:
        """Load the contracts. Raises ContractError or SettingsError."""
        self._check_single()
        if not self._parts:
            return [Contract.load(path, name) for name, path in bundled_contracts().items()]
        taken: dict[str, str] = {}
        for part in self._parts:
            place = part.mount or f"/{part.name}"
            if place in taken.values():
                raise SettingsError(f"two contracts would be served at {place}: {_OTHER_PLACE}")
            if part.name in taken:
                raise SettingsError(f"two contracts would be called {part.name}: {_OTHER_PLACE}")
            taken[part.name] = place
        return [part.load(report) for part in self._parts]

    def _check_single(self) -> None:
        """Raise SettingsError where what only one contract can have is told of several."""
        if len(self._parts) == 1:
            return
        if self.options["overlays"]:
            raise SettingsError("--overlay changes one contract: name the one to serve")
        if self.options["data"] is not None:
            raise SettingsError("--data fills one contract: name the one to serve")

    def rules(self, contracts: Sequence[Contract], report: Report = keep_silent) -> RulesByContract:
        """Load the user's own handlers, each file once; none where there is no file. Raises SettingsError."""
        sharing: dict[Path, list[Contract]] = {}
        for contract in contracts:
            file = self.part_of(contract).handlers
            if file is not None:
                sharing.setdefault(file, []).append(contract)
        found: dict[str, Rules] = {}
        for file, those in sharing.items():
            rules = Rules.load(file)
            for finding in rules.findings(those):
                report(finding)
            found |= dict.fromkeys([one.name for one in those], rules)
        return RulesByContract(found)

    def vendor(self, contract: Contract) -> Vendor | None:
        """Return the rules of a bundled contract."""
        if self._parts:
            return None
        return vendor_for(contract.name)


class RulesByContract(Struct, frozen=True):
    """The user's own handlers, by the name of the contract that they are for."""

    by_name: Mapping[str, Rules]

    def of(self, contract: Contract) -> Rules:
        """Return the handlers of a contract, perhaps none."""
        return self.by_name.get(contract.name) or Rules()


class _Part:
    """A contract with the options that hold for it."""

    def __init__(self, path: Path | None, mount: str, options: Options) -> None:
        """path: None for the bundled contracts. mount: "" where the file's name says it."""
        self.path, self.mount, self._options = path, mount, options
        self.overlays = tuple(map(Path, options["overlays"]))
        self.handlers = _path(options["handlers"])

    @property
    def name(self) -> str:
        """The name the contract is served under. Raises SettingsError."""
        return self.mount.strip("/").replace("/", "-") or _name(self.path or Path())

    @property
    def any_id(self) -> bool:
        """Whether an item that nobody created is made when it is asked for, where no vendor has rules."""
        return self._options["unknown_ids"] != "404"

    @property
    def any_write(self) -> bool:
        """Whether a write finds any item too, where its operation documents 404."""
        return self._options["unknown_ids"] == "generate"

    @property
    def settings(self) -> Settings:
        """How its sandbox starts, and what it takes. Raises SettingsError."""
        options, data = self._options, _path(self._options["data"])
        return Settings(
            seed=options["seed"],
            populate=options["populate"],
            data={} if data is None else read_items(data),
            any_id=self.any_id,
            any_write=self.any_write,
            refuses_contradictions=options["contradictions"] == "refuse",
            strict_accept=options["strict_accept"],
            lenient=options["lenient"],
            invalid_status=int(options["invalid_status"]),
            mount=self.mount,
        )

    def load(self, report: Report) -> Contract:
        """Load the contract. Raises ContractError or SettingsError."""
        root = _path(self._options["root"])
        loaded = _load(self.path or Path(), self.name, _overlaid(self.overlays), root, report)
        if self._options["undocumented_bodies"] == "none":
            return with_token_endpoints(loaded, all_logins=False)
        return completed(with_token_endpoints(loaded))


def _parts(contracts: Iterable[Files | ContractOptions], options: Options) -> Iterator[_Part]:
    """Yield each contract, those of a folder one by one, with its options.

    Raises ContractError for a folder without contracts, TypeError for an option there is not, SettingsError
    where a folder of several is to be in one place.
    """
    for one in contracts:
        told = one if isinstance(one, ContractOptions) else ContractOptions(one)
        files = list(documents([Path(told.file)]))
        if told.mount and len(files) > 1:
            raise SettingsError(f"{told.file} holds {len(files)} contracts: not all can be at {told.mount}")
        merged = cast(Options, {**options, **told.options})
        for file in files:
            yield _Part(file, told.mount, complete(**merged))


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
        raise ContractError(f"there is no such file{_meant(path)}", file=str(path))
    contract = Contract.load(path, name, change, root)
    found = causes(located(contract.document, [*quick(contract), *unusable(contract)], LINES_UP_TO))
    for cause in found[:FINDINGS_SHOWN]:
        report(cause)
    more = len(found) - FINDINGS_SHOWN
    if more > 0:
        report(f"{path.name}: {more} more kinds of findings; `understudy validate` shows them all")
    return contract


def _meant(path: Path) -> str:
    """Return the end of a sentence that names the file beside it that was meant, "" where none is like it."""
    beside = sorted(one.name for one in path.parent.glob("*") if one.is_file())
    near = nearest(path.name, beside, 1, _LIKE)
    return f"; did you mean {path.with_name(near[0])}?" if near else ""


def _overlaid(overlays: Sequence[Path]) -> Callable[[Document], Document] | None:
    """Return the change some overlays make; None where there are none."""
    if not overlays:
        return None
    return lambda document: overlay.apply_all(document, overlays)
