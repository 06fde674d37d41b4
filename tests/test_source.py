"""Contract files are read as YAML 1.2, their references are followed, and nothing outside their folder is touched."""

from __future__ import annotations

from pathlib import Path

import pytest

from understudy.contracts.source import Document, line_of, parse
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
        ("https://example.com/a.yaml", "nothing is fetched"),
        ("file:///etc/hostname", "nothing is fetched"),
        ("missing.yaml", "no such file"),
        ("#/nowhere", "leads nowhere"),
        ("#nowhere", "leads nowhere"),
        ("#/a", "back to itself"),
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
    with pytest.raises(ContractError, match="leads nowhere"):
        load(tmp_path, api="properties: {example: {$ref: '#/nowhere'}}\n")


def test_aliases_do_not_multiply(tmp_path: Path) -> None:
    bomb = "a0: &a0 {x: 1}\n" + "".join(f"a{i}: &a{i} {{l: *a{i - 1}, r: *a{i - 1}}}\n" for i in range(1, 60))
    assert load(tmp_path, api=bomb).root.child("a59", *["l"] * 59, "x").value == 1


def test_an_anchor_is_found(tmp_path: Path) -> None:
    assert (
        load(tmp_path, api="a: {$ref: '#here'}\nb: {c: {$anchor: here, d: 1}}\n").root.child("a", "d").value
        == 1
    )


def test_escaped_names_are_found(tmp_path: Path) -> None:
    document = load(tmp_path, api="a: {$ref: '#/paths/~1x~1%7Bid%7D/~0t'}\npaths: {'/x/{id}': {'~t': 7}}\n")
    assert document.root.child("a").value == 7


def test_lines_are_found_in_yaml_and_json() -> None:
    assert line_of(b"a:\n  b:\n    - 1\n    - c: 2\n", "/a/b/1/c") == 4
    assert line_of(b'{"a":\n {"b":\n 1}}', "/a/b") == 2
    assert line_of(b"a: 1\n", "/b") is None
