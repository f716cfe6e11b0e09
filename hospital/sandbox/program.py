"""The command line of the sandbox bank."""

import argparse
import asyncio
import os
import resource
import signal
import sqlite3
import sys
from collections.abc import Sequence
from contextlib import closing, suppress
from pathlib import Path

from .bank import Bank, Mode, Terms
from .faults import Injector, Profile
from .gateway import GatewayDesk
from .routes import Routes
from .server import Server
from .vault import Vault

SECRET_NAME = "SANDBOX_GATEWAY_SECRET"  # noqa: S105 - a variable's name


def main(arguments: Sequence[str]) -> int:
    """Serve until told to stop; the exit code."""
    options = _parser().parse_args(arguments)
    _allow_many_connections()
    try:
        asyncio.run(_serve(options))
    except (OSError, sqlite3.Error) as problem:
        sys.stderr.write(f"sandbox bank: {problem}\n")
        return 1
    return 0


async def _serve(options: argparse.Namespace) -> None:
    stopped = asyncio.Event()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stopped.set)
    terms = Terms(options.mode, options.idempotent, options.finality_seconds)
    with closing(Bank(Vault(options.data), terms, Injector(options.profile, options.seed))) as bank:
        gateway = GatewayDesk(bank, os.environ.get(SECRET_NAME, ""))
        server = Server(Routes(bank, options.token, gateway))
        pulse = asyncio.create_task(server.pulse.beat())
        listener = await server.listen(options.host, options.port)
        sys.stdout.write(f"http://{options.host}:{listener.sockets[0].getsockname()[1]}\n")
        sys.stdout.flush()
        await stopped.wait()
        listener.close()
        pulse.cancel()


def _allow_many_connections() -> None:
    """One that hangs keeps its file descriptor, and the usual limit is low."""
    hard = resource.getrlimit(resource.RLIMIT_NOFILE)[1]
    with suppress(ValueError, OSError):
        resource.setrlimit(resource.RLIMIT_NOFILE, (hard, hard))


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="sandbox bank", description="A bank that only pretends to pay, to work against."
    )
    add = parser.add_argument
    add("--data", type=Path, required=True, help="SQLite file of what it paid; made if missing")
    add("--host", default="127.0.0.1", help="default: 127.0.0.1")
    add("--port", type=_port, default=0, help="default: 0, a free one; printed when ready")
    add("--profile", type=Profile, choices=list(Profile), default=Profile.CALM)
    add("--seed", type=int, default=1, help="decides which calls fail and how; default: 1")
    add("--idempotent", action="store_true", default=True, help="pay a reference once; default")
    add("--not-idempotent", dest="idempotent", action="store_false", help="pay it again")
    add("--mode", type=Mode, choices=list(Mode), default=Mode.REST)
    add(
        "--finality-seconds",
        type=_finality,
        default=30,
        metavar="N",
        help="nothing new is paid N seconds after a request; 'none' promises nothing; default: 30",
    )
    add("--token", default="", help="bearer token that clients must send")
    return parser


def _port(text: str) -> int:
    if not text.isdecimal() or int(text) > 65535:
        raise argparse.ArgumentTypeError("must be a number from 0 to 65535")
    return int(text)


def _finality(text: str) -> int | None:
    if text == "none":
        return None
    if not text.isdecimal() or int(text) < 1:
        raise argparse.ArgumentTypeError("must be a whole number of seconds from 1, or 'none'")
    return int(text)
