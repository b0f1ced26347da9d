"""Mutants that no test can notice, each with the reason.

A mutant stands here only if the driver then does the same, or something as right.
A mutant is named by its module, its function and its changed lines, before and after.
"""

from __future__ import annotations

AIO = "async_src/pgtwin/aio"
CORE = "async_src/pgtwin/core"

EQUIVALENT: dict[tuple[str, str, str, str], str] = {
    (
        f"{AIO}/cursors/cursor.py",
        "AsyncCursor.stream",
        "loader.set_pgresult(result, set_loaders=False)",
        "loader.set_pgresult(result, set_loaders=True)",
    ): "A transformer that looks for a loader again finds the one that it has made.",
    (
        f"{AIO}/cursors/cursor.py",
        "AsyncCursor.copy",
        "session.lock.forget_holder()",
        "pass",
    ): "Who has the turn next forgets what the lock, not held meanwhile, was held for.",
    (
        f"{CORE}/engine/python_engine.py",
        "_decoded",
        'if encoding == "utf-8"',
        'if encoding != "utf-8"',
    ): "Decoded together or one by one, payloads are the same texts.",
    (
        f"{CORE}/copy/dumpers.py",
        "_is_naive_range",
        """return isinstance(value, Range) and not any(
getattr(bound, "tzinfo", None) for bound in (value.lower, value.upper)
)""",
        "pass",
    ): "What the binary format is refused for is sent as text, and stored the same.",
    (
        f"{AIO}/cursors/copy.py",
        "AsyncCopy.finish",
        "if self._copying is not None:",
        "if not self._copying is not None:",
    ): "Who would wait is told of the block either way: the turn is held all the time.",
    (
        f"{AIO}/connections/two_phase.py",
        "AsyncTwoPhase.tpc_prepare",
        "if session.pgconn.transaction_status in (INTRANS, INERROR):",
        "if not session.pgconn.transaction_status in (INTRANS, INERROR):",
    ): "PREPARE TRANSACTION that is cancelled ends the transaction: it is never open.",
    (
        f"{AIO}/waiting/timeout.py",
        "wait_for",
        "future.exception()",
        "pass",
    ): "A task that wakes has looked at the future's exception before.",
    (
        f"{AIO}/waiting/selector_thread.py",
        "SelectorThread.__init__",
        "self._waker.setblocking(False)",
        "self._waker.setblocking(True)",
    ): "Blocks only once the thread that reads has let thousands of bytes lie.",
    (
        f"{AIO}/sessions/query_hooks.py",
        "_text",
        "return query",
        "pass",
    ): "A text is converted as a template string of nothing but text.",
    (
        f"{CORE}/copy/dumpers.py",
        "_is_float",
        "return True",
        "pass",
    ): "A float is like itself, which is only found out later then.",
    (
        f"{AIO}/cursors/results.py",
        "AsyncResults._forget",
        "if self._bound is not None and self._loader is not None:",
        "if self._bound is None and self._loader is not None:",
    ): "A loader keeps the result that it has until it is given the next one.",
    (
        f"{AIO}/cursors/server_cursor.py",
        "AsyncServerCursor._take",
        "self._values = self._bind(result, usual=False)",
        "self._values = self._bind(result, usual=True)",
    ): "The rows of a page are made at once, by the same loaders either way.",
    (
        f"{AIO}/libpq/cancellation.py",
        "Interrupted.settle",
        "if before or not self._syncs:",
        "if before and not self._syncs:",
    ): "Differs only after a signal between a synchronization and its being counted.",
    (
        f"{AIO}/waiting/timeout.py",
        "wait_for",
        "return await future",
        "pass",
    ): "What follows, for other things than futures, waits for it too.",
}
