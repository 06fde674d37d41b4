"""The documentation does what it says, names all there is to name, and leads somewhere."""

from __future__ import annotations

import argparse
import inspect
import json
import re
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from pathlib import Path

import pytest
import yaml

from documentation import PAGES, ROOT, Stage, Wrong, blocks, modules
from understudy import pytest_plugin
from understudy.cli.options import parser
from understudy.client.faults import Fault
from understudy.contracts import extensions
from understudy.faults.header import read_fault
from understudy.faults.kinds import KINDS
from understudy.faults.rule_json import read_rule
from understudy.journal.query import Filter
from understudy.model.codecs import words_of
from understudy.model.model import Collection, Member
from understudy.options import OPTIONS
from understudy.testing import Sandbox

DOCS = ROOT / "docs"
LINKED = (*PAGES, ROOT / "ARCHITECTURE.md", ROOT / "CHANGELOG.md", *sorted(ROOT.glob("examples/*/README.md")))


def page(name: str) -> str:
    return (DOCS / name).read_text()


def spans(text: str) -> list[str]:
    """Return what stands between backticks in a line of prose or a table."""
    return re.findall(r"`([^`\n]+)`", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE))


# -- the blocks


TESTS = modules(PAGES)


FOLLOWED_ONCE = pytest.mark.xdist_group("pages")
"""Each process follows all pages, so one process has them all."""


@pytest.fixture(scope="module")
def followed(tmp_path_factory: pytest.TempPathFactory) -> Iterator[dict[Path | str, Future[None]]]:
    """Follow the pages and run their tests, two at a time."""
    longest = sorted(
        PAGES,
        key=lambda path: -len([block for block in blocks(path) if block.mark.startswith(("serve", "shell"))]),
    )
    with ThreadPoolExecutor(2) as pool:
        told: dict[Path | str, Future[None]] = {
            ini: pool.submit(Stage(tmp_path_factory.mktemp("tests")).test, ini, tests)
            for ini, tests in TESTS.items()
        }
        yield told | {
            path: pool.submit(Stage(tmp_path_factory.mktemp(path.stem)).follow, path) for path in longest
        }


@pytest.mark.slow
@FOLLOWED_ONCE
@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_block_does_what_its_page_says(path: Path, followed: dict[Path | str, Future[None]]) -> None:
    followed[path].result()


@pytest.mark.slow
@FOLLOWED_ONCE
@pytest.mark.parametrize(
    "ini", TESTS, ids=["one contract" if ini else "the bundled contracts" for ini in TESTS]
)
def test_each_module_of_tests_passes(ini: str, followed: dict[Path | str, Future[None]]) -> None:
    followed[ini].result()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_block_says_how_it_is_run(path: Path) -> None:
    assert [block.place for block in blocks(path) if not block.mark] == []


WRONG = {
    "a shown answer that is another": (
        "shell",
        'echo \'{"a": 1, "b": [1, 2]}\'',
        "answer",
        '{"a": 1, "b": [1, 3]}',
    ),
    "a shown answer that is less": ("shell", 'echo \'{"a": 1, "b": 2}\'', "answer", '{"a": 1}'),
    "a shown text that is another": ("shell", "echo one; echo two", "answer", "one\nthree"),
    "a command that fails": ("shell", "false", "none: this one", ""),
    "a command that should have failed": ("shell exit 1", "true", "none: this one", ""),
    "a status that nobody answered": ("shell 404", "true", "none: this one", ""),
    "a program that fails": ("python", "raise ValueError", "none: this one", ""),
    "a server that does not start": ("serve", "understudy serve nothing.yaml", "none: this one", ""),
}


@pytest.mark.parametrize("name", WRONG)
def test_what_is_not_so_is_noticed(name: str, tmp_path: Path) -> None:
    kind, command, then, shown = WRONG[name]
    language = "json" if shown.startswith("{") else "text"
    path = tmp_path / "wrong.md"
    path.write_text(
        f"<!-- run: {kind} -->\n```console\n{command}\n```\n\n<!-- run: {then} -->\n```{language}\n{shown}\n```\n"
    )
    with pytest.raises(Wrong):
        Stage(tmp_path).follow(path)


def test_a_module_of_tests_that_fails_is_noticed(tmp_path: Path) -> None:
    path = tmp_path / "wrong.md"
    path.write_text("<!-- run: pytest -->\n```python\ndef test_it() -> None:\n    raise ValueError\n```\n")
    for ini, tests in modules([path]).items():
        with pytest.raises(Wrong, match="ValueError"):
            Stage(tmp_path).test(ini, tests)


def test_an_answer_may_leave_things_out(tmp_path: Path) -> None:
    path = tmp_path / "right.md"
    path.write_text(
        '<!-- run: shell -->\n```console\necho \'{"a": 1, "b": [1, {"c": "one two"}, 3]}\'\n```\n'
        '<!-- run: answer -->\n```json\n{"b": [1, {"c": "one …"}, "…"], "…": "…"}\n```\n'
        "<!-- run: shell -->\n```console\nprintf 'one\\ntwo\\nthree 3\\n'\n```\n<!-- run: answer -->\n```text\n…\nthree …\n```\n"
    )
    Stage(tmp_path).follow(path)


# -- what is generated


def test_the_generated_pages_are_up_to_date() -> None:
    done = subprocess.run(
        [sys.executable, str(DOCS / "generate.py"), "--check"], capture_output=True, text=True, check=False
    )
    assert (done.returncode, done.stderr) == (0, "")


# -- what has to be named


def options(top: argparse.ArgumentParser) -> Iterator[str]:
    for action in top._actions:
        yield from (
            option for option in action.option_strings if option.startswith("--") and option != "--help"
        )
        if isinstance(action, argparse._SubParsersAction):
            for name, command in action.choices.items():
                yield f"understudy {name}"
                yield from options(command)


def test_each_option_and_command_is_named() -> None:
    written = [path.read_text() for path in PAGES if path.name != "cli.md"]
    names = set(options(parser()))
    assert {"--webhook-url", "--state", "understudy snapshot"} <= names
    assert [name for name in sorted(names) if f"{name}" not in page("cli.md") and name != "--version"] == []
    assert [name for name in sorted(names) if not any(re.search(rf"{name}\b", text) for text in written)] == [
        "--version"
    ]


def test_each_environment_variable_is_named() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    found = set(re.findall(r"\bUNDERSTUDY_[A-Z_]+\b", sources))
    assert {"UNDERSTUDY_CACHE", "UNDERSTUDY_URL", "UNDERSTUDY_ADMIN_TOKEN"} <= found
    written = "".join(path.read_text() for path in DOCS.glob("*.md") if path.name != "cli.md")
    assert [name for name in sorted(found) if name not in written] == []


def fault_rows() -> list[tuple[list[str], list[str]]]:
    """Return the table of the kinds: of each row the spans of its first column and those of its second."""
    rows = re.findall(r"^\|([^|]*)\| (`\{[^|]*\}`) \|(.*)\|$", page("faults.md"), re.MULTILINE)
    return [(spans(header), spans(value)) for header, value, _ in rows]


def test_both_forms_of_each_kind_of_fault_are_the_same() -> None:
    kinds = Counter(json.loads(values[0])["kind"] for _, values in fault_rows())
    assert set(kinds) == set(KINDS)
    for headers, (value,) in fault_rows():
        rule = read_rule({"sequence": [json.loads(value)]})
        assert [read_fault(header) for header in headers] == ([] if "body" in value else list(rule.faults))


def test_each_form_of_the_header_is_named() -> None:
    forms = [
        form
        for kind in KINDS.values()
        for form in re.findall(rf"{kind.name}(?:=(?:[^\s,(]|\([^)]*\))+)?", kind.usage)
    ]
    assert {
        "reset",
        "latency=lognormal(200ms,0.5)",
        "rate-limit=5/60s;burst=10",
        "after-write=200..599",
    } <= set(forms)
    assert [form for form in forms if form not in spans(page("faults.md"))] == []


def test_each_condition_of_the_journal_is_named() -> None:
    names = {name for name in inspect.signature(Filter).parameters if not name.startswith("_")}
    names = {name.replace("path_parameters", "pathParameters") for name in names}
    assert [name for name in sorted(names - {"limit"}) if f"\n| `{name}` |" not in page("journal.md")] == []


def test_what_a_rule_of_faults_may_say_is_named() -> None:
    schemas = yaml.safe_load((ROOT / "specs" / "admin.yaml").read_text())["components"]["schemas"]
    members = {*schemas["FaultRule"]["properties"], *schemas["FaultMatch"]["properties"]}
    assert [name for name in sorted(members) if f"`{name}`" not in page("faults.md")] == []


def test_each_fixture_and_ini_option_of_the_plugin_is_named() -> None:
    marker = type(pytest_plugin.sandbox)
    fixtures = [name for name, value in vars(pytest_plugin).items() if isinstance(value, marker)]
    assert {"sandbox", "sandbox_server"} <= set(fixtures)
    flags = re.findall(r'"(--[a-z-]+)"', inspect.getsource(pytest_plugin.pytest_addoption))
    assert flags
    assert [name for name in (*fixtures, *pytest_plugin.INI, *flags) if name not in page("testing.md")] == []


def test_each_thing_a_session_offers_is_named() -> None:
    offered = {name for kind in (Sandbox, Fault) for name in dir(kind) if not name.startswith("_")} | {"id"}
    missing = [
        name for name in sorted(offered) if not re.search(rf"\b{name}\b", " ".join(spans(page("testing.md"))))
    ]
    assert missing == []
    assert [name for name in OPTIONS if name not in page("testing.md")] == []


def test_each_extension_is_named() -> None:
    sources = "".join(path.read_text() for path in (ROOT / "src").rglob("*.py"))
    found = set(re.findall(r'"(x-understudy-[a-z]+)"', sources))
    assert [name for name in sorted(found) if f"`{name}" not in page("contracts.md")] == []
    words = {*extensions.SCHEMA_WORDS, extensions.ON, *words_of(Collection), *words_of(Member)}
    assert [word for word in sorted(words) if not re.search(rf"\b{word}\b", page("contracts.md"))] == []


def test_each_operation_of_the_admin_api_is_named() -> None:
    contract = yaml.safe_load((ROOT / "specs" / "admin.yaml").read_text())
    operations = [
        operation
        for item in contract["paths"].values()
        for method, operation in item.items()
        if method != "parameters"
    ]
    assert len(operations) > 30
    assert [
        one["operationId"] for one in operations if f"\n### {one['operationId']}\n" not in page("admin.md")
    ] == []


# -- links


def anchors(text: str) -> set[str]:
    """Return the anchors that GitHub gives to a page's headings."""
    found: Counter[str] = Counter()
    names = set()
    for heading in re.findall(
        r"^#+ (.*)$", re.sub(r"^```.*?^```", "", text, flags=re.DOTALL | re.MULTILINE), re.MULTILINE
    ):
        slug = re.sub(r"[^\w\- ]", "", heading.lower()).replace(" ", "-")
        names.add(f"{slug}-{found[slug]}" if found[slug] else slug)
        found[slug] += 1
    return names


@pytest.mark.parametrize("path", LINKED, ids=lambda path: str(path.relative_to(ROOT)))
def test_each_link_leads_somewhere(path: Path) -> None:
    text = re.sub(r"^ *```.*?^ *```|`[^`\n]+`", "", path.read_text(), flags=re.DOTALL | re.MULTILINE)
    for target in re.findall(r"\]\(([^)\s]+)\)", text):
        if target.startswith(("http://", "https://")):
            continue
        name, _, anchor = target.partition("#")
        file = (path.parent / name).resolve() if name else path
        assert file.exists(), target
        assert not anchor or anchor in anchors(file.read_text()), target


def test_the_contents_name_each_page() -> None:
    assert [
        path.name
        for path in DOCS.glob("*.md")
        if path.name != "README.md" and f"({path.name})" not in page("README.md")
    ] == []
