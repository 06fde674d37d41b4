"""Variation: what an author gave as an example of a member, in the same form and of another item."""

from __future__ import annotations

import re
import string
from collections.abc import Sequence
from datetime import date, timedelta
from itertools import takewhile
from operator import attrgetter
from random import Random
from typing import Any, Final
from uuid import UUID

from faker.providers.currency import Provider as Currencies
from faker.providers.date_time import Provider as Dates

from understudy.schemas.entity import NEAREST, EntityContext
from understudy.schemas.places import COUNTRIES
from understudy.schemas.someone import role_in

_UUID: Final = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_DAY: Final = re.compile(r"(\d{4}-\d\d-\d\d)(?=$|[T ])")
_TOKEN: Final = re.compile(r"[^\s]*\d[^\s]*")  # no word: it has a digit, and no blank
_ADDRESS: Final = re.compile(r"[A-Za-z][A-Za-z0-9+.-]*://")
_HEX: Final = re.compile(r"[0-9a-f]*[a-f][0-9a-f]*")
_PREFIX: Final = re.compile(r"^(?:[^\s]*[a-z][^\s]*:|[^\d\s]*[^A-Za-z\d\s])?")  # `cus_`, `sha256:`, `INV-`
_NETWORK: Final = re.compile(r"(?=[^.]*:.*:)([0-9a-fA-F:]+:)[0-9a-fA-F]{1,4}(/\d{1,3})?")  # RFC 4291
_ULID: Final = re.compile(r"[0-7][0-9A-HJKMNP-TV-Z]{25}")
_ULID_LETTERS: Final = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"  # Crockford's base 32
_BECH32: Final = re.compile(r"([a-z][a-z_]*1)[02-9ac-hj-np-z]{20,}")  # BIP 173: what it is, then its data
_BECH32_LETTERS: Final = "023456789acdefghjklmnpqrstuvwxyz"
_COUNTED: Final = re.compile(r"((?:.*[^0-9A-Za-z])?)(\d{1,8})")  # `INV-0042`, `1001`; longer ones are drawn
_CODE: Final = re.compile(r"([A-Z0-9]*?|[a-z]{1,12})(\d{1,8})([A-Z]*)")  # `OIT00546`, `P45IHFA`, `s8906043`
_IPV4: Final = re.compile(r"((?:\d{1,3}\.){3})\d{1,3}")
_DOTTED: Final = re.compile(r"([A-Za-z][\w-]*)((?:\.[A-Za-z][\w-]*)+)")  # `example.com`, `report.pdf`
_MAIL: Final = re.compile(r"([^@\s]+)(@[^@\s]+)")
_CODE_OF: Final = ("locale", "language", "alpha2", "alpha3", "money.code", "zone")
_CODES_OF_PLACES: Final[tuple[tuple[str, ...], ...]] = tuple(
    tuple(dict.fromkeys(map(attrgetter(of), COUNTRIES))) for of in _CODE_OF
)
"""Of locales, languages, countries, currencies and time zones: one of these is followed by another one."""
_ALPHA3_CODES: Final = frozenset(country.alpha_3_code for country in Dates.countries)
_CURRENCIES: Final = frozenset(code for code, _ in Currencies.currencies)
_FURTHER_CODES: Final = ((_ALPHA3_CODES, "alpha3"), (_CURRENCIES, "money.code"))
"""All codes of three letters in ISO 3166-1 and 4217: one that is not of our places is followed by one that
is.
"""
_LEAST_HEX: Final = 8
_DRAWS: Final = 5
_REFERS: Final = re.compile(r"(?!(external|reference|public|unique)_)(\w+)_(id|uuid|guid|gid|sid)$")
_FIXED: Final = re.compile(
    r"year|month|day|hour|minute|version|port$|decimals|digits|status|lat(itude)?$|(lng|lon|longitude)$"
    r"|(^|_)id$"
    r"|(_at|_on|date|time|timestamp|created|updated)$"
)
"""Numbers that stay as an example has them: codes, parts of a date, places, moments."""
_FIXED_TEXT: Final = re.compile(
    r"(^|_)(year|month|day|hour|minute|port|decimals|digits|lat(itude)?|lng|lon|longitude|status_?code)$"
    r"|(zip|postal|post)_?(code)?$"
)
"""Numerals that stay as an example has them, for their digits may not be any: a postcode is its city's."""
_PHONE: Final = re.compile(r"phone|mobile|(^|_)(fax|tel|msisdn)($|_)")
_LOCAL: Final = 4  # digits at the end of a phone number that are somebody's own
_STREET: Final = re.compile(r"street|address_?(line)?_?1?$|^line_?1$")
_HOUSE: Final = re.compile(r"\b\d{1,4}\b")
_DECIMAL: Final = re.compile(r"\d{1,12}\.\d{1,8}")
_FULL_NAME: Final = re.compile(r"[^\W\d_][\w'.-]*( [^\W\d_][\w'.-]*){1,3}")
_TITLED: Final = re.compile(r"(?:(?:Dr|Prof|Mr|Mrs|Ms|Mx)\.? )+")
"""Titles before a name, which another person has too: another doctor is one."""
_PART_OF_A_NAME: Final = re.compile(r"((first|given|fore)_?name|(?P<last>(last|family|sur)_?name))$")
_PERSONS_NAME: Final = re.compile(
    r"(person|contact|author|owner|holder|recipient|employee|full|real|assignee|passenger)_?name$"
)
_ONE_NAME: Final = re.compile(r"[A-Z][a-z]{2,}")
_ANY_NAME: Final = re.compile(r"^(display_?|legal_?|customer_?|user_?)?name$")
_OF_A_COMPANY: Final = re.compile(
    r"\b(inc|ltd|llc|llp|gmbh|ag|as|ab|bv|nv|sa|srl|plc|corp|co|company|group|limited|bank|team|shop|store"
    r"|app|api|test|demo|user|admin|account)\b",
    re.IGNORECASE,
)
_LARGEST: Final = 10**9  # what is larger is an id or a moment
_LEAST, _LESS, _MORE = 0.4, 1.0, 2.5  # times an example that another item's number is
_STEADY: Final = re.compile(
    r"(^|_)(height|weight|bmi|temp(erature)?|pressure|systolic|diastolic|pulse|heart|rpm|voltage"
    r"|oxygen|saturation|sp_?o_?2|bpm|humidity|ph)(_|$)|(^|_)(price_per|hourly|daily)_"
)
"""Measures of which others are near to an example: bodies, machines, the air."""
_LITTLE: Final = 0.12
_RATED: Final = re.compile(r"(^|_)(rating|stars|average_rating|rating_average|review_score)(_|$)")
_BEST: Final = 5
_DEGREES: Final = re.compile(r"(^|_)(heading|bearing|azimuth|course_over_ground)(_deg(rees)?)?$")
_SHARE: Final = re.compile(r"percent|pct|rate|ratio|share|score|progress|probability|confidence|opacity")
"""Numbers that have a most of their own, which is not known: they are not above the example."""
_CODES: Final = re.compile(r"(^|_)(bic|swift|iban|lei|isin|cusip|vin|imei|ean|gtin|isbn|issn|vat)(_|$)")
"""Codes with a country or a check digit within: ISO 9362, 13616, 17442, 6166 and their kind."""
_NAMES: Final = re.compile(r"(^|_)(name|title|label|subject)$")
_TIME_OF_DAY: Final = re.compile(r"([01]\d|2[0-3]):([0-5]\d)((?::[0-5]\d)?.*)")
_HALF_HOURS: Final = 5
_PERIOD: Final = re.compile(r"([A-Z]{0,3})((?:19|20)\d\d)([-/ ]?)([QHWST]?)(\d{1,2})?")
"""`2024-H1`, `2024-Q3`, `2024-07`, `2024-W12`, `FY2024`: a year, and which part of it."""
_PARTS_OF_A_YEAR: Final = {"Q": 4, "H": 2, "S": 2, "T": 3, "W": 52, "": 12}
_SHORT: Final = 3  # letters of a token that has to be of one length
_LIKE_SHORT: Final = 12  # of one that may be two longer or shorter
_WORDS_ALIKE: Final = (4, 12)  # of what is called something, of a sentence


def varied(example: Any, name: str, random: Random, days: int) -> Any:
    """Return another value of an example's form; the example itself where that says what all items say.

    name: of the member, in snake case. days: by how many an item's moments are apart from the example's.
    """
    if isinstance(example, (int, float)) and not isinstance(example, bool):
        if _FIXED.search(name):
            return example
        return _another_number(example, name, random)
    if not isinstance(example, str) or _is_fixed(example, name):
        return example
    return _varied_text(example, name, random, days)


def _another_number(example: float, name: str, random: Random) -> float:
    if _STEADY.search(name):
        return _near(example, 1 - _LITTLE, 1 + _LITTLE, random)
    if _DEGREES.search(name):
        return random.randrange(360)
    if _RATED.search(name) and 1 < example <= _BEST:
        return min(_near(example, 1 - 2 * _LITTLE, 1 + _LITTLE, random), _BEST)
    return _near(example, _LEAST, _LESS if _SHARE.search(name) else _MORE, random)


def _is_fixed(example: str, name: str) -> bool:
    """Tell whether a text stays as an example has it: an address, a code, a part of a date."""
    is_address = _ADDRESS.match(example) is not None
    return is_address or _CODES.search(name) is not None or _FIXED_TEXT.search(name) is not None


def _varied_text(example: str, name: str, random: Random, days: int) -> str:
    told = _another_address(example, random) or _another_moment(example, random, days)
    told = told or _numbered_otherwise(example, name, random)
    if told:
        return told
    if _TOKEN.fullmatch(example):
        return _another_token(example, random)
    if " " in example and _NAMES.search(name) and not _PART_OF_A_NAME.search(name):
        return f"{example} {random.randrange(2, 100)}"
    return example


def _another_address(example: str, random: Random) -> str:
    """Return another address of a network, or another UUID; "" for all else."""
    address = _IPV4.fullmatch(example)
    if address is not None:
        return f"{address[1]}{random.randrange(1, 255)}"
    network = _NETWORK.fullmatch(example)
    if network is not None:
        return f"{network[1]}{random.randrange(1, 0xFFFF):x}{network[2] or ''}"
    if _UUID.fullmatch(example):
        return str(UUID(int=random.getrandbits(128), version=4))
    return ""


def _another_moment(example: str, random: Random, days: int) -> str:
    """Return another day, another time of a day or another part of a year; "" for all else."""
    if _DAY.match(example):
        return _moved(example, days)
    of_day = _TIME_OF_DAY.fullmatch(example)
    if of_day is not None:
        return _at_another_time(of_day, days)
    period = _PERIOD.fullmatch(example)
    if period is not None and (period[1] or period[3]):
        return _another_period(period, random)
    return ""


def _at_another_time(told: re.Match[str], days: int) -> str:
    """Return a time of a day some half hours earlier or later: as many for each that one item says."""
    minutes = 60 * int(told[1]) + int(told[2]) + 30 * (days % _HALF_HOURS - _HALF_HOURS // 2)
    hours, left = divmod(min(max(minutes, 0), 23 * 60 + 59), 60)
    return f"{hours:02}:{left:02}{told[3]}"


def _another_period(told: re.Match[str], random: Random) -> str:
    """Return another part of the example's year or of the one before."""
    before, year, between, kind, number = told.groups()
    year = str(int(year) - random.randrange(2))
    if number is None:
        return f"{before}{year}{between}{kind}"
    if not kind and int(number) > _PARTS_OF_A_YEAR[""]:  # the year after, as in 2024/25
        return f"{before}{year}{between}{(int(year) + 1) % 100:02}"
    part = random.randrange(1, _PARTS_OF_A_YEAR[kind] + 1)
    return f"{before}{year}{between}{kind}{part:0{len(number)}}"


def alike(value: str, example: str) -> bool:
    """Tell whether a text is written as an example is: as many words about, of the same kinds of
    characters.
    """
    if (" " in value) != (" " in example) or value[:1].isupper() != example[:1].isupper():
        return False
    if " " in value:
        return _length_in_words(value) == _length_in_words(example)
    if set(map(_kind_of_character, value)) != set(map(_kind_of_character, example)):
        return False
    short, long = sorted((len(value), len(example)))
    apart = 0 if long <= _SHORT else 2 if long <= _LIKE_SHORT else long // 4
    return long - short <= apart


def _length_in_words(text: str) -> int:
    count = len(text.split())
    return sum(count > most for most in _WORDS_ALIKE)


def _kind_of_character(one: str) -> str:
    if one.isdigit():
        return "9"
    if one.isupper():
        return "A"
    return "a" if one.islower() else one


def _numbered_otherwise(example: str, name: str, random: Random) -> str:
    """Return another phone number, another house in a street, or another amount; "" for all else."""
    if _PHONE.search(name):
        return _other_digits(example, random)
    if _STREET.search(name):
        return _HOUSE.sub(lambda _: str(random.randrange(1, 120)), example, count=1)
    if _DECIMAL.fullmatch(example):
        places = len(example.partition(".")[2])
        return f"{float(example) * random.uniform(_LEAST, _MORE):.{places}f}"
    return ""


def tells_of_a_person(example: str, name: str, *, is_person: bool) -> bool:
    """Tell whether an example is a mail address or somebody's name. name: of the member, in snake case.
    is_person: whether the object is somebody.
    """
    if _MAIL.fullmatch(example):
        return True
    if _PART_OF_A_NAME.search(name):
        return example.isalpha()
    is_any = is_person and _ANY_NAME.search(name) is not None
    if is_any and _ONE_NAME.fullmatch(example) and _OF_A_COMPANY.search(example) is None:
        return True
    is_name = _PERSONS_NAME.search(name) is not None or is_any or role_in(name) != ""
    return is_name and _FULL_NAME.fullmatch(example) is not None and _OF_A_COMPANY.search(example) is None


def of_another_person(example: str, name: str, entity: EntityContext) -> str:
    """Return what the person of an object, or whoever has a role in it, is called, or their mail address, as
    an example says it of another one; a part of a name is one that is about as long.
    """
    role = role_in(name)
    person = entity.someone(role) if role else entity.person
    domain = example.partition("@")[2]
    if domain:
        return f"{person.email.partition('@')[0]}@{domain}"
    part = _PART_OF_A_NAME.search(name)
    if part is None and " " not in example:
        return person.first_name
    if part is not None and not role:
        first, last = ("", example) if part["last"] else (example, "")
        person = entity.named_about_as_long(first, last)
    if part is None:
        titles = _TITLED.match(example)
        return f"{titles[0] if titles else ''}{person.first_name} {person.last_name}"
    told = person.first_name
    if part["last"]:
        told = person.last_name
    if abs(len(told) - len(example)) > NEAREST:
        return example
    return told


def _other_digits(example: str, random: Random) -> str:
    """Return a phone number with other digits at its end, so that it stays one of its country."""
    found, changed = list(example), 0
    for place in reversed(range(len(found))):
        if found[place].isdigit() and changed < _LOCAL:
            found[place] = random.choice("123456789")
            changed += 1
    return "".join(found)


def _near(example: float, least: float, most: float, random: Random) -> float:
    """Return a number of the same sign, size and decimals; 0 and 1 say what all items say."""
    if example in (0, 1) or abs(example) > _LARGEST:
        return example
    factor = random.uniform(least, most)
    if isinstance(example, int):
        return round(example * factor) or example
    places = len(str(example).partition(".")[2])
    return round(example * factor, places)


def refers(name: str, owner: str) -> bool:
    """Tell whether a member names another item, which the example of its id leads to. owner: what the object
    is called.
    """
    found = _REFERS.match(name)
    return found is not None and found[2] != owner


def _moved(moment: str, days: int) -> str:
    """Return a moment as many days later, all else as it was."""
    try:
        day = date.fromisoformat(moment[:10]) + timedelta(days=days)
    except (ValueError, OverflowError):
        return moment
    return f"{day.isoformat()}{moment[10:]}"


def kind_of(text: str) -> str:
    """Return what a text in Bech32 says it is, `addr1`; "" for all others."""
    found = _BECH32.fullmatch(text)
    return found[1] if found is not None else ""


def _another_token(example: str, random: Random) -> str:
    """Return a token of the same form that is another one, where a few draws give one."""
    for _ in range(_DRAWS):
        token = _token(example, random)
        if token != example:
            return token
    return example


def _token(example: str, random: Random) -> str:
    """Return a token with the same prefix, of the same kinds of characters; of short ones only digits
    change.
    """
    kind = kind_of(example)
    if kind:
        return kind + "".join(random.choices(_BECH32_LETTERS, k=len(example) - len(kind)))
    prefix = _PREFIX.match(example)
    head = prefix.group() if prefix is not None else ""
    rest = example[len(head) :]
    is_long = len(rest) >= _LEAST_HEX and rest.isalnum()
    is_hex = _HEX.fullmatch(rest) is not None
    return head + "".join(_other(one, random, is_hex=is_hex, is_long=is_long) for one in rest)


def _other(one: str, random: Random, *, is_hex: bool, is_long: bool) -> str:
    if one.isascii() and one.isdigit():
        return random.choice("123456789")
    if not is_long or not one.isascii() or not one.isalpha():
        return one
    if is_hex:
        return random.choice("abcdef")
    return random.choice(string.ascii_lowercase if one.islower() else string.ascii_uppercase)


# ---- ids


def begins_alike(ids: Sequence[str]) -> str:
    """Return the letters with which all of several ids begin, as kinds of things are told apart by: `pl` of
    `pl45d5vF` and `pl54fgtj`; "" where two letters are not.
    """
    least, most = min(ids, default=""), max(ids, default="")  # what these two share, all between them do
    alike = takewhile(lambda pair: pair[0] == pair[1] and pair[0].isalpha(), zip(least, most, strict=False))
    beginning = "".join(one for one, _ in alike)
    return beginning if least != most and len(beginning) > 1 else ""


def another_id(example: str, number: int, random: Random, beginning: str = "") -> str:
    """Return the n-th id after an example's: counted on where it ends in a number, else drawn in its form.
    beginning: what all ids begin with.

    A ULID (https://github.com/ulid/spec) has its own letters.
    """
    if _UUID.fullmatch(example):
        return str(UUID(int=random.getrandbits(128), version=4))
    if _ULID.fullmatch(example):
        return random.choice(_ULID_LETTERS[:8]) + "".join(random.choices(_ULID_LETTERS, k=25))
    counted = _COUNTED.fullmatch(example)
    if counted is not None:
        head, digits = counted.groups()
        return f"{head}{int(digits) + number:0{len(digits)}}"
    code = _CODE.fullmatch(example)
    if code is not None and len(str(int(code[2]) + number)) <= len(code[2]):
        return f"{code[1]}{int(code[2]) + number:0{len(code[2])}}{code[3]}"
    if _TOKEN.fullmatch(example) and len(example) > _LEAST_HEX:
        kept = len(beginning) if example.startswith(beginning) else 0
        token = example[:kept] + _another_token(example[kept:], random)
        if token != example:
            return token
    return _another_word(example, number)


def _another_word(example: str, number: int) -> str:
    """Return the n-th id after one that is a word: another code where it is one, else a second, a third."""
    for codes in _CODES_OF_PLACES:
        if example in codes and number < len(codes):
            return codes[(codes.index(example) + number) % len(codes)]
    for known, of in _FURTHER_CODES:
        codes = _CODES_OF_PLACES[_CODE_OF.index(of)]
        if example in known and number <= len(codes):
            return codes[number - 1]
    for form in (_DOTTED, _MAIL):
        found = form.fullmatch(example)
        if found is not None:
            return f"{found[1]}-{number + 1}{found[2]}"
    between = "_" if "_" in example else "-"
    return f"{example}{between}{number + 1}"
