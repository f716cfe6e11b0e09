"""Runs programs for a step: ended with us, and quoted when they fail."""

import contextlib
import os
import signal
import subprocess
from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path

from hospital.launcher import processes
from hospital.launcher.problems import Problem, Stopped

Command = Sequence[str | Path]
SHOWN_LINES = 15
GRACE_SECONDS = 10.0


def quietly(
    command: Command, *, cwd: Path, env: Mapping[str, str]
) -> subprocess.CompletedProcess[str]:
    """Run a program and return what it printed; it is ended if we are told to stop."""
    child = subprocess.Popen(
        [str(part) for part in command],
        cwd=cwd,
        env=dict(env),
        stdin=subprocess.DEVNULL,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
        errors="replace",
    )
    with ended_with_us(child):
        out, err = child.communicate()
    return subprocess.CompletedProcess(child.args, child.returncode, out, err)


def aloud(command: Command, *, cwd: Path, env: Mapping[str, str]) -> int:
    """Run a program on our terminal and return its exit code."""
    child = subprocess.Popen([str(part) for part in command], cwd=cwd, env=dict(env))
    with ended_with_us(child):
        try:
            return child.wait()
        except Stopped as stopped:
            if stopped.signal_number == signal.SIGINT:  # Ctrl-C reached it too: let it tidy up
                with contextlib.suppress(subprocess.TimeoutExpired):
                    child.wait(GRACE_SECONDS)
            raise


def must(command: Command, what: str, *, cwd: Path, env: Mapping[str, str]) -> str:
    """
    Run a program and return its output.

    :raises Problem: if it fails, with the end of what it said
    """
    answer = quietly(command, cwd=cwd, env=env)
    if answer.returncode != 0:
        raise Problem(f"{what}: {tail(answer.stderr or answer.stdout)}")
    return answer.stdout


def tail(output: str) -> str:
    """The last lines of an output, alone if there is only one."""
    lines = [line for line in output.splitlines() if line.strip()][-SHOWN_LINES:]
    return lines[0] if len(lines) == 1 else "\n    ".join(["", *lines])


@contextlib.contextmanager
def ended_with_us(child: subprocess.Popen[str] | subprocess.Popen[bytes]) -> Iterator[None]:
    """End and reap the child when the block is left by an exception."""
    try:
        yield
    except BaseException:
        child.terminate()
        try:
            child.wait(GRACE_SECONDS)
        except subprocess.TimeoutExpired:
            child.kill()
            child.wait()
        raise
    finally:
        for stream in (child.stdout, child.stderr):
            if stream is not None:
                stream.close()


def stop_on_signals() -> None:
    """Make Ctrl-C, SIGTERM and a closed terminal raise ``Stopped`` in the main thread."""

    def stop(number: int, _frame: object) -> None:
        ignore_signals()  # the way out is short, and must not be cut off halfway
        raise Stopped(number)

    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, stop)


def ignore_signals() -> None:
    for number in (signal.SIGINT, signal.SIGTERM, signal.SIGHUP):
        signal.signal(number, signal.SIG_IGN)


def stop_process(pid: int, *, seconds: float) -> None:
    """End a process of ours: asked first, then killed."""
    with contextlib.suppress(ProcessLookupError):
        os.kill(pid, signal.SIGTERM)
    if not processes.wait_until_gone(pid, seconds=seconds):
        with contextlib.suppress(ProcessLookupError):
            os.kill(pid, signal.SIGKILL)


def stop_group(leader: int, *, seconds: float) -> None:
    """End a process group of ours: its leader first, then workers that outlived it."""
    stop_process(leader, seconds=seconds)
    with contextlib.suppress(ProcessLookupError):
        os.killpg(leader, signal.SIGKILL)
