"""The digest of a contract: what tells one version of it from another."""

from __future__ import annotations

import hashlib

import orjson

from understudy.contracts.contract import Contract


def digest(contract: Contract) -> str:
    """Return the hash of all files of a contract, as they are served."""
    return contract.kept(digest, lambda: _made(contract))


def _made(contract: Contract) -> str:
    document = contract.document
    try:
        content = orjson.dumps(dict(document.files), option=orjson.OPT_SORT_KEYS | orjson.OPT_NON_STR_KEYS)
    except (
        orjson.JSONEncodeError
    ):  # what is nested too deep, or has values that JSON has not, is told by its text
        texts = {**document.contents, **document.overlays}
        content = b"".join(name.encode() + b"\0" + texts[name] + b"\0" for name in sorted(texts))
    return f"sha256:{hashlib.sha256(content).hexdigest()}"
