"""``python -m tests.torture.twin``: the same torture of naive workers and clients must fail."""

import sys

from tests.torture.__main__ import main

if __name__ == "__main__":
    naive = ("-m", "tests.torture.naive_worker")
    sys.exit(main([*sys.argv[1:], "--no-idempotency"], worker=naive, naive_clients=True))
