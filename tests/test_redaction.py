"""Redaction: what goes by a credential's name is not in what the journal writes out."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any
from urllib.parse import quote, urlencode

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from support import bundled_contract, write_contract
from understudy.errors import Failure
from understudy.journal.credentials import Secrets
from understudy.journal.entry import Entry
from understudy.journal.har import har
from understudy.journal.query import Filter
from understudy.journal.redaction import REDACTED
from understudy.journal.verification import Times, verify
from understudy.journal.writing import as_json, verdict_as_json

JSON = [(b"content-type", b"application/json")]
KNOWN = Secrets(headers=["X-Door"], query=["Door"], cookies=["door"])


def shown(secrets: Secrets = KNOWN, **facts: Any) -> dict[str, Any]:
    """Write an entry of these facts as JSON."""
    for side in ("request", "response"):
        facts.setdefault(f"{side}_size", len(facts.get(f"{side}_body", b"")))
    return as_json(Entry(**facts), secrets)


def body(value: Any) -> Any:
    """Return what is shown of a JSON request body."""
    return shown(request_headers=JSON, request_body=json.dumps(value).encode())["requestBody"]


@pytest.mark.parametrize(
    ("name", "sent", "there"),
    [
        ("Authorization", "Bearer abc", "Bearer [redacted]"),
        ("Authorization", "Basic dTpw", "Basic [redacted]"),
        ("Authorization", "abc", "[redacted]"),
        ("Authorization", "a:b c", "[redacted]"),
        ("Proxy-Authorization", "Basic dTpw", "Basic [redacted]"),
        ("Cookie", "a=1; b=2", "a=[redacted]; b=[redacted]"),
        ("Cookie", "abc", "[redacted]"),
        ("Set-Cookie", "a=1; Path=/; HttpOnly", "a=[redacted]; Path=/; HttpOnly"),
        ("X-Api-Key", "abc", "[redacted]"),
        ("x-auth-token", "abc", "[redacted]"),
        ("X-Door", "abc", "[redacted]"),
        ("x-door", "abc", "[redacted]"),
        ("X-Other", "abc", "abc"),
        (
            "Location",
            "https://a.example/cb?code=1&access_token=abc#x",
            "https://a.example/cb?code=1&access_token=[redacted]#x",
        ),
        (
            "WWW-Authenticate",
            'Bearer realm="sandbox", error="invalid_token"',
            'Bearer realm="sandbox", error="invalid_token"',
        ),
        ("X-Said", "basic authentication is off", "basic authentication is off"),
        ("Idempotency-Key", "abc", "abc"),
    ],
)
def test_a_header_shows_no_credential(name: str, sent: str, there: str) -> None:
    assert shown(request_headers=[(name.encode(), sent.encode())])["requestHeaders"] == {name.lower(): there}
    assert shown(response_headers=[(name.encode(), sent.encode())])["responseHeaders"] == {
        name.lower(): there
    }


@pytest.mark.parametrize(
    "name",
    ["password", "Password", "access_token", "refreshToken", "client-secret", "API_KEY", "apikey", "token", "newPassword", "password2",
     "webhookSecret", "private_key", "cardToken", "id_token", "clientAssertion", "passwd", "db_pwd", "credentials", "jwt", "tokens"],
)  # fmt: skip
def test_a_member_that_is_a_credential_by_name_is_hidden(name: str) -> None:
    assert body({name: "abc", "a": [{name: ["x", {"b": "y"}]}]}) == {name: REDACTED, "a": [{name: REDACTED}]}
    assert shown(query=urlencode({name: "abc"}).encode())["query"] == {name: REDACTED}


@pytest.mark.parametrize(
    "name",
    ["nextToken", "next_page_token", "continuationToken", "cursor", "key", "code", "token_type", "expires_in", "username", "scope",
     "publicKey", "idempotencyKey", "secretary", "authorName", "tokenEndpoint"],
)  # fmt: skip
def test_what_only_sounds_like_a_credential_is_shown(name: str) -> None:
    assert body({name: "abc"}) == {name: "abc"}


@pytest.mark.parametrize("value", [None, True, False, ""])
def test_that_a_credential_is_not_there_is_no_secret(value: Any) -> None:
    assert body({"password": value}) == {"password": value}


def test_a_count_of_tokens_is_no_credential() -> None:
    assert body({"prompt_tokens": 12, "token": 123456}) == {"prompt_tokens": 12, "token": REDACTED}


def test_a_form_is_an_object_without_its_credentials() -> None:
    headers = [(b"content-type", b"application/x-www-form-urlencoded")]
    form = shown(request_headers=headers, request_body=b"grant_type=password&password=a,b c&username=me")
    assert form["requestBody"] == {"grant_type": "password", "password": REDACTED, "username": "me"}


@pytest.mark.parametrize(
    ("facts"),
    [
        {"request_headers": [*JSON, (b"content-encoding", b"gzip")], "request_body": b"\x1f\x8b"},
        {"request_headers": JSON, "request_body": '{"password": "abc"}'.encode("utf-16-le")},
        {
            "request_headers": [(b"content-type", b"image/png")],
            "request_body": b"\xff\xfe",
            "operation_id": "issueToken",
        },
        {
            "request_headers": [(b"content-type", b"image/png")],
            "request_body": b"\xff\xfe",
            "path": "/oauth/authorize",
        },
        {
            "request_headers": [(b"content-type", b"application/xml")],
            "request_body": b"<password>abc</password>",
            "operation": "post /login",
        },
    ],
)
def test_a_body_without_names_that_may_be_a_credential_is_not_shown(facts: dict[str, Any]) -> None:
    assert shown(**facts)["requestBody"] == REDACTED


@pytest.mark.parametrize(
    ("media_type", "sent"),
    [
        ("application/xml", "<password>abc</password>"),
        ("text/plain", "Bearer abcdefgh1"),
        ("application/json", '{"password": "ab'),
    ],
)
def test_text_is_shown_as_it_was_sent(media_type: str, sent: str) -> None:
    there = shown(request_headers=[(b"content-type", media_type.encode())], request_body=sent.encode())
    assert there["requestBody"] == sent


def test_a_path_shows_no_credential() -> None:
    assert shown(path="/mounted/tokens/abc/use", operation="get /tokens/{token}/use")["path"] == (
        "/mounted/tokens/[redacted]/use"
    )
    assert shown(path="/accounts/abc", operation="get /accounts/{id}")["path"] == "/accounts/abc"
    assert shown(path="/short", operation="get /a/b/{token}/short")["path"] == "/short"


def test_a_failure_does_not_repeat_a_credential_and_neither_do_its_sentences() -> None:
    failures = (
        Failure("body", "/password", "minLength", "at least 8 characters long", '"abc"'),
        Failure("header", "/X-Door", "pattern", "a match", "abc"),
        Failure("cookie", "/any", "pattern", "a match", "abc"),
        Failure("body", "", "type", "an array", '{"password": "abc"}'),
        Failure("body", "/name", "type", "an integer", '"Ann"'),
    )
    refusal = "; ".join(map(str, failures))
    problem = json.dumps(
        {"detail": refusal, "errors": [{"pointer": f.pointer, "received": f.received} for f in failures]}
    )
    there = shown(refusal=refusal, failures=failures, response_headers=JSON, response_body=problem.encode())
    assert "abc" not in json.dumps(there)
    assert [failure["received"] for failure in there["failures"]] == [REDACTED] * 3 + [
        '{"password":"[redacted]"}',
        '"Ann"',
    ]
    assert there["refusal"] == (
        "body /password: must be at least 8 characters long, got [redacted]; header /X-Door: must be a match, got [redacted]; "
        'cookie /any: must be a match, got [redacted]; body: must be an array, got {"password":"[redacted]"}; '
        'body /name: must be an integer, got "Ann"'
    )


def test_what_is_not_about_credentials_is_shown_as_it_was_sent() -> None:
    value = {
        "name": "Petty cash",
        "tags": ["a=b", "c: d", 'say "hi": x'],
        "amount": 1.50,
        "note": "Key figures; see token ring",
    }
    assert body(value) == value


def test_the_words_of_oauth_are_no_secret_elsewhere() -> None:
    value = {"grant_type": "refresh_token", "credentials": {"type": "password"}, "password": "password"}
    assert body(value) == {"grant_type": "refresh_token", "credentials": REDACTED, "password": REDACTED}


# ---- from contracts


def test_the_names_in_security_schemes_are_those_of_credentials(tmp_path: Path) -> None:
    def scheme(place: str, name: str) -> dict[str, str]:
        return {"type": "apiKey", "in": place, "name": name}

    schemes = {
        "a": scheme("header", "X-Ticket"),
        "b": scheme("query", "key"),
        "c": scheme("cookie", "sid"),
        "d": {"type": "http", "scheme": "bearer"},
    }
    login = {
        "properties": {
            "pin": {"type": "string", "format": "password"},
            "password": {"type": "object"},
            "name": {"type": "string"},
        }
    }
    contract = write_contract(
        tmp_path / "a.json",
        "3.1.0",
        {
            "components": {"securitySchemes": schemes, "schemas": {"Login": login}},
            "paths": {"/a": {"get": {"responses": {}}}},
        },
    )
    secrets = Secrets.of([contract])
    assert [set(names) for names in (secrets.headers, secrets.query, secrets.cookies)] == [
        {"x-ticket"},
        {"key"},
        {"sid"},
    ]
    there = shown(
        secrets,
        query=b"key=abc&other=1",
        request_headers=[(b"x-ticket", b"abc"), *JSON],
        request_body=b'{"key": "shown", "PIN": "1234", "name": "Ann"}',
        failures=(
            Failure("query", "/key", "pattern", "a match", "abc"),
            Failure("body", "/key", "pattern", "a match", "shown"),
        ),
    )
    assert there["query"] == {"key": REDACTED, "other": "1"}
    assert there["requestHeaders"]["x-ticket"] == REDACTED
    assert there["requestBody"] == {"key": "shown", "PIN": REDACTED, "name": "Ann"}
    assert [failure["received"] for failure in there["failures"]] == [REDACTED, "shown"]


def test_the_bundled_contracts_name_their_credentials() -> None:
    secrets = Secrets.of(map(bundled_contract, ("aritma", "dualentry", "saasu", "togai")))
    schemes = [
        s
        for name in ("aritma", "dualentry", "saasu", "togai")
        for s in bundled_contract(name).security_schemes.values()
    ]
    for scheme in schemes:
        if scheme.get("type") == "apiKey":
            assert {"header": secrets.is_header, "query": secrets.is_query}[scheme.get("in")](
                scheme.get("name")
            )
    assert not secrets.is_query("nextToken")


# ---- nothing secret in any output

secrets_sent = st.text(
    st.characters(
        codec="utf-8", categories=["Lu", "Ll", "Nd"], include_characters="-_.~+/=%&?;,:@!$'\"\\ <>"
    ),
    max_size=12,
).map(lambda text: f"Zq{text}9XyZ73")


def places(secret: str, key: str) -> dict[str, Any]:
    """Make the facts of an entry in which a secret and a key stand where they belong."""
    failure = Failure("body", "/user/password", "minLength", "long", json.dumps(secret))
    body = {"user": {"name": "Ann", "password": secret}, "token": [secret]}
    return {
        "method": "POST",
        "path": f"/tokens/{quote(secret, safe='')}",
        "operation": "post /tokens/{token}",
        "query": urlencode({"door": secret}).encode(),
        "request_headers": [
            *JSON,
            (b"authorization", f"Bearer {key}".encode()),
            (b"host", b"a.example"),
        ],
        "request_body": json.dumps(body).encode(),
        "response_headers": [*JSON, (b"set-cookie", f"a={key}".encode())],
        "response_body": json.dumps({"detail": failure.message, "received": failure.received}).encode(),
        "status": 401,
        "refusal": f"no: {failure.message}",
        "failures": (failure,),
    }


@given(secrets_sent)
@example("Zq\\\"'9XyZ7")
@example("Zq +%2F&=9XyZ7")
def test_no_output_holds_what_a_name_says_is_a_secret(secret: str) -> None:
    key = "Zqabcdefgh"
    entry = Entry(number=1, **places(secret, key))
    entry.count()
    wanted = Filter(path="/x", body={"/user/password": secret, "/user": {"password": secret}})
    verdict = verify([entry], wanted, Times(exactly=1), secrets=KNOWN)
    for output in (as_json(entry, KNOWN), har([entry], KNOWN, "1"), verdict_as_json(verdict)):
        said = json.dumps(output, ensure_ascii=False)
        for way in (secret, json.dumps(secret, ensure_ascii=False)[1:-1], quote(secret, safe=""), key):
            assert way not in said


@pytest.mark.parametrize(
    "name",
    ["X-Forwarded-Authorization", "X-Auth", "X-CSRF", "X-CSRF-Token", "X-My-Key", "X-Hub-Auth", "X-Amz-Signature", "X-Hub-Signature-256",
     "X_Auth", "X-Session-Id", "Session", "Client-Secret"],
)  # fmt: skip
def test_a_header_that_has_a_credentials_word_is_hidden(name: str) -> None:
    assert shown(request_headers=[(name.encode(), b"abcdefgh")])["requestHeaders"] == {name.lower(): REDACTED}


@pytest.mark.parametrize(
    "name",
    [
        "Idempotency-Key",
        "Sandbox-Session",
        "X-Idempotency-Key",
        "X-Author",
        "X-Keyboard",
        "X-Next-Token",
        "Monkey",
    ],
)
def test_a_header_whose_words_are_others_is_shown(name: str) -> None:
    assert shown(request_headers=[(name.encode(), b"abcdefgh")])["requestHeaders"] == {
        name.lower(): "abcdefgh"
    }


@pytest.mark.parametrize("name", ["sig", "signature", "X-Amz-Signature", "key", "Key"])
def test_a_query_parameter_that_signs_is_hidden(name: str) -> None:
    assert shown(query=f"{name}=abcdefgh".encode())["query"] == {name: REDACTED}


@pytest.mark.parametrize("name", ["pass", "pin", "auth", "signature", "Signature"])
def test_a_short_name_of_a_credential_in_a_body_is_hidden(name: str) -> None:
    assert body({name: "abc"}) == {name: REDACTED}
