"""Writes what is generated: docs/admin.md from specs/admin.yaml, docs/cli.md from the parser of the command line, and the JSON Schema
of a file of options from the table of options.

`make docs` runs it. With --check it writes nothing, names the pages that are out of date, and fails where there are any.
"""

from __future__ import annotations

import argparse
import json
import sys
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Final

from understudy.bundled import admin_contract
from understudy.cli.option_schema import option_schema
from understudy.cli.options import parser
from understudy.contracts.extensions import EXPECTED
from understudy.contracts.parsing import parse

DOCS: Final = Path(__file__).parent
METHODS: Final = ("get", "put", "post", "delete", "patch")
WIDEST: Final = 140  # characters of an example on one line
Node = Mapping[str, Any]


# ---- the command line


def cli_page() -> Iterator[str]:
    """Yield the lines of the page about the command."""
    top = parser()
    yield "# The command `understudy`"
    yield ""
    yield "<!-- Generated from src/understudy/cli/options.py and the tables of options by `make docs`. -->"
    yield ""
    yield f"{top.description} `understudy --version` prints the version; each command explains itself with `--help`."
    for name, command in _commands(top):
        yield from ("", f"## understudy {name}", "", f"{command.description}", "")
        yield from _arguments(command)
    yield from (
        "",
        "The exit status is 0, 1 where something cannot be served or does not answer, and 2 where the call or its store is wrong. That of",
    )
    yield "`validate` is 0 without findings, 1 with some and 2 where the contract cannot be read; Ctrl-C ends `serve` with 130."


def _commands(top: argparse.ArgumentParser) -> Iterator[tuple[str, argparse.ArgumentParser]]:
    for action in top._actions:
        if isinstance(action, argparse._SubParsersAction):
            yield from action.choices.items()


def _arguments(command: argparse.ArgumentParser) -> Iterator[str]:
    yield "| | |"
    yield "|---|---|"
    for action in command._actions:
        if action.dest != "help":
            yield f"| {_called(action)} | {_cell((action.help or '') % {**vars(action), 'prog': 'understudy'})} |"


def _called(action: argparse.Action) -> str:
    """Write an option with its value, or an argument."""
    value = action.metavar or (
        "\\|".join(map(str, action.choices)) if action.choices else action.dest.upper()
    )
    if not action.option_strings:
        return f"`{value}`" + (" …" if action.nargs == "*" else "")
    takes = "" if action.nargs == 0 else f" {value}"
    return ", ".join(f"`{option}{takes}`" for option in action.option_strings)


# ---- the admin API


class AdminPage:
    """The page about the admin API, from its contract."""

    def __init__(self, contract: Node) -> None:
        self._contract = contract

    def lines(self) -> Iterator[str]:
        """Yield the lines of the page."""
        info = self._contract["info"]
        yield from ("# The admin API", "", "<!-- Generated from specs/admin.yaml by `make docs`. -->", "")
        yield from (f"{info['summary']}", "", info["description"].strip(), "")
        yield "The contract is at `/__admin/openapi.yaml`, and to be tried at `/__admin/docs`. The paths below begin with `/__admin`."
        for tag in self._contract["tags"]:
            yield from ("", f"## {tag['name']}", "", tag["description"].strip())
            for path, item in self._contract["paths"].items():
                for method in METHODS:
                    if method in item and tag["name"] in item[method]["tags"]:
                        yield from self._operation(method, path, item)
        yield from ("", "## Values", "")
        for name, schema in self._contract["components"]["schemas"].items():
            yield from self._schema(name, schema)

    def _operation(self, method: str, path: str, item: Node) -> Iterator[str]:
        operation = item[method]
        yield from (
            "",
            f"### {operation['operationId']}",
            "",
            f"`{method.upper()} {path}`",
            "",
            f"{operation['summary']}.",
        )
        if "description" in operation:
            yield from ("", operation["description"].strip())
        parameters = [
            self._resolved(one) for one in (*item.get("parameters", ()), *operation.get("parameters", ()))
        ]
        if parameters:
            yield from ("", "| parameter | in | |", "|---|---|---|")
            for one in parameters:
                said = " ".join(
                    filter(None, (one["description"].strip(), self._limits(one.get("schema", {}))))
                )
                yield f"| `{one['name']}` | {one['in']} | {_cell(said)} |"
        if "requestBody" in operation:
            yield from self._content("The body", operation["requestBody"])
        for status, answer in operation["responses"].items():
            if status.startswith("2"):
                yield from self._content(f"Answers {status}", self._resolved(answer))
        others = [
            status for status in operation["responses"] if status.isdigit() and not status.startswith("2")
        ]
        yield from ("", f"Refused with {', '.join(others)}: a [Problem](#problem).")

    def _content(self, begin: str, holder: Node) -> Iterator[str]:
        content = next(iter(holder.get("content", {}).items()), None)
        said = holder["description"].strip()
        if content is None:
            yield from ("", f"{begin}: {_lowered(said)}")
            return
        name, media = content
        yield from (
            "",
            f"{begin}, {self._type(media['schema'])}{'' if name == 'application/json' else f' as {name}'}: {_lowered(said)}",
        )
        for example in media.get("examples", {}).values():
            value = self._resolved(example)["value"]
            language, text = ("text", value.strip()) if isinstance(value, str) else ("json", _json(value))
            yield from ("", "<!-- run: none: an example of the contract -->", f"```{language}", text, "```")

    # -- schemas

    def _schema(self, name: str, schema: Node) -> Iterator[str]:
        yield from (f"### {name}", "")
        told = [text for text in (schema.get("description", "").strip(), self._limits(schema)) if text]
        forms = [self._type(one) for one in schema.get("oneOf", ()) if "$ref" in one]
        told += [f"One of {', '.join(forms)}."] if forms else []
        if told:
            yield from (*told, "")
        members = schema.get("properties", {})
        if members and not forms:
            yield from ("| member | | |", "|---|---|---|")
            for member, one in members.items():
                needed = " (required)" if member in schema.get("required", ()) else ""
                resolved = one if "$ref" not in one else {**self._resolved(one), **one}
                said = " ".join(
                    filter(
                        None,
                        (one.get("description", "").strip(), "" if "$ref" in one else self._limits(resolved)),
                    )
                )
                yield f"| `{member}`{needed} | {self._type(one)} | {_cell(said)} |"
            yield ""

    def _type(self, schema: Node) -> str:
        """Say of what type a value is; one that has a name is linked."""
        if "$ref" in schema:
            name = schema["$ref"].rpartition("/")[2]
            is_tag = any(
                tag["name"] == name for tag in self._contract["tags"]
            )  # whose heading comes first and takes the plain anchor
            return f"[{name}](#{name.lower()}{'-1' if is_tag else ''})"
        if "const" in schema:
            return f"`{json.dumps(schema['const'])}`"
        kind = schema.get("type")
        if kind == "array" or (isinstance(kind, list) and "array" in kind):
            null = " or null" if isinstance(kind, list) else ""
            return f"list of {self._type(schema.get('items', {}))}{null}"
        if "oneOf" in schema:
            return " or ".join(dict.fromkeys(self._type(one) for one in schema["oneOf"]))
        return " or ".join(kind) if isinstance(kind, list) else kind or "any"

    @staticmethod
    def _limits(schema: Node) -> str:
        """Say what a value is limited to, and its default."""
        words = {
            "minimum": "at least",
            "maximum": "at most",
            "exclusiveMinimum": "more than",
            "minItems": "at least",
            "maxItems": "at most",
        }
        said = [
            f"{word} {schema[name]}{' items' if name.endswith('Items') else ''}"
            for name, word in words.items()
            if schema.get(name)
        ]
        said += [f"one of {', '.join(f'`{one}`' for one in schema['enum'])}"] if "enum" in schema else []
        if "pattern" in schema:
            said.append(schema.get(EXPECTED) or f"matches `{schema['pattern']}`")
        said += [f"`{json.dumps(schema['default'])}` where it is left out"] if "default" in schema else []
        text = "; ".join(said)
        return f"{text[:1].upper()}{text[1:]}." if text else ""

    def _resolved(self, node: Node) -> Node:
        while "$ref" in node:
            found: Any = self._contract
            for name in node["$ref"].removeprefix("#/").split("/"):
                found = found[name]
            node = found
        return node


def _json(value: Any) -> str:
    text = json.dumps(value, ensure_ascii=False)
    return text if len(text) <= WIDEST else json.dumps(value, ensure_ascii=False, indent=2)


def _lowered(text: str) -> str:
    return text[:1].lower() + text[1:]


def _cell(text: str) -> str:
    """Write a text so that it stays in one cell of a table."""
    return " ".join(text.split()).replace("|", "\\|")


# ---- both


def pages() -> dict[str, str]:
    """Return the text of each generated page by its name."""
    contract = parse(admin_contract().read_bytes(), "admin.yaml")
    return {
        "admin.md": _text(AdminPage(contract).lines()),
        "cli.md": _text(cli_page()),
        "understudy.schema.json": json.dumps(option_schema(), indent=2, ensure_ascii=False) + "\n",
    }


def _text(lines: Iterable[str]) -> str:
    return "\n".join(lines).rstrip() + "\n"


def main(arguments: list[str]) -> int:
    """Write the pages, or with --check say which would change; the exit status is 1 where one would."""
    stale = {
        name: text
        for name, text in pages().items()
        if not (DOCS / name).exists() or (DOCS / name).read_text() != text
    }
    for name, text in stale.items():
        if "--check" in arguments:
            print(f"docs/{name} is out of date: run `make docs`", file=sys.stderr)
        else:
            (DOCS / name).write_text(text)
    return 1 if stale and "--check" in arguments else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
