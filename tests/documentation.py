"""The documentation as something that runs: its code blocks, each marked with how, against real servers on free ports.

A block that is fenced has a comment before it, which readers do not see:

    <!-- run: serve -->             the command starts a server; what follows on the page is sent to that one
    <!-- run: shell -->             commands that succeed; `shell 404`: the last one is answered so; `shell exit 56`: it ends so
    <!-- run: answer -->            what the block before it printed; `…` stands for anything
    <!-- run: file rules.py -->     is written to a file of that name
    <!-- run: python -->            a program
    <!-- run: pytest -->            a module of tests, which is run under the page's pytest.ini, if it has one
    <!-- run: none: needs Docker --> is not run, and why
"""

from __future__ import annotations

import json
import os
import re
import shutil
import subprocess
import sys
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Final

ROOT: Final = Path(__file__).parents[1]
PAGES: Final = (ROOT / "README.md", *sorted((ROOT / "docs").glob("*.md")))
SERVED: Final = "http://127.0.0.1:8000"  # where every page says its server is
ANYTHING: Final = "…"
LONGEST: Final = 240  # seconds for one block, on a busy machine
LIGHT: Final = "-p no:schemathesis -p no:hypothesispytest"  # plugins of ours, which take a second to import and which no reader has

_MARK = re.compile(r"<!-- run: (.+?) -->")
_KINDS = re.compile(
    r"serve|shell(?: [1-5][0-9]{2}| exit [0-9]+)?|answer|file [\w./-]+|python|pytest|none: .{4,}"
)


class Wrong(AssertionError):
    """What a page says is not so."""


@dataclass(frozen=True)
class Block:
    """A fenced block. line: of its fence. mark: how it is run, empty where it does not say."""

    page: Path
    line: int
    language: str
    text: str
    mark: str

    @property
    def place(self) -> str:
        """Where it stands, for a person."""
        return f"{self.page.name}:{self.line}"


def blocks(page: Path) -> list[Block]:
    """Return the fenced blocks of a page, in order."""
    found, lines, start = [], page.read_text().splitlines(), None
    for number, line in enumerate(lines):
        if not line.lstrip().startswith("```"):
            continue
        if start is None:
            start = number
            continue
        before = next((one for one in reversed(lines[:start]) if one.strip()), "")
        mark = _MARK.fullmatch(before.strip())
        text = "\n".join(lines[start + 1 : number]) + "\n"
        found.append(
            Block(
                page,
                start + 1,
                lines[start].strip(" `"),
                text,
                mark[1] if mark and _KINDS.fullmatch(mark[1]) else "",
            )
        )
        start = None
    if start is not None:
        raise Wrong(f"{page.name}:{start + 1}: the fence is never closed")
    return found


def modules(pages: Iterable[Path]) -> dict[str, list[Block]]:
    """Gather the modules of tests of some pages by the text of the pytest.ini that stands on their page."""
    found: dict[str, list[Block]] = {}
    for page in pages:
        there = blocks(page)
        ini = next((block.text for block in there if block.mark == "file pytest.ini"), "")
        tests = [block for block in there if block.mark == "pytest"]
        if tests:
            found.setdefault(ini, []).extend(tests)
    return found


@dataclass
class Stage:
    """A folder in which one page is followed from its beginning to its end, and the server that its commands talk to."""

    folder: Path
    server: subprocess.Popen[str] | None = None
    url: str = SERVED
    printed: str = ""
    errors: str = ""

    def follow(self, page: Path) -> None:
        """Run a page's blocks but its tests. Raises Wrong where one does not do what the page says."""
        self._furnish()
        (self.folder / ".curlrc").write_text(
            'silent\nshow-error\nmax-time = 30\nwrite-out = "%{stderr}<%{http_code}>\\n"\n'
        )
        try:
            for block in blocks(page):
                self._run(block)
        finally:
            self._stop()

    def test(self, ini: str, modules: Sequence[Block]) -> None:
        """Run the tests of several pages at once. Raises Wrong where one fails."""
        self._furnish()
        (self.folder / "pytest.ini").write_text(ini or "[pytest]\n")
        for block in modules:
            (self.folder / f"test_{block.page.stem.replace('-', '_')}_{block.line}.py").write_text(block.text)
        done = self._process([sys.executable, "-m", "pytest", "-q", "-p", "no:cacheprovider", "."])
        if done.returncode:
            raise Wrong(f"the tests of a page failed\n{done.stdout}\n{done.stderr}")

    def _furnish(self) -> None:
        (self.folder / "docs").mkdir()
        (self.folder / "docs" / "shop.yaml").write_text((ROOT / "docs" / "shop.yaml").read_text())
        shutil.copytree(ROOT / "tests" / "contracts", self.folder / "tests" / "contracts")

    def _run(self, block: Block) -> None:
        kind, _, detail = block.mark.partition(" ")
        text = block.text.replace(SERVED, self.url).replace(".venv/bin/", "")
        if kind == "serve":
            self._serve(block)
        elif kind == "shell":
            self._shell(block, text, detail)
        elif kind == "answer":
            self._answer(block, text)
        elif kind == "file":
            (self.folder / detail).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / detail).write_text(text)
        elif kind == "python":
            self._python(block, text)

    # -- how

    def _serve(self, block: Block) -> None:
        self._stop()
        command = (
            block.text.replace("\\\n", " ")
            .replace(".venv/bin/", "")
            .replace("make serve", "understudy serve")
            .split()
        )
        self.server = subprocess.Popen(
            [*command, "--port", "0"],
            cwd=self.folder,
            env=self._environment,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        assert self.server.stdout
        assert self.server.stderr
        found = re.search(r"http://[^/ ]+", self.server.stdout.readline())
        if found is None:
            raise Wrong(f"{block.place}: the server did not start: {self.server.stderr.read()}")
        self.url = found[0]

    def _stop(self) -> None:
        if self.server is not None:
            self.server.terminate()
            self.server.communicate(timeout=LONGEST)
            self.server = None

    def _shell(self, block: Block, text: str, detail: str) -> None:
        done = self._process(["bash", "-e", "-c", text])
        statuses = [int(status) for status in re.findall(r"<(\d{3})>", done.stderr)]
        self.printed, self.errors = done.stdout.replace("\r", ""), re.sub(r"<\d{3}>\n", "", done.stderr)
        wanted = int(detail) if detail.isdigit() else None
        code = int(detail.removeprefix("exit ")) if detail.startswith("exit") else 0
        last = statuses.pop() if wanted and statuses else None
        wrong = [status for status in statuses if not 200 <= status < 400] if not code else []
        if done.returncode != code or wrong or last != wanted:
            raise Wrong(
                f"{block.place}: ended with {done.returncode} and {[*statuses, last]}\n{self.printed}\n{self.errors}"
            )

    def _answer(self, block: Block, expected: str) -> None:
        try:
            is_so = (
                _same(json.loads(expected), list(_values(self.printed))[-1])
                if block.language == "json"
                else self._reads(expected)
            )
        except (ValueError, IndexError):
            is_so = False
        if not is_so:
            raise Wrong(
                f"{block.place}: shows\n{expected}\nbut this was printed:\n{self.printed}\n{self.errors}"
            )

    def _reads(self, expected: str) -> bool:
        lines = [re.escape(line.rstrip()).replace(ANYTHING, ".*") for line in expected.strip().splitlines()]
        pattern = "".join("(?:.*\n)*?" if line == ".*" else rf"{line} *\n" for line in lines)
        return any(re.fullmatch(pattern, f"{text.strip()}\n") for text in (self.printed, self.errors))

    def _python(self, block: Block, text: str) -> None:
        done = self._process([sys.executable, "-W", "error", "-c", text])
        self.printed, self.errors = done.stdout, done.stderr
        if done.returncode:
            raise Wrong(f"{block.place}: failed\n{done.stdout}\n{done.stderr}")

    def _process(self, command: list[str]) -> subprocess.CompletedProcess[str]:
        return subprocess.run(
            command,
            cwd=self.folder,
            env=self._environment,
            capture_output=True,
            text=True,
            timeout=LONGEST,
            check=False,
        )

    @property
    def _environment(self) -> dict[str, str]:
        path = f"{Path(sys.executable).parent}:{os.environ['PATH']}"
        own = {"CURL_HOME": str(self.folder), "NO_PROXY": "*", "PATH": path, "PYTEST_ADDOPTS": LIGHT}
        kept = ("UNDERSTUDY_CACHE",)  # the rest would change what a page says
        left = {
            name: value
            for name, value in os.environ.items()
            if name in kept or not name.startswith(("PYTEST_", "UNDERSTUDY_"))
        }
        return {**left, **own}


def _values(text: str) -> Iterator[Any]:
    """Yield the JSON values that stand one after another in a text. Raises ValueError for anything else."""
    decoder, text = json.JSONDecoder(), text.strip()
    while text:
        value, end = decoder.raw_decode(text)
        yield value
        text = text[end:].lstrip()


def _same(shown: Any, found: Any) -> bool:
    """Compare what is shown with what there is; `…` stands for any value, for further members and for further items."""
    if shown == ANYTHING:
        return True
    if isinstance(shown, dict) and isinstance(found, dict):
        named = {name: value for name, value in shown.items() if name != ANYTHING}
        is_whole = ANYTHING in shown or shown.keys() == found.keys()
        return is_whole and all(name in found and _same(value, found[name]) for name, value in named.items())
    if isinstance(shown, list) and isinstance(found, list):
        is_begun = shown[-1:] == [ANYTHING]
        wanted = shown[:-1] if is_begun else shown
        return (len(found) >= len(wanted) if is_begun else len(found) == len(wanted)) and all(
            map(_same, wanted, found)
        )
    if isinstance(shown, str) and isinstance(found, str):
        return re.fullmatch(re.escape(shown).replace(ANYTHING, ".*"), found, re.DOTALL) is not None
    return type(shown) is type(found) and bool(shown == found)
