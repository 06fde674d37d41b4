"""What Schemathesis is told that no contract can say; its command line loads this file, pytest does not.

Of the requests that are to be accepted, it gives new values to what must be unique, names records that are there, and takes out what
Schemathesis writes wrongly or no sandbox takes. Requests that are to be refused go out as they were made. Failures that
`explained.json` explains are dropped, and those of its rows that did so are written to `occurred.json`; both are in the current folder.
"""

from __future__ import annotations

import atexit
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from fnmatch import fnmatchcase
from itertools import count
from pathlib import Path
from typing import Any
from urllib.parse import unquote

import schemathesis
from schemathesis import HookContext, Response
from schemathesis.core.failures import Failure

Case = schemathesis.Case[Any]
Record = dict[str, Any]
LARGEST = 2**63 - 1
SNAPSHOT = Path("snapshot.json")


class Known:
    """What was sent to the sandbox, and what it has answered."""

    def __init__(self) -> None:
        self._taken: set[tuple[str, object]] = set()
        self._fresh = count(100_000)
        self.types: dict[object, str] = {}  # of DualEntry's accounts, by id
        self.currencies: dict[object, str] = {}  # of Togai's accounts, by id
        self.aliases: dict[object, int] = {}  # how many they have
        self.tokens: dict[str, str] = {}  # the last one of each kind
        self.versions: dict[tuple[str, str], str] = {}  # of Saasu's accounts, by file and id
        self.snapshot: Record = {}  # the last one, to begin with that of `snapshot.json`
        if SNAPSHOT.exists():
            self.snapshot = json.loads(SNAPSHOT.read_text())

    def new(self, field: str, value: Any) -> Any:
        """Return the value where the field has not had it yet, another one otherwise."""
        while (field, value) in self._taken:
            value = f"made-{next(self._fresh)}" if isinstance(value, str) else next(self._fresh)
        self._taken.add((field, value))
        return value

    def learn(self, case: Case, found: Record) -> None:
        """Note what one object in an answer says."""
        if found.get("format") == "understudy-snapshot":
            self.snapshot = found
        self._taken |= {
            (field, found[field]) for field in ("id", "number", "accountNumber") if field in found
        }
        if "account_type" in found:
            self.types[found["id"]] = found["account_type"]
        if "invoiceCurrency" in found:
            self.currencies[found["id"]] = found["invoiceCurrency"]
            self.aliases[found["id"]] = len(found.get("aliases", ()))
        self.tokens |= {kind: found[kind] for kind in ("nextToken", "refresh_token") if found.get(kind)}
        if "LastUpdatedId" in found:
            key = next(
                found[name] for name in ("InsertedEntityId", "UpdatedAccountId", "Id") if name in found
            )
            self.versions[str(case.query["FileId"]), str(key)] = found["LastUpdatedId"]


KNOWN = Known()
"""One process runs Schemathesis once, and its hooks are functions that get nothing of ours, so what they know stands here."""


# ---- what a request needs


def in_path(case: Case, name: str) -> str:
    """Return a parameter of the path, which Schemathesis keeps as it is sent."""
    return unquote(str(case.path_parameters[name]))


def add_to_client(_: Case, sent: Record) -> Record:
    """Aritma: the number is new; for every client, since each starts with the same accounts."""
    return {**sent, "accountNumber": KNOWN.new("accountNumber", sent["accountNumber"])}


def create_in_chart(_: Case, sent: Record) -> Record:
    """DualEntry: the number is new, and the parent is there and of the same type."""
    kind, parent = sent["account_type"], sent["parent_account_id"]
    if parent is not None and KNOWN.types.get(parent) != kind:
        parent = next((key for key, known in KNOWN.types.items() if known == kind), None)
    return {**sent, "number": KNOWN.new("number", sent["number"]), "parent_account_id": parent}


def create_account(_: Case, sent: Record) -> Record:
    """Togai: the id is new."""
    return {**sent, "id": KNOWN.new("id", sent["id"])}


def change_account(case: Case, sent: Record) -> Record:
    """Togai: the currency is the one the account has."""
    currency = KNOWN.currencies.get(in_path(case, "account_id"))
    return {**sent, "invoiceCurrency": currency} if currency and "invoiceCurrency" in sent else sent


def add_aliases(case: Case, sent: Record) -> Record:
    """Togai: an account has ten plain aliases at most."""
    room = 10 - KNOWN.aliases.get(in_path(case, "account_id"), 0)
    return {
        name: value if name != "aliases" else value[:room]
        for name, value in sent.items()
        if name != "aliases" or room
    }


def insert(_: Case, sent: Record) -> Record:
    """Saasu: there is a name and a type, though the contract, like the vendor's, requires neither."""
    return {
        **sent,
        "Name": (sent.get("Name") or "").strip() or "Sales",
        "AccountType": sent.get("AccountType") or "Income",
    }


def update(case: Case, sent: Record) -> Record:
    """Saasu: as for an insert, and the version is the current one."""
    current = KNOWN.versions.get((str(case.query["FileId"]), in_path(case, "Id")), "")
    return {**insert(case, sent), "LastUpdatedId": current}


def refresh(_: Case, sent: Record) -> Record:
    """Saasu: the refresh token is one that was issued."""
    return {**sent, "refresh_token": KNOWN.tokens.get("refresh_token", sent["refresh_token"])}


def nothing(_: Case, sent: Record) -> Record:
    """The rest: the contract says it all."""
    return sent


def restore(_: Case, sent: Record) -> Record:
    """Admin: the snapshot is one that was taken here."""
    return KNOWN.snapshot or sent


def advance(_: Case, sent: Record) -> Record:
    """Admin: the calendar does not end, however often it is asked."""
    return {**sent, "seconds": min(sent["seconds"], 60)}


def fault(_: Case, sent: Record) -> Record:
    """Admin: the rule is about an operation there is, whose path has no parameters, has no id of its own, and no range ends before it
    begins.
    """
    names = {"api": "togai", "operation": "createAccount"}
    match = _findable({name: names.get(name, value) for name, value in sent.get("match", {}).items()})
    match.pop("pathParameters", None)
    turns = [_in_order(turn, "minimum", "maximum") for turn in sent.get("sequence", ())]
    whole = {
        "match": match,
        "sequence": turns,
        "fault": _in_order(sent.get("fault", {}), "minimum", "maximum"),
    }
    return {name: whole.get(name, value) for name, value in sent.items() if name != "id"}


def answer(_: Case, sent: Record) -> Record:
    """Admin: the answer is of an operation there is, is meant whatever it says, has no id of its own, and can be read."""
    meant = {**sent, "operation": "createAccount", "unchecked": True}
    if "when" in sent:
        meant["when"] = _findable(sent["when"])
    if "sequence" in sent:
        meant["sequence"] = list(map(_made, sent["sequence"]))
    return {name: value for name, value in _made(meant).items() if name not in ("id", "api")}


def save_answer(case: Case, sent: Record) -> Record:
    """Admin: the answer is one, and a file that is there is written anew."""
    case.query = {**(case.query or {}), "replace": "true"}
    return answer(case, sent)


def _made(turn: Record) -> Record:
    """Leave out examples that no contract has, and bodies of statuses that have none or that are no text of their type."""
    meant = {name: value for name, value in turn.items() if name not in ("example", "text")}
    if meant.get("status") in (204, 205, 304):
        meant.pop("body", None)
    return meant


def _findable(match: Record) -> Record:
    """Give conditions that were made up what can be looked for: patterns and paths, and nothing that is absent and like something."""
    meant = {}
    for group, conditions in match.items():
        meant[group] = conditions
        if isinstance(conditions, dict):
            meant[group] = {_place(group, name): _operators(value) for name, value in conditions.items()}
    return meant


def _place(group: str, name: str) -> str:
    return "$.id" if group == "body" and name.startswith("$") else name


def _operators(value: Any) -> Any:
    if not isinstance(value, dict) or not value.keys() & {"matches", "absent", "not", "glob"}:
        return value
    return {"contains": "a", "matches": "^a"}


def verify(_: Case, sent: Record) -> Record:
    """Admin: what is asked for is there, and what is to come at the least is no more than what is to come at the most."""
    return _in_order(_at_once(_meant(sent)), "atLeast", "atMost")


def verify_order(_: Case, sent: Record) -> Record:
    """Admin: what is asked for is there."""
    if isinstance(sent.get("calls"), list):
        return _at_once({**sent, "calls": [_meant(call) for call in sent["calls"]]})
    return sent


def _at_once(sent: Record) -> Record:
    """Leave out for how long to wait: nobody calls meanwhile."""
    return {name: value for name, value in sent.items() if name != "within"}


def _meant(sent: Record) -> Record:
    """Name what there is in the conditions on entries, in the place of names that nothing has."""
    names = {"api": "togai", "operation": "createAccount", "method": "POST", "fault": "status"}
    return {name: names.get(name, value) for name, value in sent.items()}


def put_record(case: Case, sent: Record) -> Record:
    """Admin: a record is put where there is none that it would have to be like."""
    if case.path_parameters.get("api") == "togai":
        case.path_parameters = {**case.path_parameters, "api": "shop"}
    case.query = {**(case.query or {}), "unchecked": "true"}
    return sent


def _in_order(sent: Record, least: str, most: str) -> Record:
    if least not in sent or most not in sent:
        return sent
    low, high = sorted((sent[least], sent[most]))
    return {**sent, least: low, most: high}


def identify(_: Case, sent: Record) -> Record:
    """Admin: no two share a credential or a username, a username has a password, which at times is left out, and APIs are served."""
    return {**sent, "items": sent["items"] and [_identity(one, at) for at, one in enumerate(sent["items"])]}


def _identity(one: Record, at: int) -> Record:
    told = {**one, "password": "secret"} if "username" in one else one
    told = {**told, "apis": ["togai"] * len(told["apis"][:1])} if "apis" in told else told
    return {
        name: f"{value}-{at}" if name in ("credential", "username") else value for name, value in told.items()
    }


def subscribe(_: Case, sent: Record) -> Record:
    """Admin: the webhooks are those there are, and go to a port where nobody listens."""
    return {
        **sent,
        "targets": [
            {**target, "url": "http://127.0.0.1:9/", "webhooks": ["order.created"]}
            for target in sent["targets"]
        ],
    }


def send_webhook(_: Case, _sent: Record) -> Record:
    """Admin: no member is one the webhook's schema refuses."""
    return {}


NEEDS: Mapping[str, Callable[[Case, Record], Record]] = {
    "POST /api/v1/integrations/clients/{clientId}/accounts": add_to_client,
    "POST /public/v1/accounts/": create_in_chart,
    "POST /public/v2/accounts/": create_in_chart,
    "POST /accounts": create_account,
    "PATCH /accounts/{account_id}": change_account,
    "POST /accounts/{account_id}/add_aliases": add_aliases,
    "POST /Account": insert,
    "PUT /Account/{Id}": update,
    "POST /authorisation/refresh": refresh,
    "PUT /sessions/{session}/snapshot": restore,
    "POST /sessions/{session}/clock/advance": advance,
    "POST /sessions/{session}/faults": fault,
    "PUT /sessions/{session}/faults/{id}": fault,
    "POST /sessions/{session}/answers": answer,
    "PUT /sessions/{session}/answers/{id}": answer,
    "PUT /answer-files/{file}": save_answer,
    "POST /sessions/{session}/verify": verify,
    "POST /sessions/{session}/verify-order": verify_order,
    "PUT /sessions/{session}/apis/{api}/collections/{collection}/records/{key}": put_record,
    "PUT /sessions/{session}/identities": identify,
    "PUT /sessions/{session}/webhooks": subscribe,
    "POST /sessions/{session}/apis/{api}/webhooks/{webhook}/send": send_webhook,
}

PATHS: Mapping[str, Record] = {
    "GET /sessions/{session}/journal/{number}": {"session": "kept", "number": "1"},
    "POST /sessions/{session}/apis/{api}/webhooks/{webhook}/send": {
        "api": "shop",
        "webhook": "order.created",
    },
}
"""Parameters of paths that lead to what is there."""

STREAM = "GET /sessions/{session}/journal/stream"
QUERIES: Mapping[str, Record] = {
    STREAM: {"follow": "false"},
    "GET /sessions/{session}/deliveries": {"wait": "0"},
}
"""Parameters without which an answer would take its time."""


@schemathesis.hook
def before_call(_context: HookContext, case: Case, _kwargs: dict[str, Any]) -> None:
    """Give a request that is to be accepted what it needs for it."""
    label = case.operation.label
    # A stream waits for what nobody does, also where something else of the request is wrong.
    if label == STREAM and case.query.get("follow", True) in (True, "true"):
        case.query = {**case.query, "follow": "false"}
    if case.meta is None or not case.meta.generation.mode.is_positive:
        return
    case.path_parameters = {**case.path_parameters, **PATHS.get(label, {})}
    case.query = {**case.query, **QUERIES.get(label, {})}
    if label in (STREAM, "GET /sessions/{session}/journal"):
        case.query = _meant(case.query)
    if "nextToken" in case.query:  # only one that was given out is good
        token = KNOWN.tokens.get("nextToken")
        case.query = {**case.query, "nextToken": token} if token else {}
    if isinstance(case.body, (dict, list)):
        body = writable(case.body, is_xml=(case.media_type or "").endswith("xml"))
        need = NEEDS.get(label, nothing)
        case.body = [need(case, item) for item in body] if isinstance(body, list) else need(case, body)


def writable(value: Any, *, is_xml: bool) -> Any:
    """Return the value without integers beyond 64 bits, which no sandbox takes; in XML without nulls, written there as the text `null`."""
    if isinstance(value, dict):
        return {
            key: writable(member, is_xml=is_xml)
            for key, member in value.items()
            if member is not None or not is_xml
        }
    if isinstance(value, list):
        return [writable(member, is_xml=is_xml) for member in value if member is not None or not is_xml]
    return max(-LARGEST, min(value, LARGEST)) if type(value) is int else value


@schemathesis.hook
def after_call(_context: HookContext, case: Case, response: Response) -> None:
    """Learn from what was answered."""
    if response.status_code < 300 and "json" in response.headers.get("content-type", [""])[0]:
        for found in records(response.json()):
            KNOWN.learn(case, found)


def records(answer: Any) -> Iterator[Record]:
    """Yield the objects of an answer: itself, or those in the list that it is or has."""
    inner: Iterable[Any] = (
        answer if isinstance(answer, list) else answer.values() if isinstance(answer, dict) else ()
    )
    if isinstance(answer, dict):
        yield answer
    for value in inner:
        yield from (
            item for item in (value if isinstance(value, list) else [value]) if isinstance(item, dict)
        )


# ---- what is explained

EXPLAINED = Path("explained.json")
ROWS: list[Record] = json.loads(EXPLAINED.read_text()) if EXPLAINED.exists() else []
OCCURRED: set[int] = set()
atexit.register(lambda: Path("occurred.json").write_text(json.dumps(sorted(OCCURRED))))


@schemathesis.hook
def filter_failure(_context: HookContext, failure: Failure, _case: Case, response: Response) -> bool:
    """Drop a failure that a row explains."""
    for index, row in enumerate(ROWS):
        if (
            fnmatchcase(failure.operation or "", row["operation"])
            and row["check"] in failure.checks
            and row["says"] in response.text
        ):
            OCCURRED.add(index)
            return False
    return True
