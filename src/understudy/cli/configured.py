"""What the options of `serve` and `explain` configure."""

from __future__ import annotations

import argparse
from typing import cast

from understudy.configuration import Configuration
from understudy.options import OPTIONS, Options


def configuration(options: argparse.Namespace) -> Configuration:
    """Return what the options ask for."""
    given = {name: value for name, value in vars(options).items() if name in OPTIONS}
    return Configuration(options.contracts, **cast(Options, given))
