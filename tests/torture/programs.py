"""The programs that take part: the web server, the workers, the bank."""

import os
import random
import signal
import socket
import subprocess
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from contextlib import ExitStack, closing, contextmanager, suppress
from dataclasses import dataclass, field
from pathlib import Path

from hospital.launcher import children, processes, server
from hospital.launcher.places import open_log
from tests.torture.ground import Ground
from tests.torture.plan import Plan, Victim

STOP_SECONDS = 30.0
AIM_SECONDS = 1.0


@dataclass
class Hospital:
    """The running hospital. Only one thread kills, and starts again."""

    ground: Ground
    plan: Plan
    environ: Mapping[str, str]
    port: int
    kills: Counter[str] = field(default_factory=Counter)
    ended_alone: Counter[str] = field(default_factory=Counter)
    workers: list[subprocess.Popen[bytes]] = field(default_factory=list)
    _web: ExitStack = field(default_factory=ExitStack)
    _server: server.WebServer | None = None

    def start(self) -> None:
        self._start_web()
        self.web.wait_until_ready()
        self.workers = [self._start_worker(place) for place in range(self.plan.workers)]

    @property
    def web(self) -> server.WebServer:
        assert self._server is not None
        return self._server

    def kill(self, victim: str, dice: random.Random) -> None:
        """Kill one of a kind with SIGKILL, and start another."""
        match victim:
            case Victim.WORKER:
                self._kill_worker(self._in_a_call() if dice.random() < 0.5 else None, dice)
            case Victim.WEB_WORKER:
                self._kill_web_worker(dice)
            case Victim.WEB_SERVER:
                kill_group(self.web.process.pid)
                self._restart_web()
            case Victim.DATABASE:
                self.ground.kill_database()
        self.kills[victim] += 1

    def tend(self) -> None:
        """Start again what ended by itself, as whoever runs services does."""
        for place, worker in enumerate(self.workers):
            if worker.poll() is not None:
                self.ended_alone[f"a worker, saying {self._last_words(place)!r}"] += 1
                self.workers[place] = self._start_worker(place)
        if self.web.process.poll() is not None:
            self.ended_alone["the web server"] += 1
            self._restart_web()

    def stop_workers(self) -> list[int]:
        """Ask all to stop; their exit codes."""
        for worker in self.workers:
            worker.terminate()
        return [_code(worker) for worker in self.workers]

    def end(self) -> None:
        """End everything at once, however it is."""
        for worker in self.workers:
            kill_group(worker.pid)
            worker.wait()
        if self._server is not None:
            kill_group(self._server.process.pid)
        self._web.close()

    def _kill_worker(self, place: int | None, dice: random.Random) -> None:
        place = dice.randrange(len(self.workers)) if place is None else place
        kill_group(self.workers[place].pid)
        self.workers[place].wait()
        self.workers[place] = self._start_worker(place)

    def _in_a_call(self) -> int | None:
        """The place of a worker that is calling the bank, if one does so soon."""
        until = time.monotonic() + AIM_SECONDS
        while time.monotonic() < until:
            for place, worker in enumerate(self.workers):
                if _sockets(worker.pid) > 1:  # one leads to the database
                    return place
            time.sleep(0.002)
        return None

    def _kill_web_worker(self, dice: random.Random) -> None:
        """The server itself starts another."""
        if found := sorted(processes.children_of(self.web.process.pid)):
            with suppress(ProcessLookupError):
                os.kill(dice.choice(found), signal.SIGKILL)

    def _log(self, place: int) -> Path:
        return self.ground.places.state / f"worker-{place}.log"

    def _last_words(self, place: int) -> str:
        said = self._log(place).read_text(encoding="utf-8", errors="replace").split("\n")
        return next((line for line in reversed(said) if line.strip()), "")

    def _start_worker(self, place: int) -> subprocess.Popen[bytes]:
        command = [str(self.ground.places.python), *self.plan.worker]
        with open_log(self._log(place), "wb") as log:
            return subprocess.Popen(
                command,
                cwd=self.ground.places.root,
                env=dict(self.environ),
                stdin=subprocess.DEVNULL,
                stdout=log,
                stderr=log,
                start_new_session=True,
            )

    def _start_web(self) -> None:
        serving = server.serving(self.ground.places, self.port, self.environ, locks=())
        self._server = self._web.enter_context(serving)

    def _restart_web(self) -> None:
        self._web.close()
        self._web = ExitStack()
        self._start_web()


@contextmanager
def running_hospital(
    ground: Ground, plan: Plan, environ: Mapping[str, str], port: int
) -> Iterator[Hospital]:
    hospital = Hospital(ground, plan, environ, port)
    try:
        hospital.start()
        yield hospital
    finally:
        hospital.end()


def migrate(ground: Ground, environ: Mapping[str, str]) -> None:
    children.must(
        [ground.places.python, "manage.py", "migrate", "--no-input", "--verbosity=0"],
        "The migrations failed",
        cwd=ground.places.root,
        env={**environ, **ground.owner},
    )


def _sockets(pid: int) -> int:
    """How many sockets a process has open; 0 where the system does not say."""
    try:
        return sum(os.readlink(entry).startswith("socket:") for entry in _open_files(pid))
    except OSError:  # it closed one meanwhile, or has ended
        return 0


def _open_files(pid: int) -> list[Path]:
    return list(Path(f"/proc/{pid}/fd").iterdir())


def kill_group(leader: int) -> None:
    with suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)


def free_port() -> int:
    with closing(socket.socket()) as probe:
        probe.bind((server.HOST, 0))
        return int(probe.getsockname()[1])


def _code(worker: subprocess.Popen[bytes]) -> int:
    try:
        return worker.wait(STOP_SECONDS)
    except subprocess.TimeoutExpired:
        kill_group(worker.pid)
        return worker.wait()
