"""Streams over other streams: two as one, and text over bytes."""

from __future__ import annotations

import codecs
from collections.abc import Callable, Mapping
from dataclasses import InitVar, dataclass, field
from typing import Any, Generic, TypeVar

from ..dynamic_calls import awaited
from ..entry_points import entry, guarded
from .errors import EndOfStream
from .resources import ByteStream, ObjectReceiveStream, ObjectSendStream, ObjectStream

T = TypeVar("T")


class _Stapled:
    """A stream that receives from one and sends to another."""

    send_stream: Any
    receive_stream: Any

    @entry
    def send(self, item: Any) -> None:
        """Send something."""
        awaited(self.send_stream.send, item)

    @entry
    def send_eof(self) -> None:
        """Close the stream that is sent to."""
        awaited(self.send_stream.close)

    @entry
    def close(self) -> None:
        """Close both streams."""
        awaited(self.send_stream.close)
        awaited(self.receive_stream.close)

    @property
    def extra_attributes(self) -> Mapping[Any, Callable[[], Any]]:
        """What both streams tell of themselves."""
        return {
            **self.send_stream.extra_attributes,
            **self.receive_stream.extra_attributes,
        }


@dataclass(eq=False)
class StapledByteStream(_Stapled, ByteStream):
    """Two streams of bytes as one."""

    send_stream: Any
    receive_stream: Any

    @entry
    def receive(self, max_bytes: int = 65536) -> bytes:
        """Wait for some bytes; `EndOfStream` if there will be none."""
        if max_bytes < 1:
            raise ValueError("max_bytes must be a positive integer")
        return awaited(self.receive_stream.receive, max_bytes)  # type: ignore[no-any-return]


@dataclass(eq=False)
class StapledObjectStream(_Stapled, ObjectStream[T], Generic[T]):
    """Two streams of objects as one."""

    send_stream: Any
    receive_stream: Any

    @entry
    def receive(self) -> T:
        """Wait for the next object; `EndOfStream` if there will be none."""
        return awaited(self.receive_stream.receive)  # type: ignore[no-any-return]

    @guarded
    def send_nowait(self, item: T) -> None:
        """Send an object without waiting, if the stream can."""
        try:
            send_nowait = self.send_stream.send_nowait
        except AttributeError as error:
            kind = type(self.send_stream)
            raise NotImplementedError(
                f"'send_nowait' method not implemented in {kind}"
            ) from error
        send_nowait(item)


@dataclass(eq=False)
class TextReceiveStream(ObjectReceiveStream[str]):
    """Decodes what a stream of bytes gives."""

    transport_stream: Any
    encoding: InitVar[str] = "utf-8"
    errors: InitVar[str] = "strict"
    _decoder: codecs.IncrementalDecoder = field(init=False)

    def __post_init__(self, encoding: str, errors: str) -> None:
        self._decoder = codecs.getincrementaldecoder(encoding)(errors=errors)

    @entry
    def receive(self) -> str:
        """Wait for some text; `EndOfStream` if there will be none."""
        text = ""
        while not text:
            try:
                text = self._decoder.decode(awaited(self.transport_stream.receive))
            except EndOfStream:
                try:
                    text = self._decoder.decode(b"", final=True)
                finally:
                    self._decoder.reset()
                if not text:
                    raise
        return text

    @entry
    def close(self) -> None:
        """Close the stream of bytes."""
        awaited(self.transport_stream.close)
        self._decoder.reset()

    @property
    def extra_attributes(self) -> Mapping[Any, Callable[[], Any]]:
        """What the stream of bytes tells of itself."""
        return self.transport_stream.extra_attributes  # type: ignore[no-any-return]


@dataclass(eq=False)
class TextSendStream(ObjectSendStream[str]):
    """Encodes text for a stream of bytes."""

    transport_stream: Any
    encoding: InitVar[str] = "utf-8"
    errors: str = "strict"
    _encoder: codecs.IncrementalEncoder = field(init=False)

    def __post_init__(self, encoding: str) -> None:
        self._encoder = codecs.getincrementalencoder(encoding)(errors=self.errors)

    @entry
    def send(self, item: str) -> None:
        """Send some text."""
        awaited(self.transport_stream.send, self._encoder.encode(item))

    @entry
    def close(self) -> None:
        """Close the stream of bytes."""
        awaited(self.transport_stream.close)

    @property
    def extra_attributes(self) -> Mapping[Any, Callable[[], Any]]:
        """What the stream of bytes tells of itself."""
        return self.transport_stream.extra_attributes  # type: ignore[no-any-return]


@dataclass(eq=False)
class TextStream(ObjectStream[str]):
    """Text over a stream of bytes, in both directions."""

    transport_stream: Any
    encoding: InitVar[str] = "utf-8"
    errors: InitVar[str] = "strict"
    _receiving: TextReceiveStream = field(init=False)
    _sending: TextSendStream = field(init=False)

    def __post_init__(self, encoding: str, errors: str) -> None:
        stream = self.transport_stream
        self._receiving = TextReceiveStream(stream, encoding, errors)
        self._sending = TextSendStream(stream, encoding, errors)

    @entry
    def receive(self) -> str:
        """Wait for some text; `EndOfStream` if there will be none."""
        return self._receiving.receive()

    @entry
    def send(self, item: str) -> None:
        """Send some text."""
        self._sending.send(item)

    @entry
    def send_eof(self) -> None:
        """Say that nothing more is sent."""
        awaited(self.transport_stream.send_eof)

    @entry
    def close(self) -> None:
        """Close the stream of bytes."""
        self._sending.close()
        self._receiving.close()

    @property
    def extra_attributes(self) -> Mapping[Any, Callable[[], Any]]:
        """What the stream of bytes tells of itself."""
        return self.transport_stream.extra_attributes  # type: ignore[no-any-return]
