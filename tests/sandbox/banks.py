"""Sandbox banks in processes of their own, and what their clients say to them."""

import http.client
import json
import os
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

PROGRAM = Path(__file__).resolve().parents[2] / "hospital" / "sandbox"
DESTINATION = {"bank_code": "058", "account_number": "1234567890", "account_name": "Ada Obi"}
AGES = {"from": "2020-01-01T00:00:00Z", "to": "2100-01-01T00:00:00Z"}


@dataclass(frozen=True)
class Reply:
    status: int
    headers: Mapping[str, str]
    body: bytes

    @cached_property
    def json(self) -> Any:
        return json.loads(self.body)


@dataclass(frozen=True)
class RunningBank:
    process: subprocess.Popen[str]
    port: int

    def connect(self, seconds: float = 10) -> http.client.HTTPConnection:
        return http.client.HTTPConnection("127.0.0.1", self.port, timeout=seconds)

    def call(self, method: str, path: str, body: object = None, **options: Any) -> Reply:
        """One call on a connection of its own; ``seconds`` and ``headers`` may be given."""
        with closing(self.connect(options.get("seconds", 10))) as connection:
            return say(connection, method, path, body, **options.get("headers", {}))

    def pay(self, reference: str, *, seconds: float = 10, **facts: Any) -> Reply:
        wish = instruction(reference, **facts)
        return self.call("POST", "/transfers", wish, seconds=seconds)

    def find(self, reference: str, *, seconds: float = 10) -> Reply:
        return self.call("GET", f"/transfers/{reference}", seconds=seconds)

    def is_paid(self, reference: str) -> bool:
        return bool(self.find(reference).json["status"] == "PAID")

    def payments(self) -> list[dict[str, Any]]:
        """Everything it ever paid, oldest first."""
        path = f"/statement?from={AGES['from']}&to={AGES['to']}&limit=2000"
        return list(self.call("GET", path).json["payments"])

    def order(self, **faults: list[str]) -> None:
        assert self.call("POST", "/admin/faults", faults).status == 200

    def switch(self, profile: str) -> None:
        assert self.call("POST", "/admin/profile", {"profile": profile}).status == 200

    def faults(self) -> Any:
        return self.call("GET", "/faults").json

    def kill(self) -> None:
        self.process.kill()
        self.process.wait()


def say(
    connection: http.client.HTTPConnection, method: str, path: str, body: object, **headers: str
) -> Reply:
    data = None if body is None else json.dumps(body)
    connection.request(method, path, data, {"Content-Type": "application/json", **headers})
    answer = connection.getresponse()
    return Reply(answer.status, dict(answer.headers), answer.read())


def instruction(reference: str, **facts: object) -> dict[str, object]:
    usual = {"amount": "1500.00", "currency": "NGN", "destination": DESTINATION}
    return {"reference": reference, **usual, **facts}


@contextmanager
def running(
    data: Path, *options: str, program: Path = PROGRAM, gateway_secret: str = ""
) -> Iterator[RunningBank]:
    """A bank that is ready; it is stopped afterwards if it still runs."""
    command = [sys.executable, "-I", "-S", str(program), "--data", str(data), *options]
    with subprocess.Popen(
        command,
        stdout=subprocess.PIPE,
        text=True,
        cwd=data.parent,
        env={**os.environ, "SANDBOX_GATEWAY_SECRET": gateway_secret},
    ) as process:
        try:
            assert process.stdout is not None
            address = process.stdout.readline().strip()
            yield RunningBank(process, int(address.rpartition(":")[2]))
        finally:
            process.kill()
