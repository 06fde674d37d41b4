"""What the values of one object share: a person, a company, a country, a moment; and plain words to fill the rest."""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from functools import cached_property
from random import Random
from typing import Any, Final, NamedTuple

from faker import Faker

from understudy.names import snake_case

_COUNTRIES: Final = (
    ("US", "USA", "United States"), ("AU", "AUS", "Australia"), ("NO", "NOR", "Norway"), ("GB", "GBR", "United Kingdom"),
    ("DE", "DEU", "Germany"), ("FR", "FRA", "France"), ("CA", "CAN", "Canada"), ("SE", "SWE", "Sweden"), ("DK", "DNK", "Denmark"),
    ("NZ", "NZL", "New Zealand"), ("NL", "NLD", "Netherlands"), ("ES", "ESP", "Spain"),
)  # fmt: skip
_PLAIN: Final = """
    amber atlas birch bridge cedar cobalt coral delta ember falcon fjord garnet harbor indigo juniper lantern maple meadow nimbus north oak
    onyx orchard pebble pine quartz river saffron sierra silver slate summit timber topaz valley violet willow
"""
_WORDS: Final = tuple(_PLAIN.split())

_EPOCH: Final = datetime(2025, 1, 1, tzinfo=UTC)
_BIRTHS: Final = datetime(1955, 1, 1, tzinfo=UTC)
_BIRTH: Final = re.compile(r"birth|dob")
_CREATED: Final = re.compile(r"(^|_)creat(ed|ion)($|_)")
_LATER: Final = re.compile(r"updat|modif|chang|edit|last|sync|upload|sent|deliver|paid|push")
_LATEST: Final = re.compile(
    r"(^|_)(end|until|to|next)(s|ed|ing)?($|_)|expir|due|clos|complet|finish|cancel|arriv|delet|archiv|discard|renew|reset|stop|void|revok"
)
_TIME: Final = re.compile(
    r"(^|_)(date|time|datetime|timestamp|created|updated|modified|expires|expiry|expiration|since|until|deadline|dob)($|_)|_(at|on)$"
    r"|(^|_)(date|time)_?(utc|gmt)?$|^(valid|effective)_(from|to|until)$|_utc$"
)
_NOT_TIME: Final = re.compile(r"zone|format|depends_on|based_on|spent|limit|expires_in|_in$")
_EPOCHS: Final = re.compile(
    r"(^|_)(created|updated|modified|timestamp|expires|expiry|expiration|date|since|until)($|_)|_(at|on)$"
)
_ADDRESS: Final = re.compile(r"address|location|billing|shipping|venue")


_MAIL_DOMAINS: Final = ("example.com", "example.net", "example.org")


class Person(NamedTuple):
    """Somebody; the address is the name's, at a domain that RFC 2606 reserves."""

    first_name: str
    last_name: str
    email: str


def person(fake: Faker) -> Person:
    """Draw a person whose address is made of the name."""
    first, last = str(fake.first_name()), str(fake.last_name())
    return Person(first, last, mail_address(f"{first}.{last}", fake.random))


def mail_address(name: str, random: Random) -> str:
    """Return an address for a name, at a domain reserved for examples."""
    local = re.sub(r"[^a-z0-9]+", ".", name.lower().replace("'", "")).strip(".")
    return f"{local}@{random.choice(_MAIL_DOMAINS)}"


def new_faker() -> Faker:
    """Make a Faker; seed it before use.

    Names are drawn evenly, not by how common they are: Faker's weighted draw costs some ten times as much.
    """
    return Faker("en_US", use_weighting=False)


class EntityContext:
    """What the values of one object share: what the object is, one person, one company, one moment.

    around: the entity of the object it stands in. repeated: the object is not the first of its kind in the value, so that examples
    which identify do not fit it.
    """

    def __init__(
        self, fake: Faker, owner: str, around: EntityContext | None = None, repeated: bool = False
    ) -> None:
        self.fake, self.owner, self.repeated = fake, owner, repeated
        self._around = around
        self.random: Random = fake.random

    @cached_property
    def person(self) -> Person:
        """The person the object is about."""
        return person(self.fake)

    @cached_property
    def company(self) -> str:
        """The company the object is about."""
        return f"{self.fake.last_name()} {self.fake.company_suffix()}"

    @property
    def is_address(self) -> bool:
        """Whether the object is a place where somebody lives or something is sent."""
        return _ADDRESS.search(self.owner) is not None

    @cached_property
    def country(self) -> tuple[str, str, str]:
        """The country: alpha-2, alpha-3 (ISO 3166-1), name. An address is American, as Faker's cities and postcodes are."""
        return _COUNTRIES[0] if self.is_address else self.random.choice(_COUNTRIES)

    @cached_property
    def created(self) -> datetime:
        """When the object began, in the first eleven months of 2025."""
        return _EPOCH + timedelta(seconds=self.random.randrange(330 * 86400))

    @cached_property
    def updated(self) -> datetime:
        """When the object last changed."""
        return self.created + timedelta(seconds=self.random.randrange(60, 20 * 86400))

    def moment(self, name: str) -> datetime:
        """Return the moment a name speaks of: what is updated is not before what is created, what ends is after both."""
        if self._around is not None and self.owner.endswith(
            "_by"
        ):  # `updated_by: {timestamp}` tells when the object around was
            return self._around.moment(self.owner)
        if _BIRTH.search(name):
            return _BIRTHS + timedelta(days=self.random.randrange(48 * 365))
        if _LATEST.search(name):
            return self.updated + timedelta(seconds=self.random.randrange(86400, 40 * 86400))
        return self.updated if _LATER.search(name) else self.created

    def word(self) -> str:
        """Return one plain word."""
        return self.random.choice(_WORDS)

    def words(self, count: int) -> str:
        """Return plain words with a space between them."""
        return " ".join(self.random.choices(_WORDS, k=count))

    def hexadecimal(self, length: int) -> str:
        """Return lower case hexadecimal digits."""
        return f"{self.random.getrandbits(4 * length):0{length}x}"

    def number(self, digits: int) -> str:
        """Return digits of which the first is not zero."""
        return str(self.random.randrange(10 ** (digits - 1), 10**digits))


def speaks_of_time(name: str) -> bool:
    """Tell whether a text of this name, as `snake_case` writes it, holds a moment or a day."""
    return _TIME.search(name) is not None and _NOT_TIME.search(name) is None


def counts_seconds(name: str) -> bool:
    """Tell whether an integer of this name holds a moment, in seconds since 1970."""
    return _EPOCHS.search(name) is not None and _NOT_TIME.search(name) is None


def in_order(value: dict[str, Any]) -> dict[str, Any]:
    """Exchange the moments of creation and of update where they are the wrong way round, as where one came from an example."""
    texts = {
        name: one
        for name, one in value.items()
        if isinstance(one, str) and len(one) >= 10 and one[:2] == "20"
    }
    created = next((name for name in texts if _CREATED.search(snake_case(name))), None)
    for name, text in texts.items() if created is not None else ():
        if (
            created is not None
            and "updat" in name.lower()
            and len(text) == len(value[created])
            and _is_before(text, value[created])
        ):
            value[name], value[created] = value[created], text
    return value


def _is_before(one: str, other: str) -> bool:
    try:
        return datetime.fromisoformat(one) < datetime.fromisoformat(other)
    except (ValueError, TypeError):  # not moments, or only one of them with a time zone
        return False
