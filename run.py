"""Starts the hospital; ``python3 run.py --help`` lists the commands."""

import os
import sys

ROOT = os.path.dirname(os.path.abspath(__file__))

if __name__ == "__main__":
    if sys.version_info < (3, 11):
        sys.exit("run.py: Python 3.11 or newer is needed; this is {}.{}.".format(*sys.version_info))
    sys.path.insert(0, ROOT)
    from pathlib import Path

    from hospital.launcher.cli import main  # not before an old Python was refused

    sys.exit(main(Path(ROOT), sys.argv[1:]))
