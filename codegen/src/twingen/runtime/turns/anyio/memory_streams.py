"""Streams of objects between the tasks of a loop."""

from __future__ import annotations

import math
import types
import warnings
from collections import OrderedDict, deque
from typing import Any, Generic, NamedTuple, TypeVar

from ..entry_points import entry, guarded
from ..tasks import current_task
from .checkpoints import checkpoint
from .errors import (
    BrokenResourceError,
    ClosedResourceError,
    EndOfStream,
    WouldBlock,
)
from .locks import Event
from .resources import ObjectReceiveStream, ObjectSendStream
from .task_information import has_pending_cancellation

T = TypeVar("T")
T_co = TypeVar("T_co", covariant=True)
T_contra = TypeVar("T_contra", contravariant=True)

_NOTHING: Any = object()


class MemoryObjectStreamStatistics(NamedTuple):
    """What is in a stream, and who uses it."""

    current_buffer_used: int
    max_buffer_size: float
    open_send_streams: int
    open_receive_streams: int
    tasks_waiting_send: int
    tasks_waiting_receive: int


class _Receiver:
    """A task that waits for an object, and what it is given."""

    def __init__(self) -> None:
        self.task: Any = current_task()
        self.item = _NOTHING


class _State(Generic[T]):
    """What the ends of a stream share."""

    def __init__(self, max_buffer_size: float) -> None:
        self.max_buffer_size = max_buffer_size
        self.buffer: deque[T] = deque()
        self.senders = 0
        self.receivers = 0
        self.waiting_receivers: OrderedDict[Event, _Receiver] = OrderedDict()
        self.waiting_senders: OrderedDict[Event, T] = OrderedDict()

    def statistics(self) -> MemoryObjectStreamStatistics:
        return MemoryObjectStreamStatistics(
            len(self.buffer),
            self.max_buffer_size,
            self.senders,
            self.receivers,
            len(self.waiting_senders),
            len(self.waiting_receivers),
        )


class _End:
    """One end of a stream."""

    def __init__(self, _state: _State[Any]) -> None:
        self._state: _State[Any] = _state
        self._closed = False
        self._waiters: set[Event] = set()
        """Of the tasks that wait at this very end."""

    def statistics(self) -> MemoryObjectStreamStatistics:
        """Return what is in the stream, and who uses it."""
        return self._state.statistics()

    def __del__(self) -> None:
        if not getattr(self, "_closed", True):
            warnings.warn(
                f"Unclosed <{type(self).__name__} at {id(self):x}>",
                ResourceWarning,
                stacklevel=1,
                source=self,
            )


class MemoryObjectReceiveStream(_End, ObjectReceiveStream[T_co], Generic[T_co]):
    """The end of a stream that gives objects."""

    def __init__(self, _state: _State[T_co]) -> None:
        super().__init__(_state)
        _state.receivers += 1

    @guarded
    def receive_nowait(self) -> T_co:
        """Return the next object; `WouldBlock` if there is none."""
        if self._closed:
            raise ClosedResourceError
        state = self._state
        if state.waiting_senders:
            event, item = state.waiting_senders.popitem(last=False)
            state.buffer.append(item)
            event.set()
        if state.buffer:
            return state.buffer.popleft()  # type: ignore[no-any-return]
        if not state.senders:
            raise EndOfStream
        raise WouldBlock

    @entry
    def receive(self) -> T_co:
        """Wait for the next object; `EndOfStream` if there will be none."""
        checkpoint()
        try:
            return self.receive_nowait()
        except WouldBlock:
            return self._wait()

    def _wait(self) -> T_co:
        event, receiver = Event(), _Receiver()
        self._waiters.add(event)
        self._state.waiting_receivers[event] = receiver
        try:
            event.wait()
        finally:
            self._state.waiting_receivers.pop(event, None)
            self._waiters.discard(event)
        if receiver.item is not _NOTHING:
            return receiver.item  # type: ignore[no-any-return]
        if self._closed:
            raise ClosedResourceError from None
        raise EndOfStream from None

    @guarded
    def clone(self) -> MemoryObjectReceiveStream[T_co]:
        """Return another end for the same stream, which is closed by itself."""
        if self._closed:
            raise ClosedResourceError
        return MemoryObjectReceiveStream(self._state)

    @guarded
    def close(self) -> None:
        """Close this end; with the last one nothing more can be sent."""
        if self._closed:
            return
        self._closed = True
        self._state.receivers -= 1
        if not self._state.receivers:
            for event in list(self._state.waiting_senders):
                event.set()
        for event in list(self._waiters):
            self._state.waiting_receivers.pop(event, None)
            event.set()
        self._waiters.clear()


class MemoryObjectSendStream(_End, ObjectSendStream[T_contra], Generic[T_contra]):
    """The end of a stream that takes objects."""

    def __init__(self, _state: _State[T_contra]) -> None:
        super().__init__(_state)
        _state.senders += 1

    @guarded
    def send_nowait(self, item: T_contra) -> None:
        """Send an object; `WouldBlock` if nobody takes it and the buffer is full."""
        if self._closed:
            raise ClosedResourceError
        state = self._state
        if not state.receivers:
            raise BrokenResourceError
        while state.waiting_receivers:
            event, receiver = state.waiting_receivers.popitem(last=False)
            if not has_pending_cancellation(receiver.task):
                receiver.item = item
                event.set()
                return
        if len(state.buffer) >= state.max_buffer_size:
            raise WouldBlock
        state.buffer.append(item)

    @entry
    def send(self, item: T_contra) -> None:
        """Send an object, and wait until somebody takes it or the buffer has room."""
        checkpoint()
        try:
            self.send_nowait(item)
        except WouldBlock:
            self._wait(item)

    def _wait(self, item: T_contra) -> None:
        event = Event()
        state = self._state
        self._waiters.add(event)
        state.waiting_senders[event] = item
        try:
            event.wait()
        finally:
            is_left = state.waiting_senders.pop(event, _NOTHING) is not _NOTHING
            is_withdrawn = self._closed and event in self._waiters
            self._waiters.discard(event)
        if is_left:
            raise BrokenResourceError from None
        if is_withdrawn:
            raise ClosedResourceError from None

    @guarded
    def clone(self) -> MemoryObjectSendStream[T_contra]:
        """Return another end for the same stream, which is closed by itself."""
        if self._closed:
            raise ClosedResourceError
        return MemoryObjectSendStream(self._state)

    @guarded
    def close(self) -> None:
        """Close this end; with the last one nothing more can be received."""
        if self._closed:
            return
        self._closed = True
        state = self._state
        state.senders -= 1
        if not state.senders:
            receivers = list(state.waiting_receivers)
            state.waiting_receivers.clear()
            for event in receivers:
                event.set()
        withdrawn = {each for each in self._waiters if each in state.waiting_senders}
        for event in self._waiters:
            state.waiting_senders.pop(event, None)
            event.set()
        self._waiters = withdrawn  # those whose objects nobody has taken


class create_memory_object_stream(
    tuple[MemoryObjectSendStream[T], MemoryObjectReceiveStream[T]]
):
    """Both ends of a new stream."""

    __class_getitem__: Any = classmethod(types.GenericAlias)

    def __new__(  # type: ignore[misc]
        cls, max_buffer_size: float = 0, item_type: object = None
    ) -> tuple[MemoryObjectSendStream[T], MemoryObjectReceiveStream[T]]:
        """Return the end that takes objects and the one that gives them."""
        if max_buffer_size != math.inf and not isinstance(max_buffer_size, int):
            raise ValueError("max_buffer_size must be either an integer or math.inf")
        if max_buffer_size < 0:
            raise ValueError("max_buffer_size cannot be negative")
        if item_type is not None:
            warnings.warn(
                "The item_type argument has been deprecated in AnyIO 4.0. Use "
                "create_memory_object_stream[YourItemType](...) instead.",
                DeprecationWarning,
                stacklevel=2,
            )
        state: _State[T] = _State(max_buffer_size)
        return MemoryObjectSendStream(state), MemoryObjectReceiveStream(state)
