"""States that only an action leads to: what is activated, approved, started or published was not so before."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import httpx
import pytest

from inline import WHOLE, answer, below, contract_of, made, one, thing
from understudy.sandbox import Sandbox, Settings

FLAG = {"type": "boolean"}


def states(*values: str, **more: Any) -> dict[str, Any]:
    return {"type": "string", "enum": list(values), **more}


CASES: list[tuple[str, dict[str, Any], tuple[str, ...], dict[str, Any], dict[str, Any]]] = [
    ("cards", {"status": states("ACTIVE", "INACTIVE", "BLOCKED")}, ("activate", "block"),
     {"status": "INACTIVE"}, {"status": "ACTIVE"}),
    ("expenses", {"status": states("approved", "rejected", "pending_approval")}, ("approve", "reject"),
     {"status": "pending_approval"}, {"status": "approved"}),
    ("jobs", {"state": states("running", "stopped", "finished")}, ("start", "stop"),
     {"state": "stopped"}, {"state": "running"}),
    ("matches", {"status": states("live", "finished", "not_started")}, ("start",),
     {"status": "not_started"}, {"status": "live"}),
    ("members", {"isActive": FLAG, "status": states("ACTIVE", "PENDING")}, ("activate",),
     {"isActive": False, "status": "PENDING"}, {"isActive": True, "status": "ACTIVE"}),
    ("features", {"enabled": FLAG}, ("enable",), {"enabled": False}, {"enabled": True}),
    ("devices", {"enabled": FLAG}, ("disable", "enable"), {"enabled": True}, {"enabled": False}),
    ("plans", {"status": states("active", "paused")}, ("pause", "resume"), {"status": "active"}, {"status": "paused"}),
    ("keys", {"active": FLAG}, ("revoke",), {"active": True}, {"active": False}),
    ("gates", {"status": states("ACTIVE", "INACTIVE", default="ACTIVE")}, ("activate",),
     {"status": "ACTIVE"}, {"status": "ACTIVE"}),
    ("lights", {"status": states("ACTIVE", "INACTIVE", example="ACTIVE")}, ("activate",),
     {"status": "ACTIVE"}, {"status": "ACTIVE"}),
]  # fmt: skip


@pytest.mark.parametrize("case", CASES, ids=lambda one: one[0])
def test_a_new_thing_is_what_nothing_has_to_lead_to(
    serve: Callable[..., httpx.Client],
    case: tuple[str, dict[str, Any], tuple[str, ...], dict[str, Any], dict[str, Any]],
) -> None:
    name, members, actions, begins, becomes = case
    paths: dict[str, Any] = {
        f"/{name}": {"post": made("Thing", size=WHOLE)},
        f"/{name}/{{id}}": below(get=one("Thing")),
    }
    for action in actions:
        paths[f"/{name}/{{id}}/{action}"] = below(
            post={"responses": answer({"$ref": "#/components/schemas/Thing"})}
        )
    shown: dict[str, Any] = {"id": WHOLE, "size": WHOLE, **members}
    client = serve(Sandbox(contract_of(paths, Thing=thing(shown, *shown)), None, Settings()))
    new = client.post(f"/{name}", json={"size": 1}).json()
    assert new.items() >= begins.items()
    done = client.post(f"/{name}/{new['id']}/{actions[0]}").json()
    assert done.items() >= becomes.items()
    assert client.get(f"/{name}/{new['id']}").json() == done
