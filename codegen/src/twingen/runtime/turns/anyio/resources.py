"""What is closed, sent to and received from: the base classes of streams."""

from __future__ import annotations

from abc import ABC, abstractmethod
from typing import Any, Generic, TypeVar

from ..context_managers import Managed
from ..dynamic_calls import awaited
from ..entry_points import entry
from ..function_kinds import coroutine, iter_method
from ..iterators import next_method
from .cancel_scopes import CancelScope
from .errors import EndOfStream, TypedAttributeProvider

T_co = TypeVar("T_co", covariant=True)
T_contra = TypeVar("T_contra", contravariant=True)
T = TypeVar("T")


class AsyncResource(Managed, ABC):
    """What is closed at the end of a block."""

    @entry
    def __enter__(self) -> Any:
        return self

    @entry
    def __exit__(self, *exc_info: object) -> Any:
        awaited(self.close)

    @abstractmethod
    @coroutine
    def close(self) -> None:
        """Close it."""


@entry
def aclose_forcefully(resource: AsyncResource) -> None:
    """Close something in a scope that is cancelled, so that nothing is waited for."""
    with CancelScope() as scope:
        scope.cancel()
        awaited(resource.close)


class _Received(Generic[T_co]):
    """What is received until the end of the stream."""

    @iter_method
    def __iter__(self) -> Any:
        return self

    @next_method
    def __next__(self) -> T_co:
        try:
            receive: Any = self.receive  # type: ignore[attr-defined]
            return awaited(receive)  # type: ignore[no-any-return]
        except EndOfStream:
            raise StopAsyncIteration from None


class UnreliableObjectReceiveStream(
    _Received[T_co], AsyncResource, TypedAttributeProvider, Generic[T_co]
):
    """Gives objects, of which some may be lost."""

    @abstractmethod
    @coroutine
    def receive(self) -> T_co:
        """Wait for the next object; `EndOfStream` if there will be none."""


class UnreliableObjectSendStream(
    AsyncResource, TypedAttributeProvider, Generic[T_contra]
):
    """Takes objects, of which some may be lost."""

    @abstractmethod
    @coroutine
    def send(self, item: T_contra) -> None:
        """Send an object."""


class UnreliableObjectStream(
    UnreliableObjectReceiveStream[T], UnreliableObjectSendStream[T], Generic[T]
):
    """Gives and takes objects, of which some may be lost."""


class ObjectReceiveStream(UnreliableObjectReceiveStream[T_co], Generic[T_co]):
    """Gives objects, all of them and in their order."""


class ObjectSendStream(UnreliableObjectSendStream[T_contra], Generic[T_contra]):
    """Takes objects, all of them and in their order."""


class ObjectStream(
    ObjectReceiveStream[T], ObjectSendStream[T], UnreliableObjectStream[T], Generic[T]
):
    """Gives and takes objects, all of them and in their order."""

    @abstractmethod
    @coroutine
    def send_eof(self) -> None:
        """Say that nothing more is sent."""


class ByteReceiveStream(_Received[bytes], AsyncResource, TypedAttributeProvider):
    """Gives bytes."""

    @abstractmethod
    @coroutine
    def receive(self, max_bytes: int = 65536) -> bytes:
        """Wait for some bytes; `EndOfStream` if there will be none."""


class ByteSendStream(AsyncResource, TypedAttributeProvider):
    """Takes bytes."""

    @abstractmethod
    @coroutine
    def send(self, item: bytes) -> None:
        """Send bytes, all of them."""


class ByteStream(ByteReceiveStream, ByteSendStream):
    """Gives and takes bytes."""

    @abstractmethod
    @coroutine
    def send_eof(self) -> None:
        """Say that nothing more is sent."""
