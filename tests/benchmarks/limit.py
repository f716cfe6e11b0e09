"""The same SQL from pgbench: what a client without any work of its own reaches."""

import os
import re
import shutil
import subprocess
from pathlib import Path

from client_wallet import services
from client_wallet.chain import UNREAD
from hospital.core.statements import BY_INDEX, Statement
from hospital.launcher.account import server_account
from hospital.launcher.binaries import find_binaries
from hospital.launcher.places import places_of
from tests.benchmarks.ground import patients_and_cashiers
from tests.benchmarks.plan import CASHIERS

_PARAMETER = re.compile(r"%\((\w+)\)s")
_VALUES = {
    "day_number": "1",
    "patient_id": ":patient",
    "actor_id": ":actor",
    "uid": "gen_random_uuid()",
    "kind": "'DEPOSIT'",
    "business_date": "current_date",
    "in_shift": "true",
    "account": "'CASH-' || lpad(:actor::text, 4, '0')",
    "amount": "10.00",
    **{f"piece_{number}": "repeat('x', 40)" for number in range(len(UNREAD) + 1)},
    "series": "'DEP'",
    "act": "'deposit'",
    "key": ":key",
    "fingerprint": "repeat('f', 64)",
    "payment_method": "'CASH'",
    "external_reference": "''",
    "note": "''",
}


def statements() -> list[Statement]:
    """Return what the service sends for a deposit, in its order."""
    return [services._LOCK_WALLET, services._TAKE_DEPOSIT]


def script() -> str:
    """Return a deposit in pgbench's own language."""
    patients, cashiers = patients_and_cashiers()
    lock, write = [filled(statement) for statement in statements()]
    return f"""
\\set patient random({patients[0]}, {patients[-1]})
\\set actor {cashiers[0]} + :client_id
\\set key random(1, 9000000000000000000)
BEGIN;
{BY_INDEX};
{lock};
{write};
END;
"""


def rate(program: Path, database: str, directory: Path, seconds: float) -> float:
    """Return how many deposits a second pgbench does over as many connections as cashiers."""
    written = directory / "deposit.sql"
    written.write_text(script(), encoding="utf-8")
    command = [str(program), "--no-vacuum", "--protocol=prepared", f"--file={written}"]
    crowd = [f"--client={CASHIERS}", "--jobs=2", f"--time={max(1, round(seconds))}", database]
    answer = subprocess.run([*command, *crowd], capture_output=True, text=True, check=False)
    found = re.search(r"tps = ([0-9.]+) \(without initial", answer.stdout)
    if answer.returncode or not found:
        raise RuntimeError(f"pgbench failed: {answer.stderr[-500:]}")
    return float(found[1])


def find_pgbench(root: Path) -> Path | None:
    """Return pgbench of the PostgreSQL that ``run.py`` would start, or of the machine."""
    found = find_binaries(places_of(root), server_account()).program("pgbench")
    if found.exists():
        return found
    elsewhere = shutil.which("pgbench", path=os.environ.get("PATH"))
    return Path(elsewhere) if elsewhere else None


def filled(statement: Statement) -> str:
    """Return a statement with pgbench's variables, or constants, for its values."""
    # A colon within a word would be one of its variables, even in quotes: HH24:MI:SS.
    text = re.sub(r"(?<=\w):(?=\w)", "' || ':' || '", statement.text)
    return _PARAMETER.sub(lambda name: _VALUES[name[1]], text)
