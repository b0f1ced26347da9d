"""Limiters: each borrower has one of so many tokens."""

from __future__ import annotations

import math
from collections import OrderedDict
from typing import Any, NamedTuple

from ..context_managers import Managed
from ..entry_points import entry, guarded
from ..locks import Event
from ..tasks import Task, current_task
from .checkpoints import cancel_shielded_checkpoint, checkpoint_if_cancelled
from .errors import WouldBlock


class CapacityLimiterStatistics(NamedTuple):
    """Who has tokens, and how many tasks wait for one."""

    borrowed_tokens: int
    total_tokens: float
    borrowers: tuple[object, ...]
    tasks_waiting: int


class CapacityLimiter(Managed):
    """Tokens that tasks, or others on whose behalf they are taken, borrow."""

    def __init__(self, total_tokens: float) -> None:
        self._total: float = 0
        self._borrowers: set[Any] = set()
        self._waiting: OrderedDict[Any, Event] = OrderedDict()
        self._change_total(total_tokens)

    @entry
    def __enter__(self) -> None:
        self.acquire()

    @entry
    def __exit__(self, *exc_info: object) -> None:
        self.release()

    @property
    def total_tokens(self) -> float:
        """How many tokens there are."""
        return self._total

    @total_tokens.setter
    def total_tokens(self, value: float) -> None:
        self._change_total(value)

    @guarded
    def _change_total(self, value: float) -> None:
        if not isinstance(value, int) and not math.isinf(value):
            raise TypeError("total_tokens must be an int or math.inf")
        if value < 0:
            raise ValueError("total_tokens must be >= 0")
        self._total = value
        while self._give_to_next():
            pass

    @property
    def borrowed_tokens(self) -> int:
        """How many tokens are borrowed."""
        return len(self._borrowers)

    @property
    def available_tokens(self) -> float:
        """How many tokens are left."""
        return self._total - len(self._borrowers)

    def _give(self, borrower: object) -> None:
        self._borrowers.add(borrower)
        if isinstance(borrower, Task):
            borrower._hold()

    def _give_to_next(self) -> bool:
        if not self._waiting or len(self._borrowers) >= self._total:
            return False
        borrower, event = self._waiting.popitem(last=False)
        self._give(borrower)
        event.set()
        return True

    def _take(self, borrower: object) -> None:
        self._borrowers.remove(borrower)
        if isinstance(borrower, Task):
            borrower._release()

    @guarded
    def acquire_nowait(self) -> None:
        """Take a token for this task; `WouldBlock` if none is left."""
        self.acquire_on_behalf_of_nowait(current_task())

    @guarded
    def acquire_on_behalf_of_nowait(self, borrower: object) -> None:
        """Take a token for somebody; `WouldBlock` if none is left."""
        if borrower in self._borrowers:
            raise RuntimeError(
                "this borrower is already holding one of this CapacityLimiter's tokens"
            )
        if self._waiting or len(self._borrowers) >= self._total:
            raise WouldBlock
        self._give(borrower)

    @entry
    def acquire(self) -> None:
        """Wait for a token for this task."""
        self.acquire_on_behalf_of(current_task())

    @entry
    def acquire_on_behalf_of(self, borrower: object) -> None:
        """Wait for a token for somebody."""
        checkpoint_if_cancelled()
        try:
            self.acquire_on_behalf_of_nowait(borrower)
        except WouldBlock:
            self._wait(borrower)
            return
        try:
            cancel_shielded_checkpoint()
        except BaseException:
            self.release_on_behalf_of(borrower)
            raise

    def _wait(self, borrower: object) -> None:
        event = self._waiting[borrower] = Event()
        try:
            event.wait()
        except BaseException:
            self._waiting.pop(borrower, None)
            if event.is_set():
                self._take(borrower)
                self._give_to_next()
            raise

    @guarded
    def release(self) -> None:
        """Give the token of this task back."""
        self.release_on_behalf_of(current_task())

    @guarded
    def release_on_behalf_of(self, borrower: object) -> None:
        """Give the token of somebody back."""
        if borrower not in self._borrowers:
            raise RuntimeError(
                "this borrower isn't holding any of this CapacityLimiter's tokens"
            )
        self._take(borrower)
        self._give_to_next()

    def statistics(self) -> CapacityLimiterStatistics:
        """Return which tasks have tokens, and how many tasks wait for one."""
        return CapacityLimiterStatistics(
            self.borrowed_tokens,
            self.total_tokens,
            tuple(self._borrowers),
            len(self._waiting),
        )
