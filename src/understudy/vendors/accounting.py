"""Realistic accounting data as a Faker provider: account names, bank details whose check digits hold, companies, people."""

from __future__ import annotations

import re
from collections.abc import Iterator
from random import Random
from string import ascii_uppercase, digits
from typing import Final

from faker.providers import BaseProvider

from understudy.schemas.entity import Person, person

ACCOUNT_NAMES: Final[dict[str, tuple[str, ...]]] = {
    "bank": (
        "Business Cheque Account", "Operating Account", "Business Savings", "Payroll Account", "Tax Reserve Account", "Merchant Clearing",
        "Petty Cash", "Foreign Currency Account", "Term Deposit", "Trust Account",
    ),
    "accounts_receivable": (
        "Accounts Receivable", "Trade Debtors", "Retail Debtors", "Wholesale Debtors", "Intercompany Receivables", "Retentions Receivable",
        "Employee Receivables", "Allowance for Doubtful Debts",
    ),
    "other_current_asset": (
        "Prepaid Insurance", "Prepaid Rent", "Inventory on Hand", "Goods in Transit", "Undeposited Funds", "Supplier Deposits",
        "Input Tax Receivable", "Employee Advances", "Work in Progress",
    ),
    "fixed_asset": (
        "Office Equipment", "Computer Equipment", "Motor Vehicles", "Plant and Machinery", "Furniture and Fittings", "Land and Buildings",
        "Leasehold Improvements", "Accumulated Depreciation - Equipment", "Accumulated Depreciation - Vehicles",
    ),
    "unbilled_receivable": (
        "Unbilled Receivables", "Accrued Revenue", "Unbilled Services", "Unbilled Time and Materials", "Contract Assets",
        "Unbilled Usage", "Milestones Earned not Billed", "Accrued Subscription Revenue",
    ),
    "deferred_expense": (
        "Deferred Commissions", "Prepaid Software Licences", "Prepaid Marketing", "Prepaid Maintenance Contracts", "Deferred Loan Costs",
        "Deferred Contract Costs", "Prepaid Conference Fees", "Deferred Implementation Costs",
    ),
    "other_asset": (
        "Goodwill", "Trademarks and Patents", "Capitalised Software", "Security Deposits", "Right-of-Use Asset - Premises",
        "Deferred Tax Asset", "Long-term Loans Receivable", "Customer Relationships",
    ),
    "investment": (
        "Listed Shares", "Government Bonds", "Investment in Subsidiary", "Investment in Associate", "Managed Funds",
        "Investment Property", "Certificates of Deposit", "Joint Venture Interest",
    ),
    "accounts_payable": (
        "Accounts Payable", "Trade Creditors", "Intercompany Payables", "Goods Received not Invoiced", "Contractor Payables",
        "Freight Payables", "Retentions Payable", "Employee Reimbursements Payable",
    ),
    "credit_card": (
        "Company Credit Card", "Fuel Card", "Travel Card", "Purchasing Card", "Director's Credit Card", "Virtual Cards", "Marketing Card",
        "Office Credit Card",
    ),
    "deferred_revenue": (
        "Deferred Revenue", "Deferred Subscription Revenue", "Customer Deposits", "Unearned Maintenance Income", "Gift Cards Outstanding",
        "Deferred Licence Fees", "Contract Liabilities", "Prepaid Support Plans",
    ),
    "long_term_liability": (
        "Bank Loan", "Mortgage Payable", "Equipment Finance", "Lease Liability - Premises", "Shareholder Loan", "Convertible Notes",
        "Deferred Tax Liability", "Vehicle Loan",
    ),
    "other_current_liability": (
        "Sales Tax Payable", "Payroll Tax Payable", "Wages Payable", "Accrued Expenses", "Income Tax Payable", "Superannuation Payable",
        "Accrued Holiday Pay", "Interest Payable", "Dividends Payable",
    ),
    "equity": (
        "Share Capital", "Retained Earnings", "Owner's Drawings", "Owner's Capital", "Current Year Earnings", "Share Premium",
        "Revaluation Reserve", "Dividends Declared", "Treasury Shares",
    ),
    "income": (
        "Product Sales", "Service Revenue", "Consulting Income", "Subscription Revenue", "Freight Income", "Training Income",
        "Licence Fees", "Commission Income", "Sales Returns and Allowances",
    ),
    "cost_of_goods_sold": (
        "Purchases", "Direct Labour", "Freight Inwards", "Subcontractors", "Materials Used", "Hosting Costs", "Packaging",
        "Inventory Adjustments", "Merchant Fees",
    ),
    "expense": (
        "Office Supplies", "Rent", "Travel - Domestic", "Travel - International", "Telephone and Internet", "Insurance",
        "Advertising and Marketing", "Wages and Salaries", "Legal Fees", "Accounting Fees", "Repairs and Maintenance",
        "Electricity and Gas", "Staff Training", "Software Subscriptions", "Motor Vehicle Expenses",
    ),
    "other_income": (
        "Interest Income", "Dividend Income", "Gain on Disposal of Assets", "Foreign Exchange Gain", "Rental Income",
        "Insurance Recoveries", "Government Grants", "Royalty Income",
    ),
    "other_expense": (
        "Interest Expense", "Bank Charges", "Loss on Disposal of Assets", "Foreign Exchange Loss", "Bad Debts", "Donations",
        "Fines and Penalties", "Impairment of Goodwill",
    ),
}  # fmt: skip
"""Names as charts of accounts carry them, by the finest types a vendor has; one with coarser types maps onto these."""

_PLACES: Final = (
    "Perth", "Sydney", "Oslo", "Bergen", "Chicago", "Austin", "London", "Leeds", "Toronto", "Auckland", "Berlin", "Singapore",
)  # fmt: skip

COMMON_CURRENCIES: Final = (
    "USD",
    "EUR",
    "GBP",
    "AUD",
    "NOK",
    "CAD",
    "CHF",
    "SEK",
    "DKK",
    "NZD",
    "SGD",
    "JPY",
)
_CODES: Final = """
    AED AFN ALL AMD AOA ARS AUD AWG AZN BAM BBD BDT BHD BIF BMD BND BOB BRL BSD BTN BWP BYN BZD CAD CDF CHF CLP CNY COP CRC CUP CVE CZK
    DJF DKK DOP DZD EGP ERN ETB EUR FJD FKP GBP GEL GHS GIP GMD GNF GTQ GYD HKD HNL HTG HUF IDR ILS INR IQD IRR ISK JMD JOD JPY KES KGS
    KHR KMF KPW KRW KWD KYD KZT LAK LBP LKR LRD LSL LYD MAD MDL MGA MKD MMK MNT MOP MRU MUR MVR MWK MXN MYR MZN NAD NGN NIO NOK NPR NZD
    OMR PAB PEN PGK PHP PKR PLN PYG QAR RON RSD RUB RWF SAR SBD SCR SDG SEK SGD SHP SOS SRD STN SVC SYP SZL THB TJS TMT TND TOP TRY TTD
    TWD TZS UAH UGX USD UYU UZS VES VND VUV WST XAF XCD XOF XPF YER ZAR ZMW
"""
CURRENCIES: Final = tuple(_CODES.split())
"""ISO 4217 codes in use, without those which were replaced or introduced in the last years."""

BSB_BANKS: Final = {
    "01": "ANZ", "03": "Westpac", "06": "Commonwealth Bank", "08": "National Australia Bank", "11": "St.George Bank",
    "12": "Bank of Queensland", "18": "Macquarie Bank", "30": "Bankwest", "48": "Suncorp Bank", "63": "Bendigo Bank",
}  # fmt: skip
"""Australian banks by the first two digits of their BSB."""

BANKS: Final[dict[str, tuple[str, ...]]] = {
    "AU": tuple(BSB_BANKS.values()),
    "CA": ("Royal Bank of Canada", "Scotiabank", "Bank of Montreal", "TD Canada Trust"),
    "DE": ("Deutsche Bank", "Commerzbank", "DZ Bank", "Berliner Sparkasse"),
    "DK": ("Danske Bank", "Jyske Bank", "Sydbank"),
    "ES": ("Banco Santander", "BBVA", "CaixaBank"),
    "FR": ("BNP Paribas", "Crédit Agricole", "Société Générale"),
    "GB": ("Barclays", "Lloyds Bank", "NatWest", "HSBC UK"),
    "NL": ("ING", "Rabobank", "ABN AMRO"),
    "NO": ("DNB", "Nordea", "SpareBank 1 SR-Bank", "Sparebanken Norge"),
    "NZ": ("ANZ New Zealand", "ASB Bank", "Kiwibank"),
    "SE": ("Swedbank", "SEB", "Handelsbanken"),
    "US": ("JPMorgan Chase", "Bank of America", "Wells Fargo", "Citibank", "U.S. Bank", "PNC Bank"),
}

_BIC_CODES: Final = {
    "DE": ("DEUT", "COBA", "GENO"), "DK": ("DABA", "JYBA", "SYBK"), "ES": ("BSCH", "BBVA", "CAIX"), "FR": ("BNPA", "AGRI", "SOGE"),
    "GB": ("BARC", "LOYD", "NWBK", "MIDL"), "IE": ("AIBK", "BOFI"), "IT": ("UNCR", "BCIT"), "NL": ("INGB", "RABO", "ABNA"),
    "NO": ("DNBA", "NDEA"), "SE": ("SWED", "ESSE", "HAND"), "US": ("CHAS", "BOFA", "WFBI", "CITI"),
}  # fmt: skip

IBAN_STRUCTURES: Final = {
    "AT": "16n", "BE": "12n", "CH": "5n12c", "CY": "8n16c", "CZ": "20n", "DE": "18n", "DK": "14n", "EE": "16n", "ES": "20n", "FI": "14n",
    "FR": "10n11c2n", "GB": "4a14n", "GR": "7n16c", "HR": "17n", "HU": "24n", "IE": "4a14n", "IS": "22n", "IT": "1a10n12c", "LI": "5n12c",
    "LT": "16n", "LU": "3n13c", "LV": "4a13c", "MT": "4a5n18c", "NL": "4a10n", "NO": "11n", "PL": "24n", "PT": "21n", "RO": "4a16c",
    "SE": "20n", "SI": "15n", "SK": "20n", "AE": "19n", "SA": "2n18c", "TR": "6n16c",
}  # fmt: skip
"""What follows the check digits, by country, in the notation of the IBAN registry: n digits, a capitals, c capitals or digits."""

_TRADES: Final = (
    "Logistics", "Engineering", "Consulting", "Foods", "Media", "Holdings", "Partners", "Trading", "Systems", "Marine", "Energy", "Health",
    "Design", "Properties", "Analytics", "Textiles", "Robotics", "Interiors",
)  # fmt: skip
_COMPANY_FORMS: Final = {
    "AU": ("Pty Ltd",), "CA": ("Inc.", "Ltd."), "DE": ("GmbH", "AG"), "DK": ("A/S", "ApS"), "FR": ("SAS", "SARL"), "GB": ("Ltd", "plc"),
    "NL": ("B.V.",), "NO": ("AS", "ASA"), "NZ": ("Ltd",), "SE": ("AB",), "US": ("Inc.", "LLC", "Corp."),
}  # fmt: skip
_LETTERS: Final = {"n": digits, "a": ascii_uppercase, "c": ascii_uppercase + digits}


class LedgerProvider(BaseProvider):
    """Faker methods for accounting data. Over a Faker, `LedgerProvider(fake).iban("NO")` is the typed way to the same draws."""

    def account_name(self, kind: str = "") -> str:
        """Return the name of an account of this kind (a key of ACCOUNT_NAMES), or of any; KeyError for an unknown kind."""
        return self.account_names(kind, 1)[0]

    def account_names(self, kind: str, count: int) -> list[str]:
        """Return distinct names of accounts of one kind; beyond the table they carry a place, then a number."""
        random = self._random
        names = list(ACCOUNT_NAMES[kind or random.choice(list(ACCOUNT_NAMES))])
        random.shuffle(names)
        places = random.sample(_PLACES, len(_PLACES))
        found = names[:count]
        for suffix in _suffixes(places):
            if len(found) >= count:
                break
            found += [f"{name} - {suffix}" for name in names[: count - len(found)]]
        return found

    def bsb(self) -> str:
        """Return an Australian bank-state-branch number: a real bank's prefix, a state's digit (2 to 7), three for the branch."""
        random = self._random
        return f"{random.choice(list(BSB_BANKS))}{random.randint(2, 7)}-{random.randint(0, 999):03}"

    def au_account_number(self) -> str:
        """Return an Australian account number of six to nine digits."""
        random = self._random
        return str(random.randint(1, 9)) + _draw(random, digits, random.randint(5, 8))

    def routing_number(self) -> str:
        """Return an American routing number (ABA) with its check digit, of a Federal Reserve district or a thrift."""
        random = self._random
        number = f"{random.choice((*range(1, 13), *range(21, 33))):02}" + _draw(random, digits, 6)
        weighted = sum(
            int(digit) * weight for digit, weight in zip(number, (3, 7, 1, 3, 7, 1, 3, 7), strict=True)
        )
        return f"{number}{-weighted % 10}"

    def norwegian_account_number(self) -> str:
        """Return eleven digits, the last of them the check digit modulo 11."""
        random = self._random
        while True:
            # The digit after the bank's four is not 0: 00 there marks an old giro account, checked in another way.
            number = (
                str(random.randint(1, 9))
                + _draw(random, digits, 3)
                + str(random.randint(1, 9))
                + _draw(random, digits, 5)
            )
            check = (
                -sum(
                    int(digit) * weight
                    for digit, weight in zip(number, (5, 4, 3, 2, 7, 6, 5, 4, 3, 2), strict=True)
                )
                % 11
            )
            if check < 10:  # ten would not be a digit, such numbers are not given out
                return f"{number}{check}"

    def iban(self, country: str | None = None) -> str:
        """Return an IBAN with its check digits (ISO 13616); KeyError for a country without a structure here.

        Norway's account number carries its own check digit too; those of other countries are free.
        """
        random = self._random
        country = country or random.choice(list(IBAN_STRUCTURES))
        if country == "NO":
            return with_check_digits(country, self.norwegian_account_number())
        structure = IBAN_STRUCTURES[country]
        parts = re.findall(r"(\d+)([nac])", structure)
        account = "".join(_draw(random, _LETTERS[kind], int(length)) for length, kind in parts)
        if structure.startswith("4a") and country in _BIC_CODES:
            account = random.choice(_BIC_CODES[country]) + account[4:]
        return with_check_digits(country, account)

    def bic(self, country: str | None = None) -> str:
        """Return a business identifier code (ISO 9362) of eight characters: bank, country, place."""
        random = self._random
        country = country or random.choice(list(_BIC_CODES))
        bank = (
            random.choice(_BIC_CODES[country]) if country in _BIC_CODES else _draw(random, ascii_uppercase, 4)
        )
        return bank + country + _draw(random, ascii_uppercase, 2)

    def bank_name(self, country: str | None = None) -> str:
        """Return a bank of the country, or of any where the country has none here."""
        random = self._random
        return random.choice(BANKS.get(country or "") or BANKS[random.choice(list(BANKS))])

    def company_name(self, country: str | None = None) -> str:
        """Return a company with the legal form of its country."""
        random = self._random
        form = random.choice(
            _COMPANY_FORMS.get(country or "") or _COMPANY_FORMS[random.choice(list(_COMPANY_FORMS))]
        )
        return f"{self.generator.last_name()} {random.choice(_TRADES)} {form}"

    def actor(self) -> Person:
        """Return a person whose address is made of the name."""
        return person(self.generator)

    def currency_code(self) -> str:
        """Return an ISO 4217 code, in three of four cases a common one."""
        random = self._random
        return random.choice(COMMON_CURRENCIES if random.random() < 0.75 else CURRENCIES)

    @property
    def _random(self) -> Random:
        """The Faker's own randomness, so that seeding the Faker decides every draw."""
        random: Random = self.generator.random
        return random


def bank_of(bsb: str) -> str:
    """Return the bank a BSB belongs to, or "" for an unknown prefix."""
    return BSB_BANKS.get(bsb[:2], "")


def with_check_digits(country: str, account: str) -> str:
    """Return the IBAN of an account number in its country's structure."""
    number = "".join(str(int(char, 36)) for char in f"{account}{country}00")
    return f"{country}{98 - int(number) % 97:02}{account}"


def _suffixes(places: list[str]) -> Iterator[str]:
    yield from places
    number = 2
    while True:
        yield from (f"{place} {number}" for place in places)
        number += 1


def _draw(random: Random, alphabet: str, length: int) -> str:
    return "".join(random.choices(alphabet, k=length))
