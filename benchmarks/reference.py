"""The yardstick: both accounts by hand, on a bare Starlette application under the same server."""

from __future__ import annotations

import argparse

import uvicorn
from starlette.applications import Starlette

from reference_accounts import Accounts
from reference_dualentry import Book


def main() -> None:
    """Serve on a port of the loopback interface."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--port", type=int, required=True)
    uvicorn.run(
        Starlette(routes=[*Accounts().routes, *Book().routes]),
        port=parser.parse_args().port,
        loop="uvloop",
        http="httptools",
        access_log=False,
        log_level="warning",
    )


if __name__ == "__main__":
    main()
