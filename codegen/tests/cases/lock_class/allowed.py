from __future__ import annotations

import asyncio


def f(lock: asyncio.Lock | None, other: list[asyncio.Lock]) -> asyncio.Lock:
    return lock or asyncio.Lock()

# ---- twin ----

from __future__ import annotations

import threading


def f(lock: threading.Lock | None, other: list[threading.Lock]) -> threading.Lock:
    return lock or threading.Lock()
