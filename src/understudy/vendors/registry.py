"""Which vendor's rules go with which bundled contract."""

from __future__ import annotations

from understudy.handler import Vendor
from understudy.vendors.aritma import rules as aritma
from understudy.vendors.dualentry import rules as dualentry
from understudy.vendors.saasu import rules as saasu
from understudy.vendors.togai import rules as togai

VENDORS = {vendor.name: vendor for vendor in (aritma.VENDOR, dualentry.VENDOR, togai.VENDOR, saasu.VENDOR)}


def vendor_for(name: str) -> Vendor | None:
    """Return the rules of a bundled system, or None where there are none."""
    return VENDORS.get(name)
