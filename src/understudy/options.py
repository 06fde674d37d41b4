"""The options of sandboxes, one table: the command line, `testing.Sandbox` and the pytest plugin are made
from it.
"""

from __future__ import annotations

import os
import re
from collections.abc import Callable, Mapping, Sequence
from pathlib import Path
from typing import Annotated, Any, Final, TypedDict, Unpack, cast, get_type_hints

from msgspec import Struct, field

from understudy.beginning import Counts, read_counts
from understudy.errors import SettingsError

Files = str | os.PathLike[str]
_SWITCHES: Final = {
    "true": True,
    "1": True,
    "on": True,
    "yes": True,
    "false": False,
    "0": False,
    "off": False,
    "no": False,
}


class Option(Struct, frozen=True):
    """What people are told of an option, and how what they write is read.

    help: `{default}` stands for the default. read: makes a value of a text. Raises SettingsError or
    ValueError.
    metavar: what its value is called. many: it may be given more than once. flag: its name on the command
    line, short: a letter there, ini: in an ini file, where these are others. choices: all there is.
    each: it may be another for each of several contracts. secret: what it is set to is not printed.
    One whose default is a truth value is a switch: on the command line its name alone turns it on, and off
    with `no-` before it.
    """

    help: str
    default: Any
    read: Callable[[str], Any] = str
    metavar: str = ""
    many: bool = False
    flag: str = ""
    ini: str = ""
    choices: tuple[str, ...] = ()
    short: str = ""
    each: bool = False
    secret: bool = False

    @property
    def is_switch(self) -> bool:
        """Whether it is on or off."""
        return isinstance(self.default, bool)


def read_number(text: str) -> int:
    """Read a whole number from 0 on. Raises SettingsError."""
    if not re.fullmatch(r"[0-9]{1,18}", text):
        raise SettingsError(f"{text!r} is not a number: 0 or more")
    return int(text)


_SIZE: Final = re.compile(r"([0-9]{1,15}) ?(|k|m|g|kb|mb|gb|kib|mib|gib)", re.IGNORECASE)
_UNITS: Final[Mapping[str, int]] = {
    "": 1,
    "k": 1024,
    "m": 1024**2,
    "g": 1024**3,
    "kb": 1000,
    "mb": 1000**2,
    "gb": 1000**3,
    "kib": 1024,
    "mib": 1024**2,
    "gib": 1024**3,
}


def read_size(text: str) -> int:
    """Read a number of bytes, also as `64k`, `10MB` or `10MiB`. Raises SettingsError."""
    found = _SIZE.fullmatch(text)
    if found is None:
        raise SettingsError(f"{text!r} is not a size: a number of bytes, or of kB, KiB, MB, MiB, GB or GiB")
    return int(found[1]) * _UNITS[found[2].lower()]


def read_integer(text: str) -> int:
    """Read a whole number, also one below 0. Raises SettingsError."""
    if not re.fullmatch(r"[+-]?[0-9]{1,18}", text):
        raise SettingsError(f"{text!r} is not a whole number")
    return int(text)


def read_seconds(text: str) -> float:
    """Read a time of more than 0. Raises SettingsError."""
    try:
        seconds = float(text)
    except ValueError:
        seconds = 0
    if not 0 < seconds < float("inf"):
        raise SettingsError(f"{text!r} is not a time: seconds, more than 0")
    return seconds


def read_switch(text: str) -> bool:
    """Read what turns something on or off. Raises SettingsError."""
    if text.lower() not in _SWITCHES:
        raise SettingsError(f"{text!r} is neither true nor false")
    return _SWITCHES[text.lower()]


class Options(TypedDict, total=False):
    """What sandboxes can be told beside their contracts."""

    seed: Annotated[int, Option("decides all that is made up (default: {default})", 1, read_integer)]
    populate: Annotated[
        int | Counts,
        Option(
            "records each collection starts with, or more where examples show more (accounts in the bundled "
            "sandboxes): 5, 2-8, or a table as 5,orders=50 (default: {default})",
            0,
            read_counts,
            metavar="N",
            each=True,
        ),
    ]
    data: Annotated[
        Files | None,
        Option(
            "records that the only contract starts with: a JSON file with lists by collection, as "
            "`understudy data` prints it, or a folder with a list a file",
            None,
            Path,
            metavar="FILE|DIR",
            each=True,
        ),
    ]
    identities: Annotated[
        Files | None, Option("who may call; without it any credential is good", None, Path, metavar="FILE")
    ]
    credentials: Annotated[
        str,
        Option(
            "which credentials are good where no file says who may call: any, or those only "
            "that a login of the session issued (default: {default})",
            "any",
            choices=("any", "issued"),
        ),
    ]
    session_idle: Annotated[
        float,
        Option(
            "drop a session that was not used for so long (default: {default:g})",
            3600.0,
            read_seconds,
            metavar="SECONDS",
        ),
    ]
    clock: Annotated[
        str,
        Option(
            "the time of each session: fixed, so that each run shows the same, until it is moved, or that of "
            "the machine, for clients that look at their own clock (default: {default})",
            "fixed",
            choices=("fixed", "wall"),
        ),
    ]
    journal: Annotated[
        int,
        Option(
            "requests each session's journal keeps; 0 for none (default: {default})",
            5000,
            read_number,
            metavar="N",
        ),
    ]
    body_limit: Annotated[
        int,
        Option(
            "largest body of a request, also once it is unpacked; it is read and validated in pieces, and no "
            "piece keeps other requests waiting for longer than 50 ms of one of 1 MB, or half a second of "
            "one of 10 MB; an object of hundreds of thousands of members may take longer (default: 10MiB)",
            10 * 1024 * 1024,
            read_size,
            metavar="SIZE",
        ),
    ]
    limit_sessions: Annotated[
        int,
        Option(
            "sessions there are at once; a request that names one more is refused with 507 "
            "(default: {default})",
            10_000,
            read_number,
            metavar="N",
        ),
    ]
    limit_records: Annotated[
        int,
        Option(
            "records that each API keeps in each session, of whatever size, which --body-limit bounds for "
            "each; a request that would add one more is refused with 507 (default: {default})",
            1_000_000,
            read_number,
            metavar="N",
        ),
    ]
    limit_journal: Annotated[
        int,
        Option(
            "memory of each session's journal; its oldest entries go first, and it says how many went "
            "(default: 8MiB)",
            8 * 1024 * 1024,
            read_size,
            metavar="SIZE",
        ),
    ]
    unknown_ids: Annotated[
        str,
        Option(
            "whether an item that nobody created is made when it is first asked for, also by a write, or not "
            "found (default: made by a read; 404 in the bundled sandboxes)",
            "",
            choices=("generate", "404"),
            each=True,
        ),
    ]
    contradictions: Annotated[
        str,
        Option(
            "where a contract contradicts itself, answer with the nearest value, which a header tells of, or "
            "refuse with 500 (default: {default})",
            "serve",
            choices=("serve", "refuse"),
            each=True,
        ),
    ]
    invalid_status: Annotated[
        str,
        Option(
            "status of a request that breaks its contract, where that documents none for it "
            "(default: {default})",
            "400",
            choices=("400", "422"),
            each=True,
        ),
    ]
    undocumented_bodies: Annotated[
        str,
        Option(
            "what a success shows whose body is not documented, where the contract says elsewhere what the "
            "thing is: that, or nothing (default: {default})",
            "shown",
            choices=("shown", "none"),
            each=True,
        ),
    ]
    strict_accept: Annotated[
        bool,
        Option(
            "refuse with 406 who accepts no media type that is documented; without it only operations that "
            "document 406 do, and others answer with the nearest type",
            False,
            read_switch,
            each=True,
        ),
    ]
    lenient: Annotated[
        bool,
        Option(
            "take numbers and booleans sent as text in a body, and pass over members that are forbidden "
            "there, as many frameworks do",
            False,
            read_switch,
            each=True,
        ),
    ]
    handlers: Annotated[
        Files | None,
        Option(
            "Python file whose async functions answer the operations they are named after",
            None,
            Path,
            metavar="FILE",
            each=True,
        ),
    ]
    stubs: Annotated[
        Files | None,
        Option(
            "folder of YAML files with answers that each session begins with",
            None,
            Path,
            metavar="DIR",
        ),
    ]
    overlays: Annotated[
        Sequence[Files],
        Option(
            "OpenAPI Overlay that changes the only contract; repeatable, in order",
            (),
            Path,
            metavar="FILE",
            many=True,
            flag="overlay",
            each=True,
        ),
    ]
    root: Annotated[
        Files | None,
        Option(
            "folder that the references of a contract may reach (default: that of its file)",
            None,
            Path,
            metavar="DIR",
            each=True,
        ),
    ]
    webhook_urls: Annotated[
        Sequence[str],
        Option(
            "where the webhooks of each session go at its start; repeatable",
            (),
            metavar="URL",
            many=True,
            flag="webhook-url",
            ini="webhook_url",
        ),
    ]
    allow_callbacks: Annotated[
        Sequence[str],
        Option(
            "host that callbacks and webhooks may go to, besides loopback addresses; repeatable",
            (),
            metavar="HOST[:PORT]",
            many=True,
        ),
    ]


_HINTS: Final = get_type_hints(Options, include_extras=True)

OPTIONS: Final[Mapping[str, Option]] = {name: hint.__metadata__[0] for name, hint in _HINTS.items()}
"""Every option by its name in Python."""


class ContractOptions(Struct, frozen=True):
    """A contract, or a folder of them, with what is told of it alone. mount: where it is served, `/` or
    `/name`; "" for where its file's name says. options: those that are other than for all contracts.
    """

    file: Files
    mount: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


def read(option: Option, text: str) -> Any:
    """Read what somebody wrote for an option. Raises SettingsError."""
    if option.choices and text not in option.choices:
        raise SettingsError(f"{text!r} is not one of {', '.join(option.choices)}")
    return option.read(text)


def complete(**given: Unpack[Options]) -> Options:
    """Return options, those that are not given by their defaults. Raises TypeError for one there is not."""
    unknown = given.keys() - OPTIONS.keys()
    if unknown:
        raise TypeError(f"there is no option {min(unknown)!r}; there are {', '.join(OPTIONS)}")
    defaults = {name: option.default for name, option in OPTIONS.items()}
    return cast(Options, defaults | given)
