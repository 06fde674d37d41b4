"""Globs: `*` for any text, and in a path `*` within a segment and `**` for any number of segments."""

from __future__ import annotations

import re
from fnmatch import fnmatchcase


def is_text(text: str, glob: str) -> bool:
    """Tell whether a text is what a glob says, in which `*` is any text, also none, and all else stands for
    itself.
    """
    return fnmatchcase(text, re.sub(r"[?\[]", r"[\g<0>]", glob))


def is_path(path: str, glob: str) -> bool:
    """Tell whether a path is what a glob says, segment by segment.

    Only the last `**` that was passed has ever to be gone back to, so that many of them take no longer.
    """
    found, wanted = path.split("/"), glob.split("/")
    at_found = at_wanted = resume = 0
    spanning = -1
    while at_found < len(found):
        if at_wanted < len(wanted) and wanted[at_wanted] == "**":
            spanning, resume = at_wanted, at_found
            at_wanted += 1
        elif at_wanted < len(wanted) and is_text(found[at_found], wanted[at_wanted]):
            at_wanted += 1
            at_found += 1
        elif spanning >= 0:
            resume += 1
            at_wanted, at_found = spanning + 1, resume
        else:
            return False
    return {"**"}.issuperset(wanted[at_wanted:])
