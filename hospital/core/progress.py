"""Progress of long work: a bar on a terminal, nothing anywhere else."""

from collections.abc import Iterable, Iterator, Sequence
from contextlib import contextmanager
from typing import Protocol, TypeVar

from rich.console import Console
from rich.progress import Progress

T = TypeVar("T")


class Track(Protocol):
    """Gives the items back one by one and shows how far it is."""

    def __call__(self, items: Sequence[T], description: str) -> Iterable[T]: ...


def untracked(items: Sequence[T], description: str) -> Iterable[T]:  # noqa: ARG001 - a Track
    """Show nothing."""
    return items


@contextmanager
def progress_bar() -> Iterator[Track]:
    """Yield a Track that draws on the terminal behind stderr, and nothing where that is none."""
    console = Console(stderr=True)
    with Progress(console=console, transient=True, disable=not console.is_terminal) as progress:

        def track(items: Sequence[T], description: str) -> Iterable[T]:
            return progress.track(items, description=description)

        yield track
