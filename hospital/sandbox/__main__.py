"""Starts the bank: ``python -I path/to/sandbox``, or ``python -m hospital.sandbox``."""

import sys
from importlib import import_module, util
from pathlib import Path


def _package() -> str:
    """The package's name; started by its path it has none yet, and nothing beside it is found."""
    if __package__:
        return __package__
    here = Path(__file__).resolve().parent
    spec = util.spec_from_file_location(
        "sandbox", here / "__init__.py", submodule_search_locations=[str(here)]
    )
    assert spec is not None  # noqa: S101 - the file is there: it stands beside this one
    sys.modules["sandbox"] = util.module_from_spec(spec)
    return "sandbox"


if __name__ == "__main__":
    sys.exit(import_module(f"{_package()}.program").main(sys.argv[1:]))
