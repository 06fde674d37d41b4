"""What all operations of a document mean, made in a process of its own, which says when it is done and what that cost."""

from __future__ import annotations

import gc
import sys
import time
from pathlib import Path

from understudy.contracts.contract import Contract
from understudy.model.compiler import compile
from understudy.model.notation import write_model
from understudy.model.undocumented import completed


def main() -> None:
    """Make each part of the model of the document that is named, and print the processor's seconds since the spawn."""
    gc.disable()  # as the commands do while they load
    write_model(
        compile(completed(Contract.load(Path(sys.argv[1]))))
    )  # writing asks for each part, and so it is made
    print(time.process_time(), flush=True)


if __name__ == "__main__":
    main()
