"""Whether the code is written at reading speed: bounds that each package of the source keeps, and which do not yet.

    python benchmarks/reading.py            # fails with a sentence for each bound that is broken
    python benchmarks/reading.py --all      # the figures of each package, of those that are pending too

`[tool.reading] pending` in pyproject.toml names the packages, and the modules beside them, that do not keep the bounds yet.
"""

from __future__ import annotations

import argparse
import ast
import sys
import tomllib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from statistics import median

ROOT = Path(__file__).parent.parent
SOURCE = ROOT / "src" / "understudy"
TOP = "top level"
"""What the modules that lie in no package are measured as, together."""

CONDITIONAL = ast.IfExp
COMPREHENSION = (ast.ListComp, ast.SetComp, ast.DictComp, ast.GeneratorExp)
DENSE = (CONDITIONAL, *COMPREHENSION)

CONDITIONALS = 1.2  # a hundred lines
COMPREHENSIONS = 1.8  # a hundred lines
NESTED = 4  # ten thousand lines, of all that is settled
WIDTH = 110  # characters of a line
USUAL = 8  # lines of the median function
LONG = 25  # lines that 95 of 100 functions keep within
LONGEST = 40  # lines


@dataclass(frozen=True)
class Function:
    """One function, and how many lines its body has without the docstring."""

    place: str
    lines: int


@dataclass
class Figures:
    """What is counted in the modules of one package."""

    lines: int = 0
    conditionals: int = 0
    comprehensions: int = 0
    nested: list[str] = field(default_factory=list)
    wide: list[str] = field(default_factory=list)
    functions: list[Function] = field(default_factory=list)

    def per_hundred(self, count: int) -> float:
        """Return a count for each hundred lines, as it is printed: with one decimal."""
        return round(100 * count / max(self.lines, 1), 1)

    @property
    def usual(self) -> float:
        """The lines of the median function."""
        sizes = [function.lines for function in self.functions]
        return median(sizes) if sizes else 0

    @property
    def long(self) -> list[Function]:
        """The functions that are longer than most should be."""
        return [function for function in self.functions if function.lines > LONG]


def read(text: str, name: str, into: Figures) -> None:
    """Count what one module holds."""
    lines = text.splitlines()
    into.lines += len(lines)
    for number, line in enumerate(lines, 1):
        if len(line) > WIDTH:
            into.wide.append(f"{name}:{number}")
    for node in ast.walk(ast.parse(text)):
        if isinstance(node, CONDITIONAL):
            into.conditionals += 1
        if isinstance(node, COMPREHENSION):
            into.comprehensions += 1
        if isinstance(node, DENSE):
            into.nested += [f"{name}:{line}" for line in _dense_below(node)]
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            into.functions.append(Function(f"{name}:{node.lineno} {node.name}", _length(node)))


def _dense_below(node: ast.AST) -> Iterator[int]:
    """Yield the lines of the dense expressions within another one."""
    for inner in ast.walk(node):
        if inner is not node and isinstance(inner, DENSE):
            yield inner.lineno


def _length(function: ast.FunctionDef | ast.AsyncFunctionDef) -> int:
    """Return how many lines the body of a function has, its docstring apart."""
    body = function.body
    if ast.get_docstring(function) is not None:
        body = body[1:]
    if not body:
        return 0
    return (body[-1].end_lineno or 0) - body[0].lineno + 1


def measured(source: Path, pending: Iterable[str]) -> tuple[dict[str, Figures], dict[str, Figures]]:
    """Return the figures of each package that is settled, and of each package or module that is pending."""
    settled: dict[str, Figures] = defaultdict(Figures)
    waiting: dict[str, Figures] = {name: Figures() for name in pending}
    for path in sorted(source.rglob("*.py")):
        within = path.relative_to(source)
        name = within.parts[0].removesuffix(".py")
        if name in waiting:
            figures = waiting[name]
        elif len(within.parts) == 1:
            figures = settled[TOP]
        else:
            figures = settled[name]
        read(path.read_text(), within.as_posix(), figures)
    return dict(settled), waiting


def broken(name: str, figures: Figures) -> Iterator[str]:
    """Yield a sentence for each bound that a package breaks."""
    conditionals = figures.per_hundred(figures.conditionals)
    if conditionals > CONDITIONALS:
        yield f"{name}: {conditionals} conditional expressions a hundred lines, and {CONDITIONALS} are allowed"
    comprehensions = figures.per_hundred(figures.comprehensions)
    if comprehensions > COMPREHENSIONS:
        yield f"{name}: {comprehensions} comprehensions a hundred lines, and {COMPREHENSIONS} are allowed"
    if figures.usual > USUAL:
        yield f"{name}: the median function has {figures.usual:.0f} lines, and {USUAL} are allowed"
    if len(figures.long) * 20 > len(figures.functions):
        places = ", ".join(function.place for function in figures.long)
        yield f"{name}: more than 5 of 100 functions have over {LONG} lines: {places}"
    for function in figures.functions:
        if function.lines > LONGEST:
            yield f"{function.place} has {function.lines} lines, and {LONGEST} are allowed"
    for place in figures.wide:
        yield f"{place} has more than {WIDTH} characters"


def nested(settled: Iterable[Figures]) -> Iterator[str]:
    """Yield a sentence where more dense expressions stand within others than all settled packages together may hold."""
    lines = 0
    places: list[str] = []
    for figures in settled:
        lines += figures.lines
        places += figures.nested
    if len(places) * 10_000 > NESTED * lines:
        yield (
            f"{len(places)} conditional expressions or comprehensions stand within another one, and {NESTED} in ten "
            f"thousand lines are allowed: {', '.join(places)}"
        )


def problems(source: Path, pending: Sequence[str]) -> list[str]:
    """Return a sentence for each bound that is broken, and for each name that is pending and not there."""
    settled, waiting = measured(source, pending)
    found = [
        f"pending names {name}, and there is no such package or module"
        for name, figures in waiting.items()
        if not figures.lines
    ]
    for name, figures in settled.items():
        found += broken(name, figures)
    return [*found, *nested(settled.values())]


def row(name: str, figures: Figures, note: str = "") -> str:
    """Return one line of the table."""
    longest = max((function.lines for function in figures.functions), default=0)
    return (
        f"{name:16}{figures.lines:>7}{figures.per_hundred(figures.conditionals):>9}"
        f"{figures.per_hundred(figures.comprehensions):>9}{len(figures.nested):>8}{len(figures.wide):>6}"
        f"{figures.usual:>8.0f}{len(figures.long):>6}{longest:>9}  {note}"
    )


def table(source: Path, pending: Sequence[str]) -> Iterator[str]:
    """Yield the figures of each package, with a note on those that are pending."""
    settled, waiting = measured(source, pending)
    columns = (("lines", 7), ("if-else", 9), ("compr.", 9), ("nested", 8), ("wide", 6), ("median", 8))
    head = "".join(f"{word:>{width}}" for word, width in columns)
    yield f"{'package':16}{head}{f'>{LONG}':>6}{'longest':>9}"
    for name, figures in sorted(settled.items()):
        yield row(name, figures)
    for name, figures in sorted(waiting.items()):
        ready = not figures.nested and not any(broken(name, figures))
        yield row(name, figures, "keeps all bounds: take it off the list" if ready else "pending")


def main() -> None:
    """Print what breaks a bound; end with 1 where something does."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--all", action="store_true", help="print the figures of each package")
    chosen = options.parse_args()
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text())
    pending: list[str] = settings["tool"]["reading"]["pending"]
    if chosen.all:
        print("\n".join(table(SOURCE, pending)))
    found = problems(SOURCE, pending)
    well = "reads well"
    if pending:
        well += f", but for {len(pending)} packages and modules that are pending"
    print("\n".join(found) or well)
    sys.exit(bool(found))


if __name__ == "__main__":
    main()
