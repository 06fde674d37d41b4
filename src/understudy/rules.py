"""Rules of a user's own: a Python file whose async functions answer the operations they are named after."""

from __future__ import annotations

import inspect
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping, Sequence
from pathlib import Path
from types import ModuleType
from typing import Any

from msgspec import Struct

from understudy.contracts.contract import Contract, Operation
from understudy.contracts.source import Finding
from understudy.errors import SettingsError
from understudy.handler import Context, Handler
from understudy.messages import Request, Response
from understudy.names import snake_case
from understudy.nearest import or_nearest

TABLE = "HANDLERS"
"""The module's optional mapping from operations, `"get /a"` or an operationId, to functions of any name."""


class Rule(Struct, frozen=True):
    """One function of the file.

    name: what it says it answers. chosen: whether the table says so, and not the function's own name.
    """

    name: str
    function: Callable[[Request, Context], Any]
    line: int
    chosen: bool = False

    def names(self, operation: Operation) -> bool:
        """Tell whether it names an operation by its id or, in the table, by its key."""
        if self.name == operation.id:
            return True
        method, _, path = self.name.partition(" ")
        return self.chosen and operation.key == f"{method.lower()} {path.strip()}"

    def names_in_snake_case(self, operation: Operation) -> bool:
        """Tell whether it names an operation by its id, written as functions are."""
        return operation.id != operation.key and self.name == snake_case(operation.id)


class Rules:
    """The functions of one Python file, and which operations they answer."""

    def __init__(self, file: Path = Path(), rules: Iterable[Rule] = ()) -> None:
        self.file, self._rules = file, tuple(rules)

    @classmethod
    def load(cls, file: Path) -> Rules:
        """Run a Python file and take its functions.

        Raises SettingsError with the line for what cannot be used.
        """
        module = _run(file)
        table = getattr(module, TABLE, {})
        if not isinstance(table, Mapping):
            raise SettingsError(
                f"{file}: {TABLE} must map operations to functions, not be a {type(table).__name__}"
            )
        chosen = [Rule(str(name), function, _line(function), chosen=True) for name, function in table.items()]
        used = list(table.values())
        named: list[Rule] = []
        for name, value in vars(module).items():
            is_own = inspect.isfunction(value) and value.__module__ == module.__name__
            if is_own and not name.startswith("_") and value not in used:
                named.append(Rule(name, value, _line(value)))
        return cls(file, [*chosen, *named])

    def handlers(self, contract: Contract) -> dict[str, Handler]:
        """Return the handlers of one contract by operation key.

        Raises SettingsError for a function that cannot be one.
        """
        found: dict[str, Handler] = {}
        for rule in self._rules:
            operation = self._operation(rule, contract)
            if operation is None:
                continue
            if operation.key in found:
                raise self._error(
                    rule, f"{rule.name} answers {operation.key}, which another function here answers already"
                )
            found[operation.key] = self._handler(rule)
        return found

    def names(self, contract: Contract) -> dict[str, str]:
        """Name the function that answers each operation which has one, by operation key."""
        found: dict[str, str] = {}
        for rule in self._rules:
            operation = self._operation(rule, contract)
            if operation is not None:
                found[operation.key] = f"{rule.name} in {self.file.name}:{rule.line}"
        return found

    def findings(self, contracts: Sequence[Contract]) -> list[Finding]:
        """Name the functions that look like handlers and answer no operation of these contracts."""
        found: list[Finding] = []
        for rule in self._rules:
            is_handler = rule.chosen or inspect.iscoroutinefunction(rule.function)
            if is_handler and not any(self._operation(rule, contract) for contract in contracts):
                said = f"{rule.name} names no operation"
                said += or_nearest(rule.name, _names(contracts), 2)
                found.append(Finding(str(self.file), "", said, rule.line or None))
        return found

    def _operation(self, rule: Rule, contract: Contract) -> Operation | None:
        """Find the operation a function answers.

        By its id as it stands, in snake case, or, in the table, by its key.
        """
        operations = contract.operations
        matching = list(filter(rule.names, operations)) or list(filter(rule.names_in_snake_case, operations))
        if not matching:
            return None
        if len(matching) > 1:
            keys = " or ".join(operation.key for operation in matching)
            raise self._error(
                rule, f"{rule.name} could be {keys}: say which in {TABLE}, as {{{matching[0].key!r}: …}}"
            )
        return matching[0]

    def _handler(self, rule: Rule) -> Handler:
        """Return a function as a handler. Raises SettingsError where it is none."""
        if not inspect.iscoroutinefunction(rule.function):
            raise self._error(
                rule, f"{rule.name} must be an async function: async def {rule.name}(request, context)"
            )
        try:
            inspect.signature(rule.function).bind(None, None)
        except TypeError:
            raise self._error(
                rule, f"{rule.name} must take two arguments: async def {rule.name}(request, context)"
            ) from None

        async def handler(request: Request, context: Context) -> Response:
            response = await rule.function(request, context)
            if not isinstance(response, Response):
                raise self._error(
                    rule, f"{rule.name} must return a Response, not a {type(response).__name__}"
                )
            return response

        handler.__doc__ = rule.function.__doc__
        return handler

    def _error(self, rule: Rule, reason: str) -> SettingsError:
        place = str(self.file)
        if rule.line:
            place += f":{rule.line}"
        return SettingsError(f"{place}: {reason}")


def _names(contracts: Iterable[Contract]) -> list[str]:
    """Return what the operations of some contracts can be called."""
    known: dict[str, None] = {}
    for contract in contracts:
        for operation in contract.operations:
            known |= dict.fromkeys((operation.id, snake_case(operation.id), operation.key))
    return list(known)


def _run(file: Path) -> ModuleType:
    """Run a file as a module of its own.

    It is compiled here, so that nothing is written beside it and nothing stale is read.
    """
    try:
        source = file.read_bytes()
    except OSError as error:
        raise SettingsError(f"{file}: cannot be read: {error.strerror}") from None
    module = ModuleType(f"rules of {file.resolve()}")
    module.__file__ = str(file)
    sys.modules[module.__name__] = module  # dataclasses look up the module they stand in
    try:
        exec(compile(source, str(file), "exec", dont_inherit=True), vars(module))
    except SyntaxError as error:
        raise SettingsError(f"{error.filename or file}:{error.lineno}: not Python: {error.msg}") from None
    except (Exception, SystemExit) as error:
        place = str(file)
        for frame in traceback.extract_tb(error.__traceback__):
            if frame.filename == str(file):
                place = f"{file}:{frame.lineno}"
        raise SettingsError(f"{place}: failed with {type(error).__name__}: {error}") from None
    return module


def _line(function: Any) -> int:
    if not callable(function):
        return 0
    code = getattr(inspect.unwrap(function), "__code__", None)
    return getattr(code, "co_firstlineno", 0)
