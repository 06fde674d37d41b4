"""A server that speaks https by itself: `--tls-cert` and `--tls-key`."""

from __future__ import annotations

import datetime
import re
import socket
import ssl
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from ipaddress import ip_address
from pathlib import Path

import httpx
import pytest
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID

from understudy.cli.main import main
from understudy.server.protocol import HEAD_LIMIT

CONTRACT = """
openapi: 3.1.0
info: {title: Shop, version: "1"}
paths:
  /orders:
    post:
      requestBody: {required: true, content: {application/json: {schema: &order
        {type: object, required: [title], properties: {id: {type: string}, title: {type: string}}}}}}
      responses:
        "201": {description: made, headers: {Location: {schema: {type: string, format: uri}}},
          content: {application/json: {schema: *order}}}
  /orders/{id}:
    parameters: [{name: id, in: path, required: true, schema: {type: string}}]
    get: {responses: {"200": {description: it, content: {application/json: {schema: *order}}}}}
"""


@dataclass(frozen=True)
class Pair:
    """Files with a certificate that signs itself, and with its key."""

    certificate: Path
    key: Path
    locked_key: Path
    """The same, with a password."""


@pytest.fixture(scope="module")
def pair(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Make a certificate of 127.0.0.1."""
    return made(tmp_path_factory.mktemp("tls"))


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Pair:
    """Make another."""
    return made(tmp_path_factory.mktemp("other"))


def made(folder: Path) -> Pair:
    """Make a certificate of 127.0.0.1 in a folder."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "sandbox")])
    now = datetime.datetime.now(datetime.UTC)
    address = x509.SubjectAlternativeName([x509.IPAddress(ip_address("127.0.0.1"))])
    builder = x509.CertificateBuilder(name, name, key.public_key(), x509.random_serial_number())
    builder = builder.not_valid_before(now - datetime.timedelta(days=1))
    builder = builder.not_valid_after(now + datetime.timedelta(days=1))
    builder = builder.add_extension(address, critical=False)
    builder = builder.add_extension(x509.BasicConstraints(ca=True, path_length=None), critical=True)
    certificate = builder.sign(key, hashes.SHA256()).public_bytes(serialization.Encoding.PEM)
    pair = Pair(folder / "sandbox.pem", folder / "sandbox-key.pem", folder / "locked-key.pem")
    pair.certificate.write_bytes(certificate)
    pair.key.write_bytes(written(key, serialization.NoEncryption()))
    pair.locked_key.write_bytes(written(key, serialization.BestAvailableEncryption(b"secret")))
    return pair


def written(key: ec.EllipticCurvePrivateKey, locked: serialization.KeySerializationEncryption) -> bytes:
    """Return a key in PEM."""
    form = serialization.PrivateFormat.PKCS8
    return key.private_bytes(serialization.Encoding.PEM, form, locked)


def head_of(size: int) -> bytes:
    """Return a head of this many bytes."""
    head = b"GET /__admin/health HTTP/1.1\r\nHost: localhost\r\nConnection: close\r\nX-Long: "
    return head + b"a" * (size - len(head) - 4) + b"\r\n\r\n"


def told(url: str, trusting: ssl.SSLContext, sent: bytes) -> bytes:
    """Return the beginning of what is answered to some bytes over TLS."""
    place = httpx.URL(url)
    with (
        socket.create_connection((place.host, place.port or 443), timeout=20) as plain,
        trusting.wrap_socket(plain, server_hostname=place.host) as connection,
    ):
        connection.sendall(sent)
        return connection.recv(65536)


@contextmanager
def serving(tmp_path: Path, *arguments: str) -> Iterator[tuple[str, str]]:
    """Serve the shop; yields its URL, and what was printed before the console was."""
    contract = tmp_path / "shop.yaml"
    contract.write_text(CONTRACT)
    command = [sys.executable, "-m", "understudy", "serve", str(contract), "-p", "0", *arguments]
    with subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True) as process:
        assert process.stdout is not None
        printed = ""
        for line in process.stdout:
            printed += line
            if "Ctrl-C" in line:
                break
        try:
            yield re.findall(r"https?://[0-9.:]+", printed)[0], printed
        finally:
            process.terminate()
            process.communicate(timeout=20)


@dataclass(frozen=True)
class Refused:
    """Starts a server that is to be refused before it has even read its contract, and returns the sentence."""

    captured: pytest.CaptureFixture[str]

    def __call__(self, *arguments: str | Path) -> str:
        assert main(["serve", "none.yaml", *map(str, arguments)]) == 2
        printed, failed = self.captured.readouterr()
        assert printed == ""
        (line,) = failed.splitlines()
        return line.removeprefix("understudy: ")


def test_a_client_that_trusts_the_certificate_is_served(tmp_path: Path, pair: Pair) -> None:
    named = ["--tls-cert", str(pair.certificate), "--tls-key", str(pair.key)]
    trusting = ssl.create_default_context(cafile=pair.certificate)
    with serving(tmp_path, *named) as (url, printed):
        assert url.startswith("https://")
        assert "http://" not in printed
        with httpx.Client(base_url=url, verify=trusting, trust_env=False) as client:
            created = client.post("/orders", json={"title": "one"})
            assert created.status_code == 201
            assert created.headers["location"] == f"{url}/orders/{created.json()['id']}"
            assert client.get(created.headers["location"]).json() == created.json()
            archive = client.get("/__admin/sessions/default/har").json()
            assert archive["log"]["entries"][0]["request"]["url"] == f"{url}/orders"
            assert client.get("/orders/1", headers={"Long": "x" * 200_000}).status_code == 431
        for size, status in ((HEAD_LIMIT, b"200"), (HEAD_LIMIT + 1, b"431")):
            assert told(url, trusting, head_of(size)).split()[1] == status
        with pytest.raises(httpx.ConnectError, match="CERTIFICATE_VERIFY_FAILED"):
            httpx.get(url, trust_env=False)
        with pytest.raises(httpx.RemoteProtocolError):
            httpx.get(url.replace("https", "http"), trust_env=False)


def test_faults_cut_the_connection_there_too(tmp_path: Path, pair: Pair) -> None:
    named = ["--tls-cert", str(pair.certificate), "--tls-key", str(pair.key)]
    trusting = ssl.create_default_context(cafile=pair.certificate)
    with (
        serving(tmp_path, *named) as (url, _),
        httpx.Client(base_url=url, verify=trusting, trust_env=False) as client,
    ):
        for fault in ("reset", "empty"):
            with pytest.raises((httpx.ReadError, httpx.RemoteProtocolError)):
                client.get("/orders/1", headers={"Sandbox-Fault": fault})
        assert client.get("/orders/1").status_code == 200


def test_a_file_of_options_names_them_from_its_folder(tmp_path: Path, pair: Pair) -> None:
    (tmp_path / "sandbox.pem").write_bytes(pair.certificate.read_bytes() + pair.key.read_bytes())
    options = tmp_path / "understudy.toml"
    options.write_text('tls-cert = "sandbox.pem"\ntls-key = "sandbox.pem"\n')
    trusting = ssl.create_default_context(cafile=pair.certificate)
    with serving(tmp_path, "--config", str(options)) as (url, _):
        assert httpx.get(f"{url}/orders/1", verify=trusting, trust_env=False).status_code == 200


def test_what_cannot_be_used_is_a_sentence_before_a_port_is_opened(
    tmp_path: Path, pair: Pair, other: Pair, capsys: pytest.CaptureFixture[str]
) -> None:
    certificate, key = pair.certificate, pair.key
    no_pem = tmp_path / "sandbox.der"
    no_pem.write_bytes(ssl.PEM_cert_to_DER_cert(certificate.read_text()))
    broken = tmp_path / "broken.pem"
    broken.write_text("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n")
    said = {
        ("--tls-cert", certificate): "--tls-cert needs --tls-key, the key of the certificate",
        ("--tls-key", key): "--tls-key needs --tls-cert, the certificate that the key belongs to",
        ("--tls-cert", tmp_path / "no.pem", "--tls-key", key): (
            f"--tls-cert: {tmp_path}/no.pem cannot be read: No such file or directory"
        ),
        ("--tls-cert", certificate, "--tls-key", tmp_path): (
            f"--tls-key: {tmp_path} cannot be read: Is a directory"
        ),
        ("--tls-cert", no_pem, "--tls-key", key): f"--tls-cert: {no_pem} has no certificate in PEM",
        ("--tls-cert", certificate, "--tls-key", certificate): (
            f"--tls-key: {certificate} has no private key in PEM"
        ),
        ("--tls-cert", certificate, "--tls-key", other.key): (
            f"--tls-key: {other.key} is not the key of the certificate in {certificate}"
        ),
        ("--tls-cert", certificate, "--tls-key", pair.locked_key): (
            f"--tls-key: {pair.locked_key} is encrypted; a key without a password is needed"
        ),
    }
    refused = Refused(capsys)
    for arguments, sentence in said.items():
        assert refused(*arguments) == sentence
    unusable = refused("--tls-cert", broken, "--tls-key", key)
    assert unusable.startswith(f"--tls-cert {broken} and --tls-key {key} cannot be used: ")
