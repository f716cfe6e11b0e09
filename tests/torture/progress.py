"""How far a run is: a bar on a terminal, a line now and then elsewhere."""

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

LINE_EVERY_SECONDS = 15.0

Tell = Callable[[str, float], None]  # what is going on, and how much of the load is done


@contextmanager
def progress() -> Iterator[Tell]:
    console = Console(stderr=True)
    if not console.is_terminal:
        yield _lines()
        return
    columns = (BarColumn(20), TimeElapsedColumn(), TextColumn("{task.description}"))
    with Progress(*columns, console=console, transient=True) as bar:
        task = bar.add_task("a database", total=1.0)
        yield lambda text, share: bar.update(task, description=text, completed=share)


def _lines() -> Tell:
    began = time.monotonic()
    said = {"at": -LINE_EVERY_SECONDS}

    def tell(text: str, share: float) -> None:
        passed = time.monotonic() - began
        if passed >= said["at"] + LINE_EVERY_SECONDS:
            said["at"] = passed
            print(f"{passed:4.0f} s  {share:4.0%}  {text}", file=sys.stderr, flush=True)

    return tell
