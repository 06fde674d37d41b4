"""The options `serve --tls-cert` and `--tls-key`: what a server speaks https with."""

from __future__ import annotations

import re
import ssl
from pathlib import Path
from typing import Final

from understudy.errors import TlsUnusable

_CERTIFICATE: Final = re.compile(rb"-----BEGIN (TRUSTED |X509 )?CERTIFICATE-----")
_KEY: Final = re.compile(rb"-----BEGIN ([A-Z]+ )?PRIVATE KEY-----")


def tls_context(certificate: Path | None, key: Path | None) -> ssl.SSLContext | None:
    """Return what a server speaks TLS with; None where no file is named.

    Both are files in PEM; the first has the certificate and, behind it, those that lead to its root.
    Raises TlsUnusable.
    """
    if certificate is None and key is None:
        return None
    if certificate is None:
        raise TlsUnusable("--tls-key needs --tls-cert, the certificate that the key belongs to")
    if key is None:
        raise TlsUnusable("--tls-cert needs --tls-key, the key of the certificate")
    _look_into(certificate, _CERTIFICATE, "--tls-cert", "certificate")
    _look_into(key, _KEY, "--tls-key", "private key")
    return _loaded(certificate, key)


def _look_into(file: Path, beginning: re.Pattern[bytes], option: str, what: str) -> None:
    """See that a file has what it is named for: OpenSSL would not say which of the two has not."""
    try:
        content = file.read_bytes()
    except OSError as error:
        raise TlsUnusable(f"{option}: {file} cannot be read: {error.strerror}") from None
    if not beginning.search(content):
        raise TlsUnusable(f"{option}: {file} has no {what} in PEM")


def _loaded(certificate: Path, key: Path) -> ssl.SSLContext:
    def refuse() -> str:
        raise TlsUnusable(f"--tls-key: {key} is encrypted; a key without a password is needed")

    context = ssl.create_default_context(ssl.Purpose.CLIENT_AUTH)
    try:
        context.load_cert_chain(certificate, key, refuse)
    except ssl.SSLError as error:
        if error.reason == "KEY_VALUES_MISMATCH":
            raise TlsUnusable(
                f"--tls-key: {key} is not the key of the certificate in {certificate}"
            ) from None
        reason = error.reason or "OpenSSL cannot read them"
        raise TlsUnusable(f"--tls-cert {certificate} and --tls-key {key} cannot be used: {reason}") from None
    return context
