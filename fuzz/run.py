"""Give raw bytes to each target for a while, and print what came of it.

    python fuzz/run.py [--seconds 600] [--targets http yaml ...] [--kept build/fuzz]

By atheris, which sees what bytes reach, where it is there; else by hypothesis. Bytes that find something are kept under --kept, and
`python fuzz/run.py --again FILE` gives them once more to the target that the folder is named after.
"""

from __future__ import annotations

import argparse
import hashlib
import importlib.util
import random
import re
import subprocess
import sys
import time
import traceback
from pathlib import Path
from typing import Final

HERE: Final = Path(__file__).resolve().parent
sys.path[:0] = [str(HERE), str(HERE.parent / "tests")]

LONGEST: Final = 4096  # bytes of an input
GRACE: Final = 120  # seconds that a target may take to start and to end: atheris rewrites what it looks into
LOOKED_INTO: Final = (
    "bodies", "contracts.parsing", "engine", "faults", "http_semantics", "journal", "media", "parameters", "server",
)  # fmt: skip
_RUNS: Final = re.compile(r"(?:Done |stat::number_of_executed_units: |runs: )(\d+)")


def main() -> int:
    """Run the targets, each in a process of its own; return 1 where something was found."""
    parser = argparse.ArgumentParser(
        description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter
    )
    parser.add_argument(
        "--seconds", type=float, default=600, help="for all targets together (default: %(default)s)"
    )
    parser.add_argument("--targets", nargs="*", metavar="NAME")
    parser.add_argument("--kept", type=Path, default=HERE.parent / "build" / "fuzz")
    parser.add_argument("--again", type=Path, metavar="FILE")
    parser.add_argument("--one", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.again is not None:
        return again(options.again)
    if options.one:
        return run_one(options.one, options.seconds, options.kept / options.one)
    return run_all(options.targets or names(), options.seconds, options.kept)


def names() -> list[str]:
    """Name the targets."""
    from targets import TARGETS  # noqa: PLC0415 -- atheris has to be there before what it looks into

    return list(TARGETS)


def run_all(targets: list[str], seconds: float, kept: Path) -> int:
    """Run targets one after the other, and print a line for each."""
    by = "hypothesis"
    if importlib.util.find_spec("atheris") is not None:
        by = "atheris"
    each = seconds / len(targets)
    print(f"raw bytes, by {by}, {each:.0f} s for each target", flush=True)
    failed = [name for name in targets if run_apart(name, each, kept)]
    if failed:
        print(f"something was found by {', '.join(failed)}")
        return 1
    print("nothing was found")
    return 0


def run_apart(name: str, seconds: float, kept: Path) -> bool:
    """Run a target in a process of its own, print what came of it, and tell whether it found something."""
    folder = kept / name
    folder.mkdir(parents=True, exist_ok=True)
    before = set(folder.iterdir())
    command = [sys.executable, __file__, "--one", name, "--seconds", str(seconds), "--kept", str(kept)]
    try:
        ran = subprocess.run(
            command, capture_output=True, text=True, errors="replace", timeout=seconds + GRACE, check=False
        )
        said, code = ran.stdout + ran.stderr, ran.returncode
    except subprocess.TimeoutExpired:
        said, code = "it did not end", 1
    runs = _RUNS.findall(said) or ["no"]
    found = sorted(set(folder.glob("found-*")) - before)
    print(f"  {name:10} {runs[-1]:>9} inputs  {verdict(code, said, found)}", flush=True)
    return bool(code)


def verdict(code: int, said: str, found: list[Path]) -> str:
    """Say what came of a target."""
    if not code:
        return "nothing found"
    shown = [str(path) for path in found] or [f"exit {code}"]
    return f"FOUND {', '.join(shown)}\n" + "\n".join(f"      {line}" for line in said.splitlines()[-25:])


def run_one(name: str, seconds: float, folder: Path) -> int:
    """Run one target in this process."""
    folder.mkdir(parents=True, exist_ok=True)
    if importlib.util.find_spec("atheris") is None:
        return by_hypothesis(name, seconds, folder)
    return by_atheris(name, seconds, folder)


def by_atheris(name: str, seconds: float, folder: Path) -> int:
    """Let atheris look for bytes that reach what none did before; does not return where it has its way."""
    import atheris  # noqa: PLC0415 -- it need not be there

    with atheris.instrument_imports(include=[f"understudy.{name}" for name in LOOKED_INTO]):
        from targets import TARGETS  # noqa: PLC0415 -- what is imported here is looked into

        target = TARGETS[name]()
    seeds = folder / "seeds"
    seeds.mkdir(exist_ok=True)
    for seed in target.seeds:
        (seeds / hashlib.sha256(seed).hexdigest()[:16]).write_bytes(seed)
    arguments = [
        sys.argv[0], str(seeds), f"-max_total_time={int(seconds)}", f"-max_len={LONGEST}", "-timeout=10",
        "-rss_limit_mb=2000", "-print_final_stats=1", "-verbosity=0", f"-artifact_prefix={folder}/found-",
    ]  # fmt: skip
    atheris.Setup(arguments, target.take)
    atheris.Fuzz()
    return 0


def by_hypothesis(name: str, seconds: float, folder: Path) -> int:
    """Let hypothesis draw bytes, as they are and laid over a seed."""
    from hypothesis import HealthCheck, Phase, given, settings  # noqa: PLC0415 -- with atheris it need not be there
    from hypothesis import strategies as st  # noqa: PLC0415

    from targets import TARGETS  # noqa: PLC0415

    target, ends, runs = TARGETS[name](), time.monotonic() + seconds, 0
    drawn = st.one_of(
        st.binary(max_size=200),
        st.builds(mutated, st.sampled_from(list(target.seeds)), st.integers(0, 2**32)),
    )

    @settings(
        max_examples=1000,
        deadline=None,
        database=None,
        suppress_health_check=list(HealthCheck),
        phases=(Phase.generate,),
    )
    @given(drawn)
    def give(content: bytes) -> None:
        nonlocal runs
        runs += 1
        try:
            target.take(content)
        except BaseException:
            (folder / f"found-{hashlib.sha256(content).hexdigest()[:16]}").write_bytes(content)
            raise

    code = 0
    while time.monotonic() < ends and not code:
        try:
            give()
        except Exception:
            traceback.print_exc()
            code = 1
    print(f"runs: {runs}")
    return code


def mutated(seed: bytes, number: int) -> bytes:
    """Change some bytes of a text: leave out, double, or put others in their place."""
    rng, content = random.Random(number), bytearray(seed)
    for _ in range(rng.randint(1, 6)):
        at, length = rng.randrange(len(content) + 1), rng.randint(0, 8)
        piece = rng.choice(
            (b"", bytes(content[at : at + length]) * 2, rng.randbytes(length), rng.choice(_ODD))
        )
        content[at : at + length] = piece
    return bytes(content)


_ODD: Final = (
    b"\r\n",
    b"\0",
    b"%",
    b"%00",
    b'"',
    b"\xff",
    b"&",
    b"[",
    b"]",
    b":",
    b"=",
    b"*",
    b"9" * 30,
    b"-1",
    b"{",
    b"<",
    b",",
    b";",
)


def again(file: Path) -> int:
    """Give kept bytes to their target once more."""
    from targets import TARGETS  # noqa: PLC0415

    TARGETS[file.resolve().parent.name]().take(file.read_bytes())
    print("nothing is wrong with them")
    return 0


if __name__ == "__main__":
    sys.exit(main())
