"""Goldens: what documents were answered before a change, held beside what they are answered now.

    python tests/golden.py                       # compare: the contracts of this repository with tests/goldens
    python tests/golden.py --write               # ask the recorded requests again, and keep the answers of today
    python tests/golden.py --write --plan        # make the requests anew, too

    --documents FOLDER --goldens FOLDER          # the same with other documents, and with goldens kept elsewhere
    --only petstore museum      --show 5         # some of the documents; so many differences of each are printed

It ends with 1 where a status differs. Other differences are counted by what they are about, the gravest first:
`status`, `sent` (a member shows no more what the caller sent), `count` (of a list's items), `members` (names of the item),
`values` (of the item), `frame` (what stands around the item), `headers`.
"""

from __future__ import annotations

import argparse
import json
import re
import sys
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any
from urllib.parse import urlencode

import httpx
import yaml

from cups import CUPS
from golden_plan import FORM, Answer, Ask, Plan, key_pointer
from shop import COMPONENTS, paths
from understudy.testing import Sandbox

ROOT = Path(__file__).parent.parent
GOLDENS = Path(__file__).parent / "goldens"
BUNDLED = ("aritma", "dualentry", "saasu", "togai")
SHOP = {
    "openapi": "3.1.0",
    "info": {"title": "Shop", "version": "1"},
    "paths": paths(),
    "components": COMPONENTS,
}
CLASSES = ("status", "sent", "count", "members", "values", "frame", "headers", "same")
NOT_COMPARED = ("content-length", "x-request-id", "sandbox-session")
OTHER_EACH_TIME = ("date", "server", "etag", "location")
"""Headers of which only the names are compared: what they say is told by the body."""
MOST = 2000  # characters that are kept of a body that is not JSON


@dataclass(frozen=True)
class Subject:
    """A document that is asked. text: where it stands in no file. bundled: served with its vendor's rules."""

    name: str
    path: Path | None = None
    text: str = ""

    def document(self) -> dict[str, Any]:
        """Return it as it was written."""
        text = self.path.read_text() if self.path else self.text
        loaded = json.loads(text) if text.startswith("{") else yaml.load(text, yaml.CSafeLoader)
        return dict(loaded)


def repository() -> list[Subject]:
    """Return the contracts of this repository."""
    return [
        *(Subject(name, ROOT / "specs" / f"{name}.yaml") for name in BUNDLED),
        Subject("docs-shop", ROOT / "docs" / "shop.yaml"),
        Subject("tests-cups", text=CUPS),
        Subject("tests-shop", text=json.dumps(SHOP)),
    ]


def folder(path: Path, only: Sequence[str] = ()) -> list[Subject]:
    """Return the documents of a folder."""
    return [
        Subject(one.stem, one)
        for one in sorted(path.iterdir())
        if one.suffix in (".json", ".yaml", ".yml") and (not only or one.stem in only)
    ]


@dataclass
class Served:
    """A sandbox that is asked one request after another, and remembers what it answered."""

    client: httpx.Client
    answers: list[Answer] = field(default_factory=list)
    asked: list[Ask] = field(default_factory=list)

    def ask(self, ask: Ask) -> Answer:
        """Send a request and note its answer."""
        content = None
        headers = {"Accept": "application/json, */*", **ask.headers}
        if ask.media:
            headers["Content-Type"] = ask.media
            written = urlencode(list(_fields(ask.body))) if ask.media == FORM else json.dumps(ask.body)
            content = written.encode()
        url = ask.url(self.answers)
        try:
            got = self.client.request(ask.method, url, params=ask.query, headers=headers, content=content)
            answer = Answer(got.status_code, dict(got.headers), _body(got))
        except httpx.HTTPError as error:
            answer = Answer(0, {}, type(error).__name__)
        self.answers.append(answer)
        self.asked.append(ask)
        return answer


def _fields(value: Any, name: str = "") -> Iterator[tuple[str, str]]:
    """Yield the fields of a form: members in brackets, as those APIs write them that take forms."""
    if isinstance(value, dict):
        for member, inner in value.items():
            yield from _fields(inner, f"{name}[{member}]" if name else member)
    elif isinstance(value, list):
        for inner in value:
            yield from _fields(inner, f"{name}[]")
    elif value is not None:
        yield name, str(value).lower() if isinstance(value, bool) else str(value)


def _body(got: httpx.Response) -> Any:
    if "json" in got.headers.get("content-type", "") and got.content:
        return got.json()
    return got.text[:MOST] if got.content else None


@contextmanager
def served(subject: Subject, scratch: Path) -> Iterator[Served]:
    """Serve a document as `understudy serve` would, with two records in each collection."""
    path = subject.path
    if path is None:
        path = scratch / f"{subject.name}.yaml"
        path.write_text(subject.text)
    bundled = subject.name in BUNDLED and path.parent.name == "specs"
    contracts = () if bundled else (path,)
    with Sandbox(*contracts, populate=2, journal=0) as sandbox:
        base = f"http://sandbox/{subject.name}" if bundled else "http://sandbox"
        with httpx.Client(transport=sandbox.transport, base_url=base, timeout=120) as client:
            yield Served(client)


def planned(subject: Subject, scratch: Path) -> Served:
    """Make the requests of a document, and ask them."""
    with served(subject, scratch) as sandbox:
        Plan(subject.document(), sandbox).run()
        return sandbox


def repeated(subject: Subject, asks: Iterable[Ask], scratch: Path) -> Served:
    """Ask requests that were recorded."""
    with served(subject, scratch) as sandbox:
        for ask in asks:
            sandbox.ask(ask)
        return sandbox


def write(path: Path, done: Served) -> None:
    """Keep requests and answers, one exchange a line."""
    path.parent.mkdir(parents=True, exist_ok=True)
    with path.open("w") as file:
        for ask, answer in zip(done.asked, done.answers, strict=True):
            headers = {name: value for name, value in answer.headers.items() if name not in NOT_COMPARED}
            kept = {"ask": ask.written(), "status": answer.status, "headers": headers, "body": answer.body}
            file.write(json.dumps(kept, ensure_ascii=False) + "\n")


def read(path: Path) -> tuple[list[Ask], list[Answer]]:
    """Return the requests and the answers that were kept."""
    lines = [json.loads(line) for line in path.read_text().splitlines()]
    asks = [Ask.read(line["ask"]) for line in lines]
    return asks, [Answer(line["status"], line["headers"], line["body"]) for line in lines]


@dataclass(frozen=True)
class Difference:
    """What one exchange differs in, and an example of it."""

    kind: str
    said: str = ""


def compared(ask: Ask, before: Answer, now: Answer) -> Difference:
    """Say what two answers to one request differ in; the gravest of all."""
    if before.status != now.status:
        return Difference("status", f"{before.status} → {now.status}: {str(now.body)[:200]}")
    place = item_place(ask, before.body)
    if before.body != now.body:
        return _compared_bodies(ask, place, before.body, now.body)
    names = {name: before.headers.get(name) for name in before.headers if name not in NOT_COMPARED}
    others = {name: now.headers.get(name) for name in now.headers if name not in NOT_COMPARED}
    for name in sorted(names.keys() | others.keys()):
        fixed = name not in OTHER_EACH_TIME
        if (name in names) != (name in others) or (fixed and names[name] != others[name]):
            return Difference("headers", f"{name}: {names.get(name)} → {others.get(name)}")
    return Difference("same")


def _compared_bodies(ask: Ask, place: str, before: Any, now: Any) -> Difference:
    old, new = _at(before, place), _at(now, place)
    if old == new:
        return Difference("frame", _first(before, now))
    lost = [
        name for name, value in _sent(ask.body) if _shows(old, name, value) and not _shows(new, name, value)
    ]
    if lost:
        return Difference("sent", f"{', '.join(lost)}: {_first(old, new, place)}")
    if isinstance(old, list) and (not isinstance(new, list) or len(old) != len(new)):
        many = len(new) if isinstance(new, list) else "no list"
        return Difference("count", f"{place or '/'} {len(old)} → {many}")
    unlike = sorted(set(_unlike(old, new)))
    if unlike:
        return Difference("members", ", ".join(unlike[:6]))
    return Difference("values", _first(old, new, place))


def item_place(ask: Ask, body: Any) -> str:
    """Return the pointer to what an answer is about: the first list where a collection is looked at, else the object with the key."""
    if ask.method == "get" and not ask.path.rstrip("/").endswith("}"):
        return _list_place(body) or ""
    parameter = re.findall(r"{([^}]*)}", ask.path)
    pointer = key_pointer(body, parameter[-1] if parameter else "id")
    return re.sub(r"/0$", "", pointer.rpartition("/")[0])


def _list_place(body: Any, at: str = "", depth: int = 0) -> str | None:
    if isinstance(body, list):
        return at
    if isinstance(body, dict) and depth < 3:
        for name, value in body.items():
            found = _list_place(value, f"{at}/{name}", depth + 1)
            if found is not None:
                return found
    return None


def _at(body: Any, pointer: str) -> Any:
    for word in pointer.split("/")[1:]:
        if isinstance(body, list) and word.isdigit() and int(word) < len(body):
            body = body[int(word)]
        elif isinstance(body, dict) and word in body:
            body = body[word]
        else:
            return None
    return body


def _sent(body: Any) -> Iterator[tuple[str, Any]]:
    """Yield the plain members of what was sent, also of what is wrapped once."""
    if isinstance(body, dict):
        for name, value in body.items():
            if isinstance(value, str | int | float):
                yield name, value
            elif isinstance(value, dict) and len(body) == 1:
                yield from _sent(value)


def _shows(item: Any, name: str, value: Any) -> bool:
    return isinstance(item, dict) and name in item and item[name] == value


def _unlike(old: Any, new: Any, at: str = "") -> Iterator[str]:
    """Yield the members that only one of two values has: `-/gone`, `+/new`. Where no name is in both, they are made up, as in a map."""
    if isinstance(old, dict) and isinstance(new, dict) and (old.keys() & new.keys() or not (old and new)):
        for name in old.keys() - new.keys():
            yield f"-{at}/{name}"
        for name in new.keys() - old.keys():
            yield f"+{at}/{name}"
        for name in old.keys() & new.keys():
            yield from _unlike(old[name], new[name], f"{at}/{name}")
    if isinstance(old, list) and isinstance(new, list):
        for one, other in zip(old, new, strict=False):
            yield from _unlike(one, other, f"{at}/*")


def _first(old: Any, new: Any, at: str = "") -> str:
    """Return the first place at which two values differ, and both."""
    if isinstance(old, dict) and isinstance(new, dict):
        for name in [*old, *new]:
            if name not in old or name not in new or old[name] != new[name]:
                return _first(old.get(name, "absent"), new.get(name, "absent"), f"{at}/{name}")
    if isinstance(old, list) and isinstance(new, list) and len(old) == len(new):
        for number, (one, other) in enumerate(zip(old, new, strict=True)):
            if one != other:
                return _first(one, other, f"{at}/{number}")
    return f"{at or '/'} {str(old)[:100]} → {str(new)[:100]}"


@dataclass(frozen=True)
class Verdict:
    """How often a document's answers differ, by class, with some of the differences."""

    name: str
    counts: Counter[str]
    examples: list[str]

    def line(self) -> str:
        """Return it as it is printed."""
        return f"{self.name:20}" + "  ".join(
            f"{kind} {self.counts[kind]}" for kind in CLASSES if self.counts[kind]
        )


def judged(subject: Subject, goldens: Path, scratch: Path, show: int = 3) -> Verdict:
    """Ask a document what was recorded, and compare."""
    asks, before = read(goldens / f"{subject.name}.jsonl")
    now = repeated(subject, asks, scratch).answers
    counts: Counter[str] = Counter()
    examples: list[tuple[int, str]] = []
    for number, (ask, old, new) in enumerate(zip(asks, before, now, strict=True), 1):
        found = compared(ask, old, new)
        counts[found.kind] += 1
        if found.kind != "same":
            said = f"{found.kind:8} {number} {ask.what}: {ask.method.upper()} {ask.path} {dict(ask.query) or ''} {found.said}"
            examples.append((CLASSES.index(found.kind), said))
    examples.sort(key=lambda example: example[0])
    return Verdict(subject.name, counts, [said for _, said in examples[:show]])


def renewed(subject: Subject, goldens: Path, scratch: Path, *, plan: bool) -> str:
    """Record a document: what was asked before, or what is planned anew."""
    path = goldens / f"{subject.name}.jsonl"
    done = (
        planned(subject, scratch) if plan or not path.exists() else repeated(subject, read(path)[0], scratch)
    )
    write(path, done)
    statuses = Counter(f"{answer.status // 100}xx" for answer in done.answers)
    return f"{subject.name:20}{len(done.asked)} requests  {dict(sorted(statuses.items()))}"


def main() -> None:
    """Compare or record; end with 1 where a status differs."""
    options = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    options.add_argument("--documents", type=Path)
    options.add_argument("--goldens", type=Path, default=GOLDENS)
    options.add_argument("--only", nargs="*", default=())
    options.add_argument("--write", action="store_true")
    options.add_argument("--plan", action="store_true")
    options.add_argument("--show", type=int, default=3)
    options.add_argument("--scratch", type=Path, default=ROOT / "build" / "goldens")
    chosen = options.parse_args()
    chosen.scratch.mkdir(parents=True, exist_ok=True)
    subjects = folder(chosen.documents, chosen.only) if chosen.documents else repository()
    total: Counter[str] = Counter()
    for subject in subjects:
        if chosen.write:
            print(renewed(subject, chosen.goldens, chosen.scratch, plan=chosen.plan), flush=True)
            continue
        if not (chosen.goldens / f"{subject.name}.jsonl").exists():
            print(f"{subject.name:20}not recorded", flush=True)
            continue
        verdict = judged(subject, chosen.goldens, chosen.scratch, chosen.show)
        print(verdict.line(), *verdict.examples, sep="\n    ", flush=True)
        total.update(verdict.counts)
    if total:
        print(Verdict("all", total, []).line())
    sys.exit(bool(total["status"]))


if __name__ == "__main__":
    main()
