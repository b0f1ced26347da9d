"""The methods of a loop that work on signals."""

from __future__ import annotations

import signal
import threading
from collections.abc import Callable
from typing import Any

from .handles import Handle
from .workers import Workers


class Signals(Workers):
    """A loop that calls functions on signals, in the main thread."""

    def __init__(self) -> None:
        super().__init__()
        self._signal_handlers: dict[int, Handle] = {}

    def _begin_to_listen(self) -> Callable[[], None]:
        """Let signals wake the loop where its owner waits for another thread.

        Returns what takes it back.
        """
        if threading.current_thread() is not threading.main_thread():
            return _nothing
        try:
            before = signal.set_wakeup_fd(
                self._wake_writer.fileno(), warn_on_full_buffer=False
            )
        except (ValueError, OSError):  # a subinterpreter's main thread
            return _nothing
        if before != -1:  # the program has one, which stays
            signal.set_wakeup_fd(before)
            return _nothing
        return self._end_listening

    def _end_listening(self) -> None:
        ours = self._wake_writer.fileno()
        before = signal.set_wakeup_fd(-1)
        if before not in (ours, -1):
            signal.set_wakeup_fd(before)

    def add_signal_handler(
        self, sig: int, callback: Callable[..., object], *args: Any
    ) -> None:
        """Call a function in the loop whenever there is a signal."""
        self._check_signal(sig)
        self._check_closed()
        handle = Handle(callback, args, self)
        self._in_owner(self._set_handler, sig, handle)

    def _set_handler(self, sig: int, handle: Handle) -> None:
        if threading.current_thread() is not threading.main_thread():
            raise RuntimeError("set_wakeup_fd only works in main thread")
        before = self._signal_handlers.get(sig)
        self._signal_handlers[sig] = handle
        try:
            signal.signal(sig, self._got_signal)
            if hasattr(signal, "siginterrupt"):
                signal.siginterrupt(sig, False)
        except OSError as error:
            if before is None:
                del self._signal_handlers[sig]
            else:
                self._signal_handlers[sig] = before
            if error.errno is not None and error.errno == 22:
                raise RuntimeError(f"sig {sig} cannot be caught") from None
            raise

    def _got_signal(self, sig: int, frame: object) -> None:
        self.call_soon_threadsafe(self._handle_signal, sig)

    def _handle_signal(self, sig: int) -> None:
        handle = self._signal_handlers.get(sig)
        if handle is None:
            return
        if handle._cancelled:
            self.remove_signal_handler(sig)
        else:
            handle._run()

    def remove_signal_handler(self, sig: int) -> bool:
        """Restore what a signal did; tell whether a function was called on it."""
        self._check_signal(sig)
        if self._signal_handlers.pop(sig, None) is None:
            return False
        default = signal.SIG_DFL
        handler = signal.default_int_handler if sig == signal.SIGINT else default
        self._in_owner(signal.signal, sig, handler)
        return True

    def _check_signal(self, sig: int) -> None:
        if not isinstance(sig, int):
            raise TypeError(f"sig must be an int, not {sig!r}")
        if sig not in signal.valid_signals():
            raise ValueError(f"invalid signal number {sig}")

    def _remove_signal_handlers(self) -> None:
        if threading.current_thread() is threading.main_thread():
            for sig in list(self._signal_handlers):
                self.remove_signal_handler(sig)


def _nothing() -> None:
    pass
