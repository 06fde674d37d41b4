"""The Saasu sandbox answers as the vendor does, over HTTP: every operation, in JSON and XML, with its rules
and its errors.
"""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator
from itertools import count
from typing import Any
from xml.etree import ElementTree

import httpx
import pytest

from support import bundled, running
from understudy.bundled import bundled_contracts
from understudy.contracts.contract import Contract
from understudy.messages import Request
from understudy.sandbox import Sandbox, Settings
from understudy.server.app import create_app
from understudy.sessions import Sessions
from understudy.state.clock import EPOCH, iso
from understudy.state.identities import Identities, Identity
from understudy.state.memory import MemoryStore
from understudy.state.store import Record
from understudy.vendors.accounting import bank_of
from understudy.vendors.saasu import rules as saasu
from understudy.vendors.saasu.chart import BANK_CODES

Serve = Callable[..., httpx.Client]

CONTRACT = Contract.load(bundled_contracts()["saasu"], "saasu")
MEMBERS = list(CONTRACT.document.root.child("components", "schemas", "AccountDetail", "properties").value)
XSI = "http://www.w3.org/2001/XMLSchema-instance"
NIL = {f"{{{XSI}}}nil": "true"}
ROOT = f'xmlns:xsd="http://www.w3.org/2001/XMLSchema" xmlns:xsi="{XSI}"'
JSON, XML = "application/json", "application/xml"
STALE = "Record to be updated has changed since last read."

# The request samples of the vendor's page on inserting an account.
SAMPLE: dict[str, Any] = {
    "Id": 1, "Name": "Test Income Account", "AccountLevel": "Detail", "AccountType": "Income", "IsActive": True, "IsBuiltIn": False,
    "LastUpdatedId": "AAAAAAA", "DefaultTaxCode": "G1", "LedgerCode": "AA", "Currency": "AUD", "HeaderAccountId": 3, "ExchangeAccountId": 3,
    "IsBankAccount": False, "CreatedDateUtc": "2025-04-28T18:00:13.3840741Z", "LastModifiedDateUtc": "2025-10-22T18:00:13.3840741Z",
    "IncludeInForecaster": False, "BSB": None, "Number": None, "BankAccountName": None, "BankFileCreationEnabled": None, "BankCode": None,
    "UserNumber": None, "MerchantFeeAccountId": None, "IncludePendingTransactions": None, "_links": [],
}  # fmt: skip
SAMPLE_XML = f"""
    <AccountDetail {ROOT}> <_links /> <Id>1</Id> <Name>Test Income Account</Name> <AccountLevel>Detail</AccountLevel>
    <AccountType>Income</AccountType> <IsActive>true</IsActive> <IsBuiltIn>false</IsBuiltIn> <LastUpdatedId>AAAAAAA</LastUpdatedId>
    <DefaultTaxCode>G1</DefaultTaxCode> <LedgerCode>AA</LedgerCode> <Currency>AUD</Currency> <HeaderAccountId>3</HeaderAccountId>
    <ExchangeAccountId>3</ExchangeAccountId> <IsBankAccount>false</IsBankAccount>
    <CreatedDateUtc>2025-04-28T18:00:13.3840741Z</CreatedDateUtc> <LastModifiedDateUtc>2025-10-22T18:00:13.3840741Z</LastModifiedDateUtc>
    <IncludeInForecaster>false</IncludeInForecaster> <BSB xsi:nil="true" /> <Number xsi:nil="true" /> <BankAccountName xsi:nil="true" />
    <BankFileCreationEnabled xsi:nil="true" /> <BankCode xsi:nil="true" /> <UserNumber xsi:nil="true" />
    <MerchantFeeAccountId xsi:nil="true" /> <IncludePendingTransactions xsi:nil="true" /> </AccountDetail>
"""
BUILT_IN = ["Accounts Receivable", "Accounts Payable"]
SERVERS_OWN = {"Id", "IsBuiltIn", "LastUpdatedId", "CreatedDateUtc", "LastModifiedDateUtc", "_links"}

ON_A_FILE = [
    ("POST", "/Account"),
    ("GET", "/Accounts"),
    ("GET", "/Account/1"),
    ("PUT", "/Account/1"),
    ("DELETE", "/Account/1"),
]
each_operation_on_a_file = pytest.mark.parametrize(("method", "path"), ON_A_FILE)


@pytest.fixture(scope="module")
def server() -> Iterator[str]:
    """One server for the tests that need no other setting than the default: each works on a file of its
    own.
    """
    with running(create_app([bundled("saasu")])) as url:
        yield url


@pytest.fixture
def client(server: str) -> Iterator[httpx.Client]:
    """A client without a credential."""
    with httpx.Client(base_url=server, timeout=30, trust_env=False) as client:
        yield client


@pytest.fixture(scope="module")
def file_ids() -> Iterator[int]:
    """Ids of files that no test has touched yet."""
    return count(200)


@pytest.fixture
def api(client: httpx.Client, file_ids: Iterator[int]) -> httpx.Client:
    """A client with a token, of a file that is empty."""
    return opened(client, file_id=next(file_ids))


def opened(client: httpx.Client, *, token: str = "any", file_id: int = 123) -> httpx.Client:
    client.headers["Authorization"] = f"Bearer {token}"
    client.params = httpx.QueryParams(FileId=file_id)
    return client


def insert(api: httpx.Client, **members: Any) -> Any:
    answer = api.post("/Account", json={"Name": "Sales", "AccountType": "Income", **members})
    assert answer.status_code == 200, answer.text
    return answer.json()


def read(api: httpx.Client, account_id: int) -> Any:
    answer = api.get(f"/Account/{account_id}")
    assert answer.status_code == 200, answer.text
    return answer.json()


def inserted(api: httpx.Client, **members: Any) -> Any:
    return read(api, insert(api, **members)["InsertedEntityId"])


def update(api: httpx.Client, account: dict[str, Any], **members: Any) -> httpx.Response:
    return api.put(f"/Account/{account['Id']}", json={**account, **members})


def listed(api: httpx.Client, **query: Any) -> Any:
    """List what did not come with the file, unless these accounts are asked for."""
    answer = api.get("/Accounts", params={"IncludeBuiltIn": False, **query})
    assert answer.status_code == 200, answer.text
    return answer.json()["Accounts"]


def names(api: httpx.Client, **query: Any) -> list[str]:
    return [account["Name"] for account in listed(api, **query)]


def link(api: httpx.Client, rel: str, method: str, path: str) -> dict[str, str | None]:
    return {
        "rel": rel,
        "href": f"{api.base_url}".rstrip("/") + f"{path}?FileId={api.params['FileId']}",
        "method": method,
        "title": None,
    }


def links(api: httpx.Client, method: str, account_id: int) -> list[dict[str, str | None]]:
    one = f"/Account/{account_id}"
    asked = [
        ("self", method, one),
        ("list", "GET", "/Accounts"),
        ("update", "PUT", one),
        ("delete", "DELETE", one),
    ]
    return [link(api, rel, verb, path) for rel, verb, path in asked]


# ---- insert and read


def test_insert_answers_200_with_id_version_time_and_links(api: httpx.Client) -> None:
    answer = api.post("/Account", json={"Name": "Sales", "AccountType": "Income"})
    result = answer.json()
    assert (answer.status_code, answer.headers["content-type"]) == (200, JSON)
    assert list(result) == ["InsertedEntityId", "LastUpdatedId", "UtcLastModified", "_links"]
    assert result["_links"] == links(api, "POST", result["InsertedEntityId"])
    account = read(api, result["InsertedEntityId"])
    assert (account["LastUpdatedId"], account["LastModifiedDateUtc"]) == (
        result["LastUpdatedId"],
        result["UtcLastModified"],
    )


def test_an_account_is_shown_with_all_members_in_the_order_of_the_samples(api: httpx.Client) -> None:
    account = inserted(api)
    assert list(account) == MEMBERS == list(SAMPLE)
    assert account["_links"] == links(api, "GET", account["Id"])
    assert (account["IsActive"], account["IsBuiltIn"], account["IsBankAccount"]) == (True, False, False)


def test_the_vendors_json_sample_is_taken_and_the_servers_own_members_are_ignored(api: httpx.Client) -> None:
    account = inserted(api, **{**SAMPLE, "IsBuiltIn": True})
    assert {name: account[name] for name in MEMBERS if name not in SERVERS_OWN} == {
        name: SAMPLE[name] for name in MEMBERS if name not in SERVERS_OWN
    }
    assert [name for name in SERVERS_OWN - {"IsBuiltIn"} if account[name] == SAMPLE[name]] == []
    assert account["IsBuiltIn"] is False


def test_timestamps_have_seven_decimals_and_never_repeat(api: httpx.Client) -> None:
    moments = [insert(api)["UtcLastModified"] for _ in range(3)]
    assert moments == sorted(set(moments))
    assert all(
        len(moment) == len("2025-10-18T18:00:13.4137849Z") and moment.endswith("Z") for moment in moments
    )


def test_ids_grow_and_versions_are_opaque_text(api: httpx.Client) -> None:
    first, second = insert(api), insert(api)
    assert second["InsertedEntityId"] == first["InsertedEntityId"] + 1
    assert first["LastUpdatedId"] != second["LastUpdatedId"]
    assert first["LastUpdatedId"].startswith("AAAAA")
    assert first["LastUpdatedId"].endswith("=")


def test_every_member_may_be_null_but_name_and_type(api: httpx.Client) -> None:
    account = inserted(api, **{name: None for name in MEMBERS if name not in ("Name", "AccountType")})
    assert (account["AccountLevel"], account["IncludeInForecaster"], account["IsBankAccount"]) == (
        "Detail",
        False,
        False,
    )


def test_files_do_not_see_each_other(api: httpx.Client) -> None:
    account = inserted(api)
    assert api.get(f"/Account/{account['Id']}", params={"FileId": 124}).status_code == 404
    assert account not in listed(api, FileId=124)


def test_links_lead_to_where_the_sandbox_is_mounted(serve: Serve, sandbox: Callable[..., Sandbox]) -> None:
    client = opened(
        serve("saasu", sandbox(paths={"/x": {"get": {"responses": {"200": {"description": "x"}}}}}))
    )
    client.base_url = client.base_url.join("saasu")
    account = inserted(client)
    assert account["_links"] == links(client, "GET", account["Id"])
    assert client.get(account["_links"][0]["href"]).json() == account


# ---- XML


def test_an_insert_answers_xml_as_the_sample_does(api: httpx.Client) -> None:
    answer = api.post("/Account", content=SAMPLE_XML, headers={"Content-Type": XML, "Accept": XML})
    assert (answer.status_code, answer.headers["content-type"]) == (200, XML)
    assert answer.text.startswith(f"<InsertAccountResult {ROOT}><_links><Link><rel>self</rel><href>http://")
    root = ElementTree.fromstring(answer.text)
    assert [child.tag for child in root] == ["_links", "LastUpdatedId", "UtcLastModified", "InsertedEntityId"]
    assert [[part.tag for part in one] for one in root[0]] == [["rel", "href", "method"]] * 4
    assert read(api, int(root[3].text or ""))["Name"] == "Test Income Account"


def test_the_vendors_two_samples_make_the_same_account(api: httpx.Client) -> None:
    from_xml = api.post("/Account", content=SAMPLE_XML, headers={"Content-Type": "text/xml"}).json()
    first, second = inserted(api, **SAMPLE), read(api, from_xml["InsertedEntityId"])
    assert [name for name in MEMBERS if first[name] != second[name]] == ["Id", *sorted(SERVERS_OWN - {"Id", "IsBuiltIn", "_links"},
            key=MEMBERS.index), "_links"]  # fmt: skip


def test_an_account_in_xml_has_links_first_and_nil_for_null(api: httpx.Client) -> None:
    account = inserted(api, BSB="062-000")
    answer = api.get(f"/Account/{account['Id']}", headers={"Accept": XML})
    assert answer.text.startswith(f"<AccountDetail {ROOT}><_links><Link><rel>self</rel>")
    root = ElementTree.fromstring(answer.text)
    assert [child.tag for child in root] == ["_links", *(name for name in MEMBERS if name != "_links")]
    nil = [child.tag for child in root if child.attrib == NIL]
    assert nil == [name for name in MEMBERS if account[name] is None]
    assert root.findtext("BSB") == "062-000"


@pytest.mark.parametrize(
    "body",
    [
        f'<AccountDetail><Name>Sales</Name><AccountType>Income</AccountType><BSB xmlns:p2="{XSI}" p2:nil="true" /></AccountDetail>',
        f'<AccountDetail><_links/><AccountType>Income</AccountType><Name>Sales</Name><Id d:nil="true" xmlns:d="{XSI}"/></AccountDetail>',
        '<?xml version="1.0" encoding="utf-8"?><AccountDetail><AccountType>Income</AccountType><Name>Sales</Name></AccountDetail>',
    ],
)
def test_xml_is_taken_as_real_clients_write_it(api: httpx.Client, body: str) -> None:
    answer = api.post("/Account", content=body, headers={"Content-Type": XML})
    assert answer.status_code == 200, answer.text
    account = read(api, answer.json()["InsertedEntityId"])
    assert (account["Name"], account["BSB"], account["IsActive"]) == ("Sales", None, True)


def test_every_operation_answers_xml_under_its_own_root(api: httpx.Client) -> None:
    account = inserted(api)
    xml = {"Accept": "text/xml"}
    path = f"/Account/{account['Id']}"
    answers = [
        api.get("/Accounts", headers=xml),
        api.put(path, json=account, headers=xml),
        api.delete(path, headers=xml),
    ]
    roots = [ElementTree.fromstring(answer.text) for answer in answers]
    assert [(root.tag, [child.tag for child in root]) for root in roots] == [
        ("AccountListResponse", ["_links", "Accounts"]),
        ("UpdateAccountResult", ["_links", "LastUpdatedId", "UtcLastModified", "UpdatedAccountId"]),
        ("BaseResponseModel", ["_links", "StatusMessage"]),
    ]
    assert [child.tag for child in roots[0][1]] == ["AccountDetail"] * 3
    assert roots[2].findtext("StatusMessage") == "Ok"


@pytest.mark.parametrize("media_type", [JSON, "text/json", XML, "text/xml"])
def test_each_media_type_goes_both_ways(api: httpx.Client, media_type: str) -> None:
    account = inserted(api)
    shown = api.get(f"/Account/{account['Id']}", headers={"Accept": media_type})
    assert shown.headers["content-type"] == media_type
    sent = api.post(
        "/Account", content=shown.content, headers={"Content-Type": f"{media_type}; charset=utf-8"}
    )
    assert sent.status_code == 200, sent.text
    assert read(api, sent.json()["InsertedEntityId"])["Name"] == account["Name"]


# ---- what real clients do


def test_the_clients_urls_are_understood(client: httpx.Client) -> None:
    access = "wsaccesskey=ABC-123&fileid=123"
    first = client.post(f"/account?{access}", json={"Name": "Sales", "AccountType": "Income"}).json()[
        "InsertedEntityId"
    ]
    path = f"/account/{first}?{access}&page=1&pagesize=25"
    assert client.get(path).json()["Id"] == first
    assert client.put(path, json=client.get(path).json()).status_code == 200
    page = client.get(
        f"/Accounts/?isactive=True&accountlevel=Detail&includebuiltin=0&{access}&page=1&pagesize=25"
    )
    assert [account["Id"] for account in page.json()["Accounts"]] == [first]
    assert client.delete(path).status_code == 200
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("written", ["/ACCOUNTS", "/accounts/", "/Accounts/"])
def test_case_and_a_trailing_slash_of_a_path_do_not_matter(api: httpx.Client, written: str) -> None:
    assert api.get(written).status_code == 200


@pytest.mark.parametrize(
    ("written", "active"),
    [("True", True), ("1", True), ("yes", True), ("False", False), ("0", False), ("no", False)],
)
def test_booleans_in_the_query_are_lenient(api: httpx.Client, written: str, active: bool) -> None:
    insert(api, Name="in use")
    insert(api, Name="out of use", IsActive=False)
    assert names(api, isactive=written) == ["in use" if active else "out of use"]


def test_unknown_query_parameters_are_ignored(api: httpx.Client) -> None:
    assert (
        api.post(
            "/Account", json={"Name": "Sales", "AccountType": "Income"}, params={"page": 7, "colour": "blue"}
        ).status_code
        == 200
    )


# ---- rules


def test_a_header_account_has_no_tax_code_and_is_neither_bank_account_nor_forecast(api: httpx.Client) -> None:
    account = inserted(
        api, AccountLevel="Header", DefaultTaxCode="G1", IsBankAccount=True, IncludeInForecaster=True
    )
    assert (account["DefaultTaxCode"], account["IsBankAccount"], account["IncludeInForecaster"]) == (
        None,
        False,
        False,
    )


def test_a_detail_account_keeps_what_a_header_account_loses(api: httpx.Client) -> None:
    account = inserted(
        api, AccountLevel="Detail", DefaultTaxCode="G1", IsBankAccount=True, IncludeInForecaster=True
    )
    assert (account["DefaultTaxCode"], account["IsBankAccount"], account["IncludeInForecaster"]) == (
        "G1",
        True,
        True,
    )


@pytest.mark.parametrize(
    ("sent", "stored"), [("HEADER", "Header"), ("header", "Header"), ("dEtAiL", "Detail"), (None, "Detail")]
)
def test_the_level_is_compared_without_case_and_defaults_to_detail(
    api: httpx.Client, sent: str | None, stored: str
) -> None:
    assert inserted(api, AccountLevel=sent)["AccountLevel"] == stored


@pytest.mark.parametrize("enabled", [False, None])
def test_without_bank_files_there_is_no_bank_code_and_no_user_number(
    api: httpx.Client, enabled: bool | None
) -> None:
    account = inserted(api, BankFileCreationEnabled=enabled, BankCode="CBA", UserNumber="301500")
    assert (account["BankFileCreationEnabled"], account["BankCode"], account["UserNumber"]) == (
        enabled,
        None,
        None,
    )


def test_with_bank_files_the_codes_are_kept(api: httpx.Client) -> None:
    account = inserted(api, BankFileCreationEnabled=True, BankCode="CBA", UserNumber="301500")
    assert (account["BankCode"], account["UserNumber"]) == ("CBA", "301500")


def test_a_header_account_id_is_kept_and_null_when_absent(api: httpx.Client) -> None:
    header = insert(api, AccountLevel="Header")["InsertedEntityId"]
    assert inserted(api, HeaderAccountId=header)["HeaderAccountId"] == header
    assert inserted(api)["HeaderAccountId"] is None


def test_a_ledger_code_may_be_used_again(api: httpx.Client) -> None:
    assert [inserted(api, LedgerCode="AA")["LedgerCode"] for _ in range(2)] == ["AA", "AA"]


@pytest.mark.parametrize(
    ("body", "sentence"),
    [
        ({}, "An account needs Name and AccountType."),
        ({"Name": None, "AccountType": "Income"}, "An account needs Name."),
        ({"Name": " ", "AccountType": "Income"}, "An account needs Name."),
        ({"Name": "Sales"}, "An account needs AccountType."),
    ],
)
def test_name_and_type_are_needed(api: httpx.Client, body: dict[str, Any], sentence: str) -> None:
    answer = api.post("/Account", json=body)
    assert (answer.status_code, answer.json()) == (400, sentence)
    assert listed(api) == []


# ---- update


def test_an_update_answers_the_new_version_and_changes_the_account(api: httpx.Client) -> None:
    before = inserted(api)
    answer = update(api, before, Name="Consulting", AccountType="Equity", IsActive=False)
    result, after = answer.json(), read(api, before["Id"])
    assert answer.status_code == 200
    assert list(result) == ["UpdatedAccountId", "LastUpdatedId", "UtcLastModified", "_links"]
    assert result == {
        "UpdatedAccountId": before["Id"],
        "LastUpdatedId": after["LastUpdatedId"],
        "UtcLastModified": after["LastModifiedDateUtc"],
        "_links": links(api, "PUT", before["Id"]),
    }
    assert (after["Name"], after["AccountType"], after["IsActive"]) == ("Consulting", "Equity", False)
    assert after["CreatedDateUtc"] == before["CreatedDateUtc"] < after["LastModifiedDateUtc"]


def test_each_write_makes_a_new_version(api: httpx.Client) -> None:
    account = inserted(api)
    versions = [account["LastUpdatedId"]]
    for _ in range(4):
        versions.append(update(api, {**account, "LastUpdatedId": versions[-1]}).json()["LastUpdatedId"])
    assert len(set(versions)) == 5


@pytest.mark.parametrize("spoil", [str.lower, lambda _: "", lambda _: None, lambda version: f"{version} "])
def test_an_update_needs_exactly_the_current_version(
    api: httpx.Client, spoil: Callable[[str], str | None]
) -> None:
    account = inserted(api)
    answer = update(api, account, Name="Late", LastUpdatedId=spoil(account["LastUpdatedId"]))
    assert (answer.status_code, answer.headers["content-type"], answer.text) == (400, JSON, f'"{STALE}"')
    assert read(api, account["Id"]) == account


def test_an_older_version_is_stale(api: httpx.Client) -> None:
    account = inserted(api)
    assert update(api, account, Name="First").status_code == 200
    assert update(api, account, Name="Second").json() == STALE
    assert read(api, account["Id"])["Name"] == "First"


def test_a_stale_update_is_a_string_in_xml(api: httpx.Client) -> None:
    account = inserted(api)
    answer = api.put(f"/Account/{account['Id']}", json={"LastUpdatedId": "AAAA"}, headers={"Accept": XML})
    assert (answer.status_code, answer.headers["content-type"], answer.text) == (
        400,
        XML,
        f"<string>{STALE}</string>",
    )


def test_an_update_follows_the_rules_of_an_insert(api: httpx.Client) -> None:
    account = inserted(api, DefaultTaxCode="G1", BankFileCreationEnabled=True, BankCode="CBA")
    assert update(api, account, Name="").json() == "An account needs Name."
    update(api, account, AccountLevel="HEADER", BankFileCreationEnabled=False)
    after = read(api, account["Id"])
    assert (after["AccountLevel"], after["DefaultTaxCode"], after["BankCode"]) == ("Header", None, None)


def test_what_an_update_leaves_out_is_as_after_an_insert(api: httpx.Client) -> None:
    account = inserted(api, DefaultTaxCode="G1", LedgerCode="AA", IsActive=False)
    sent = {"Name": "Bare", "AccountType": "Income", "LastUpdatedId": account["LastUpdatedId"]}
    assert api.put(f"/Account/{account['Id']}", json=sent).status_code == 200
    after = read(api, account["Id"])
    assert (after["DefaultTaxCode"], after["LedgerCode"], after["IsActive"]) == (None, None, True)


def test_an_update_ignores_the_servers_own_members(api: httpx.Client) -> None:
    account = inserted(api)
    update(
        api,
        account,
        Id=7,
        IsBuiltIn=True,
        CreatedDateUtc="2020-01-01T00:00:00Z",
        LastModifiedDateUtc=None,
        _links=None,
    )
    after = read(api, account["Id"])
    assert [after[name] for name in ("Id", "IsBuiltIn", "CreatedDateUtc")] == [
        account["Id"],
        False,
        account["CreatedDateUtc"],
    ]


class Interleaving(MemoryStore):
    """A store that lets every other request go on after each read, as one behind a network does."""

    async def get(self, collection: str, key: str) -> Record | None:
        record = await super().get(collection, key)
        await asyncio.sleep(0)
        return record


def test_of_fifty_updates_of_one_version_exactly_one_wins(serve: Serve) -> None:
    api = opened(serve(Sandbox(CONTRACT, saasu.VENDOR), sessions=Sessions(store=Interleaving)))
    account = inserted(api)

    async def race() -> list[httpx.Response]:
        limits = httpx.Limits(max_connections=50)
        async with httpx.AsyncClient(
            base_url=api.base_url, headers=api.headers, limits=limits, trust_env=False, timeout=30
        ) as client:
            path = f"/Account/{account['Id']}?FileId=123"
            return await asyncio.gather(
                *(client.put(path, json={**account, "Name": f"Racer {number}"}) for number in range(50))
            )

    answers = asyncio.run(race())
    winners = [answer.json() for answer in answers if answer.status_code == 200]
    assert len(winners) == 1
    assert [answer.json() for answer in answers if answer.status_code != 200] == [STALE] * 49
    assert read(api, account["Id"])["LastUpdatedId"] == winners[0]["LastUpdatedId"]


# ---- delete


def test_a_deleted_account_is_gone(api: httpx.Client) -> None:
    account = inserted(api)
    path = f"/Account/{account['Id']}"
    answer = api.delete(path)
    assert (answer.status_code, list(answer.json())) == (200, ["StatusMessage", "_links"])
    assert answer.json()["StatusMessage"] == "Ok"
    assert answer.json()["_links"] == [
        link(api, "self", "DELETE", path),
        link(api, "list", "GET", "/Accounts"),
    ]
    assert [api.get(path).status_code, update(api, account).status_code, api.delete(path).status_code] == [
        404,
        404,
        404,
    ]
    assert listed(api) == []
    assert insert(api)["InsertedEntityId"] > account["Id"]


def test_of_twenty_deletes_at_once_one_finds_the_account() -> None:
    sandbox = Sandbox(CONTRACT, saasu.VENDOR, Settings(populate=1))
    session = Sessions(store=Interleaving).use()
    query = {"FileId": 123, "Page": 1, "PageSize": 25, "IncludeBuiltIn": True}

    async def race() -> list[Any]:
        listed = await sandbox.handle(Request("get /Accounts", query=query), session)
        account = json.loads(listed.data or b"")["Accounts"][-1]
        request = Request("delete /Account/{Id}", path={"Id": account["Id"]}, query=query)
        deletes = (sandbox.handle(request, session) for _ in range(20))
        return await asyncio.gather(*deletes, return_exceptions=True)

    kinds = sorted(type(answer).__name__ for answer in asyncio.run(race()))
    assert kinds == ["RecordNotFound"] * 19 + ["Response"]


@pytest.mark.parametrize(("populate", "others"), [(0, 0), (3, 3)])
def test_every_file_has_two_built_in_accounts(serve: Serve, populate: int, others: int) -> None:
    api = opened(serve("saasu", populate=populate))
    for file_id in (1, 123):
        accounts = listed(api, FileId=file_id, IncludeBuiltIn=True)
        found = [(account["Name"], account["AccountType"]) for account in accounts if account["IsBuiltIn"]]
        assert found == [("Accounts Receivable", "Asset"), ("Accounts Payable", "Liability")]
        assert len(listed(api, FileId=file_id)) == others
    assert read(api, accounts[0]["Id"]) == accounts[0]


def test_a_built_in_account_cannot_be_changed_or_deleted(serve: Serve) -> None:
    api = opened(serve("saasu", populate=4))
    account = next(account for account in listed(api, IncludeBuiltIn=True) if account["IsBuiltIn"])
    assert update(api, account, Name="Mine").json() == "A built-in account cannot be changed."
    refused = api.delete(f"/Account/{account['Id']}")
    assert (refused.status_code, refused.json()) == (400, "A built-in account cannot be deleted.")
    assert read(api, account["Id"]) == account


# ---- list


def test_a_page_holds_25_accounts_and_pages_join_to_the_whole(serve: Serve) -> None:
    api = opened(serve("saasu", populate=60))
    assert [len(listed(api, Page=page)) for page in (1, 2, 3, 4)] == [25, 25, 10, 0]
    pages = [account["Id"] for page in range(1, 8) for account in listed(api, Page=page, PageSize=9)]
    assert pages == [account["Id"] for account in listed(api, PageSize=100)] == sorted(set(pages))


def test_a_list_puts_its_accounts_before_its_link(api: httpx.Client) -> None:
    account = inserted(api)
    answer = api.get("/Accounts").json()
    assert list(answer) == ["Accounts", "_links"]
    assert [one["IsBuiltIn"] for one in answer["Accounts"]] == [True, True, False]
    assert answer["Accounts"][-1] == account
    assert answer["_links"] == [link(api, "self", "GET", "/Accounts")]


@pytest.fixture(scope="module")
def sorts() -> Iterator[httpx.Client]:
    """A client of a file with an account of each sort a list can ask for; the built-in ones are the first."""
    with (
        running(create_app([bundled("saasu")])) as url,
        httpx.Client(base_url=url, trust_env=False) as client,
    ):
        api = opened(client)
        header = insert(api, Name="Header", AccountType="Expense", AccountLevel="Header")["InsertedEntityId"]
        insert(api, Name="Rent", AccountType="Expense", HeaderAccountId=header)
        insert(api, Name="Bank", AccountType="Asset", IsBankAccount=True)
        insert(api, Name="Old", AccountType="Income", IsActive=False)
        yield api


@pytest.mark.parametrize(
    ("query", "found"),
    [
        ({}, [*BUILT_IN, "Header", "Rent", "Bank", "Old"]),
        ({"IsActive": "true"}, [*BUILT_IN, "Header", "Rent", "Bank"]),
        ({"IsActive": "false"}, ["Old"]),
        ({"IsBankAccount": "true"}, ["Bank"]),
        ({"IsBankAccount": "false"}, [*BUILT_IN, "Header", "Rent", "Old"]),
        ({"AccountType": "Expense"}, ["Header", "Rent"]),
        ({"AccountLevel": "header"}, ["Header"]),
        ({"AccountLevel": "DETAIL"}, [*BUILT_IN, "Rent", "Bank", "Old"]),
        ({"IncludeBuiltIn": "false"}, ["Header", "Rent", "Bank", "Old"]),
        ({"IncludeBuiltIn": "true"}, [*BUILT_IN, "Header", "Rent", "Bank", "Old"]),
        ({"AccountType": "Asset", "IsActive": "true", "IncludeBuiltIn": "false"}, ["Bank"]),
        ({"IsActive": "true", "Page": "2", "PageSize": "3"}, ["Rent", "Bank"]),
    ],
)
def test_a_list_holds_what_matches_every_filter(
    sorts: httpx.Client, query: dict[str, str], found: list[str]
) -> None:
    accounts = sorts.get("/Accounts", params=query).json()["Accounts"]
    assert [account["Name"] for account in accounts] == found


def test_a_list_can_be_of_what_is_below_a_header(api: httpx.Client) -> None:
    header = insert(api, AccountLevel="Header")["InsertedEntityId"]
    insert(api, Name="Below", HeaderAccountId=header)
    assert names(api, HeaderAccountId=header) == ["Below"]
    assert names(api, HeaderAccountId=header + 1) == []


# ---- refusals


@each_operation_on_a_file
@pytest.mark.parametrize("query", [{}, {"FileId": "0"}, {"FileId": ""}, {"FileId": "-1"}])
def test_without_a_file_the_answer_is_401(
    client: httpx.Client, method: str, path: str, query: dict[str, str]
) -> None:
    answer = client.request(method, path, params=query, headers={"Authorization": "Bearer any"})
    assert (answer.status_code, answer.headers["www-authenticate"]) == (401, "Bearer")
    assert answer.json() == {"Message": "FileId is required: it says which file to work on."}


@each_operation_on_a_file
def test_without_a_credential_the_answer_is_401(client: httpx.Client, method: str, path: str) -> None:
    answer = client.request(method, path, params={"FileId": 123})
    assert (answer.status_code, list(answer.json())) == (401, ["Message"])
    assert answer.headers["www-authenticate"] == "Bearer"


@pytest.mark.parametrize(
    ("credential", "status"),
    [("any", 200), ("sandbox-revoked", 401), ("sandbox-expired", 401), ("sandbox-no-scope", 403)],
)
@pytest.mark.parametrize("way", ["token", "WsAccessKey", "wsaccesskey"])
def test_magic_credentials_provoke_each_refusal(
    client: httpx.Client, credential: str, status: int, way: str
) -> None:
    headers = {"Authorization": f"Bearer {credential}"} if way == "token" else {}
    query = {} if way == "token" else {way: credential}
    answer = client.get("/Accounts", params={"FileId": 123, **query}, headers=headers)
    assert answer.status_code == status
    assert list(answer.json()) == (["Accounts", "_links"] if status == 200 else ["Message"])


@each_operation_on_a_file
def test_a_file_out_of_reach_is_403(serve: Serve, method: str, path: str) -> None:
    dana = Identity("dana", credential="key", reach={"files": frozenset({"123"})})
    api = opened(serve("saasu", identities=Identities([dana])), token="key", file_id=124)
    answer = api.request(
        method, path, json={"Name": "Sales", "AccountType": "Income"} if method in ("POST", "PUT") else None
    )
    assert (answer.status_code, answer.json()) == (
        403,
        {"Message": "Dana does not have access to file 124, only to 123."},
    )


@pytest.mark.parametrize("method", ["GET", "PUT", "DELETE"])
def test_an_unknown_account_is_404(api: httpx.Client, method: str) -> None:
    answer = api.request(method, "/Account/4711", json={} if method == "PUT" else None)
    assert (answer.status_code, answer.json()) == (
        404,
        {"Message": "This file has no account with the id 4711."},
    )


@pytest.mark.parametrize("status", [401, 404])
def test_an_error_with_a_message_has_an_element_of_its_own_in_xml(api: httpx.Client, status: int) -> None:
    answer = api.get("/Account/1", params={"FileId": 0 if status == 401 else 123}, headers={"Accept": XML})
    assert (answer.status_code, answer.headers["content-type"]) == (status, XML)
    root = ElementTree.fromstring(answer.text)
    assert (root.tag, [child.tag for child in root]) == ("Error", ["Message"])


def test_a_model_error_names_every_field_that_fails(api: httpx.Client) -> None:
    body = {
        "Name": 3,
        "AccountType": "Revenue",
        "AccountLevel": "Middle",
        "IsActive": "maybe",
        "HeaderAccountId": 2**31,
        "_links": {},
    }
    answer = api.post("/Account", json=body)
    assert (answer.status_code, list(answer.json())) == (400, ["Message"])
    assert [name for name in body if f"/{name}:" not in answer.json()["Message"]] == []


@pytest.mark.parametrize(
    "query",
    [
        {"Page": "0"},
        {"PageSize": "0"},
        {"PageSize": "101"},
        {"IsActive": "maybe"},
        {"AccountType": "Cash"},
        {"FileId": "abc"},
    ],
)
def test_a_query_that_cannot_be_read_is_a_model_error(api: httpx.Client, query: dict[str, str]) -> None:
    answer = api.get("/Accounts", params=query)
    assert (answer.status_code, list(answer.json())) == (400, ["Message"])
    assert f"query /{next(iter(query))}: must be" in answer.json()["Message"]


@pytest.mark.parametrize(
    ("content_type", "body"),
    [
        (JSON, "{"),
        (JSON, ""),
        (JSON, "[]"),
        ("text/json", '"Sales"'),
        (XML, "<AccountDetail>"),
        (XML, "<Account><Name>Sales</Name></Account>"),
        ("text/xml", '<!DOCTYPE a [<!ENTITY b "c">]><AccountDetail><Name>&b;</Name></AccountDetail>'),
        (XML, f"<AccountDetail {ROOT}><Name>Sales</Name><IsActive>maybe</IsActive></AccountDetail>"),
    ],
)
def test_a_body_that_is_no_account_is_a_model_error(api: httpx.Client, content_type: str, body: str) -> None:
    answer = api.post("/Account", content=body, headers={"Content-Type": content_type})
    assert (answer.status_code, list(answer.json())) == (400, ["Message"])
    assert listed(api) == []


@pytest.mark.parametrize(
    ("method", "path", "headers", "status"),
    [
        ("GET", "/Acounts", {}, 404),
        ("PATCH", "/Account/1", {}, 405),
        ("POST", "/Account", {"Content-Type": "text/plain"}, 415),
    ],
)
def test_whatever_else_is_refused_has_a_message(
    api: httpx.Client, method: str, path: str, headers: dict[str, str], status: int
) -> None:
    answer = api.request(method, path, headers=headers, content="x" if method == "POST" else None)
    assert (answer.status_code, list(answer.json())) == (status, ["Message"])


# ---- tokens

PASSWORD = {"grant_type": "password", "username": "dana@example.com", "password": "secret", "scope": "full"}
DANA = Identity(
    "dana", username="dana@example.com", password="secret", reach={"files": frozenset({"77", "123"})}
)


def grant(client: httpx.Client, path: str = "token", **body: Any) -> Any:
    answer = client.post(f"/authorisation/{path}", json=body or PASSWORD)
    assert answer.status_code == 200, answer.text
    return answer.json()


def status_with(client: httpx.Client, token: str, file_id: int = 123) -> int:
    return client.get(
        "/Accounts", params={"FileId": file_id}, headers={"Authorization": f"Bearer {token}"}
    ).status_code


def test_a_token_is_issued_for_a_name_and_a_password(client: httpx.Client) -> None:
    issued = grant(client)
    assert list(issued) == ["access_token", "token_type", "expires_in", "refresh_token", "scope"]
    assert (issued["token_type"], issued["expires_in"], issued["scope"]) == (
        "Bearer",
        10800,
        "full fileid:123",
    )
    assert issued["access_token"] != issued["refresh_token"]


def test_a_token_is_accepted_where_only_listed_users_are(serve: Serve) -> None:
    client = serve("saasu", identities=Identities([DANA]))
    issued = grant(client)
    assert issued["scope"] == "full fileid:123 fileid:77"
    assert [status_with(client, token) for token in (issued["access_token"], "any")] == [200, 401]
    assert [status_with(client, issued["access_token"], file_id) for file_id in (77, 78)] == [200, 403]


def test_a_token_opens_the_file_of_its_scope_and_no_other(client: httpx.Client) -> None:
    usual = grant(client)["access_token"]
    assert [status_with(client, usual, file_id) for file_id in (123, 456)] == [200, 403]
    asked = grant(client, **{**PASSWORD, "scope": "full fileid:456"})
    assert asked["scope"] == "full fileid:456"
    assert [status_with(client, asked["access_token"], file_id) for file_id in (123, 456)] == [403, 200]
    body = {"grant_type": "refresh_token", "refresh_token": asked["refresh_token"]}
    newer = grant(client, "refresh", **body)
    assert newer["scope"] == asked["scope"]
    assert [status_with(client, newer["access_token"], file_id) for file_id in (123, 456)] == [403, 200]


def test_a_token_is_not_given_for_a_file_out_of_reach(serve: Serve) -> None:
    client = serve("saasu", identities=Identities([DANA]))
    assert grant(client, **{**PASSWORD, "scope": "full fileid:77"})["scope"] == "full fileid:77"
    answer = client.post("/authorisation/token", json={**PASSWORD, "scope": "fileid:78"})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_grant")
    assert "file 78" in answer.json()["error_description"]


@pytest.mark.parametrize(
    ("method", "path", "status"),
    [
        ("POST", "/authorisation/token-3fa", 404),
        ("PUT", "/authorisation/token", 405),
        ("POST", "/authorisation/Token/", 400),
    ],
)
def test_what_is_missing_below_authorisation_is_refused_as_a_grant_is(
    client: httpx.Client, method: str, path: str, status: int
) -> None:
    answer = client.request(method, path)
    assert (answer.status_code, answer.json()["error"]) == (status, "invalid_request")


def test_a_ping_is_refused_as_everything_else_is(client: httpx.Client) -> None:
    answer = client.post("/authorisation/Ping")
    assert (answer.status_code, list(answer.json())) == (405, ["Message"])


def test_both_ways_to_get_in_are_named_where_neither_was_taken(client: httpx.Client) -> None:
    answer = client.get("/Accounts", params={"FileId": 123})
    said = "A credential is missing: Authorization: Bearer, or the query WsAccessKey."
    assert (answer.status_code, answer.json()) == (401, {"Message": said})


def test_a_body_is_taken_as_lenient_parsers_take_it(api: httpx.Client) -> None:
    body = '{"Name": "First", "Name": "Last", "AccountType": "Income", "More": 123456789012345678901234}'
    made = api.post("/Account", content=body, headers={"Content-Type": JSON})
    assert made.status_code == 200, made.text
    assert read(api, made.json()["InsertedEntityId"])["Name"] == "Last"
    large = '{"Name": "A", "AccountType": "Income", "HeaderAccountId": 123456789012345678901234}'
    assert api.post("/Account", content=large, headers={"Content-Type": JSON}).status_code == 400


@pytest.mark.parametrize("body", [{"password": "wrong"}, {"username": "nobody"}, {"password": ""}])
def test_a_wrong_password_is_401(serve: Serve, body: dict[str, str]) -> None:
    client = serve("saasu", identities=Identities([DANA]))
    answer = client.post("/authorisation/token", json={**PASSWORD, **body})
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_grant")


def test_without_listed_users_only_an_empty_or_a_magic_password_is_wrong(client: httpx.Client) -> None:
    passwords = ["any", "", "sandbox-revoked", "sandbox-expired", "sandbox-no-scope"]
    answers = [
        client.post("/authorisation/token", json={**PASSWORD, "password": password}) for password in passwords
    ]
    assert [answer.status_code for answer in answers] == [200, 401, 401, 401, 401]


@pytest.mark.parametrize("user", [{"apis": frozenset({"togai"})}, {"state": "revoked"}, {"state": "expired"}])
def test_a_user_who_may_not_come_in_gets_no_token(serve: Serve, user: dict[str, Any]) -> None:
    listed_user = Identity("dana", username="dana@example.com", password="secret", **user)
    answer = serve("saasu", identities=Identities([listed_user])).post("/authorisation/token", json=PASSWORD)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_grant")


def test_a_token_expires_after_three_hours_of_the_sandboxs_time(serve: Serve) -> None:
    sessions = Sessions()
    client = serve("saasu", sessions=sessions)
    token = grant(client)["access_token"]
    sessions.use().clock.advance(10799)
    assert status_with(client, token) == 200
    sessions.use().clock.advance(1)
    assert status_with(client, token) == 401


def test_a_refresh_token_trades_for_a_new_token_and_ends_the_old_one(serve: Serve) -> None:
    client = serve("saasu", identities=Identities([DANA]))
    first = grant(client)
    second = grant(
        client, "refresh", grant_type="refresh_token", refresh_token=first["refresh_token"], scope="full"
    )
    third = grant(client, "refresh", grant_type="refresh_token", refresh_token=second["refresh_token"])
    tokens = [issued["access_token"] for issued in (first, second, third)]
    assert [status_with(client, token) for token in tokens] == [401, 401, 200]
    assert [status_with(client, tokens[2], file_id) for file_id in (77, 78)] == [200, 403]
    assert {**third, "access_token": ""} == {**first, "access_token": ""}


def test_a_refresh_token_opens_nothing_and_an_unknown_one_is_refused(client: httpx.Client) -> None:
    issued = grant(client)
    assert [status_with(client, issued[name]) for name in ("refresh_token", "access_token")] == [401, 200]
    body = {"grant_type": "refresh_token", "refresh_token": issued["access_token"]}
    answer = client.post("/authorisation/refresh", json=body)
    assert (answer.status_code, answer.json()["error"]) == (401, "invalid_grant")


@pytest.mark.parametrize(
    ("path", "body", "error"),
    [
        ("token", {**PASSWORD, "grant_type": "client_credentials"}, "unsupported_grant_type"),
        ("token", {"grant_type": "password"}, "invalid_request"),
        ("refresh", {**PASSWORD, "refresh_token": "x"}, "unsupported_grant_type"),
        ("refresh", {}, "invalid_request"),
    ],
)
def test_a_body_that_is_no_grant_is_400(
    client: httpx.Client, path: str, body: dict[str, str], error: str
) -> None:
    answer = client.post(f"/authorisation/{path}", json=body)
    assert (answer.status_code, answer.json()["error"]) == (400, error)


# ---- a populated file


def populated(size: int, *, seed: int = 1, file_id: int = 123) -> list[dict[str, Any]]:
    """Return the accounts a file starts with; the sandbox holds them against its contract before it shows
    them.
    """
    query = {"FileId": file_id, "Page": 1, "PageSize": 100, "IncludeBuiltIn": True}
    sandbox = Sandbox(CONTRACT, saasu.VENDOR, Settings(seed=seed, populate=size))
    answer = asyncio.run(
        sandbox.handle(Request("get /Accounts", query=query, base_url="http://sandbox"), Sessions().use())
    )
    accounts: list[dict[str, Any]] = answer.body["Accounts"]
    return accounts


@pytest.mark.parametrize("size", range(1, 51))
def test_a_populated_file_is_consistent(size: int) -> None:
    accounts = populated(size)
    by_id = {account["Id"]: account for account in accounts}
    assert (
        len(by_id)
        == len({account["Name"] for account in accounts})
        == len({account["LedgerCode"] for account in accounts})
        == size + saasu.BUILT_IN
    )
    for account in accounts:
        assert list(account) == MEMBERS
        assert account["CreatedDateUtc"] <= account["LastModifiedDateUtc"] < iso(EPOCH, 7)
        header = by_id.get(account["HeaderAccountId"])
        if account["HeaderAccountId"] is not None:
            assert header is not None
            assert (header["AccountLevel"], header["AccountType"]) == ("Header", account["AccountType"])
            assert header["Id"] < account["Id"]
        if account["AccountLevel"] == "Header":
            assert (account["DefaultTaxCode"], account["IsBankAccount"], account["IncludeInForecaster"]) == (
                None,
                False,
                False,
            )


def test_populated_bank_accounts_have_details_that_belong_together() -> None:
    accounts = [account for account in populated(100) if account["IsBankAccount"]]
    assert len(accounts) > 5
    assert {account["AccountType"] for account in accounts} == {"Asset"}
    assert {account["BankFileCreationEnabled"] for account in accounts} == {True, False}
    for account in accounts:
        code = BANK_CODES[bank_of(account["BSB"])]
        user_number = account["UserNumber"]
        assert (account["BankCode"], user_number) == (
            (code, user_number) if account["BankFileCreationEnabled"] else (None, None)
        )
        assert account["Number"].isdigit()
        assert account["BankAccountName"].endswith(" Pty Ltd")


def test_a_populated_file_has_every_type_and_sort_of_account() -> None:
    accounts = populated(17)
    assert len({account["AccountType"] for account in accounts}) == 8
    assert [account["Name"] for account in accounts if account["IsBuiltIn"]] == [
        "Accounts Receivable",
        "Accounts Payable",
    ]
    assert [account["AccountLevel"] for account in accounts].count("Header") == 8
    assert [account["IsBankAccount"] for account in accounts].count(True) == 1


def test_three_accounts_are_a_header_one_below_it_and_a_bank_account() -> None:
    header, detail, bank = [account for account in populated(3) if not account["IsBuiltIn"]]
    assert (header["AccountLevel"], detail["HeaderAccountId"], bank["IsBankAccount"]) == (
        "Header",
        header["Id"],
        True,
    )


def test_one_seed_gives_the_same_file_and_another_another() -> None:
    first = populated(10)
    assert first == populated(10)
    assert first != populated(10, seed=2)
    assert [account["LastUpdatedId"] for account in first] != [
        account["LastUpdatedId"] for account in populated(10, file_id=124)
    ]


def test_the_same_requests_get_the_same_answers(serve: Serve) -> None:
    seen = []
    for _ in range(2):
        api = opened(serve("saasu", populate=3, seed=7))
        told = [insert(api), *listed(api), api.post("/authorisation/token", json=PASSWORD).json()]
        seen.append(str(told).replace(str(api.base_url), ""))
    assert seen[0] == seen[1]


def test_a_populated_account_can_be_sent_back_and_a_new_one_comes_after_it(serve: Serve) -> None:
    api = opened(serve("saasu", populate=3))
    accounts = listed(api)
    assert update(api, accounts[1], Name="Renamed").status_code == 200
    assert insert(api)["InsertedEntityId"] == accounts[-1]["Id"] + 1


def test_a_credential_can_be_tried(api: httpx.Client) -> None:
    assert api.get("/authorisation/Ping").json() == "Ping successful"
    refused = httpx.get(str(api.base_url).rstrip("/") + "/authorisation/Ping", trust_env=False)
    assert "or the query WsAccessKey" in refused.json()["Message"]


def test_a_token_can_be_had_with_a_code(client: httpx.Client) -> None:
    body = {"grant_type": "password", "username": "a@example.com", "password": "p", "verification_code": "1"}
    token = client.post("/authorisation/token-2fa", json=body).json()
    assert token["token_type"] == "Bearer"
    refused = client.post("/authorisation/token-2fa", json={"grant_type": "password"})
    assert refused.json()["error"] == "invalid_request"
