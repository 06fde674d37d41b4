"""Nothing is sent to an address that is not of the loopback interface, however it is written, unless its host was allowed."""

from __future__ import annotations

import asyncio
import json
from collections.abc import Callable, Iterator, Sequence
from ipaddress import IPv4Address, IPv6Address
from pathlib import Path
from typing import Any

import httpx
import pytest
from hypothesis import assume, given
from hypothesis import strategies as st

from receiver import receiving
from shop import COMPONENTS, WEBHOOKS, message, paths
from understudy.callbacks.sender import Sender
from understudy.callbacks.targets import Address, AddressRefused, Policy, Target, is_loopback, read_url
from understudy.cli.main import main
from understudy.errors import SettingsError
from understudy.sandbox import Sandbox


class Names:
    """Names with the addresses they have in a test, each look-up the next of several; no name server is asked."""

    def __init__(self, **addresses: Sequence[Sequence[str]]) -> None:
        self._answers: dict[str, Iterator[Sequence[str]]] = {
            name: iter(answers) for name, answers in addresses.items()
        }
        self.asked: list[str] = []

    async def resolve(self, host: str, _port: int) -> Sequence[str]:
        """Return the next addresses of a name."""
        self.asked.append(host)
        return next(self._answers[host.replace(".", "_")])


def check(url: str, policy: Policy | None = None) -> Address:
    """Check a URL by a policy, by default the strictest there is."""
    return asyncio.run((policy or Policy()).check(url))


@pytest.mark.parametrize(
    "url",
    [
        "http://127.0.0.1/",
        "https://127.0.0.1:8443/hook",
        "http://127.255.255.254:1/",
        "http://127.1/",
        "http://2130706433/",
        "http://0x7f000001/",
        "http://[::1]/",
        "http://[0:0:0:0:0:0:0:1]:80/",
        "http://[::ffff:127.0.0.1]/",
        "HTTP://localhost/",
    ],
)
def test_a_loopback_address_is_allowed_however_it_is_written(url: str) -> None:
    assert is_loopback(check(url).ip)


@pytest.mark.parametrize(
    "url",
    [
        "http://10.0.0.1/",
        "http://192.168.1.1/",
        "http://169.254.169.254/latest/meta-data",
        "http://0.0.0.0/",
        "http://0/",
        "http://[::]/",
        "http://167772161/",
        "http://0x0a000001/",
        "http://10.1/",
        "http://255.255.255.255/",
        "http://[::ffff:10.0.0.1]/",
        "http://[::ffff:a00:1]/",
        "http://[::10.0.0.1]/",
        "http://[::127.0.0.1]/",
        "http://[64:ff9b::7f00:1]/",
        "http://[2002:7f00:1::]/",
        "http://[fe80::1]/",
        "http://[fd00::1]/",
        "http://128.0.0.1/",
        "http://126.255.255.255/",
    ],
)
def test_any_other_address_is_refused_however_it_is_written(url: str) -> None:
    with pytest.raises(AddressRefused, match="is not allowed"):
        check(url)


@pytest.mark.parametrize(
    "url",
    [
        "ftp://127.0.0.1/",
        "file:///etc/passwd",
        "gopher://127.0.0.1/",
        "//127.0.0.1/",
        "127.0.0.1:80",
        "/hook",
        "",
        "http://",
        "http:///hook",
        "http://user@127.0.0.1/",
        "http://user:secret@127.0.0.1/",
        "http://0177.0.0.1/",
        "http://012.0.0.1/",
        "http://10.0.0.1\\@127.0.0.1/",
        "http://127.0.0.1\\@10.0.0.1/",
        "http://127.0.0.1:0/",
        "http://127.0.0.1:65536/",
        "http://127.0.0.1:port/",
        "http://127.0.0.1\r\nX: y/",
        "http://[127.0.0.1/",
        "http://[fe80::1%25lo]/",
    ],
)
def test_what_is_no_plain_url_of_http_is_refused(url: str) -> None:
    with pytest.raises(AddressRefused) as error:
        check(url)
    assert "secret" not in str(error.value)


def test_a_name_is_allowed_only_if_all_its_addresses_are_of_the_loopback_interface() -> None:
    addresses = [["127.0.0.1", "::1"], ["127.0.0.1", "10.0.0.1"], ["10.0.0.1"], []]
    policy = Policy(resolve=Names(localhost=addresses).resolve)
    assert check("http://inside.localhost/", policy).ip == "127.0.0.1"
    for name in ("mixed.localhost", "localhost"):
        with pytest.raises(AddressRefused, match=f"{name} is 10.0.0.1"):
            check(f"http://{name}/", policy)
    with pytest.raises(AddressRefused, match="has no address"):
        check("http://nowhere.localhost/", policy)


@pytest.mark.parametrize("name", ["localhost", "hooks.localhost", "a.b.LOCALHOST", "hooks.localhost."])
def test_a_name_of_this_machine_is_asked_of_no_name_server(name: str) -> None:
    names = Names(localhost=[["127.0.0.1"]])
    assert check(f"http://{name}:81/", Policy(resolve=names.resolve)).ip == "127.0.0.1"
    assert names.asked == ["localhost"]


@pytest.mark.parametrize(
    "url",
    [
        "http://inside/",
        "https://hooks.example/secret-in-the-path",
        "http://localhost.evil.example/",
        "http://evil-localhost/",
        "http://b\u00fccher.example/",
        "http://1.2.3.4.example/",
        "http://0xg/",
        "http://other.example:81/",
    ],
)
def test_nobody_is_asked_for_the_address_of_a_name_that_is_not_allowed(url: str) -> None:
    names = Names()
    with pytest.raises(AddressRefused, match="is not allowed: only"):
        check(url, Policy(["other.example:80"], names.resolve))
    assert names.asked == []


def test_a_name_without_an_address_is_refused_by_a_sentence() -> None:
    with pytest.raises(AddressRefused, match="has no address"):
        check("http://a.b.invalid./", Policy(["a.b.invalid"]))


@pytest.mark.parametrize(
    ("allowed", "url", "is_allowed"),
    [
        ("10.0.0.1", "http://10.0.0.1:81/", True),
        ("10.0.0.1:81", "http://10.0.0.1:81/", True),
        ("10.0.0.1:81", "http://10.0.0.1/", False),
        ("10.0.0.1:80", "http://10.0.0.1/", True),
        ("10.0.0.1:80", "http://10.0.0.1:81/", False),
        ("10.0.0.1:443", "https://10.0.0.1/", True),
        ("10.0.0.1", "http://10.0.0.2/", False),
        ("[2001:db8::1]", "http://[2001:DB8:0::1]/", True),
        ("[2001:db8::1]:8080", "http://[2001:db8::1]:8080/", True),
        ("Hooks.Example", "http://hooks.example./", True),
        ("hooks.example", "http://hooks.example.evil/", False),
        ("hooks.example", "http://evil-hooks.example/", False),
    ],
)
def test_a_host_that_was_allowed_may_have_any_address(allowed: str, url: str, is_allowed: bool) -> None:
    async def resolve(host: str, _port: int) -> Sequence[str]:
        return [host if host[0].isdigit() else "10.9.9.9"]

    policy = Policy([allowed], resolve)
    if is_allowed:
        assert check(url, policy).ip
    else:
        with pytest.raises(AddressRefused, match="is not allowed"):
            check(url, policy)


@pytest.mark.parametrize(
    "text", ["", "http://x", "x:y", "x:0", "x:65536", "a@b", "[::1", "::1:80:x", "x/y", "a b", "*"]
)
def test_what_is_no_host_cannot_be_allowed(text: str) -> None:
    if text == "*":
        assert not {("10.0.0.1", None)} & Policy([text])._allowed
        return
    with pytest.raises(SettingsError, match="takes HOST or HOST:PORT"):
        Policy([text])


@given(st.one_of(st.ip_addresses(v=4), st.ip_addresses(v=6), st.ip_addresses(network="127.0.0.0/8")))
def test_an_address_is_allowed_exactly_if_it_is_of_the_loopback_interface(
    address: IPv4Address | IPv6Address,
) -> None:
    async def resolve(_host: str, _port: int) -> Sequence[str]:
        return [str(address)]

    mapped = address.ipv4_mapped if isinstance(address, IPv6Address) else None
    host = f"[{address}]" if isinstance(address, IPv6Address) else str(address)
    if (mapped or address).is_loopback:
        assert check(f"http://{host}/", Policy(resolve=resolve)).ip == str(address)
    else:
        with pytest.raises(AddressRefused):
            check(f"http://{host}/", Policy(resolve=resolve))


@given(st.text(max_size=60))
def test_any_text_is_a_url_or_refused(text: str) -> None:
    for url in (text, f"http://{text}", f"http://127.0.0.1{text}"):
        try:
            found = read_url(url)
        except AddressRefused:
            continue
        assert found.scheme in ("http", "https")
        assert found.host
        assert not found.userinfo


@given(st.integers(0, 255), st.integers(1, 2**24 - 2))
def test_a_number_means_the_address_the_system_takes_it_for(first: int, rest: int) -> None:
    assume(first not in (0, 255))
    url = f"http://{(first << 24) + rest}/"
    if first == 127:
        assert check(url).ip.startswith("127.")
    else:
        with pytest.raises(AddressRefused):
            check(url)


# ---- on the wire


def test_the_address_that_was_checked_is_the_one_connected_to(
    sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]
) -> None:
    names = Names(localhost=[["127.0.0.1"], ["10.0.0.1"]])
    with receiving() as receiver:
        port = receiver.host.partition(":")[2]
        made = sandbox(
            paths=paths({"placed": {"{$request.body#/hook}": message(None)}}), components=COMPONENTS
        )
        client = serve(made, sender=Sender(Policy(resolve=names.resolve)))
        for _ in range(2):
            client.post("/orders", json={"item": "cup", "hook": f"http://Hooks.Localhost:{port}/hook"})
            assert client.get("/__admin/sessions/default/deliveries?wait=30").json() == {"pending": 0}
        assert receiver.next().headers["host"] == f"hooks.localhost:{port}"
        assert receiver.count() == 0
    entries = client.get("/__admin/sessions/default/journal?kind=callback").json()["items"]
    assert [entry["status"] for entry in entries] == [200, 0]
    assert "hooks.localhost is 10.0.0.1" in entries[1]["refusal"]
    assert len(names.asked) == 2  # once for each attempt: nobody asks again to connect


def test_the_command_line_gives_each_session_its_targets_and_allows_hosts(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    contract = tmp_path / "shop.json"
    contract.write_text(
        json.dumps(
            {
                "openapi": "3.1.0",
                "info": {"title": "Shop", "version": "1"},
                "paths": paths(),
                "webhooks": WEBHOOKS,
                "components": COMPONENTS,
            }
        )
    )
    for option, value, reason in (
        ("--webhook-url", "ftp://127.0.0.1/", "--webhook-url: 'ftp://127.0.0.1/' is no absolute URL"),
        ("--allow-callbacks", "http://x/", "--allow-callbacks takes HOST or HOST:PORT"),
    ):
        assert main(["serve", str(contract), "--port", "0", option, value]) == 1
        assert reason in capsys.readouterr().err


def test_a_host_the_user_allowed_is_reached_by_its_name(
    sandbox: Callable[..., Sandbox], serve: Callable[..., httpx.Client]
) -> None:
    names = Names(hooks_example=[["127.0.0.1"]])
    with receiving() as receiver:
        port = receiver.host.partition(":")[2]
        policy = Policy([f"hooks.example:{port}"], names.resolve)
        document: dict[str, Any] = {"paths": paths(), "components": COMPONENTS, "webhooks": WEBHOOKS}
        client = serve(sandbox(**document), sender=Sender(policy, [Target(f"http://hooks.example:{port}/")]))
        client.post("/orders", json={"item": "cup"})
        assert receiver.next().headers["host"] == f"hooks.example:{port}"
