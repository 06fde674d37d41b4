"""What the values of one object share: a person, a company, a country, a moment; and plain words to fill the
rest.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from functools import cached_property
from random import Random
from types import MappingProxyType
from typing import Any, Final, NamedTuple

from faker import Faker

from understudy.schemas.moments import BIRTH, CREATED, LATER, LATEST, parsed
from understudy.schemas.places import COUNTRIES, City, Country, country_named, country_of_money

_PROSE: Final = """
    the order was checked by our team and is ready to be sent within the next two days if nothing else
    is asked for
"""
_WORDS: Final = tuple(_PROSE.split())

_EPOCH: Final = datetime(2025, 1, 1, tzinfo=UTC)
_STRIDE: Final = 617
"""Prime to a thousand, so that seconds lead to all milliseconds."""
_A_DAY: Final = re.compile(r"\d{4}-\d\d-\d\d")
_BIRTHS: Final = datetime(1955, 1, 1, tzinfo=UTC)
_ADDRESS: Final = re.compile(r"address|location|billing|shipping|venue")
_PERSON: Final = re.compile(
    r"(^|_)(person|people|user|customer|contact|owner|author|employee|member|driver|patient|guest|passenger"
    r"|payer|payor|payee|recipient|assignee|creator|created_by|updated_by|modified_by|actor"
    r"|requester|reviewer|collaborator|sender|student|teacher|holder)s?($|_)"
)
_COMPANY: Final = re.compile(
    r"(^|_)(compan(y|ies)|organi[sz]ation|vendor|supplier|merchant|business|employer|client|tenant"
    r"|operator|org|(counter)?party)s?($|_)"
)
_SHORT: Final = re.compile(
    r"(^|_)(appointment|meeting|event|session|shift|class|lesson|exam|match|game|call|visit|interview|slot"
    r"|workout|ride|flight|trip|journey|departure|screening|webinar|consultation|lecture|concert)s?$"
)
"""What takes an hour or so."""
_PLANNED: Final = re.compile(
    r"(^|_)(start|starts|begin|begins|scheduled|departure|departs|kick_?off)($|_)(?!end)"
)
_ENDS: Final = re.compile(r"(^|_)(end|ends|finish|finishes|arrival|arrives|until)($|_)")
_RUNS_FOR_YEARS: Final = re.compile(
    r"(licen[cs]e|passport|card|certificate|visa|insurance|policy|warranty|member|membership|permit|loan"
    r"|mortgage|lease|contract|document)\w*_(expir\w*|valid_(to|until)|maturity|renewal|lease_end|end)"
    r"(_date|_on|_at)?$"
)
"""What papers and contracts say of their end, which is some years ahead."""
_GENERATIONS: Final = (
    (re.compile(r"(^|_)(student|pupil)s?($|_)"), 2003, 6),
    (re.compile(r"(^|_)(child|kid|infant)(ren|s)?($|_)"), 2012, 10),
    (re.compile(r"(^|_)(pet|dog|cat|animal)s?($|_)"), 2012, 11),
)
"""From which year on, and in how many, those are born who are no adults."""
_WHOSE: Final = ("customer", "recipient", "receiver", "beneficiary", "card_holder", "cardholder", "consignee")
"""Roles of whom a thing is for, who is the person that it is about."""
NEAREST: Final = 2  # letters by which a name may be longer or shorter than an example
_DRAWN_NAMES: Final = 12
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


def names_person(name: str) -> bool:
    """Tell whether a name, in snake case, is that of somebody."""
    return _PERSON.search(name) is not None


def names_company(name: str) -> bool:
    """Tell whether a name, in snake case, is that of a company."""
    return _COMPANY.search(name) is not None


def mail_address(name: str, random: Random) -> str:
    """Return an address for a name, at a domain reserved for examples."""
    local = re.sub(r"[^a-z0-9]+", ".", name.lower().replace("'", "")).strip(".")
    return f"{local}@{random.choice(_MAIL_DOMAINS)}"


def new_faker() -> Faker:
    """Make a Faker; seed it before use.

    Names are drawn evenly, not by how common they are: Faker's weighted draw costs some ten times as much.
    """
    return Faker("en_US", use_weighting=False)


def quick(fake: Any) -> Any:
    """Return the generator within a Faker, whose methods are found fifteen times as fast; anything else as it
    is.
    """
    if isinstance(fake, Faker):
        return fake.factories[0]
    return fake


_LOGIN: Final = re.compile(r"([a-z]+)\.([a-z]+)")
"""A name to log in by, of a person's two names."""

_SITE: Final = "app.example"
"""A host of the top-level domain that RFC 6761 reserves: an address on it leads to nobody."""
_NOT_OF_A_SITE: Final = re.compile(
    r"\b(open|rest|http|web|json)?-?(api|apis|specification|spec|service|openapi|reference|v?\d[\w.]*)\b"
)
_MOST_SAMPLES: Final = 1000


def site_of(title: str) -> str:
    """Return the host on which a contract's addresses lie: of its title, under a domain nobody can own."""
    plain = re.sub(r"[^a-z0-9]+", " ", title.lower())
    words = _NOT_OF_A_SITE.sub(" ", plain).split()[:3]
    return f"{'-'.join(words)}.example" if words else _SITE


_IN_ADDRESSES: Final = re.compile(r"[\w.~-]+", re.ASCII)
_NOTHING_KNOWN: Final[Mapping[str, Any]] = MappingProxyType({})


def _after(moment: datetime, seconds: int) -> datetime:
    """Return a moment that is some seconds later, and not at just the same millisecond of one."""
    return moment + timedelta(0, seconds, milliseconds=seconds * _STRIDE % 1000)


class EntityContext:
    """What the values of one object share: what the object is, one person, one company, one moment.

    fake: a Faker, or the generator within it, whose methods are found a good deal quicker. around: the
    context of the object it stands in. repeated: the object is not the first of its kind in the value, so
    that examples which identify do not fit it. varied: it is one of several that stand beside each other, and
    what examples say of one of them is said of it in another way. known: members it has already, in snake
    case, which those that are made agree with. now: when it begins, where it does so and has a number of its
    own.
    """

    def __init__(
        self,
        fake: Any,
        owner: str,
        around: EntityContext | None = None,
        *,
        repeated: bool = False,
        varied: bool = False,
        known: Mapping[str, Any] = _NOTHING_KNOWN,
        site: str = "",
        now: datetime | None = None,
    ) -> None:
        self.varied, self._now = varied, now
        self.site: str = site or (around.site if around is not None else _SITE)
        self.fake, self.owner, self.repeated = fake, owner, repeated
        self._around, self._known = around, known
        self._others: dict[str, Person] = {}
        self.random: Random = fake.random

    @property
    def id(self) -> str:
        """The id the object has already, as it may stand in an address; "" where none is known."""
        told = str(self._known.get("id") or "")
        return told if _IN_ADDRESSES.fullmatch(told) else ""

    @cached_property
    def person(self) -> Person:
        """The person the object is about."""
        drawn = person(self.fake)
        first = self._told("first_name", "given_name", "firstname") or drawn.first_name
        last = self._told("last_name", "family_name", "surname", "lastname") or drawn.last_name
        full = self._told("name", "full_name", "display_name")
        if full and self.is_person:
            first, _, last = full.partition(" ")
        login = _LOGIN.fullmatch(self._told("username", "user_name", "login"))
        if login is not None and not full:
            first, last = login[1].title(), login[2].title()
        email = self._told("email", "email_address")
        if not email and (first, last) == drawn[:2]:
            return drawn
        return Person(first, last, email or mail_address(f"{first}.{last}", self.random))

    def named_about_as_long(self, first: str = "", last: str = "") -> Person:
        """Let the person be one whose first or last name is about as long as another one, where a few draws
        give such a name; return who it is.
        """
        drawn = self.person
        for _ in range(_DRAWN_NAMES):
            if first and abs(len(drawn.first_name) - len(first)) > NEAREST:
                drawn = drawn._replace(first_name=str(self.fake.first_name()))
            if last and abs(len(drawn.last_name) - len(last)) > NEAREST:
                drawn = drawn._replace(last_name=str(self.fake.last_name()))
        if drawn != self.person:
            told = mail_address(f"{drawn.first_name}.{drawn.last_name}", self.random)
            self.person = drawn._replace(email=told)
        return self.person

    def someone(self, role: str) -> Person:
        """Return who has a role in the object: whom it is about where it is called so, else somebody else, as
        far as the object says who.
        """
        full, email = self._told(f"{role}_name", f"{role}_full_name", role), self._told(f"{role}_email")
        if role in self.owner or (role in _WHOSE and not full and not email):
            return self.person
        if role not in self._others:
            drawn = person(self.fake)
            if full:
                first, _, last = full.partition(" ")
                drawn = Person(first, last, mail_address(full, self.random))
            if email:
                drawn = drawn._replace(email=email)
            self._others[role] = drawn
        return self._others[role]

    @cached_property
    def company(self) -> str:
        """The company the object is about."""
        told = self._told("company_name", "company", "organization_name", "legal_name")
        if not told and self.is_company and not self.is_person:
            told = self._told("name", "display_name")
        return told or f"{self.fake.last_name()} {self.fake.company_suffix()}"

    def _told(self, *names: str) -> str:
        """Return the first text that the object has already under one of some names, or ""."""
        for name in names:
            value = self._known.get(name)
            if isinstance(value, str) and value:
                return value
        return ""

    @property
    def is_new(self) -> bool:
        """Whether the object begins now."""
        return self._now is not None

    @property
    def is_person(self) -> bool:
        """Whether the object is somebody."""
        return names_person(self.owner)

    @property
    def is_company(self) -> bool:
        """Whether the object is a company, or somebody that may be one, such as a client."""
        return names_company(self.owner)

    @property
    def is_address(self) -> bool:
        """Whether the object is a place where somebody lives or something is sent."""
        return _ADDRESS.search(self.owner) is not None

    @cached_property
    def country(self) -> Country:
        """The country that the object is of: as it says itself or its currency does, else that of what it
        stands in.
        """
        for name in ("country", "country_code", "country_name"):
            told = country_named(self._told(name))
            if told is not None:
                return told
        paid_in = country_of_money(self._told("currency", "currency_code"))
        if paid_in is not None:
            return paid_in
        if self._around is not None and not self.repeated:
            return self._around.country
        return self.random.choice(COUNTRIES)

    @cached_property
    def city(self) -> City:
        """The city the object is in: as it says itself, else one of its country's."""
        told = self._told("city", "town", "locality")
        for city in self.country.cities:
            if city.name == told:
                return city
        return self.random.choice(self.country.cities)

    @cached_property
    def elsewhere(self) -> City:
        """Where a way leads that begins in the object's city: to another one of the country."""
        others = [city for city in self.country.cities if city != self.city]
        return self.random.choice(others or self.country.cities)

    @property
    def street(self) -> str:
        """A street of its country with a number."""
        return self.country.street(self.random.choice(self.country.streets), self.random.randrange(1, 120))

    @cached_property
    def pick(self) -> int:
        """Which of several examples its members are taken from: those of one example belong together."""
        return self.random.randrange(_MOST_SAMPLES)

    @property
    def turn(self) -> int:
        """Which of several things the object is: things that are counted are each another one."""
        told = self._known.get("id")
        if isinstance(told, int) and not isinstance(told, bool):
            return told
        return self.pick

    @cached_property
    def created(self) -> datetime:
        """When the object began: as it says itself, now, or in the first eleven months of 2025."""
        for name, value in self._known.items():
            if CREATED.search(name) and (moment := parsed(value)):
                return moment
        if self._now is not None:
            return self._now
        return _after(_EPOCH, self.random.randrange(330 * 86400))

    @cached_property
    def days(self) -> int:
        """By how many days its moments are apart from those that examples show."""
        return self.random.randrange(1, 28)

    def days_from(self, example: Any) -> int:
        """Return by how many days a moment of the object is apart from an example's: it is of the day that
        the object says already, where it says one, as what arrives is of the day on which it departed.
        """
        if not isinstance(example, str) or not _A_DAY.match(example):
            return self.days
        for name, value in self._known.items():
            is_stamp = CREATED.search(name) or LATER.search(name) or BIRTH.search(name)
            if is_stamp or not isinstance(value, str) or not _A_DAY.match(value):
                continue
            told, shown = parsed(value), parsed(example)
            if told is not None and shown is not None:
                return (told.date() - shown.date()).days
        return self.days

    @cached_property
    def updated(self) -> datetime:
        """When the object last changed; what begins now has not changed yet."""
        if self._now is not None:
            return self.created
        return _after(self.created, self.random.randrange(60, 20 * 86400))

    def moment(self, name: str) -> datetime:
        """Return the moment a name speaks of: what is updated is not before what is created, what ends is
        after both.
        """
        if self._around is not None and self.owner.endswith("_by"):
            return self._around.moment(
                self.owner
            )  # `updated_by: {timestamp}` tells when the object around was
        if BIRTH.search(name):
            return self._birth()
        if _RUNS_FOR_YEARS.search(f"{self.owner}_{name}"):
            return _after(self.created, 86400 * self.random.randrange(340, 1100))
        planned = self._planned_for(name)
        if planned is not None:
            return planned
        if LATEST.search(name):
            return _after(self.updated, self.random.randrange(86400, 40 * 86400))
        if LATER.search(name):
            return self.updated
        return self.created

    def _birth(self) -> datetime:
        """Return when whom the object is about was born."""
        for owner, year, years in _GENERATIONS:
            if owner.search(self.owner):
                return datetime(year, 1, 1, tzinfo=UTC) + timedelta(days=self.random.randrange(years * 365))
        return _BIRTHS + timedelta(days=self.random.randrange(48 * 365))

    def _planned_for(self, name: str) -> datetime | None:
        """Return when what takes an hour or so begins or ends, where a name speaks of that."""
        if _SHORT.search(self.owner) is None:
            return None
        if _PLANNED.search(name):
            return self._planned
        if _ENDS.search(name):
            return self._planned + timedelta(minutes=15 * self.random.randrange(2, 9))
        return None

    @cached_property
    def _planned(self) -> datetime:
        """When what takes an hour or so begins: at a quarter of an hour of a working day."""
        hour, quarter = self.random.randrange(8, 18), 15 * self.random.randrange(4)
        return self.created.replace(hour=hour, minute=quarter, second=0, microsecond=0)

    def word(self) -> str:
        """Return a word that names what is left open: what the object is, or `item`."""
        return self.owner.rpartition("_")[2] or "item"

    def words(self, count: int) -> str:
        """Return some plain words with a space between them."""
        start = self.random.randrange(len(_WORDS))
        return " ".join(_WORDS[(start + index) % len(_WORDS)] for index in range(count))

    def hexadecimal(self, length: int) -> str:
        """Return lower case hexadecimal digits."""
        return f"{self.random.getrandbits(4 * length):0{length}x}"

    def number(self, digits: int) -> str:
        """Return digits of which the first is not zero."""
        return str(self.random.randrange(10 ** (digits - 1), 10**digits))
