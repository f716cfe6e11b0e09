"""Calls to a gateway over HTTP: signed in by key, within one deadline, answered by an object."""

import base64
import json
from dataclasses import dataclass
from functools import cached_property
from http import HTTPStatus
from typing import Any

from client_wallet.bank.timed_http import Reply, Site, Unanswered
from client_wallet.gateways.interface import GatewaySilent


@dataclass(frozen=True)
class Caller:
    """A gateway at an address. Without a ``key_id`` the secret goes along as a bearer token."""

    address: str
    key_id: str
    key_secret: str
    deadline_seconds: float = 10.0

    def get(self, path: str) -> dict[str, Any]:
        """:raises GatewaySilent: if no object came back"""
        return self._object("GET", path, None)

    def post(self, path: str, facts: dict[str, Any]) -> dict[str, Any]:
        """:raises GatewaySilent: if no object came back"""
        return self._object("POST", path, json.dumps(facts).encode())

    def _object(self, method: str, path: str, body: bytes | None) -> dict[str, Any]:
        headers = {
            "Content-Type": "application/json",
            "Accept": "application/json",
            "Authorization": self._authorization,
        }
        try:
            reply = self._site.request(
                method, path, seconds=self.deadline_seconds, body=body, headers=headers
            )
        except Unanswered as nothing:
            raise GatewaySilent(str(nothing)) from nothing
        return _object_in(reply)

    @cached_property
    def _site(self) -> Site:
        return Site(self.address)

    @property
    def _authorization(self) -> str:
        if not self.key_id:
            return f"Bearer {self.key_secret}"
        pair = f"{self.key_id}:{self.key_secret}".encode()
        return f"Basic {base64.b64encode(pair).decode()}"


def _object_in(reply: Reply) -> dict[str, Any]:
    if reply.status not in {HTTPStatus.OK, HTTPStatus.CREATED}:
        raise GatewaySilent(f"status {reply.status}")
    try:
        facts = json.loads(reply.body)
    except (ValueError, RecursionError) as error:
        raise GatewaySilent("an answer that is no JSON") from error
    if not isinstance(facts, dict):
        raise GatewaySilent("an answer that is no JSON object")
    return facts
