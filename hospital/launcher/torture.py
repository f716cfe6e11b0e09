"""``python3 run.py torture``: what survives when everything is killed, in a database apart."""

import os
from collections.abc import Sequence

from hospital.launcher import children
from hospital.launcher.places import Places


def torture(places: Places, arguments: Sequence[str]) -> int:
    """Run it, ``arguments`` passed on; its exit code. It makes and deletes its own database."""
    command = [str(places.python), "-m", "tests.torture", *arguments]
    return children.aloud(command, cwd=places.root, env=os.environ)
