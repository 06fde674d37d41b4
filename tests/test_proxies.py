"""Behind a proxy: what it says of the caller's address is believed where it is trusted, and links lead back through it."""

from __future__ import annotations

import re
import ssl
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack
from html import unescape
from pathlib import Path
from typing import Any

import httpx
import pytest
import yaml

from nginx import nginx
from support import bundled, running, write_contract
from test_tls import made
from understudy.cli.main import main
from understudy.errors import SettingsError
from understudy.sandbox import Sandbox
from understudy.server.app import create_app
from understudy.server.networks import Networks, read_proxies, read_root_path

OUTSIDE = "https://sandbox.example.com"
BROWSER = {"Accept": "text/html"}
VENDORS = ("togai", "saasu", "aritma", "dualentry")
SHOP = """
paths:
  /orders:
    get:
      parameters:
        - {name: limit, in: query, schema: {type: integer}}
        - {name: offset, in: query, schema: {type: integer}}
      responses:
        "200":
          description: some
          headers: {Link: {schema: {type: string}}}
          content: {application/json: {schema: {type: object, required: [items, next], properties: {
            items: {type: array, items: {$ref: '#/components/schemas/Order'}}, next: {type: [string, 'null'], format: uri}}}}}
    post:
      requestBody: {required: true, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
      responses:
        "201": {description: made, headers: {Location: {schema: {type: string, format: uri}}},
          content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: it, content: {application/json: {schema: {$ref: '#/components/schemas/Order'}}}}}}
components:
  schemas:
    Order: {type: object, required: [title], properties: {id: {type: string, readOnly: true}, title: {type: string},
      self: {type: string, format: uri, readOnly: true}}}
  securitySchemes:
    person: {type: oauth2, flows: {authorizationCode: {
      authorizationUrl: 'https://login.example.com/authorize', tokenUrl: 'https://login.example.com/token', scopes: {}}}}
    openid: {type: openIdConnect, openIdConnectUrl: 'https://login.example.com/.well-known/openid-configuration'}
"""

Proxied = Callable[..., httpx.Client]


@pytest.fixture
def proxied(tmp_path: Path) -> Iterator[Proxied]:
    """Serve the shop, with what is to be known of proxies, and return a client of it."""
    shop = Sandbox(write_contract(tmp_path / "shop.json", "3.1.0", yaml.safe_load(SHOP)))
    with ExitStack() as stack:

        def start(**options: Any) -> httpx.Client:
            url = stack.enter_context(running(create_app([shop], **options)))
            return stack.enter_context(httpx.Client(base_url=url, timeout=60, trust_env=False))

        yield start


def forwarded(**said: str) -> dict[str, str]:
    """Return what a proxy says."""
    return {f"X-Forwarded-{name.capitalize()}": value for name, value in said.items()}


def place(client: httpx.Client, headers: Mapping[str, str], path: str = "/orders") -> str:
    """Create an order, and return where it is said to be."""
    answer = client.post(path, json={"title": "cup"}, headers=headers)
    assert answer.status_code == 201, answer.text
    return str(answer.headers["location"]).rpartition("/orders/")[0]


# ---- what is believed


@pytest.mark.parametrize(
    ("headers", "seen"),
    [
        (forwarded(proto="https", host="sandbox.example.com"), OUTSIDE),
        (forwarded(proto="HTTPS", host="sandbox.example.com", port="443"), OUTSIDE),
        (forwarded(proto="https", host="sandbox.example.com", port="8443"), f"{OUTSIDE}:8443"),
        (forwarded(proto="https", host="sandbox.example.com:1", port="8443"), f"{OUTSIDE}:8443"),
        (forwarded(proto="https", host="[::1]", port="8443"), "https://[::1]:8443"),
        (
            forwarded(proto="https", host="sandbox.example.com", prefix="/sandbox/"),
            f"{OUTSIDE}/sandbox",
        ),
        ({"Forwarded": "for=1.2.3.4;proto=https;host=sandbox.example.com"}, OUTSIDE),
        (
            {"Forwarded": 'For="[2001:db8::1]:80";Host="sandbox.example.com:8443"; PROTO=https'},
            f"{OUTSIDE}:8443",
        ),
        # what a caller wrote stands before what its proxy did
        (forwarded(proto="ftp, https", host="evil.example, sandbox.example.com"), OUTSIDE),
        ({"Forwarded": "host=evil.example, for=1.2.3.4;host=sandbox.example.com;proto=https"}, OUTSIDE),
        # of two proxies that are trusted, the outer one knows
        (
            {
                **forwarded(proto="https, http", host="sandbox.example.com, inner"),
                "X-Forwarded-For": "8.8.8.8, 127.0.0.1",
            },
            OUTSIDE,
        ),
        (
            {
                "Forwarded": "for=8.8.8.8;host=sandbox.example.com;proto=https,"
                'for="127.0.0.1:80";host=inner;proto=http'
            },
            OUTSIDE,
        ),
        (
            {
                **forwarded(proto="https, http", host="evil.example, sandbox.example.com"),
                "X-Forwarded-For": "127.0.0.1, 8.8.8.8",
            },
            "http://sandbox.example.com",
        ),
        (
            {**forwarded(proto="https", host="sandbox.example.com"), "Forwarded": "host=evil.example"},
            OUTSIDE,
        ),
    ],
)
def test_what_a_trusted_proxy_says_is_what_links_begin_with(
    proxied: Proxied, headers: Mapping[str, str], seen: str
) -> None:
    assert place(proxied(trusted_proxies=["10.0.0.0/8, 127.0.0.1"]), headers) == seen


@pytest.mark.parametrize("trusted", [[], ["10.0.0.0/8", "::1", "127.0.0.2"]])
def test_what_anybody_else_says_changes_nothing(proxied: Proxied, trusted: Sequence[str]) -> None:
    client = proxied(trusted_proxies=trusted)
    said = forwarded(proto="https", host="evil.example", prefix="/evil", port="1")
    for headers in (said, {"Forwarded": "proto=https;host=evil.example"}, forwarded(proto="x", prefix="//e")):
        assert place(client, headers) == str(client.base_url).rstrip("/")
        assert "evil" not in client.get("/", headers={**headers, **BROWSER}).text
        served = client.get("/openapi.json", headers=headers).json()
        assert served["servers"][0]["url"] == str(client.base_url).rstrip("/")


@pytest.mark.parametrize(
    ("headers", "about"),
    [
        (forwarded(proto="gopher"), "/X-Forwarded-Proto"),
        (forwarded(host="a b"), "/X-Forwarded-Host"),
        (forwarded(port="http"), "/X-Forwarded-Port"),
        (forwarded(prefix="//evil.example"), "/X-Forwarded-Prefix"),
        (forwarded(prefix="/<script>"), "/X-Forwarded-Prefix"),
        ({"Forwarded": "sandbox.example.com"}, "/Forwarded"),
        ({"Forwarded": "proto=gopher"}, "/Forwarded"),
    ],
)
def test_what_no_proxy_may_say_is_refused(proxied: Proxied, headers: Mapping[str, str], about: str) -> None:
    answer = proxied(trusted_proxies=["*"]).post("/orders", json={"title": "cup"}, headers=headers)
    assert answer.status_code == 400
    assert about in answer.text


def test_a_page_cannot_pass_for_one_of_this_machine_by_what_a_proxy_would_say(proxied: Proxied) -> None:
    client = proxied(trusted_proxies=["127.0.0.1"])
    rebound = {"Host": "rebound.example.com", **forwarded(host="localhost")}
    assert client.get("/__admin/sessions", headers=rebound).status_code == 403
    assert client.get("/__admin/sessions", headers=forwarded(host="rebound.example.com")).status_code == 403
    assert client.get("/__admin/sessions", headers=forwarded(host="localhost")).status_code == 200


@pytest.mark.parametrize(
    "trusted", ["127.0.0.1", "127.0.0.0/8", "*", "::ffff:127.0.0.1", "::ffff:127.0.0.0/104"]
)
def test_addresses_and_networks_are_trusted_in_either_version(trusted: str) -> None:
    networks = Networks(["10.1.2.3,2001:db8::/32", trusted])
    assert networks.have("127.0.0.1")
    assert networks.have("::ffff:127.0.0.1")
    assert networks.have("2001:db8::5")
    assert networks.have("128.0.0.1") is (trusted == "*")


# ---- the path that a proxy keeps


def test_a_proxy_may_take_its_path_off_or_leave_it(proxied: Proxied) -> None:
    client = proxied(root_path="/tools/sandbox")
    for path in ("/orders", "/tools/sandbox/orders", "/~one/orders", "/tools/sandbox/~one/orders"):
        root = f"{str(client.base_url).rstrip('/')}/tools/sandbox"
        session = "/~one" if "~one" in path else ""
        location = place(client, {}, path)
        assert location == root + session
        assert len(client.get(f"{location}/orders").json()["items"]) in (1, 2)
    assert client.get("/tools/sandboxes/orders").status_code == 404
    assert client.get("/tools/sandbox").json()["name"] == "understudy"


@pytest.mark.parametrize(
    "text", ["", "sandbox", "/a//b", "/a b", "/../a", "/~one", "/__admin", "/a/__admin", "//", "/a?b"]
)
def test_what_is_no_path_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SettingsError, match="is not a path that a proxy may have"):
        read_root_path(text)
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--root-path", text])
    assert ended.value.code == 2
    assert (
        capsys.readouterr()
        .err.strip()
        .splitlines()[-1]
        .endswith(f"{text!r} is not a path that a proxy may have: / and names, such as /sandbox")
    )


@pytest.mark.parametrize("text", ["foo", "", "10.0.0.0/33", "10.0.0.1,foo", "localhost", "10.0.0.1:80"])
def test_what_is_no_address_is_refused(text: str, capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SettingsError, match="is neither an address nor a network"):
        read_proxies(text)
    with pytest.raises(SystemExit) as ended:
        main(["serve", "--trusted-proxies", text])
    assert ended.value.code == 2
    assert "is neither an address nor a network, such as 10.0.0.1" in capsys.readouterr().err


def test_good_values_are_taken() -> None:
    assert [read_root_path(text) for text in ("/", "/a", "/a/", "/a/b.c/~d"[:6])] == [
        "",
        "/a",
        "/a",
        "/a/b.c",
    ]
    assert read_proxies("10.0.0.0/8, ::1") == "10.0.0.0/8, ::1"


# ---- with a real nginx, by https

CONFIGURATION = """
server {{
    listen 80 ssl;
    ssl_certificate {certificate};
    ssl_certificate_key {key};
    merge_slashes off;
    location /stripped/ {{
        proxy_pass http://{told}/;
        proxy_set_header X-Forwarded-Proto $scheme;
        proxy_set_header X-Forwarded-Host $http_host;
        proxy_set_header X-Forwarded-Prefix /stripped;
    }}
    location /standard/ {{
        proxy_pass http://{told}/;
        proxy_set_header Forwarded "for=$remote_addr;host=\\"$http_host\\";proto=$scheme";
        proxy_set_header X-Forwarded-Prefix /standard;
    }}
    location /kept/ {{
        proxy_pass http://{rooted};
        proxy_set_header Host $http_host;
        proxy_set_header X-Forwarded-Proto $scheme;
    }}
    location /untold/ {{
        proxy_pass http://{untold}/;
    }}
}}
"""
WAYS = ("/stripped", "/standard", "/kept")


class Front:
    """A client of nginx, by https, and what stands behind it."""

    def __init__(self, client: httpx.Client, inner: Sequence[str]) -> None:
        self.client, self.root = client, str(client.base_url).rstrip("/")
        self._inner = inner

    def get(self, url: str, **options: Any) -> httpx.Response:
        """Ask, and see that the answer does not lead past nginx."""
        return self.ask("GET", url, **options)

    def ask(self, method: str, url: str, **options: Any) -> httpx.Response:
        """Ask, and see that the answer does not lead past nginx."""
        answer = self.client.request(method, url, **options)
        said = answer.text + str(answer.headers)
        for inner in self._inner:
            assert inner not in said, (method, url, said)
        plain = self.root.replace("https:", "http:")
        assert plain not in said, (method, url, said)
        return answer


@pytest.fixture(scope="module")
def front(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Front]:
    """nginx, by https, before four sandboxes and the shop."""
    folder = tmp_path_factory.mktemp("front")
    pair = made(folder)
    shop = Sandbox(write_contract(folder / "shop.json", "3.1.0", yaml.safe_load(SHOP)))
    served = [*(bundled(name, populate=3) for name in VENDORS), shop]
    with ExitStack() as stack:
        told = stack.enter_context(running(create_app(served, trusted_proxies=["127.0.0.1"])))
        rooted = stack.enter_context(
            running(create_app(served, root_path="/kept", trusted_proxies=["127.0.0.0/8"]))
        )
        untold = stack.enter_context(running(create_app(served)))
        inner = [url.removeprefix("http://") for url in (told, rooted, untold)]
        names = dict(zip(("told", "rooted", "untold"), inner, strict=True))
        text = CONFIGURATION.format(certificate=pair.certificate, key=pair.key, **names)
        address = stack.enter_context(nginx(folder, text))
        trusting = ssl.create_default_context(cafile=pair.certificate)
        client = httpx.Client(base_url=f"https://{address}", verify=trusting, trust_env=False, timeout=60)
        yield Front(stack.enter_context(client), inner)


@pytest.mark.parametrize("session", ["", "/~one"])
@pytest.mark.parametrize("way", WAYS)
def test_each_page_and_all_that_it_needs_is_found(front: Front, way: str, session: str) -> None:
    home = f"{front.root}{way}{session}"
    index = front.get(f"{home}/").json()
    for api in (*index["apis"], index["admin"]):
        assert api["url"].startswith(home)
        for name in ("docs", "contract", "file"):
            assert front.client.get(api[name]).status_code == 200
        served = front.get(f"{api['url']}/docs/openapi.json").json()
        assert served["servers"] == [{"url": api["url"], "description": "this sandbox"}]
        assert_links_lead_somewhere(front, api["docs"])
        assert_links_lead_somewhere(front, f"{api['docs']}/")
        assert_links_lead_somewhere(front, api["url"])
    assert_links_lead_somewhere(front, f"{home}/")
    assert_links_lead_somewhere(front, index["admin"]["console"])


@pytest.mark.parametrize(
    "path", ["/", "/shop", "/shop/", "/shop/docs", "/shop/docs/", "/__admin/ui", "/~one/shop/docs"]
)
def test_pages_find_what_they_need_also_where_no_proxy_says_anything(front: Front, path: str) -> None:
    assert_links_lead_somewhere(front, f"{front.root}/untold{path}", is_told=False)


def assert_links_lead_somewhere(front: Front, url: str, *, is_told: bool = True) -> None:
    """See that what a page loads and leads to is there, below the path that nginx has for it."""
    page = front.client.get(url, headers=BROWSER)
    assert page.status_code == 200, url
    links = re.findall('(?:href|src)="([^"]+)"', page.text)
    folders = re.findall('"folder":"([^"]+)"', page.text)
    links = [unescape(link) for link in links if not link.startswith("data:")]
    links += [f"{folder}/openapi.json" for folder in folders]
    assert links
    below = "/".join(url.split("/")[:4])
    for link in links:
        target = httpx.URL(url).join(link)
        assert str(target).startswith(below), link
        if is_told or "swagger" in link:
            assert front.client.get(target).status_code in (200, 308), link


@pytest.mark.parametrize("session", ["", "/~one"])
@pytest.mark.parametrize("way", WAYS)
def test_what_answers_say_of_addresses_leads_back(front: Front, way: str, session: str) -> None:
    home = f"{front.root}{way}{session}"
    made = front.ask("POST", f"{home}/shop/orders", json={"title": "cup"})
    assert made.headers["location"] == f"{home}/shop/orders/{made.json()['id']}"
    assert front.get(made.headers["location"]).json() == made.json()
    front.ask("POST", f"{home}/shop/orders", json={"title": "bowl"})
    page = front.get(f"{home}/shop/orders?limit=1")
    assert page.json()["next"].startswith(f"{home}/shop/orders?")
    following = front.get(page.json()["next"]).json()
    assert following["items"] != page.json()["items"]
    links = re.findall("<([^>]+)>", page.headers["link"])
    assert links
    for link in links:
        assert front.get(str(httpx.URL(f"{home}/shop/orders").join(link))).status_code == 200
    told = front.get(f"{home}/shop/.well-known/openid-configuration").json()
    assert told["authorization_endpoint"] == f"{home}/shop/oauth/authorize"
    assert all(value.startswith(home) for value in told.values() if "://" in str(value))
    schemes = front.get(f"{home}/shop/openapi.json").json()["components"]["securitySchemes"]
    flow = schemes["person"]["flows"]["authorizationCode"]
    assert flow["authorizationUrl"] == f"{home}/shop/authorize"
    asked = {"response_type": "code", "redirect_uri": f"{home}/back", "client_id": "c"}
    assert "Allow" in front.get(flow["authorizationUrl"], params=asked).text


@pytest.mark.parametrize("vendor", VENDORS)
@pytest.mark.parametrize("way", ["/stripped", "/kept"])
def test_a_vendors_answers_lead_back(front: Front, way: str, vendor: str) -> None:
    home, session = f"{front.root}{way}", f"links-{vendor}"
    admin = f"{home}/__admin/sessions/{session}/apis/{vendor}/operations"
    operations = front.get(f"{home}/__admin/apis/{vendor}/operations").json()["items"]
    followed = 0
    for operation in operations:
        if "{" not in operation["path"] and operation["method"] in ("GET", "POST"):
            example = front.get(f"{admin}/{operation['operationId']}/example").json()
            answer = send(front, f"{home}/~{session}/{vendor}", example)
            for link in re.findall(
                rf'{re.escape(front.root)}[^"\s<>,\\]*', answer.text + str(answer.headers)
            ):
                assert link.startswith(f"{home}/~{session}/{vendor}"), link
                followed += 1
    assert followed or vendor != "saasu"  # whose answers have links


def send(front: Front, base: str, example: Mapping[str, Any]) -> httpx.Response:
    """Send a request that the sandbox made up: what is required of it."""
    headers, query = {}, {}
    for one in example["parameters"]:
        if one["required"] and one["in"] == "header":
            headers[one["name"]] = one["value"]
        elif one["required"] and one["in"] == "query":
            query[one["name"]] = one["value"]
    if "mediaType" in example:
        headers["Content-Type"] = example["mediaType"]
    url = base + example["path"]
    return front.ask(example["method"], url, params=query, headers=headers, content=example.get("content"))


@pytest.mark.parametrize("way", WAYS)
def test_a_har_has_the_addresses_that_were_called(front: Front, way: str) -> None:
    called = f"{front.root}{way}/~archived/shop/orders?limit=1"
    front.get(called)
    journal = f"{front.root}{way}/__admin/sessions/archived/journal/stream?after=0"
    with front.client.stream("GET", journal) as events:  # an answer is noted a moment after it was given
        assert "id: 1" in events.iter_lines()
    archive = front.client.get(f"{front.root}{way}/__admin/sessions/archived/har")
    assert archive.json()["log"]["entries"][-1]["request"]["url"] == called
