"""Places: what is one country's, so that the city, the postcode, the phone, the zone and the money of a
record agree.

Codes are those of ISO 3166-1 and -2, ISO 639-1, ISO 4217 and the IANA time zone database; cities, postcodes
and coordinates are real, as GeoNames (https://www.geonames.org) has them; how amounts are written is CLDR's.
"""

from __future__ import annotations

from typing import Final, NamedTuple


class Money(NamedTuple):
    """A currency of ISO 4217: code, name, symbol, decimals, and how amounts of it are written."""

    code: str
    name: str
    symbol: str
    decimals: int
    point: str
    group: str
    is_symbol_first: bool

    def written(self, amount: float) -> str:
        """Write an amount with its symbol."""
        plain = f"{amount:,.{self.decimals}f}"
        text = plain.translate({ord(","): self.group, ord("."): self.point})
        return f"{self.symbol}{text}" if self.is_symbol_first else f"{text} {self.symbol}"


class City(NamedTuple):
    """A city, with one of its postcodes, its region (ISO 3166-2), and where it lies."""

    name: str
    postcode: str
    region: str
    region_code: str
    latitude: float
    longitude: float


class Country(NamedTuple):
    """A country and what is usual in it. dial: of the phone, E.164; streets: names without a number."""

    alpha2: str
    alpha3: str
    numeric: str
    name: str
    language: str
    language_name: str
    zone: str
    dial: str
    money: Money
    streets: tuple[str, ...]
    cities: tuple[City, ...]

    @property
    def locale(self) -> str:
        """The locale, as BCP 47 writes it."""
        return f"{self.language}-{self.alpha2}"

    def street(self, name: str, number: int) -> str:
        """Write a street and a number in the order that is usual there."""
        is_number_first = self.language == "en" or self.alpha2 == "FR"
        return f"{number} {name}" if is_number_first else f"{name} {number}"


_EUR: Final = Money("EUR", "Euro", "€", 2, ",", ".", False)
_NOK: Final = Money("NOK", "Norwegian Krone", "kr", 2, ",", " ", False)

COUNTRIES: Final = (
    Country(
        "US", "USA", "840", "United States", "en", "English", "America/New_York", "+1",
        Money("USD", "US Dollar", "$", 2, ".", ",", True),
        ("Maple Avenue", "Market Street", "Park Avenue", "Oak Street"),
        (City("New York", "10001", "New York", "NY", 40.7506, -73.9972),
         City("Chicago", "60601", "Illinois", "IL", 41.8858, -87.6181),
         City("Denver", "80202", "Colorado", "CO", 39.7525, -104.9995),
         City("Seattle", "98101", "Washington", "WA", 47.6109, -122.3341)),
    ),
    Country(
        "GB", "GBR", "826", "United Kingdom", "en", "English", "Europe/London", "+44",
        Money("GBP", "Pound Sterling", "£", 2, ".", ",", True),
        ("High Street", "Church Lane", "Victoria Road", "Station Road"),
        (City("London", "EC1A 1BB", "England", "ENG", 51.5202, -0.0979),
         City("Manchester", "M1 1AE", "England", "ENG", 53.4774, -2.2309),
         City("Edinburgh", "EH1 1YZ", "Scotland", "SCT", 55.9500, -3.1883)),
    ),
    Country(
        "DE", "DEU", "276", "Germany", "de", "German", "Europe/Berlin", "+49", _EUR,
        ("Hauptstraße", "Bahnhofstraße", "Gartenweg", "Lindenallee"),
        (City("Berlin", "10115", "Berlin", "BE", 52.5323, 13.3846),
         City("Hamburg", "20095", "Hamburg", "HH", 53.5503, 10.0006),
         City("München", "80331", "Bayern", "BY", 48.1351, 11.5720)),
    ),
    Country(
        "FR", "FRA", "250", "France", "fr", "French", "Europe/Paris", "+33", _EUR,
        ("rue de la République", "avenue Victor Hugo", "rue des Lilas"),
        (City("Paris", "75001", "Île-de-France", "IDF", 48.8627, 2.3364),
         City("Lyon", "69001", "Auvergne-Rhône-Alpes", "ARA", 45.7676, 4.8344),
         City("Nantes", "44000", "Pays de la Loire", "PDL", 47.2173, -1.5534)),
    ),
    Country(
        "ES", "ESP", "724", "Spain", "es", "Spanish", "Europe/Madrid", "+34", _EUR,
        ("Calle Mayor", "Avenida de la Constitución", "Calle del Sol"),
        (City("Madrid", "28001", "Madrid", "MD", 40.4252, -3.6860),
         City("Valencia", "46001", "Valencia", "VC", 39.4746, -0.3780)),
    ),
    Country(
        "NL", "NLD", "528", "Netherlands", "nl", "Dutch", "Europe/Amsterdam", "+31", _EUR,
        ("Dorpsstraat", "Kerkstraat", "Stationsweg"),
        (City("Amsterdam", "1012 AB", "Noord-Holland", "NH", 52.3740, 4.8897),
         City("Utrecht", "3511 AA", "Utrecht", "UT", 52.0935, 5.1180)),
    ),
    Country(
        "NO", "NOR", "578", "Norway", "nb", "Norwegian Bokmål", "Europe/Oslo", "+47", _NOK,
        ("Storgata", "Kirkegata", "Skolevegen"),
        (City("Oslo", "0150", "Oslo", "03", 59.9127, 10.7461),
         City("Bergen", "5003", "Vestland", "46", 60.3913, 5.3221)),
    ),
    Country(
        "SE", "SWE", "752", "Sweden", "sv", "Swedish", "Europe/Stockholm", "+46",
        Money("SEK", "Swedish Krona", "kr", 2, ",", " ", False),
        ("Storgatan", "Drottninggatan", "Skolgatan"),
        (City("Stockholm", "111 20", "Stockholms län", "AB", 59.3326, 18.0649),
         City("Göteborg", "411 03", "Västra Götalands län", "O", 57.7089, 11.9746)),
    ),
    Country(
        "CA", "CAN", "124", "Canada", "en", "English", "America/Toronto", "+1",
        Money("CAD", "Canadian Dollar", "CA$", 2, ".", ",", True),
        ("King Street West", "Elm Street", "Queen Street"),
        (City("Toronto", "M5V 2T6", "Ontario", "ON", 43.6426, -79.3871),
         City("Vancouver", "V6B 1A1", "British Columbia", "BC", 49.2819, -123.1150)),
    ),
    Country(
        "AU", "AUS", "036", "Australia", "en", "English", "Australia/Sydney", "+61",
        Money("AUD", "Australian Dollar", "A$", 2, ".", ",", True),
        ("George Street", "Collins Street", "Wattle Street"),
        (City("Sydney", "2000", "New South Wales", "NSW", -33.8688, 151.2093),
         City("Melbourne", "3000", "Victoria", "VIC", -37.8136, 144.9631)),
    ),
    Country(
        "JP", "JPN", "392", "Japan", "ja", "Japanese", "Asia/Tokyo", "+81",
        Money("JPY", "Japanese Yen", "¥", 0, ".", ",", True),
        ("Chuo-dori", "Sakura-dori"),
        (City("Tokyo", "100-0001", "Tokyo", "13", 35.6852, 139.7528),
         City("Osaka", "530-0001", "Osaka", "27", 34.7025, 135.4959)),
    ),
)  # fmt: skip


def country_named(text: str) -> Country | None:
    """Return the country that a code or a name is of; None for one that is not among these."""
    wanted = text.strip().lower()
    for country in COUNTRIES:
        if wanted in (country.alpha2.lower(), country.alpha3.lower(), country.name.lower()):
            return country
    return None


_OF_EUROS: Final = "AD AT BE CY DE EE ES FI FR GR HR IE IT LT LU LV MC ME MT NL PT SI SK SM VA XK"
_OF_OTHERS: Final = (
    "AE:AED AR:ARS AU:AUD BD:BDT BG:BGN BR:BRL CA:CAD CH:CHF CL:CLP CN:CNY CO:COP CZ:CZK DK:DKK "
    "EG:EGP GB:GBP GE:GEL GH:GHS HK:HKD HU:HUF ID:IDR IL:ILS IN:INR IS:ISK JP:JPY KE:KES KR:KRW "
    "KZ:KZT LI:CHF LK:LKR MA:MAD MX:MXN MY:MYR NG:NGN NO:NOK NZ:NZD PE:PEN PH:PHP PK:PKR PL:PLN "
    "QA:QAR RO:RON RS:RSD SA:SAR SE:SEK SG:SGD TH:THB TN:TND TR:TRY TW:TWD TZ:TZS UA:UAH UG:UGX "
    "US:USD UY:UYU VN:VND ZA:ZAR "
)
_MONEY_OF: Final = {
    **dict.fromkeys(_OF_EUROS.split(), "EUR"),
    **dict(pair.split(":") for pair in _OF_OTHERS.split()),
}
"""The currency of each country, by ISO 3166-1 and 4217."""


def money_of(text: str) -> str:
    """Return the code of the currency of a country, by its code or its name; "" for one that is not known."""
    country = country_named(text)
    return country.money.code if country is not None else _MONEY_OF.get(text.strip().upper(), "")


def country_of_money(text: str) -> Country | None:
    """Return the first country whose currency has a code; None for one that is not among these."""
    wanted = text.strip().upper()
    return next((country for country in COUNTRIES if country.money.code == wanted), None)
