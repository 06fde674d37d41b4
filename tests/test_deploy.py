"""What people deploy: nginx or Envoy before two sandboxes leads each session to the one that has it; the image, compose and Kubernetes."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit

import httpx
import pytest
import yaml

from envoy import envoy, tool
from nginx import nginx
from understudy.cli.health import url_of
from understudy.cli.store_option import store_url

ROOT = Path(__file__).parents[1]
SHOP = """
openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /customers:
    post:
      requestBody: {required: true, content: {application/json: {schema: &customer
        {type: object, required: [name], properties: {id: {type: string}, name: {type: string}}}}}}
      responses:
        "201":
          description: made
          headers: {Location: {schema: {type: string}}}
          content: {application/json: {schema: *customer}}
  /customers/{id}:
    get:
      parameters: [{name: id, in: path, required: true, schema: {type: string}}]
      responses:
        "200": {description: it, content: {application/json: {schema: *customer}}}
        "404": {description: none}
"""
SESSIONS = [f"developer-{number}" for number in range(20)]
TOKEN = "for-the-tests"
ADMIN = {"Authorization": f"Bearer {TOKEN}"}


@dataclass(frozen=True)
class Cluster:
    """A client of the proxy, and one of each sandbox behind it."""

    proxy: httpx.Client
    sandboxes: Sequence[httpx.Client]

    def sessions(self) -> list[set[str]]:
        """Return the sessions that each sandbox has, but the one of those who name none."""
        found = []
        for sandbox in self.sandboxes:
            listed = sandbox.get("/__admin/sessions", headers=ADMIN).json()["items"]
            found.append({one["name"] for one in listed} - {"default"})
        return found


@pytest.fixture(params=["nginx", "envoy"])
def cluster(tmp_path: Path, request: pytest.FixtureRequest) -> Iterator[Cluster]:
    """Two sandboxes of the shop, and a proxy with its configuration of `deploy/` before them."""
    with ExitStack() as stack:
        contract = tmp_path / "shop.yaml"
        contract.write_text(SHOP)
        urls = [stack.enter_context(sandbox(contract)) for _ in range(2)]
        if request.param == "nginx":
            proxy = nginx(tmp_path, configuration(urls))
        else:
            proxy = envoy(tmp_path, (ROOT / "deploy" / "envoy.yaml").read_text(), urls)
        url = f"http://{stack.enter_context(proxy)}"
        clients = [stack.enter_context(client(one)) for one in (url, *urls)]
        yield Cluster(clients[0], clients[1:])


def client(url: str) -> httpx.Client:
    """Return a client that waits long, since the machine may be busy."""
    return httpx.Client(base_url=url, trust_env=False, timeout=60)


@contextmanager
def sandbox(contract: Path) -> Iterator[str]:
    """Serve the shop in a process of its own; yields its URL."""
    command = [sys.executable, "-m", "understudy", "serve", str(contract), "--port", "0"]
    command += ["--admin-token", TOKEN, "--trusted-proxies", "127.0.0.1"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        found = re.search(r"http://[0-9.:]+", process.stdout.readline())
        try:
            assert found
            yield found[0]
        finally:
            process.terminate()
            process.communicate(timeout=60)


def configuration(urls: Sequence[str]) -> str:
    """Return the configuration with addresses of this machine."""
    text = (ROOT / "deploy" / "nginx.conf").read_text()
    for number, url in enumerate(urls, 1):
        name = f"sandbox-{number}:8000"
        assert text.count(name) == 1
        text = text.replace(name, url.removeprefix("http://"))
    return text


def test_each_session_reads_back_what_it_created(cluster: Cluster) -> None:
    made = {}
    for session in SESSIONS:
        answer = cluster.proxy.post(
            "/customers", json={"name": session}, headers={"Sandbox-Session": session}
        )
        assert answer.status_code == 201, answer.text
        made[session] = answer.json()["id"]
    for session, key in made.items():
        for _ in range(3):
            by_header = cluster.proxy.get(f"/customers/{key}", headers={"Sandbox-Session": session})
            by_path = cluster.proxy.get(f"/~{session}/customers/{key}")
            assert by_header.json()["name"] == session
            assert by_path.json()["name"] == session
    first, second = cluster.sessions()
    assert first
    assert second
    assert not first & second
    assert first | second == set(SESSIONS)


@pytest.mark.slow
def test_the_admin_api_of_a_session_is_that_of_its_sandbox(cluster: Cluster) -> None:
    for session in SESSIONS:
        cluster.proxy.post(f"/~{session}/customers", json={"name": session})
        journal = cluster.proxy.get(f"/__admin/sessions/{session}/journal", headers=ADMIN).json()
        assert [entry["path"] for entry in journal["items"]] == ["/customers"], session


@pytest.mark.slow
def test_who_names_no_session_is_always_led_to_the_same_sandbox(cluster: Cluster) -> None:
    made = [cluster.proxy.post("/customers", json={"name": "anna"}).json()["id"] for _ in range(6)]
    for key in made:
        assert cluster.proxy.get(f"/customers/{key}").status_code == 200


@pytest.mark.slow
def test_links_lead_to_the_proxy(cluster: Cluster) -> None:
    answer = cluster.proxy.post("/~anna/customers", json={"name": "anna"})
    location = answer.headers["location"]
    assert cluster.proxy.get(location).json() == answer.json()
    assert httpx.URL(location).port == cluster.proxy.base_url.port


@pytest.mark.slow
def test_no_caller_says_what_only_a_proxy_may(cluster: Cluster) -> None:
    claims = {
        "X-Forwarded-Host": "elsewhere.example",
        "X-Forwarded-Proto": "https",
        "X-Forwarded-Prefix": "/elsewhere",
        "X-Forwarded-Port": "1",
        "Forwarded": "host=elsewhere.example;proto=https",
    }
    answer = cluster.proxy.post("/customers", json={"name": "anna"}, headers=claims)
    assert answer.headers["location"] == str(cluster.proxy.base_url.join(f"/customers/{answer.json()['id']}"))


@pytest.mark.slow
def test_session_and_default_are_told_apart_by_the_same_name(cluster: Cluster) -> None:
    made = cluster.proxy.post("/customers", json={"name": "anna"}).json()["id"]
    named = cluster.proxy.get(f"/customers/{made}", headers={"Sandbox-Session": "default"})
    prefixed = cluster.proxy.get(f"/~default/customers/{made}?a=b")
    assert (named.status_code, prefixed.status_code) == (200, 200)


# ---- the image


@pytest.mark.slow
def test_the_health_check_follows_the_port(tmp_path: Path) -> None:
    (tmp_path / "shop.yaml").write_text(SHOP)
    (tmp_path / "understudy.toml").write_text('host = "0.0.0.0"\nadmin_token = "for-the-tests"\n')
    with socket.create_server(("127.0.0.1", 0)) as free:
        port = free.getsockname()[1]
    command = [sys.executable, "-m", "understudy", "serve", "shop.yaml", "--port", str(port)]
    check = [sys.executable, "-m", "understudy.cli.health"]
    with subprocess.Popen(command, stdout=subprocess.PIPE, text=True, cwd=tmp_path) as process:
        assert process.stdout is not None
        process.stdout.readline()
        try:
            up = subprocess.run([*check, str(process.pid)], check=False, timeout=60, cwd=tmp_path)
        finally:
            process.send_signal(signal.SIGSTOP)
            stopped = subprocess.run([*check, str(process.pid)], check=False, timeout=60, cwd=tmp_path)
            process.kill()
    assert (up.returncode, stopped.returncode) == (0, 1)


@pytest.mark.parametrize(
    ("said", "url"),
    [
        ([], "http://127.0.0.1:8000"),
        (["openapi.yaml", "--port", "9000"], "http://127.0.0.1:9000"),
        (["-p", "9000", "--host", "::1"], "http://[::1]:9000"),
        (["--host", "sandbox.local"], "http://sandbox.local:8000"),
    ],
)
def test_where_a_server_is_asked_for_its_health(
    said: list[str], url: str, monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setenv("UNDERSTUDY_HOST", "0.0.0.0")
    monkeypatch.setenv("UNDERSTUDY_PORT", "8000")
    monkeypatch.chdir(tmp_path)
    assert url_of(["/opt/understudy/bin/python", "understudy", "serve", *said]) == f"{url}/__admin/health"


def test_the_image_is_what_hadolint_wants() -> None:
    told = run(tool("hadolint"), str(ROOT / "Dockerfile"))
    assert (told.returncode, told.stdout) == (0, "")


def test_the_image_and_compose_have_what_their_store_needs() -> None:
    services = yaml.safe_load((ROOT / "compose.yaml").read_text())["services"]
    for name in ("sandbox-1", "sandbox-2"):
        *_, option, url = services[name]["command"]
        assert option == "--store"
        assert store_url(url).is_shared
        assert urlsplit(url).hostname in services
    assert 'pip install --no-cache-dir --compile ".[redis]"' in (ROOT / "Dockerfile").read_text()


def test_compose_is_what_its_schema_wants() -> None:
    checker = tool("check-jsonschema")
    assert run(checker, "--builtin-schema", "vendor.compose-spec", str(ROOT / "compose.yaml")).returncode == 0


@pytest.mark.parametrize(
    "file", sorted((ROOT / "examples" / "kubernetes").glob("*.yaml")), ids=lambda one: one.name
)
def test_manifests_are_what_their_schemas_want(file: Path) -> None:
    told = run(tool("kubernetes-validate"), "--strict", str(file))
    assert told.returncode == 0, told.stdout


def test_the_configuration_of_nginx_on_kubernetes_is_that_of_deploy() -> None:
    [held, *_] = yaml.safe_load_all((ROOT / "examples" / "kubernetes" / "proxy.yaml").read_text())
    text = (ROOT / "deploy" / "nginx.conf").read_text().replace("listen 80;", "listen 8080;")
    for number in (1, 2):
        text = text.replace(f"sandbox-{number}:8000", f"sandbox-{number - 1}.sandbox:8000")
    assert held["data"]["default.conf"] == text


def run(*command: str) -> subprocess.CompletedProcess[str]:
    """Return what a tool said."""
    return subprocess.run(command, capture_output=True, text=True, timeout=120, check=False)
