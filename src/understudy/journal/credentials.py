"""Which names are those of credentials: by the contracts' security schemes, by `format: password`, and by
what people call them.
"""

from __future__ import annotations

import re
from collections.abc import Iterable
from functools import cached_property
from typing import Any, Final

from understudy.contracts.contract import Contract
from understudy.contracts.walking import walk
from understudy.pointers import tokens

REMEMBERED: Final = 4096  # names; a client may make up any number of them
LONGEST: Final = 100  # characters of a name that is remembered
_NO_LETTER = re.compile(r"[^a-z0-9]")
_CREDENTIAL = re.compile(
    r".*(?:password|passwd|passphrase|passcode).*|.*pwd|.*secrets?|.*credentials?|.*jwt|.*tokens?"
    r"|.*(?:api|access|private|secret|signing|encryption|auth|consumer|subscription|shared|master)keys?"
    r"|(?:proxy)?authorization|bearer|clientassertion|samlresponse|codeverifier"
    r"|t?otp|mfacode|.*sessionid|cookies?|cvv2?|cvc2?"
)
# Tokens that say where a list goes on, and counts of tokens: nobody gets in with them.
_NO_CREDENTIAL = re.compile(
    r".*(?:next|prev|previous|page|paging|pagination|continuation|continue|cursor|sync|start|delta|skip"
    r"|scroll|marker|offset|max|total)tokens?"
)
_CREDENTIAL_WORDS: Final = frozenset(
    {"authorization", "auth", "token", "key", "secret", "signature", "csrf", "xsrf", "session", "password"}
)
# Headers that have one of these words and are no credentials: the sandbox's own, and what HTTP says.
_NO_CREDENTIAL_HEADERS: Final = frozenset(
    {"idempotencykey", "sandboxsession", "secwebsocketkey", "surrogatekey", "signatureinput"}
)
_QUERY_CREDENTIALS: Final = frozenset({"sig", "signature", "key"})
_BODY_CREDENTIALS: Final = frozenset({"pass", "pin", "auth", "signature"})
_ABOUT_CREDENTIALS = re.compile(
    r"token|oauth|log-?in|log-?on|sign-?in|password|credential|secret|api-?key", re.IGNORECASE
)


class Secrets:
    """What some contracts name as credentials, beside what goes by a credential's name anyway.

    Names are compared without case.

    headers, query, cookies: names of the `apiKey` security schemes that stand there.
    """

    def __init__(
        self, headers: Iterable[str] = (), query: Iterable[str] = (), cookies: Iterable[str] = ()
    ) -> None:
        self.headers = frozenset(map(str.lower, headers))
        self.query = frozenset(map(str.lower, query))
        self.cookies = frozenset(map(str.lower, cookies))
        self._contracts: tuple[Contract, ...] = ()
        self._known: dict[str, bool] = {}  # members that were asked for before

    @classmethod
    def of(cls, contracts: Iterable[Contract]) -> Secrets:
        """Collect the names that some contracts give to credentials."""
        contracts = tuple(contracts)
        places: dict[Any, list[str]] = {"header": [], "query": [], "cookie": []}
        for contract in contracts:
            for scheme in contract.security_schemes.values():
                if scheme.get("type") == "apiKey" and scheme.get("in") in places:
                    places[scheme.get("in")].append(str(scheme.get("name")))
        secrets = cls(places["header"], places["query"], places["cookie"])
        secrets._contracts = contracts
        return secrets

    def is_header(self, name: str) -> bool:
        """Tell whether a header holds a credential."""
        if name.lower() in self.headers or self.is_member(name):
            return True
        plain = _NO_LETTER.sub("", name.lower())
        words = re.split(r"[-_]", name.lower())
        is_counted = (
            _NO_CREDENTIAL.fullmatch(plain) is not None or plain.removeprefix("x") in _NO_CREDENTIAL_HEADERS
        )
        return not is_counted and not _CREDENTIAL_WORDS.isdisjoint(words)

    def is_query(self, name: str) -> bool:
        """Tell whether a query parameter holds a credential."""
        plain = name.lower()
        return (
            plain in self.query
            or plain in _QUERY_CREDENTIALS
            or plain.endswith("-signature")
            or self.is_member(name)
        )

    def is_member(self, name: str) -> bool:
        """Tell whether a member of an object, or a form's field, holds a credential."""
        known = self._known.get(name)
        if known is None:
            known = self._is_member(_NO_LETTER.sub("", name.lower()))
            if len(name) <= LONGEST:
                if len(self._known) >= REMEMBERED:
                    self._known.clear()
                self._known[name] = known
        return known

    def _is_member(self, plain: str) -> bool:
        if plain in self._passwords or plain in _BODY_CREDENTIALS:
            return True
        return _CREDENTIAL.fullmatch(plain) is not None and _NO_CREDENTIAL.fullmatch(plain) is None

    def is_value(self, location: str, pointer: str) -> bool:
        """Tell whether a failure's pointer leads to, or into, a credential. location: as in `Failure`."""
        if location == "cookie":
            return True
        names = {"header": self.headers, "query": self.query}.get(location, frozenset())
        return any(name.lower() in names or self.is_member(name) for name in tokens(pointer))

    @staticmethod
    def is_about(*words: str) -> bool:
        """Tell whether an operation is about credentials, by its key, its id or a path."""
        return any(map(_ABOUT_CREDENTIALS.search, words))

    @cached_property
    def _passwords(self) -> frozenset[str]:
        """Properties that a contract says are passwords.

        Looked for on first use, since a large contract takes a while.
        """
        found = set()
        for contract in self._contracts:
            for value in contract.document.files.values():
                for pointer, mapping in walk(value):
                    if mapping.get("format") == "password":
                        owner, name = ["", "", *tokens(pointer)][-2:]
                        if owner == "properties":
                            found.add(_NO_LETTER.sub("", name.lower()))
        return frozenset(found - {""})
