"""The admin API tells what operations mean: the model, and a request that each of them takes."""

from __future__ import annotations

from collections.abc import Callable
from urllib.parse import quote

import httpx
import pytest

Serve = Callable[..., httpx.Client]


def test_the_model_is_what_explain_says(serve: Serve) -> None:
    client = serve("togai")
    told = client.get("/__admin/apis/togai/model").json()
    assert told["collections"]["/accounts"]["noun"] == "account"
    assert told["operations"]["GET /accounts"]["list"] == "/accounts"
    assert set(told["operations"]) <= set(told["because"])
    said = "list every alias of an account (a rule of togai)"
    assert told["handlers"]["GET /accounts/{account_id}/account_aliases"] == said
    assert client.get("/__admin/apis/none/model").status_code == 404


def test_the_model_is_text_for_a_person(serve: Serve) -> None:
    client = serve("togai")
    told = client.get("/__admin/apis/togai/model/text")
    assert told.headers["Content-Type"].startswith("text/plain")
    assert "GET /accounts/{account_id}:\n  operation: getAccount\n" in told.text
    one = client.get("/__admin/apis/togai/model/text", params={"operation": "getAccount"}).text
    assert one.startswith("GET /accounts/{account_id}:\n")
    assert one in told.text
    assert "\n\n" not in one
    for wrong in ("none/model/text", "togai/model/text?operation=none"):
        assert client.get(f"/__admin/apis/{wrong}").status_code == 404


def test_an_operation_that_is_not_there_has_no_example(serve: Serve) -> None:
    answer = serve("togai").get("/__admin/sessions/default/apis/togai/operations/nothing/example")
    assert (answer.status_code, answer.json()["detail"]) == (404, "no operation has the identifier 'nothing'")


@pytest.mark.parametrize("name", ["aritma", "dualentry", "togai", "saasu"])
def test_each_example_is_a_request_that_its_contract_allows(serve: Serve, name: str) -> None:
    client = serve(name, populate=3)
    for operation in client.get(f"/__admin/apis/{name}/operations").json()["items"]:
        answer = _tried(client, name, operation["key"])
        said = str(answer.json()) if answer.content else ""
        assert "must be" not in said, f"{operation['key']}: {said}"
        assert answer.status_code not in (405, 406, 415), operation["key"]
        assert answer.status_code < 500, f"{operation['key']}: {said}"


def test_an_example_is_about_records_that_there_are(serve: Serve) -> None:
    client = serve("togai", populate=3)
    example = client.get("/__admin/sessions/default/apis/togai/operations/getAccount/example").json()
    [account] = [one["value"] for one in example["parameters"] if one["in"] == "path"]
    records = client.get("/__admin/sessions/default/apis/togai/collections/%2Faccounts/records").json()
    assert account in [record["key"] for record in records["items"]]


def _tried(client: httpx.Client, api: str, key: str) -> httpx.Response:
    address = f"/__admin/sessions/default/apis/{api}/operations/{quote(key, safe='')}/example"
    example = client.get(address).json()
    path, query, headers = example["path"], [], {}
    for parameter in example["parameters"]:
        if not parameter["required"]:
            continue
        if parameter["in"] == "path":
            path = path.replace(f"{{{parameter['name']}}}", quote(parameter["value"], safe=""))
        elif parameter["in"] == "query":
            query.append((parameter["name"], parameter["value"]))
        else:
            headers[parameter["name"]] = parameter["value"]
    if "mediaType" in example:
        headers["Content-Type"] = example["mediaType"]
    return client.request(
        example["method"], path, params=query, headers=headers, content=example.get("content")
    )


# ---- coverage


def test_coverage_says_what_was_touched_and_what_was_not(serve: Serve) -> None:
    client = serve("togai", populate=3)
    client.headers["Authorization"] = "Bearer k"
    account = {"id": "acme", "name": "Acme", "customerId": "acme", "address": {"city": "Bern"}}
    assert client.post("/accounts", json=account).status_code == 201
    assert client.post("/accounts", json={"id": ""}).status_code == 400
    assert client.get("/accounts", params={"pageSize": 2}).status_code == 200
    told = client.get("/__admin/sessions/default/apis/togai/coverage").json()
    by_id = {operation["operationId"]: operation for operation in told["operations"]}
    create = by_id["createAccount"]
    assert create["calls"] == 2
    assert (create["statuses"]["201"], create["statuses"]["400"], create["statuses"]["401"]) == (1, 1, 0)
    assert (create["sent"]["/name"], create["sent"]["/id"], create["sent"]["/tags"]) == (1, 2, 0)
    assert (create["sent"]["/address/city"], create["sent"]["/address/country"]) == (1, 0)
    assert create["answered"]["/status"] == 1
    listed = by_id["getAccounts"]
    assert listed["parameters"]["query pageSize"] == 1
    assert listed["parameters"]["query nextToken"] == 0
    assert listed["answered"]["/data/*/id"] == 1
    assert by_id["deleteAccount"]["calls"] == 0
    assert by_id["deleteAccount"]["answered"] == {}
    assert told["totals"]["operations"] == {"touched": 2, "all": 8}
    assert told["totals"]["statuses"]["touched"] == 3


def test_a_session_that_nobody_called_has_covered_nothing(serve: Serve) -> None:
    totals = serve("togai").get("/__admin/sessions/new/apis/togai/coverage").json()["totals"]
    assert [total["touched"] for total in totals.values()] == [0, 0, 0, 0]
