"""Contract files are read as YAML 1.2, their references are followed, and nothing outside their folder is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from understudy.contracts.parsing import line_of, parse
from understudy.contracts.source import Document
from understudy.errors import ContractError


def load(folder: Path, **files: str) -> Document:
    for name, text in files.items():
        path = folder / (name.replace("__", "/") + ".yaml")
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text)
    return Document.load(folder / "api.yaml")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("NO", "NO"),
        ("yes", "yes"),
        ("12:30:00", "12:30:00"),
        ("2024-01-01", "2024-01-01"),
        ("0123", "0123"),
        ("0x1F", "0x1F"),
        ("true", True),
        ("~", None),
        ("", None),
        ("-12", -12),
        ("1.5e3", 1500.0),
        (".5", 0.5),
        (".", "."),
        ("1_000", "1_000"),
    ],
)
def test_scalars_are_yaml_1_2(text: str, value: object) -> None:
    read = parse(f"a: {text}\n".encode(), "a.yaml")["a"]
    assert read == value
    assert type(read) is type(value)


def test_keys_are_strings() -> None:
    assert parse(b"responses:\n  200: ok\n  true: also\n", "a.yaml") == {
        "responses": {"200": "ok", "true": "also"}
    }


def test_merge_keys_work() -> None:
    assert parse(b"a: &a {x: 1}\nb:\n  <<: *a\n  y: 2\n", "a.yaml")["b"] == {"x": 1, "y": 2}


@pytest.mark.parametrize(
    ("content", "line"),
    [
        (b"a: 1\nb: [1,\n", 3),
        (b"a: 1\nb: 2\na: 3\n", 3),
        (b'{"a": 1,\n "b": }', 2),
        (b"a: \xff\n", None),
        (b"a: *nowhere\n", 1),
    ],
)
def test_what_cannot_be_read_is_refused_with_its_line(content: bytes, line: int | None) -> None:
    name = "a.json" if content.startswith(b"{") else "a.yaml"
    with pytest.raises(ContractError) as caught:
        parse(content, name)
    assert (caught.value.file, caught.value.line) == (name, line)


@pytest.mark.parametrize("text", ["a: " + "[" * 200_000, "- " * 200_000, "{a: " * 200_000, "? " * 200_000])
def test_nesting_without_end_is_refused(text: str) -> None:
    with pytest.raises(ContractError, match="nested deeper"):
        parse(text.encode(), "a.yaml")


def test_a_reference_is_followed_into_a_file_beside_it_and_back(tmp_path: Path) -> None:
    document = load(
        tmp_path,
        api="a: {$ref: 'parts/b.yaml#/x/0'}\nc: {d: 5}\n",
        parts__b="x: [{$ref: '../api.yaml#/c'}]\n",
    )
    node = document.root.child("a", "d")
    assert (node.value, node.address) == (5, "api.yaml#/c/d")


@pytest.mark.parametrize(
    ("reference", "reason"),
    [
        ("../secret.yaml", "outside"),
        ("/etc/hostname", "outside"),
    ],
)
def test_a_bad_reference_is_refused_with_its_line(tmp_path: Path, reference: str, reason: str) -> None:
    (tmp_path / "secret.yaml").write_text("a: 1\n")
    folder = tmp_path / "contract"
    folder.mkdir()
    (folder / "api.yaml").write_text(f"b: 1\na:\n  $ref: '{reference}'\n")
    with pytest.raises(ContractError, match=reason) as caught:
        Document.load(folder / "api.yaml")
    assert caught.value.line == 2


def test_a_link_that_leaves_the_folder_is_not_followed(tmp_path: Path) -> None:
    (tmp_path / "secret.yaml").write_text("a: 1\n")
    folder = tmp_path / "contract"
    folder.mkdir()
    (folder / "inside.yaml").symlink_to(tmp_path / "secret.yaml")
    (folder / "api.yaml").write_text("a: {$ref: 'inside.yaml#/a'}\n")
    with pytest.raises(ContractError, match="outside"):
        Document.load(folder / "api.yaml")


def test_a_reference_in_an_example_is_only_a_word(tmp_path: Path) -> None:
    assert load(tmp_path, api="example: {$ref: '#/nowhere'}\nx-note: {$ref: '#/nowhere'}\n").root.has(
        "example"
    )


def test_a_property_called_example_is_still_a_schema(tmp_path: Path) -> None:
    [finding] = load(tmp_path, api="properties: {example: {$ref: '#/nowhere'}}\n").findings
    assert finding.pointer == "/properties/example"


def _bomb(levels: int, wide: int, low: str, level: str) -> bytes:
    """Return YAML in which each level holds the one below by so many aliases."""
    lines = [f"a0: &a0 {low}"]
    for number in range(1, levels):
        held = ", ".join([f"*a{number - 1}"] * wide)
        lines.append(f"a{number}: &a{number} {level.format(held)}")
    return "\n".join(lines).encode()


@pytest.mark.parametrize(
    "text",
    [
        _bomb(12, 9, "[x]", "[{}]"),
        _bomb(11, 4, "{type: object}", "{{allOf: [{}]}}"),
        _bomb(60, 2, "{x: 1}", "{{<<: [{}]}}"),
    ],
)
def test_aliases_that_multiply_are_refused_with_their_line_before_they_are_written_out(text: bytes) -> None:
    with pytest.raises(ContractError, match="its aliases stand for more than") as caught:
        parse(text, "a.yaml")
    assert caught.value.line


@pytest.mark.parametrize(
    "text", ["b: 1\na: &a [*a]\n", "b: 1\na: &a {<<: *a}\n", "b: 1\na: &a {x: [{y: *a}]}\n"]
)
def test_an_alias_that_stands_in_itself_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(ContractError, match="what it stands in") as caught:
        parse(text.encode(), "a.yaml")
    assert caught.value.line == 2


def test_aliases_that_share_what_is_large_are_taken() -> None:
    text = "a: &a [" + "1, " * 1000 + "1]\n" + "".join(f"b{i}: *a\n" for i in range(25))
    assert len(parse(text.encode(), "a.yaml")["b24"]) == 1001


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("a: &a {x: 1, y: 1}\nb:\n  y: 2\n  <<: *a\n", {"x": 1, "y": 2}),
        ("a: &a {x: 1}\nc: &c {x: 3, z: 3}\nb: {<<: [*a, *c], z: 4}\n", {"x": 1, "z": 4}),
        ("c: &c {x: 1}\na: &a {<<: *c, x: 2}\nb: {<<: *a, x: 3}\n", {"x": 3}),
        ("c: {<<: &a {x: 1}, x: 2}\nb: {<<: *a}\n", {"x": 1}),
    ],
)
def test_a_key_beside_a_merge_wins(text: str, value: object) -> None:
    assert parse(text.encode(), "a.yaml")["b"] == value


@pytest.mark.parametrize(
    "text",
    ["b: {x: 1, x: 2}", "a: &a {x: 1, x: 2}\nb: {<<: *a, x: 3}", "a: &a {x: 1}\nb: {<<: *a, y: 1, y: 1}"],
)
def test_a_key_that_is_given_twice_in_earnest_is_refused(text: str) -> None:
    with pytest.raises(ContractError, match="given twice"):
        parse(text.encode(), "a.yaml")


@pytest.mark.parametrize(
    ("text", "value"),
    [
        ("!!binary aGk=", "aGk="),
        ("!!timestamp 2020-01-01", "2020-01-01"),
        ("!!set {x, y}", {"x": None, "y": None}),
        ("!!omap [x: 1]", [{"x": 1}]),
        ("1e999", "1e999"),
        ("18446744073709551616", 2**64),
    ],
)
def test_what_json_has_no_word_for_is_what_was_written(text: str, value: object) -> None:
    assert parse(f"a: {text}\n".encode(), "a.yaml")["a"] == value


@pytest.mark.parametrize(
    "text",
    [
        "{[1]: 2}",
        "{<<: {y: 1}, [1]: 2}",
        "!!set [1]",
        "!!map [1]",
        "!!omap x",
        "!!python/object/apply:os.system [ls]",
    ],
)
def test_a_tag_on_nonsense_is_refused_with_its_line(text: str) -> None:
    with pytest.raises(ContractError) as caught:
        parse(f"b: 1\na: {text}\n".encode(), "a.yaml")
    assert caught.value.line == 2


def test_an_anchor_is_found(tmp_path: Path) -> None:
    assert (
        load(tmp_path, api="a: {$ref: '#here'}\nb: {c: {$anchor: here, d: 1}}\n").root.child("a", "d").value
        == 1
    )


def test_escaped_names_are_found(tmp_path: Path) -> None:
    document = load(
        tmp_path, api="a: {$ref: '#/paths/~1x~1%7Bid%7D/~0t'}\npaths: {'/x/{id}': {'~t': {t: 7}}}\n"
    )
    assert document.root.child("a").value == {"t": 7}


def test_lines_are_found_in_yaml_and_json() -> None:
    assert line_of(b"a:\n  b:\n    - 1\n    - c: 2\n", "/a/b/1/c") == 4
    assert line_of(b'{"a":\n {"b":\n 1}}', "/a/b") == 2
    assert line_of(b"a: 1\n", "/b") is None


def test_a_link_that_is_called_otherwise_than_its_file_is_read(tmp_path: Path) -> None:
    (tmp_path / "v1").mkdir()
    (tmp_path / "v1" / "shop-1.2.yaml").write_text("openapi: 3.1.0\ninfo: {$ref: info.yaml}\n")
    (tmp_path / "v1" / "info.yaml").write_text("{title: Shop, version: '1'}\n")
    (tmp_path / "api.yaml").symlink_to(tmp_path / "v1" / "shop-1.2.yaml")
    document = Document.load(tmp_path / "api.yaml")
    assert document.root.value["openapi"] == "3.1.0"
