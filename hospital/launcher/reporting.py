"""One line per step, with the time it took."""

import contextlib
import time
from collections.abc import Iterator
from dataclasses import dataclass


@dataclass
class Step:
    result: str = "done"


@contextlib.contextmanager
def step(label: str) -> Iterator[Step]:
    """Print the step's name at once, and its result and time when it is done."""
    print(f"  {label:<14}", end="", flush=True)
    began = time.monotonic()
    current = Step()
    try:
        yield current
    except BaseException:
        print("failed", flush=True)
        raise
    print(f"{current.result:<52} {time.monotonic() - began:6.1f} s", flush=True)
