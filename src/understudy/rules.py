"""Rules of a user's own: a Python file whose async functions answer the operations they are named after."""

from __future__ import annotations

import difflib
import inspect
import sys
import traceback
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import ModuleType
from typing import Any

from understudy.contracts.contract import Contract, Operation
from understudy.contracts.source import Finding
from understudy.errors import SettingsError
from understudy.handler import Context, Handler
from understudy.messages import Request, Response
from understudy.names import snake_case

TABLE = "HANDLERS"
"""The module's optional mapping from operations, `"get /a"` or an operationId, to functions of any name."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One function of the file. name: what it says it answers. chosen: whether the table says so, and not the function's own name."""

    name: str
    function: Callable[[Request, Context], Any]
    line: int
    chosen: bool = False


class Rules:
    """The functions of one Python file, and which operations they answer."""

    def __init__(self, file: Path, rules: Iterable[Rule]) -> None:
        self.file, self._rules = file, tuple(rules)

    @classmethod
    def load(cls, file: Path) -> Rules:
        """Run a Python file and take its functions. Raises SettingsError with the line for what cannot be used."""
        module = _run(file)
        table = getattr(module, TABLE, {})
        if not isinstance(table, Mapping):
            raise SettingsError(
                f"{file}: {TABLE} must map operations to functions, not be a {type(table).__name__}"
            )
        chosen = [Rule(str(name), function, _line(function), chosen=True) for name, function in table.items()]
        used = [rule.function for rule in chosen]
        public = [
            (name, value)
            for name, value in vars(module).items()
            if not name.startswith("_") and inspect.isfunction(value)
        ]
        own = [
            (name, function)
            for name, function in public
            if function.__module__ == module.__name__ and function not in used
        ]
        named = [Rule(name, function, _line(function)) for name, function in own]
        return cls(file, [*chosen, *named])

    def handlers(self, contract: Contract) -> dict[str, Handler]:
        """Return the handlers of one contract by operation key. Raises SettingsError for a function that cannot be one."""
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
        found = ((self._operation(rule, contract), rule) for rule in self._rules)
        return {
            operation.key: f"{rule.name} in {self.file.name}:{rule.line}"
            for operation, rule in found
            if operation
        }

    def findings(self, contracts: Iterable[Contract]) -> list[Finding]:
        """Name the functions that look like handlers and answer no operation of these contracts."""
        contracts = tuple(contracts)
        operations = [operation for contract in contracts for operation in contract.operations]
        known = list(
            dict.fromkeys(
                name
                for operation in operations
                for name in (operation.id, snake_case(operation.id), operation.key)
            )
        )
        found = []
        for rule in self._rules:
            is_handler = rule.chosen or inspect.iscoroutinefunction(rule.function)
            if is_handler and not any(self._operation(rule, contract) for contract in contracts):
                near = difflib.get_close_matches(rule.name, known, n=2, cutoff=0.5)
                hint = f"; the nearest are {', '.join(near)}" if near else ""
                found.append(
                    Finding(str(self.file), "", f"{rule.name} names no operation{hint}", rule.line or None)
                )
        return found

    def _operation(self, rule: Rule, contract: Contract) -> Operation | None:
        """Find the operation a function answers: by its id as it stands, in snake case, or, in the table, by its key."""
        method, _, path = rule.name.partition(" ")
        key = f"{method.lower()} {path.strip()}" if rule.chosen else ""
        exact = [
            operation
            for operation in contract.operations
            if rule.name == operation.id or key == operation.key
        ]
        matching = exact or [
            op for op in contract.operations if op.id != op.key and rule.name == snake_case(op.id)
        ]
        if len(matching) > 1:
            keys = " or ".join(operation.key for operation in matching)
            raise self._error(
                rule, f"{rule.name} could be {keys}: say which in {TABLE}, as {{{matching[0].key!r}: …}}"
            )
        return matching[0] if matching else None

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

        return handler

    def _error(self, rule: Rule, reason: str) -> SettingsError:
        return SettingsError(f"{self.file}{f':{rule.line}' if rule.line else ''}: {reason}")


def _run(file: Path) -> ModuleType:
    """Run a file as a module of its own; it is compiled here, so that nothing is written beside it and nothing stale is read."""
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
        lines = [
            frame.lineno for frame in traceback.extract_tb(error.__traceback__) if frame.filename == str(file)
        ]
        place = f"{file}:{lines[-1]}" if lines else str(file)
        raise SettingsError(f"{place}: failed with {type(error).__name__}: {error}") from None
    return module


def _line(function: Any) -> int:
    code = getattr(inspect.unwrap(function) if callable(function) else None, "__code__", None)
    return code.co_firstlineno if code else 0
