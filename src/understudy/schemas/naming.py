"""What a property's name says about its value: a table from names to realistic values, all drawn from one
Faker.
"""

from __future__ import annotations

import re
from collections.abc import Callable
from functools import cached_property, lru_cache
from random import Random
from typing import Final

from understudy.names import singular, snake_case
from understudy.schemas.entity import EntityContext, mail_address, names_company, names_person

_IDENTIFIES: Final = re.compile(
    r"(^|_)(id|uuid|guid|gid|sid|key|number|code|slug|e?mail|name|login|token|reference|ur[il]|href|title)$"
)
_TRUE: Final = re.compile(
    r"active|enabled|visible|valid|verified|success|^ok$|available|can_|allow|public|confirmed"
)
_FALSE: Final = re.compile(
    r"delet|archiv|disabl|has_more|has_next|hidden|locked|system|test|expired|suspend|banned"
    r"|spam|void|truncat|error|fail|cancel|revok|in(active|valid)|live_?mode"
)
_MORE: Final = re.compile(
    r"(^|_)(next|prev|previous)(_page)?(_(token|cursor|link|ur[il]|href|marker|offset))?$"
    r"|continuation|next_page"
)
_FAULT: Final = re.compile(
    r"^errors?(_(message|code|description|details?))?$|^(last_)?(failure|error)_(message|code|reason)$"
)
_LEFT_OVER: Final = re.compile(r"^(invalid|rejected|failed|failures|skipped|unprocessed)(_\w+)?$")
_GENERIC: Final = frozenset(
    {"item", "data", "datum", "result", "record", "value", "entry", "row", "content", "list", "object",
     "response", "payload", "body", "attribute", "element", "embedded", "page", "collection", "node", "edge",
     "include", "included"}
)  # fmt: skip
_GOODS: Final = (
    "Bottle",
    "Backpack",
    "Lamp",
    "Notebook",
    "Chair",
    "Keyboard",
    "Jacket",
    "Mug",
    "Headphones",
    "Desk",
    "Camera",
    "Bicycle",
)
ACCOUNTS: Final = (
    "Operating Account", "Business Savings", "Payroll Account", "Tax Reserve Account", "Petty Cash",
    "Accounts Receivable", "Office Equipment", "Accounts Payable", "Share Capital", "Product Sales",
    "Consulting Income", "Office Supplies", "Rent",
)  # fmt: skip
_BANKS: Final = (
    "Barclays",
    "Deutsche Bank",
    "DNB",
    "HSBC",
    "JPMorgan Chase",
    "Rabobank",
    "Royal Bank of Canada",
    "Westpac",
)
_CURRENCIES: Final = ("USD", "EUR", "GBP", "AUD", "NOK", "CAD", "CHF", "SEK", "DKK", "NZD", "SGD", "JPY")
_TITLES: Final = (
    "Quarterly review", "Getting started", "Release notes", "Weekly summary", "Site inspection",
    "Annual plan", "Team offsite", "Onboarding checklist", "Budget proposal", "Field report",
)  # fmt: skip
_SENTENCES: Final = (
    "Checked by the team and ready to use.", "Agreed with the customer in writing.",
    "Kept for the yearly review.", "Replaces the one from last year.", "Delivered to the main office.",
    "Sent together with the signed form.",
    "Needs a second look before the end of the month.", "Covers the work done in the first quarter.",
)  # fmt: skip


KEPT: Final = 8192  # names whose meaning is remembered
Provider = Callable[[EntityContext], str | tuple[str, ...]]
"""Gives a value, or several of which the first that its schema accepts is taken."""


def _name(entity: EntityContext, owner: str = "") -> str | tuple[str, ...]:
    """Name a thing after what it is: `owner`, else the object it stands in."""
    owner = owner or entity.owner
    if names_person(owner):
        return _persons_name(entity)
    if names_company(owner):
        return entity.company
    for pattern, make in _NAMES_BY_OWNER:
        if pattern.search(owner):
            return make(entity)
    return entity.words(2).title(), entity.word()


def _persons_name(entity: EntityContext) -> str:
    return f"{entity.person.first_name} {entity.person.last_name}"


def _owner(words: str) -> re.Pattern[str]:
    return re.compile(rf"(^|_)({words})s?($|_)")


_NAMES_BY_OWNER: Final[tuple[tuple[re.Pattern[str], Provider], ...]] = (
    (_owner("bank|institution"), lambda s: s.random.choice(_BANKS)),
    (_owner("account|ledger"), lambda s: s.random.choice(ACCOUNTS)),
    (_owner("product|item|sku|price|plan|goods|article"),
     lambda s: f"{s.word().title()} {s.random.choice(_GOODS)}"),
    (_owner("file|attachment|document|blob|asset"), lambda s: f"{s.word()}-{s.word()}.pdf"),
    (_owner("country"), lambda s: s.country[2]),
    (_owner("city|station|place|location|venue"), lambda s: s.fake.city()),
    (_owner("currency"), lambda s: s.random.choice(_CURRENCIES)),
    (_owner("pet|dog|cat|animal"), lambda s: s.fake.first_name()),
    (_owner("repo|repository|branch|tag|label|package|workflow|environment|topic|variable|secret|field|key"),
     lambda s: f"{s.word()}-{s.word()}"),
    (_owner("project|task|ticket|issue|event|meeting|report|milestone|story|goal|video|episode|show"
            "|book|post|page"),
     lambda s: s.random.choice(_TITLES)),
)  # fmt: skip


def _email(entity: EntityContext) -> str:
    if entity.is_company:
        return mail_address(entity.company, entity.random)
    return entity.person.email


def _full_name(entity: EntityContext) -> str:
    if entity.is_company:
        return entity.company
    return _persons_name(entity)


def _state(entity: EntityContext) -> tuple[str, ...]:
    """Tell the state somebody lives in from the state a thing is in."""
    if entity.is_address or entity.is_person or entity.is_company:
        return entity.fake.state_abbr(), entity.fake.state(), "active"
    return ("active",)


def _always(*values: str) -> Provider:
    return lambda _: values


def _one_of(*values: str) -> Provider:
    return lambda entity: entity.random.choice(values)


def _link(ending: str = "") -> Provider:
    return lambda entity: f"https://example.com/{entity.word()}/{entity.hexadecimal(8)}{ending}"


_STRINGS: Final[tuple[tuple[str, Provider], ...]] = (
    # what would be mistaken further down
    (r"(mime|content|media)_?type$", _one_of("application/pdf", "image/png", "text/plain")),
    (r"^(object|entity|resource)(_type)?$", lambda s: s.owner or s.word()),
    (r"(^|_)(type|kind)$", _always("standard")),
    (r"^rel$", _always("self")),
    (r"^(http_)?(method|verb)$", _always("GET")),
    (r"(^|_)ipv6", lambda s: f"2001:db8::{s.hexadecimal(4)}"),
    (r"(^|_)ip(v4)?(_?(address|addr))?$", lambda s: f"192.0.2.{s.random.randrange(1, 255)}"),
    (r"(^|_)mac(_?address)?$", lambda s: "02:" + ":".join(s.hexadecimal(2) for _ in range(5))),
    # people
    (r"(first|given|fore)_?name|^first$", lambda s: s.person.first_name),
    (r"(last|family|sur)_?name|^last$", lambda s: s.person.last_name),
    (r"middle_?name|middle_initial", lambda s: s.fake.first_name()),
    (r"(user|login|screen|nick)_?name|^(login|handle|nick|username)$",
     lambda s: s.person.email.partition("@")[0]),
    (r"(full|display|legal|person|contact|customer|author|owner|holder|recipient|employee|real)_?name$",
     _full_name),
    (r"e_?mail(_?addr(ess)?)?(es|s)?$", _email),
    (r"phone|mobile|(^|_)(fax|tel|msisdn)($|_)", lambda s: (f"+1555{s.number(7)}", f"555-0{s.number(3)}")),
    (r"job_?title|occupation|^position$", lambda s: s.fake.job()),
    (r"gender|^sex$", _one_of("female", "male")),
    (r"salutation|honorific|^prefix$", _one_of("Ms", "Mr")),
    (r"passw(or)?d|passphrase", lambda s: f"{s.word().title()}-{s.number(4)}-{s.word()}"),
    # companies
    (r"(company|organi[sz]ation|business|employer|vendor|merchant|supplier|trading|org)_?name$",
     lambda s: s.company),
    (r"^(company|organi[sz]ation|employer|merchant)$", lambda s: s.company),
    (r"department|^team$", _one_of("Finance", "Operations", "Sales", "Engineering", "Support")),
    # money
    (r"(^|_)iban", lambda s: s.fake.iban()),
    (r"(^|_)(bic|swift)", lambda s: (s.fake.swift8(), s.fake.swift11())),
    (r"(^|_)bsb($|_)", lambda s: f"{s.number(3)}-{s.number(3)}"),
    (r"routing|(^|_)aba($|_)", lambda s: s.fake.aba()),
    (r"sort_?code", lambda s: (f"{s.number(2)}-{s.number(2)}-{s.number(2)}", s.number(6))),
    (r"account_?(number|no)$|bank_account$", lambda s: (s.number(11), s.number(8), s.number(4))),
    (r"bank_?account_?name$", lambda s: s.random.choice(ACCOUNTS)),
    (r"account_?name$", lambda s: s.random.choice(ACCOUNTS)),
    (r"bank_?name|^bank$", lambda s: s.random.choice(_BANKS)),
    (r"currency(_?(code|iso.*))?$|^ccy$|(^|_)iso_?4217",
     lambda s: (code := s.random.choice(_CURRENCIES), code.lower())),
    (r"last_?(4|four)", lambda s: s.number(4)),
    (r"(vat|tax|gst|registration|org)_?(number|no|id)$|^(ein|tin|abn)$", lambda s: s.number(9)),
    (r"(^|_)id$|uuid$|^(guid|iid|uid)$", lambda s: (s.hexadecimal(16), s.number(6))),
    (r"amount|(^|_)(price|total|balance|cost|fee|tax|subtotal|net|gross)s?$",
     lambda s: (f"{s.random.randrange(500, 50000) / 100:.2f}", s.number(4))),
    (r"(^|_)(rate|percent(age)?|ratio)($|_)", lambda s: f"{s.random.randrange(1, 40) / 4:.2f}"),
    # places
    (r"address_?(line)?_?2$|^line_?2$|street_?2", lambda s: f"Suite {s.number(3)}"),
    (r"street|address_?(line)?_?1?$|^line_?1$", lambda s: s.fake.street_address()),
    (r"(^|_)(city|town|locality|suburb)($|_)", lambda s: s.fake.city()),
    (r"(^|_)(province|region|county|subdivision|state_code)$",
     lambda s: (s.fake.state_abbr(), s.fake.state())),
    (r"(^|_)(state|status)$", _state),
    (r"(zip|postal|post)_?(code)?$", lambda s: s.fake.postcode()),
    (r"country_?name", lambda s: s.country[2]),
    (r"countr(y|ies)|nationality", lambda s: s.country),
    (r"(^|_)lat(itude)?$", lambda s: f"{s.random.uniform(-60, 70):.5f}"),
    (r"(^|_)(lng|lon|longitude)$", lambda s: f"{s.random.uniform(-180, 180):.5f}"),
    (r"time_?zone|^tz$", _one_of("Europe/Oslo", "Australia/Perth", "America/New_York", "Europe/London")),
    (r"locale$", lambda s: (s.random.choice(("en-US", "nb-NO", "en-AU", "de-DE")), "en")),
    (r"(^|_)lang(uage)?(_?code)?s?$", lambda s: (s.random.choice(("en", "nb", "de", "fr")), "en-US", "eng")),
    # the web and machines
    (r"(avatar|image|picture|photo|logo|icon|thumbnail|banner|cover)s?(_?(ur[il]s?|link|href|src))?$",
     _link(".png")),
    (r"(^|_)(ur[il]s?|href|link|website|homepage|webhook|callback|endpoint|redirect)s?($|_)|ur[il]$",
     _link()),
    (r"domain|host_?name|^host$|^fqdn$", lambda s: f"{s.word()}.example.com"),
    (r"user_?agent", lambda s: s.fake.user_agent()),
    (r"file_?name|attachment_name", lambda s: f"{s.word()}-{s.word()}.pdf"),
    (r"(^|_)(path|folder|directory)$", lambda s: f"/{s.word()}/{s.word()}"),
    (r"(^|_)(sha|sha1|commit|oid)$|commit_id", lambda s: s.hexadecimal(40)),
    (r"(sha_?256|checksum|digest|hash|fingerprint|signature)$", lambda s: s.hexadecimal(64)),
    (r"(^|_)(md5|etag)$|token|secret|(api|access)_?key", lambda s: s.hexadecimal(32)),
    (r"version$", lambda s: f"{s.random.randrange(1, 5)}.{s.random.randrange(10)}.{s.random.randrange(10)}"),
    (r"colou?r|^hex$",
     lambda s: (f"#{s.hexadecimal(6)}", s.hexadecimal(6), s.random.choice(("red", "green", "blue")))),
    (r"emoji", _always("🌲", "smile")),
    # things
    (r"slug|permalink", lambda s: f"{s.word()}-{s.word()}"),
    (r"(^|_)sku$|barcode|^(upc|ean|gtin)$",
     lambda s: (f"{s.word()[:3].upper()}-{s.number(5)}", s.number(12))),
    (r"isbn", lambda s: s.fake.isbn13()),
    (r"(invoice|order|receipt|quote|ticket|reference|document|case|tracking|note)_?(number|no|num)$"
     r"|(^|_)(reference|ref_?no)$",
     lambda s: (f"{(s.owner or 'ref')[:3].upper()}-{s.number(5)}", s.number(6))),
    (r"(^|_)code$", lambda s: (f"{s.word()[:3].upper()}{s.number(2)}", s.number(4))),
    (r"(^|_)number$", lambda s: s.number(6)),
    (r"^(subject|headline|heading)$|(^|_)title$", _one_of(*_TITLES)),
    (r"descri|summary|(^|_)(note|comment|message|body|content|text|remark|memo|detail|bio|about|reason"
     r"|instruction|caption)s?($|_)",
     lambda s: (s.random.choice(_SENTENCES), s.words(2))),
    (r"^name$|^label$|display", _name),
)  # fmt: skip

_NUMBERS: Final[tuple[tuple[str, float, float], ...]] = (
    (r"(^|_)lat(itude)?$", -60, 70),
    (r"(^|_)(lng|lon|longitude)$", -180, 180),
    (r"(^|_)(percent(age)?|pct)($|_)", 1, 100),
    (r"(^|_)(rate|ratio|probability|confidence|opacity)($|_)", 0.01, 1),
    (r"rating|stars", 1, 5),
    (r"(^|_)age$", 18, 80),
    (r"(^|_)year$", 2020, 2025),
    (r"(^|_)month$", 1, 12),
    (r"(^|_)(day|hour)$", 1, 23),
    (r"(^|_)(minute|second)$", 0, 59),
    (r"(^|_)port$", 1024, 49151),
    (r"quantity|(^|_)(qty|counts?|pages?|position|order|index|priority|level|sequence|rank)($|_)", 1, 12),
    (r"amount|price|total|balance|cost|(^|_)(fee|tax|subtotal|net|gross)($|_)", 5, 900),
    (r"(^|_)(width|height)($|_)", 100, 1600),
    (r"(^|_)size($|_)|bytes", 1000, 90000),
    (r"duration|(^|_)(seconds|ms|millis|latency|expires_in|ttl)($|_)", 30, 7200),
    (r"(^|_)id$", 1000, 999999),
)


_WHOLE: Final = re.compile(
    r"(^|_)(id|age|year|month|day|hour|port|quantity|qty|counts?|pages?|position|index|level|rank)$"
)
"""What is counted, also where a generator of contracts writes `number` for every number."""


def identifies(name: str) -> bool:
    """Tell whether a property of this name tells things of one kind apart, so that two of them do not share
    its value.
    """
    return _IDENTIFIES.search(name) is not None


def is_whole(name: str) -> bool:
    """Tell whether a number of this name is a whole one."""
    return _WHOLE.search(name) is not None


def stays_empty(name: str) -> str:
    """Tell what a property of this name had better leave out.

    `page` where it leads to another page, of which a value that was made up has none; `fault` where it holds
    what went wrong, if anything did; "" for all others.
    """
    if _MORE.search(name):
        return "page"
    if _FAULT.search(name):
        return "fault"
    return ""


def is_left_over(name: str) -> bool:
    """Tell whether a list of this name holds what something could not be done with: nothing, as a rule."""
    return _LEFT_OVER.search(name) is not None


def is_generic(name: str) -> bool:
    """Tell whether a name says only where something is (`data`, `items`), not what it is."""
    return not name or name in _GENERIC or singular(name) in _GENERIC


def truth(name: str, random: Random) -> bool:
    """Return the ordinary answer to a yes-or-no name: things are active, and not deleted."""
    if _FALSE.search(name):
        return False
    return _TRUE.search(name) is not None or random.random() < 0.5


class Names:
    """The table, with what was once looked up remembered; names are given in snake case, but to `normal`.

    bounds(name): between which numbers a property of this name lies in ordinary life, or None.
    """

    def __init__(self) -> None:
        # Bounded, as the keys of a map may be other names each time.
        self.normal = lru_cache(KEPT)(snake_case)
        self.singular = lru_cache(KEPT)(singular)
        self.is_generic = lru_cache(KEPT)(is_generic)
        self.stays_empty = lru_cache(KEPT)(stays_empty)
        self.is_left_over = lru_cache(KEPT)(is_left_over)
        self.bounds = lru_cache(KEPT)(self._find_bounds)
        self.is_whole = lru_cache(KEPT)(is_whole)
        self._provider = lru_cache(KEPT)(self._find)

    @cached_property
    def _strings(self) -> list[tuple[re.Pattern[str], Provider]]:
        return [(re.compile(pattern), make) for pattern, make in _STRINGS]

    @cached_property
    def _numbers(self) -> list[tuple[re.Pattern[str], float, float]]:
        return [(re.compile(pattern), low, high) for pattern, low, high in _NUMBERS]

    def candidates(self, name: str, entity: EntityContext) -> tuple[str, ...]:
        """Return strings that a property of this name might hold, best first; empty where the name says
        nothing.
        """
        make = self._provider(name)
        if make is not None:
            found = make(entity)
        elif name.endswith("_name"):
            found = _name(entity, name.removesuffix("_name"))
        else:
            return ()
        return (found,) if isinstance(found, str) else found

    def _find(self, name: str) -> Provider | None:
        for pattern, make in self._strings:
            if pattern.search(name):
                return make
        return None

    def _find_bounds(self, name: str) -> tuple[float, float] | None:
        for pattern, low, high in self._numbers:
            if pattern.search(name):
                return low, high
        return None
