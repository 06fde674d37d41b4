"""The vocabulary of members: what a text or a number of a name is, in one table, the first that speaks
counts.

Each group names its source. Where nothing stands beside a group, its words are those that members with
authored examples have in public descriptions (https://github.com/APIs-guru/openapi-directory).
"""

from __future__ import annotations

import base64
import re
from collections.abc import Callable, Mapping
from typing import Final

from faker.providers.bank import Provider as BankProvider
from faker.providers.bank import de_DE, en_GB, es_ES, fr_FR, nl_NL, no_NO

from understudy.names import plural
from understudy.schemas.entity import EntityContext, mail_address, names_company, names_person
from understudy.schemas.moments import instant
from understudy.schemas.registries import (
    book_number,
    device_number,
    licence_plate,
    parcel_number,
    provider_number,
    sim_number,
    vehicle_number,
)

Told = str | tuple[str, ...]
"""A value, or several of which the first that its schema accepts is taken."""
Provider = Callable[[EntityContext], Told]
Exact = Callable[[EntityContext], float]
"""Says a number, as far as the object or its place tells it."""

GOODS: Final = (
    "Bottle", "Backpack", "Lamp", "Notebook", "Chair", "Keyboard", "Jacket", "Mug", "Headphones", "Desk",
    "Camera", "Bicycle",
)  # fmt: skip
MAKES: Final = ("Classic", "Compact", "Everyday", "Premium", "Folding", "Cordless", "Junior", "Original")
ACCOUNTS: Final = (
    "Operating Account", "Business Savings", "Payroll Account", "Tax Reserve Account", "Petty Cash",
    "Accounts Receivable", "Office Equipment", "Accounts Payable", "Share Capital", "Product Sales",
    "Consulting Income", "Office Supplies", "Rent",
)  # fmt: skip
BANKS: Final = (
    "Barclays", "Deutsche Bank", "DNB", "HSBC", "JPMorgan Chase", "Rabobank", "Royal Bank of Canada",
    "Westpac",
)  # fmt: skip
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
CATEGORIES: Final = (
    "Groceries", "Travel", "Utilities", "Education", "Health", "Home", "Entertainment", "Electronics",
    "Gifts", "Insurance",
)  # fmt: skip
TEAMS: Final = ("Finance", "Operations", "Sales", "Engineering", "Support", "Marketing", "Legal", "Research")
PLANS: Final = ("Starter", "Standard", "Professional", "Business", "Enterprise")
_ROLES: Final = ("admin", "editor", "viewer", "member")
_LABELS: Final = ("bug", "urgent", "follow-up", "customer-request", "in-review", "backlog")
_KEYWORDS: Final = ("new", "popular", "featured", "seasonal", "favourite", "summer", "classic", "outdoor")
_TRAITS: Final = (
    "First",
    "Second",
    "New",
    "Main",
    "Shared",
    "Regional",
    "Seasonal",
    "Internal",
    "Public",
    "Basic",
)
_ROOMS: Final = ("Kitchen", "Hallway", "Office", "Living room", "Garage", "Loading dock")
SPECIES: Final = ("Bella", "Rocky", "Luna", "Milo", "Daisy", "Oscar", "Coco", "Simba")


# ---- what a thing is called


def name_of(entity: EntityContext, owner: str = "") -> Told:
    """Name a thing after what it is: `owner`, else the object it stands in."""
    owner = owner or entity.owner
    if names_person(owner):
        return persons_name(entity)
    if names_company(owner):
        return entity.company
    for pattern, make in NAMES_BY_OWNER:
        if pattern.search(owner):
            return make(entity)
    return label(owner or "item", entity)


def label(name: str, entity: EntityContext) -> tuple[str, ...]:
    """Return what a thing may be labelled that nothing else is known of: by what it is, `Shared trail 4`."""
    words = name.replace("_", " ").strip() or "item"
    number = entity.random.randrange(1, 100)
    return (
        f"{words[:1].upper()}{words[1:]} {number}",
        f"{words.replace(' ', '-')}-{number}",
        f"{words[:1].upper()}{number}",
    )


def persons_name(entity: EntityContext) -> str:
    """Return the full name of the person an object is about."""
    return f"{entity.person.first_name} {entity.person.last_name}"


def _owner(words: str) -> re.Pattern[str]:
    return re.compile(rf"(^|_)({words})s?($|_)")


def one_of(*values: str) -> Provider:
    """Return what says one of some texts."""
    return lambda entity: entity.random.choice(values)


def _always(*values: str) -> Provider:
    return lambda _: values


def _numbered(head: str) -> Provider:
    return lambda entity: f"{head} {entity.random.randrange(1, 30)}"


def _last(name: str) -> str:
    return name.rpartition("_")[2]


def _file_name(entity: EntityContext) -> str:
    """Return the name of a file, of a picture or a film where the object is one."""
    stems: tuple[str, ...] = ("invoice", "contract", "report", "receipt", "statement")
    ending = "pdf"
    if _IS_PICTURE.search(entity.owner):
        stems, ending = ("harbour", "garden", "front", "detail", "portrait"), "jpg"
    elif _IS_FILM.search(entity.owner):
        stems, ending = ("tour", "interview", "introduction"), "mp4"
    stem = entity.random.choice(stems)
    return f"{stem}-{entity.random.randrange(2023, 2026)}-{entity.random.randrange(1, 13):02}.{ending}"


_IS_PICTURE: Final = _owner("image|photo|picture|avatar|logo|thumbnail|cover|banner|icon")
_IS_FILM: Final = _owner("video|clip|film|movie|recording")
_IS_WORK: Final = _owner("task|ticket|issue|case|project|request|card|todo|conversation|deal|lead|incident")

_IS_SHOWN: Final = _owner(
    "playlist|channel|list|group|team|role|project|product|item|category|field|column|table|report|dashboard|"
    "page|space|workspace|plan|model|policy|resource|service|device|metric|type|status|attribute|option|event"
)
"""What is shown under a name, and is nobody."""

_RESTAURANT: Final = one_of(
    "Luigi's",
    "The Corner Table",
    "Saffron House",
    "Golden Dragon",
    "Casa Lola",
    "The Olive Branch",
    "Blue Lagoon",
)
_HOTEL: Final = one_of(
    "Hotel Astoria", "Harbour Inn", "Parkview Lodge", "Hotel Meridian", "Seaside Resort", "The Old Mill Inn",
    "City Garden Hotel",
)  # fmt: skip
PROPER: Final = (_RESTAURANT, _HOTEL)
"""Names of which another one does where authors show one."""

NAMES_BY_OWNER: Final[tuple[tuple[re.Pattern[str], Provider], ...]] = (
    (_owner("menu_item|recipe|dish|meal"), one_of("Tomato soup", "Chicken curry", "Mushroom risotto")),
    (_owner("account|ledger"), one_of(*ACCOUNTS)),
    (_owner("bank|institution"), one_of(*BANKS)),
    (_owner("plan|subscription|tier|package|edition"), one_of(*PLANS)),
    (_owner("product|item|sku|price|goods|article|good"),
     lambda s: f"{s.random.choice(MAKES)} {s.random.choice(GOODS)}"),
    (_owner("file|attachment|document|blob|asset|upload"), _file_name),
    (_owner("warehouse|depot|hub|clinic|hospital|school|branch_office|campus|gym|library_branch|facility"),
     lambda s: f"{s.city.name} {_last(s.owner).title()}"),
    (_owner("venue|hall|theat(er|re)"), one_of("Town Hall", "Riverside Theatre", "The Old Mill")),
    (_owner("restaurant|cafe|bistro|diner"), _RESTAURANT),
    (_owner("hotel|hostel|resort|inn"), _HOTEL),
    (_owner("medication|medicine|drug"), one_of("Amoxicillin", "Metformin", "Ibuprofen", "Lisinopril")),
    (_owner("route|trail|itinerary"), lambda s: f"{s.city.name} - {s.random.choice(s.country.cities).name}"),
    (_owner("guild|clan|squad"), one_of("Iron Wolves", "Night Owls", "Emerald Order", "Storm Riders")),
    (_owner("weapon|spell|loot"), one_of("Oak Shield", "Silver Sword", "Frost Bow", "Ember Ring")),
    (_owner("sensor|thermostat|camera|lock|light"), lambda s: f"{s.random.choice(_ROOMS)} {_last(s.owner)}"),
    (_owner("country"), lambda s: s.country.name),
    (_owner("city|station|place|location|venue|town|stop"), lambda s: s.city.name),
    (_owner("region|state|province"), lambda s: s.city.region),
    (_owner("currency"), lambda s: s.country.money.name),
    (_owner("language"), lambda s: s.country.language_name),
    (_owner("pet|dog|cat|animal"), one_of(*SPECIES)),
    (_owner("role|permission_set"), one_of(*_ROLES)),
    (_owner("categor(y|ie)|genre|topic|department_group"), one_of(*CATEGORIES)),
    (_owner("team|department|group|division|unit|workspace"), one_of(*TEAMS)),
    (_owner("tag|keyword"), one_of(*_KEYWORDS)),
    (_owner("label|flag"), one_of(*_LABELS)),
    (_owner("metric|meter|indicator"), one_of("Active users", "Storage used", "API calls", "Response time")),
    (_owner("tax|vat"), one_of("Standard rate", "Reduced rate", "Zero rate")),
    (_owner("repo|repository|branch|library|module|workflow|environment|variable|secret|field|key"
            "|bucket|cluster|server|node|host|device|queue|index|table|database|dataset|schema|column|service"
            "|app|application"),
     lambda s: f"{_last(s.owner) or 'main'}-{s.random.randrange(1, 60):02}"),
    (_owner("project|task|ticket|issue|event|meeting|report|milestone|story|goal|video|episode|show"
            "|book|post|page|campaign|survey|form|course|lesson|board|card|dashboard|chart"),
     one_of(*_TITLES)),
)  # fmt: skip


def _email(entity: EntityContext) -> str:
    if entity.is_company and not entity.is_person:
        return mail_address(entity.company, entity.random)
    return entity.person.email


def _full_name(entity: EntityContext) -> str:
    if entity.is_company:
        return entity.company
    return persons_name(entity)


def _display_name(entity: EntityContext) -> Told:
    """Return how somebody is shown, or any other thing that people see."""
    if entity.is_person or entity.is_company or not _IS_SHOWN.search(entity.owner):
        return _full_name(entity)
    return name_of(entity)


def _state(entity: EntityContext) -> tuple[str, ...]:
    """Tell the state somebody lives in from the state a thing is in."""
    if entity.is_address or entity.is_person or entity.is_company:
        return entity.city.region_code, entity.city.region, "active"
    return ("active",)


def _phone(entity: EntityContext) -> tuple[str, ...]:
    dial = entity.country.dial
    local = f"555{entity.number(6)}"
    return f"{dial}{local}", local, f"555-0{entity.number(3)}"


def _amount(entity: EntityContext) -> tuple[str, ...]:
    return f"{entity.random.randrange(500, 50000) / 100:.2f}", entity.number(4)


def _written_amount(entity: EntityContext) -> str:
    return entity.country.money.written(entity.random.randrange(500, 50000) / 100)


def _code(entity: EntityContext) -> tuple[str, ...]:
    """Return the code of what an object is: of a currency, a country, a language, else three letters and
    digits.
    """
    if "currency" in entity.owner:
        return (entity.country.money.code,)
    if _last(entity.owner) == "country":
        return entity.country.alpha2, entity.country.alpha3
    if _last(entity.owner) in ("language", "locale"):
        return entity.country.language, entity.country.locale
    return f"{(_last(entity.owner) or 'code')[:3].upper()}{entity.number(3)}", entity.number(4)


_IS_NUMBERED: Final = _owner("invoice|order|quote|receipt|credit_note|ticket|case|claim|booking|reservation")


def _number_of(entity: EntityContext) -> tuple[str, ...]:
    """Return the number of what an object is: papers have some letters before it."""
    if _IS_NUMBERED.search(entity.owner):
        return f"{_last(entity.owner)[:3].upper()}-{entity.number(5)}", entity.number(6)
    return (entity.number(6),)


def _permission(entity: EntityContext) -> str:
    """Return what somebody may do, as OAuth scopes are often written."""
    return f"{entity.random.choice(('read', 'write'))}:{plural(_last(entity.owner) or 'item')}"


def _login(entity: EntityContext) -> str:
    """Return the name by which somebody logs in elsewhere."""
    return entity.person.email.partition("@")[0].replace(".", "-")


def _month_of_a_year(entity: EntityContext) -> str:
    return f"{entity.random.randrange(2023, 2026)}-{entity.random.randrange(1, 13):02}"


def _tag(entity: EntityContext) -> str:
    """Return what is stuck on work that somebody has to do, or on any other thing."""
    if _IS_WORK.search(entity.owner):
        return entity.random.choice(_LABELS)
    return entity.random.choice(_KEYWORDS)


def _prose(entity: EntityContext) -> tuple[str, ...]:
    """Return a sentence about what an object is, and a shorter text."""
    about = f"{entity.random.choice(_TRAITS)} {_last(entity.owner) or 'note'}"
    return f"{about}. {entity.random.choice(_SENTENCES)}", about


def _coordinate(of: str) -> Provider:
    return lambda entity: f"{getattr(entity.city, of):.4f}"


def address_of_page(entity: EntityContext, ending: str = "") -> str:
    """Return an address where something of the object may be found, on the host of the contract."""
    owner = plural(_last(entity.owner) or "page").replace("_", "-")
    return f"https://{entity.site}/{owner}/{entity.hexadecimal(8)}{ending}"


def _link(ending: str = "") -> Provider:
    return lambda entity: address_of_page(entity, ending)


OWN_ADDRESS: Final = r"^((html|web|api|public|share|canonical)_)?(self|url|uri|href|link|permalink)$"
"""Members whose address is that of the object they stand in: GitHub's `html_url`, HAL's `self`."""


def _own_address(entity: EntityContext) -> str:
    """Return the address of the object itself, which ends in its id."""
    found = address_of_page(entity)
    return f"{found.rpartition('/')[0]}/{entity.id}" if entity.id else found


def _picture(entity: EntityContext) -> tuple[str, ...]:
    return address_of_page(entity, ".png"), f"{_last(entity.owner) or 'image'}-{entity.hexadecimal(6)}.png"


class _InSweden(BankProvider):
    """Swedish account numbers, which Faker does not have: 20 digits, as ISO 13616 registers them."""

    country_code = "SE"
    bban_format = "#" * 20


_BANKING: Final[Mapping[str, type[BankProvider]]] = {
    "DE": de_DE.Provider, "ES": es_ES.Provider, "FR": fr_FR.Provider, "GB": en_GB.Provider,
    "NL": nl_NL.Provider, "NO": no_NO.Provider, "SE": _InSweden,
}  # fmt: skip
"""What writes the account numbers of a country."""


def _bank(entity: EntityContext) -> BankProvider:
    """Return what writes account numbers of an object's country; German ones where it has none of ISO
    13616.
    """
    return _BANKING.get(entity.country.alpha2, de_DE.Provider)(entity.fake)


def _label(entity: EntityContext) -> Told:
    """Return what work that somebody has to do is labelled, or what any other thing is called."""
    if _IS_WORK.search(entity.owner):
        return entity.random.choice(_LABELS)
    return name_of(entity)


_PICTURED: Final = "(avatar|image|picture|photo|logo|icon|thumbnail|banner|cover)s?"

_HOURS_FROM_UTC: Final[Mapping[str, int]] = {
    "US": -5, "CA": -5, "GB": 0, "DE": 1, "FR": 1, "ES": 1, "NL": 1, "NO": 1, "SE": 1, "JP": 9, "AU": 10,
}  # fmt: skip
"""By how much the clocks of a country's zone are ahead in winter (IANA time zone database)."""


def _hours_from_utc(entity: EntityContext) -> int:
    return _HOURS_FROM_UTC.get(entity.country.alpha2, 0)


def _offset(entity: EntityContext) -> str:
    """Return by how much the clocks of an object's country are ahead, as RFC 3339 writes it."""
    return f"{_hours_from_utc(entity):+03}:00"


# ---- texts

_ELSEWHERE: Final = "^(destination|drop_?off|arrival|to|receiver|consignee)"
"""What is somewhere else than where a way begins."""

FIRST: Final[tuple[tuple[str, Provider], ...]] = (
    # numbers that are registered
    (r"(^|_)vin(_number)?$|vehicle_identification_number$|chassis_(number|no)$", vehicle_number),
    (r"licen[cs]e_?plate|plate_?(number|no)$|number_?plate|^plate$|^registration_plate$", licence_plate),
    (r"driv(er|ing)s?_?licen[cs]e(_?(number|no))?$|licen[cs]e_?(number|no)$",
     lambda s: f"{s.hexadecimal(1).upper()}{s.number(8)}"),
    (r"isbn_?10$", book_number),
    (r"isbn", lambda s: s.fake.isbn13()),
    (r"^issn$", lambda s: f"{s.number(4)}-{s.number(4)}"),
    (r"(^|_)doi$", lambda s: f"10.1000/{s.number(6)}"),  # 10.1000 is the DOI Foundation's own
    (r"(^|_)imei$", device_number),
    (r"(^|_)iccid$", sim_number),
    (r"(^|_)imsi$", lambda s: f"001{s.number(12)}"),  # 001: for tests (ITU-T E.212)
    (r"(^|_)npi(_?(number|no))?$", provider_number),
    (r"(^|_)ndc(_?(code|number))?$", lambda s: f"{s.number(5)}-{s.number(3)}-{s.number(2)}"),
    (r"^(mrn|medical_record_(number|no)|patient_number)$", lambda s: f"MRN-{s.number(6)}"),
    (r"(tracking|waybill|awb|parcel|consignment)_?(number|no|code)$", parcel_number),
    (r"(wallet|contract|token|account)_address$", lambda s: f"0x{s.hexadecimal(40)}"),  # Ethereum
    (r"^(tx|transaction|block)_?hash$", lambda s: f"0x{s.hexadecimal(64)}"),
    (r"^(token|coin|asset|crypto)_?symbol$|^ticker$", one_of("USDC", "ETH", "BTC")),
    (r"^(pin|puk)(_?code)?$", lambda s: (s.number(4), s.number(8))),
    (r"^(merchant_category_code|mcc)$", one_of("5411", "5812", "4111", "5732")),  # ISO 18245
    (r"^table_?(number|no)$", lambda s: str(s.random.randrange(1, 30))),
    (r"(membership|loyalty|member|customer|client)_?(number|no)$", lambda s: s.number(8)),
    (r"(loan|claim|confirmation|booking|reservation|contract|police_report|certificate)_?(number|no|code)$",
     lambda s: (f"{(_last(s.owner) or 'ref')[:3].upper()}-{s.number(6)}", s.number(8))),
    (r"flight_?(number|no)$", lambda s: f"{s.random.choice(('LH', 'KL', 'SK', 'DL'))}{s.number(3)}"),
    (r"passport_?(number|no)?$", lambda s: f"{s.random.choice('CELX')}{s.number(8)}"),
    (r"(^|_)(insurance|policy|insurance_policy)_?(number|no)$", lambda s: f"POL-{s.number(7)}"),
    (r"^mls(_?(number|id))?$", lambda s: s.number(7)),
    (r"(student|employee|staff|badge|personnel)_?(number|no)$", lambda s: s.number(6)),
    (r"^(room|unit|apartment|suite|flat|locker|table|desk|stall|bay)_?(number|no)$",
     lambda s: str(s.random.randrange(101, 420))),
    (r"^floor(_number)?$|^storey$", lambda s: str(s.random.randrange(1, 9))),
    (r"model_?(number|no|code)$", lambda s: f"{s.random.choice(('RX', 'TS', 'M', 'EX'))}-{s.number(3)}"),
    (r"^sku(_?(code|number|id))?$|_sku(_code)?$",
     lambda s: (f"{s.random.choice(GOODS)[:3].upper()}-{s.number(5)}", s.number(8))),
    (r"(time_?zone|utc|gmt)_?offset$", _offset),
    (r"card_?(exp(iry|iration)?|expires)(_?date)?$", lambda s: f"{s.random.randrange(1, 13):02}/28"),
    (r"(^|_)(opening|opens|open|check_?in)_?(time|hour)s?$|^opens(_at)?$|^open_from$",
     one_of("08:00", "09:00", "10:00")),
    (r"(^|_)(closing|closes|close|check_?out)_?(time|hour)s?$|^closes$|^open_(until|to)$",
     one_of("17:00", "18:00", "20:00")),
    (r"^(opening|business|office|working|operating)_?hours$",
     one_of("Mon-Fri 09:00-17:00", "Daily 10:00-20:00")),
    (r"^days?_of_(the_)?week$|^week_?days?$|^(working|class|meeting|available)_?days?$",
     one_of("Monday", "Tuesday", "Wednesday", "Thursday", "Friday")),
    # addresses of people elsewhere
    (r"linked_?in(_?(url|profile|link))?$", lambda s: f"https://www.linkedin.com/in/{_login(s)}"),
    (r"git_?hub_?(url|profile|link)$", lambda s: f"https://github.com/{_login(s)}"),
    (r"twitter(_?(handle|username))?$|^instagram(_?(handle|username))?$", lambda s: f"@{_login(s)}"),
    (r"git_?hub(_?(username|handle|user|login))?$", _login),
    # where something is
    (r"^(start|end|pick_?up|drop_?off|from|to|origin|destination|departure|arrival|current|last|last_known)"
     r"_?(location|place|point|stop|station)$", lambda s: s.random.choice(s.country.cities).name),
    (r"^(office|work|job|branch|store|site)_?location$", lambda s: f"{s.city.name}, {s.country.name}"),
    (r"^(home|work|office|venue|property|mailing|full|pick_?up|drop_?off|delivery|shipping|billing)_?"
     r"address$",
     lambda s: f"{s.street}, {s.city.postcode} {s.city.name}"),
    (rf"{_ELSEWHERE}_(city|town|locality)$", lambda s: s.elsewhere.name),
    (rf"{_ELSEWHERE}_(state|province|region)(_code)?$",
     lambda s: (s.elsewhere.region_code, s.elsewhere.region)),
    (rf"{_ELSEWHERE}_(zip|postal|post)_?(code)?$", lambda s: s.elsewhere.postcode),
    (r"(^|_)birth_?place$|^place_of_birth$|^(home|birth)_?town$", lambda s: s.city.name),
)  # fmt: skip
"""What has a form of its own, whatever the words of its name say otherwise."""

STRINGS: Final[tuple[tuple[str, Provider], ...]] = (
    # standards, by the names that `descriptions` gives them
    (r"^iso_duration$", lambda s: f"P{s.random.randrange(1, 30)}D"),
    (r"^moment_at$", lambda s: instant(s.moment("moment_at"))),
    (r"^country_alpha3$", lambda s: (s.country.alpha3, s.country.alpha2)),
    (r"^subdivision_code$", lambda s: (f"{s.country.alpha2}-{s.city.region_code}", s.city.region_code)),
    (r"^base64$", lambda s: base64.b64encode(s.hexadecimal(16).encode()).decode()),
    # what would be mistaken further down
    # the address of something, whatever it is of: `mobileDestinationUrl`, `customerPortalUrl`
    (rf"{_PICTURED}_?(ur[il]|link|href|src)s?$", _picture),
    (OWN_ADDRESS, _own_address),
    (r"(^|_)(ur[il]|href)s?$", _link()),
    (r"(^|_)year_?month$|^month_?year$", _month_of_a_year),  # ISO 8601
    (r"(^|_)month$", lambda s: (f"{s.random.randrange(1, 13):02}", "March")),
    # IANA media types
    (r"(mime|content|media)_?type$", one_of("application/pdf", "image/png", "text/plain")),
    (r"^(object|entity|resource)(_type)?$", lambda s: s.owner or "object"),
    (r"(^|_)(type|kind)$", lambda s: s.owner or "standard"),
    (r"^rel$", _always("self")),  # RFC 8288, registry of link relations
    (r"^(http_)?(method|verb)$", _always("GET")),  # RFC 9110
    (r"(^|_)i_?p_?v_?6", lambda s: f"2001:db8::{s.hexadecimal(4)}"),  # RFC 3849: for documentation
    # RFC 5737: for documentation
    (r"(^|_)i_?p(_?v_?4)?(_?addr(ess)?)?(es)?$|^cidr$", lambda s: f"192.0.2.{s.random.randrange(1, 255)}"),
    (r"(^|_)mac(_?address)?$", lambda s: "02:" + ":".join(s.hexadecimal(2) for _ in range(5))),
    # people: schema.org/Person
    (r"(first|given|fore)_?name|^first$", lambda s: s.person.first_name),
    (r"(last|family|sur)_?name|^last$", lambda s: s.person.last_name),
    (r"middle_?name|middle_initial", lambda s: s.fake.first_name()),
    (r"(user|login|screen|nick)_?name|^(login|handle|nick|username)$",
     lambda s: s.person.email.partition("@")[0]),
    (r"^display_?name$", _display_name),
    (r"(^|_)contact(_person)?_?name$", persons_name),
    (r"(full|display|legal|person|contact|customer|author|owner|holder|recipient|employee|real|billing"
     r"|shipping|card_?holder|beneficiary|receiver|consignee)_?name$",
     _full_name),
    (r"(^|_)e?mail_?domains?$", lambda s: _email(s).partition("@")[2]),  # RFC 5322
    (r"e_?mail(_?addr(ess)?)?(es|s)?$", _email),
    (r"(phone|mobile|dial(l?ing)?|calling)_?country(_?code)?$", lambda s: (s.country.alpha2, s.country.dial)),
    (r"phone|mobile|(^|_)(fax|tel|msisdn)($|_)", _phone),
    (r"gender|^sex$", one_of("female", "male")),
    (r"salutation|honorific|^prefix$", one_of("Ms", "Mr")),
    (r"passw(or)?d|passphrase", lambda s: f"Correct-{s.number(4)}-{s.hexadecimal(6)}"),
    (r"^(ssn|social_security_number)$", lambda s: f"{s.number(3)}-{s.number(2)}-{s.number(4)}"),
    (r"(^|_)(author|artist|illustrator|photographer|composer|director|actor|speaker|creator|assignee|reporter"
     r"|approver|reviewer|editor_in_chief|created_by|updated_by|modified_by|changed_by)$", persons_name),
    # companies: schema.org/Organization
    (r"(company|organi[sz]ation|business|employer|vendor|merchant|supplier|trading|org)_?name$",
     lambda s: s.company),
    (r"^(agency|brokerage|firm|studio|shipper|carrier_company|landlord_company|insurer)_name$",
     lambda s: s.company),
    (r"^(company|organi[sz]ation|employer|merchant|vendor|supplier|publisher|manufacturer|brand)$",
     lambda s: s.company),
    (r"department|^team$", one_of(*TEAMS)),
    # money: ISO 4217, ISO 13616 (IBAN), ISO 9362 (BIC); separators as CLDR writes numbers
    (r"(^|_)iban", lambda s: _bank(s).iban()),
    (r"(^|_)(bic|swift)", lambda s: (_bank(s).swift8(), _bank(s).swift11())),
    (r"(^|_)bsb($|_)", lambda s: f"{s.number(3)}-{s.number(3)}"),
    (r"routing|(^|_)aba($|_)", lambda s: s.fake.aba()),
    (r"sort_?code", lambda s: (f"{s.number(2)}-{s.number(2)}-{s.number(2)}", s.number(6))),
    (r"account_?(number|no)$|bank_account$", lambda s: (s.number(11), s.number(8), s.number(4))),
    (r"(bank_?)?account_?name$", one_of(*ACCOUNTS)),
    (r"bank_?name|^bank$", one_of(*BANKS)),
    (r"currency_?symbol", lambda s: s.country.money.symbol),
    (r"currency_?name", lambda s: s.country.money.name),
    (r"decimal_?(separator|mark|point)", lambda s: s.country.money.point),
    (r"(group|thousands?)(ing)?_?separator", lambda s: s.country.money.group),
    (r"currenc(y|ies)(_?(code|iso.*))?$|^ccy$|(^|_)iso_?4217",
     lambda s: (s.country.money.code, s.country.money.code.lower())),
    (r"(price|amount|total|cost|balance|fee|tax|value|money|paid|due|sum|discount|salary|budget|revenue)"
     r"\w*_(display|text|string)$|_formatted$|example_format$", _written_amount),
    (r"last_?(4|four)", lambda s: s.number(4)),
    (r"(vat|tax|gst|registration|org)_?(number|no|id)$|^(ein|tin|abn)$", lambda s: s.number(9)),
    (r"card_?brand|^brand$", one_of("visa", "mastercard")),
    (r"masked_?(card|pan|number|card_?number)|(^|_)(card_?number|pan)_?masked$",  # PCI DSS 3.4: the last four
     lambda s: f"**** **** **** {s.random.randrange(10_000):04}"),
    (r"(^|_)id$|uuid$|^(guid|iid|uid)$", lambda s: (s.hexadecimal(16), s.number(6))),
    (r"amount|(^|_)(price|total|balance|cost|fee|tax|subtotal|net|gross|discount)s?$", _amount),
    (r"(^|_)(rate|percent(age)?|ratio)($|_)", lambda s: f"{s.random.randrange(1, 40) / 4:.2f}"),
    # places: schema.org/PostalAddress, ISO 3166-1 and -2, IANA time zones, BCP 47, ISO 639
    (r"address_?(line)?_?2$|^line_?2$|street_?2", lambda s: f"Suite {s.number(3)}"),
    (r"street|address_?(line)?_?1?$|^line_?1$", lambda s: s.street),
    (r"(^|_)(city|town|locality|suburb)($|_)", lambda s: s.city.name),
    (r"state_code$|region_code$|province_code$", lambda s: s.city.region_code),
    (r"(^|_)(province|county|subdivision)$", lambda s: (s.city.region, s.city.region_code)),
    (r"(^|_)region$", lambda s: (s.city.region, s.city.region_code)),
    (r"(^|_)status$", _always("active")),
    (r"(origin|shipping|billing|home|mailing|delivery|pick_?up|issuing|birth|from|to)_state$",
     lambda s: (s.city.region_code, s.city.region)),
    (r"(^|_)state$", _state),
    (r"(zip|postal|post)_?(code)?$", lambda s: s.city.postcode),
    (r"country_?name", lambda s: s.country.name),
    (r"countr(y|ies)|nationality", lambda s: (s.country.alpha2, s.country.alpha3, s.country.name)),
    (r"(^|_)lat(itude)?$", _coordinate("latitude")),
    (r"(^|_)(lng|lon|longitude)$", _coordinate("longitude")),
    (r"time_?zone|^tz$", lambda s: s.country.zone),
    (r"locale$", lambda s: (s.country.locale, s.country.language)),
    (r"language_?name", lambda s: s.country.language_name),
    (r"(^|_)lang(uage)?(_?code)?s?$", lambda s: (s.country.language, s.country.locale)),
    (r"^(location|place|venue|origin|destination|departure|arrival)$",
     lambda s: (s.city.name, s.country.name, s.country.alpha2)),
    # the web and machines: RFC 3986, RFC 6761 (`.example` leads nowhere), semver.org, CSS colours
    (rf"{_PICTURED}$", _picture),
    (r"(^|_)(ur[il]s?|href|link|website|homepage|webhook|callback|endpoint|redirect)s?($|_)|ur[il]$",
     _link()),
    (r"domain|host_?name|^host$|^fqdn$", lambda s: f"{_last(s.owner) or 'www'}.{s.site}"),
    (r"user_?agent", lambda s: s.fake.user_agent()),
    (r"file_?name|attachment_name", _file_name),
    (r"(^|_)extension$", _always("pdf")),
    (r"path$|(^|_)(folder|directory)$",
     lambda s: f"/{plural(_last(s.owner) or 'file')}/{s.random.randrange(1, 100)}"),
    (r"(^|_)(sha|sha1|commit|oid)$|commit_id", lambda s: s.hexadecimal(40)),
    (r"(sha_?256|checksum|digest|hash|fingerprint|signature)$", lambda s: s.hexadecimal(64)),
    (r"(^|_)(md5|etag)$|token|secret|(api|access)_?key", lambda s: s.hexadecimal(32)),
    (r"version$", lambda s: f"{s.random.randrange(1, 5)}.{s.random.randrange(10)}.{s.random.randrange(10)}"),
    (r"colou?r|^hex$",
     lambda s: (f"#{s.hexadecimal(6)}", s.hexadecimal(6), s.random.choice(("red", "green", "blue")))),
    (r"emoji", _always("🌲", "smile")),
    (r"(^|_)(os|operating_system)$", one_of("Linux", "Windows", "macOS")),
    (r"^platform$", one_of("web", "ios", "android")),
    (r"(^|_)browser$", one_of("Firefox", "Chrome", "Safari")),
    (r"(date|time|number)_?format$", one_of("YYYY-MM-DD", "DD/MM/YYYY")),
    (r"(^|_)format$", one_of("json", "csv")),
    (r"(^|_)(scope|permission|privilege|action)s?$", _permission),
    (r"(^|_)(role)s?$", one_of(*_ROLES)),
    (r"(^|_)(query|expression|condition|filter|formula)$", one_of("status = 'active'", "amount > 100")),
    (r"(^|_)(ssh_?key|public_?key)$", lambda s: f"ssh-ed25519 {s.hexadecimal(40)}"),
    # things
    (r"slug|permalink",
     lambda s: f"{s.random.choice(_TITLES).lower().replace(' ', '-')}-{s.random.randrange(2, 90)}"),
    (r"(^|_)sku$|barcode|^(upc|ean|gtin)$",  # GS1
     lambda s: (f"{s.random.choice(GOODS)[:3].upper()}-{s.number(5)}", s.number(12))),
    (r"(invoice|order|receipt|quote|ticket|reference|document|case|tracking|note)_?(number|no|num)$"
     r"|(^|_)(reference|ref_?no)$",
     lambda s: (f"{(s.owner or 'ref')[:3].upper()}-{s.number(5)}", s.number(6))),
    (r"serial(_?(number|no))?$", lambda s: f"SN{s.number(8)}"),
    (r"(^|_)code$", _code),
    (r"(^|_)number$", _number_of),
    (r"^(subject|headline|heading)$|(^|_)title$", one_of(*_TITLES)),
    (r"descri?(ption)?s?($|_)|summary|(^|_)(note|comment|message|body|content|text|remark|memo"
     r"|detail|bio|about|reason"
     r"|instruction|caption|notes)s?($|_)",
     _prose),
    (r"(^|_)(categor(y|ie)|genre|topic)s?$", one_of(*CATEGORIES)),
    (r"_flag$", lambda s: (s.random.choice("YN"), "true")),  # database convention: one character
    (r"^label$", _label),
    (r"(^|_)(tag|label|keyword|flag)s?$", _tag),
    (r"(^|_)(plan|tier|edition)$", one_of(*PLANS)),
    (r"(^|_)(team|group|division)s?$", one_of(*TEAMS)),
    (r"(^|_)product$", lambda s: f"{s.random.choice(MAKES)} {s.random.choice(GOODS)}"),
    (r"(^|_)(unit|units|uom)$", one_of("kg", "m", "l", "pcs")),  # UN/CEFACT recommendation 20, by symbol
    (r"(^|_)(priority|severity)$", one_of("low", "medium", "high")),
    (r"(^|_)(level|grade)$", one_of("basic", "intermediate", "advanced")),
    (r"(^|_)size$", one_of("S", "M", "L")),
    (r"(^|_)(frequency|interval|period|cadence|recurrence)$", one_of("monthly", "weekly", "yearly")),
    (r"(^|_)(gender|sex)$", one_of("female", "male")),
    (r"(^|_)(environment|env)$", one_of("production", "staging")),
    (r"(^|_)(mode)$", one_of("automatic", "manual")),
    (r"(^|_)(source|channel|medium)$", one_of("web", "email", "partner")),
    (r"(^|_)(value|default|default_value|min|max|threshold|limit|weight|height|width|length|score"
     r"|count|quantity)$",
     lambda s: s.number(2)),
    (r"(^|_)(humanized|ago)$|_ago$", lambda s: f"{s.random.randrange(2, 28)} days ago"),
    (r"^name$|^label$|display", name_of),
)  # fmt: skip

EXACT: Final[tuple[tuple[str, Exact], ...]] = (
    (r"(^|_)lat(itude)?$", lambda s: s.city.latitude),  # WGS 84
    (r"(^|_)(lng|lon|long|longitude)$", lambda s: s.city.longitude),
    (
        r"(^|_)decimal_?(digits|places)$|^(decimals|fraction_digits)$",
        lambda s: s.country.money.decimals,
    ),  # ISO 4217
    (r"(tax|vat|gst)_?(rate|percent(age)?)$", lambda s: s.random.choice((7, 10, 19, 20, 25))),
    (r"discount_?(percent(age)?|rate|pct)$|^percent_off$", lambda s: s.random.choice((5, 10, 15, 20, 25))),
    # what people are paid is a round sum
    (r"salary|annual_(pay|income|compensation)|base_pay", lambda s: s.random.randrange(64, 290) * 500),
    (
        r"(^|_)(min(imum)?|required)_age$|(^|_)age_(restriction|limit|rating)",
        lambda s: s.random.choice((12, 16, 18)),
    ),
    (r"(time_?zone|utc|gmt)_?offset_?(minutes|mins?)$", lambda s: _hours_from_utc(s) * 60),
    (r"(time_?zone|utc|gmt)_?offset_?(seconds|secs?)$", lambda s: _hours_from_utc(s) * 3600),
    (r"(time_?zone|utc|gmt)_?offset(_?hours)?$", _hours_from_utc),
)
"""Numbers that the place of an object tells."""

# ---- numbers: between which they lie in ordinary life

NUMBERS: Final[tuple[tuple[str, float, float], ...]] = (
    (r"(^|_)lat(itude)?$", -60, 70),
    (r"(^|_)(lng|lon|longitude)$", -180, 180),
    (r"^precision$", 0, 6),
    (r"(^|_)(percent(age)?|pct|progress)($|_)", 1, 100),
    (r"(^|_)(rate|ratio|probability|confidence|opacity)($|_)", 0.01, 1),
    (r"rating|stars", 1, 5),
    (r"(^|_)score$", 1, 100),
    (r"(^|_)age$", 18, 80),
    (r"(^|_)exp(iry|iration|ires)?_year$", 2026, 2031),
    (r"(^|_)year$", 2020, 2025),
    (r"(^|_)month$", 1, 12),
    (r"(^|_)(day_of_week|week_?day)$", 1, 7),
    (r"(^|_)(day|hour)s?$", 1, 23),
    (r"(^|_)day_of_month$", 1, 28),
    (r"(^|_)(minute|second)$", 0, 59),
    (r"(^|_)port$", 1024, 49151),  # RFC 6335: those that are registered
    (r"(^|_)(http_)?status_?code$", 200, 200),
    (r"(^|_)(limit|page_?size|per_?page)$", 10, 100),
    (r"(^|_)(offset|skip)$", 0, 0),
    (r"quantity|(^|_)(qty|counts?|pages?|position|order|index|priority|level|sequence|rank)($|_)", 1, 12),
    (r"amount|price|total|balance|cost|(^|_)(fee|tax|subtotal|net|gross)($|_)", 5, 900),
    (r"(^|_)(width|height)($|_)", 100, 1600),
    (r"(^|_)size($|_)|bytes", 1000, 90000),
    (r"duration|(^|_)(seconds|ms|millis|latency|expires_in|ttl)($|_)", 30, 7200),
    (r"temperature", 5, 35),
    (r"(^|_)id$", 1000, 999999),
)

WHOLE: Final = re.compile(
    r"(^|_)(id|age|year|month|day|hour|port|quantity|qty|counts?|pages?|position|index|level|rank|limit"
    r"|offset"
    r"|page_?size|per_?page|decimal_?(digits|places)|decimals)$"
)
"""What is counted, also where a generator of contracts writes `number` for every number."""
