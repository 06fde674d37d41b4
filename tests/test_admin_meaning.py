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
    assert set(told["handlers"].values()) == {"a rule of togai"}
    assert client.get("/__admin/apis/none/model").status_code == 404


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
