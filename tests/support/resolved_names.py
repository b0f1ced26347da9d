"""Names of hosts that stand for addresses of our own choice."""

from __future__ import annotations

import socket
from typing import Any

import pytest


def resolving(monkeypatch: pytest.MonkeyPatch, *addresses: str) -> list[str]:
    """Have the name `many.test` stand for addresses; return the names looked up."""
    resolve, asked = socket.getaddrinfo, []

    def find(host: Any, *args: Any, **kwargs: Any) -> Any:
        if host != "many.test":
            return resolve(host, *args, **kwargs)
        asked.append(host)
        kind = (socket.AF_INET, socket.SOCK_STREAM, 6, "")
        return [(*kind, (address, 0)) for address in addresses]

    monkeypatch.setattr(socket, "getaddrinfo", find)
    return asked
