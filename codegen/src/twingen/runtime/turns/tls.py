"""TLS over a transport: a protocol for what is below, a transport for what is above."""

from __future__ import annotations

import enum
import ssl
import warnings
from collections import deque
from collections.abc import Iterable
from typing import Any

from .abstract_event_loop import AbstractEventLoop
from .entry_points import entry, guarded
from .exceptions import CancelledError
from .flow_control import tell, water_marks
from .log import logger
from .protocols import BaseProtocol, BufferedProtocol, Protocol, feed
from .socket_transports import MANY_LOST_WRITES
from .transports import Transport

HANDSHAKE_SECONDS = 60.0
SHUTDOWN_SECONDS = 30.0
MOST_DECRYPTED = 256 * 1024
HIGH_WATER_OF_READING = 256 * 1024
HIGH_WATER_OF_WRITING = 512 * 1024

_AGAIN = (ssl.SSLWantReadError, ssl.SSLWantWriteError, ssl.SSLSyscallError)


class State(enum.Enum):
    """How far the TLS connection has come."""

    UNWRAPPED = enum.auto()
    DO_HANDSHAKE = enum.auto()
    WRAPPED = enum.auto()
    FLUSHING = enum.auto()
    """What was written before it is closed is being sent."""
    SHUTDOWN = enum.auto()


class Told(enum.Enum):
    """What the protocol above was told last."""

    NOTHING = enum.auto()
    CONNECTION_MADE = enum.auto()
    EOF = enum.auto()
    CONNECTION_LOST = enum.auto()


def client_context(server_side: bool, server_hostname: str | None) -> ssl.SSLContext:
    """Return the context where the program gave `True` for one."""
    if server_side:
        raise ValueError("Server side SSL needs a valid SSLContext")
    context = ssl.create_default_context()
    if not server_hostname:
        context.check_hostname = False
    return context


def _seconds(name: str, value: float | None, usual: float) -> float:
    if value is None:
        return usual
    if value <= 0:
        raise ValueError(f"{name} should be a positive number, got {value}")
    return value


class SSLTransport(Transport):
    """What the protocol above a TLS connection sends and receives by."""

    _start_tls_compatible = True

    def __init__(self, loop: AbstractEventLoop, over: SSLProtocol) -> None:
        self._loop = loop
        self._ssl_protocol: SSLProtocol | None = over
        self._closed = False

    @property
    def _over(self) -> SSLProtocol:
        over = self._ssl_protocol
        assert over is not None
        return over

    def __del__(self) -> None:
        if not getattr(self, "_closed", True):
            self._closed = True
            warnings.warn(
                "unclosed transport <asyncio._SSLProtocolTransport object>",
                ResourceWarning,
                stacklevel=2,
            )

    def get_extra_info(self, name: str, default: Any = None) -> Any:
        """Return what is known of the connection by a name, as `"peername"`."""
        over = self._ssl_protocol
        return default if over is None else over.extra_info(name, default)

    def set_protocol(self, protocol: Any) -> None:
        """Call another protocol from now on."""
        self._over.set_app_protocol(protocol)

    def get_protocol(self) -> Any:
        """Return the protocol that is told."""
        return self._over.app_protocol

    def is_closing(self) -> bool:
        """Return whether the transport is closed, or is to be."""
        over = self._ssl_protocol
        return self._closed or over is None or over.is_closing_below()

    @guarded
    def close(self) -> None:
        """Send what was written, then the end of the stream, and close."""
        if self._closed:
            self._ssl_protocol = None
        else:
            self._closed = True
            if self._ssl_protocol is not None:
                self._ssl_protocol.start_shutdown()

    @guarded
    def abort(self) -> None:
        """Close immediately; what was not sent is lost."""
        self._force_close(None)

    def _force_close(self, error: BaseException | None) -> None:
        self._closed = True
        if self._ssl_protocol is not None:
            self._ssl_protocol.abort(error)

    def is_reading(self) -> bool:
        """Return whether the transport receives now."""
        over = self._ssl_protocol
        return not self._closed and over is not None and not over.app_reading_paused

    @guarded
    def pause_reading(self) -> None:
        """Receive nothing until `resume_reading()`."""
        if self._ssl_protocol is not None:
            self._ssl_protocol.pause_reading()

    @guarded
    def resume_reading(self) -> None:
        """Receive again."""
        if self._ssl_protocol is not None:
            self._ssl_protocol.resume_reading()

    @guarded
    def set_write_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        """Choose when the protocol is told to pause and to resume writing."""
        self._over.write_marks = water_marks(high, low, HIGH_WATER_OF_WRITING)
        self._over.control_writing()

    def get_write_buffer_limits(self) -> tuple[int, int]:
        """Return the low-water mark and the high-water mark."""
        high, low = self._over.write_marks
        return low, high

    def get_write_buffer_size(self) -> int:
        """Return how many bytes are to be sent yet."""
        return self._over.write_buffer_size()

    @guarded
    def set_read_buffer_limits(
        self, high: int | None = None, low: int | None = None
    ) -> None:
        """Choose how much is received that is not decrypted yet."""
        self._over.read_marks = water_marks(high, low, HIGH_WATER_OF_READING)
        self._over.control_reading()

    def get_read_buffer_limits(self) -> tuple[int, int]:
        """Return the low-water mark and the high-water mark of reading."""
        high, low = self._over.read_marks
        return low, high

    def get_read_buffer_size(self) -> int:
        """Return how many bytes were received and not decrypted yet."""
        return self._over.incoming.pending

    @property
    def _protocol_paused(self) -> bool:
        return self._over.app_writing_paused

    @guarded
    def write(self, data: Any) -> None:
        """Send some bytes, later if the system takes no more now."""
        if not isinstance(data, (bytes, bytearray, memoryview)):
            name = type(data).__name__
            raise TypeError(f"data: expecting a bytes-like instance, got {name}")
        if data:
            self._write([data])

    @guarded
    def writelines(self, list_of_data: Iterable[Any]) -> None:
        """Send several pieces."""
        self._write([data for data in list_of_data if data])

    def _write(self, pieces: list[Any]) -> None:
        if self._ssl_protocol is not None:
            self._ssl_protocol.write(pieces)

    def write_eof(self) -> None:
        """Refuse: TLS ends both directions together."""
        raise NotImplementedError

    def can_write_eof(self) -> bool:
        """Return `False`."""
        return False


class SSLProtocol(Protocol):
    """What encrypts and decrypts, over a transport of any kind."""

    def __init__(
        self,
        loop: AbstractEventLoop,
        app_protocol: BaseProtocol,
        sslcontext: ssl.SSLContext | None,
        waiter: Any,
        server_side: bool = False,
        server_hostname: str | None = None,
        call_connection_made: bool = True,
        ssl_handshake_timeout: float | None = None,
        ssl_shutdown_timeout: float | None = None,
    ) -> None:
        self._handshake_seconds = _seconds(
            "ssl_handshake_timeout", ssl_handshake_timeout, HANDSHAKE_SECONDS
        )
        self._shutdown_seconds = _seconds(
            "ssl_shutdown_timeout", ssl_shutdown_timeout, SHUTDOWN_SECONDS
        )
        context = sslcontext
        if context is None:
            context = client_context(server_side, server_hostname)
        self._loop = loop
        self._context = context
        self._server_side = server_side
        self._server_hostname = None
        if server_hostname and not server_side:
            self._server_hostname = server_hostname
        self._extra: dict[str, Any] = {"sslcontext": context}
        self._waiter = waiter
        self._below: Any = None
        """The transport."""
        self._above: SSLTransport | None = None
        self._state = State.UNWRAPPED
        self._told = Told.NOTHING if call_connection_made else Told.CONNECTION_MADE
        self._timer: Any = None
        self._lost = 0
        self._peer_ended = False
        self._backlog: deque[Any] = deque()
        """What was written and is not encrypted yet."""
        self._backlog_size = 0
        self.incoming = ssl.MemoryBIO()
        self._outgoing = ssl.MemoryBIO()
        self._object: Any = None
        self.app_reading_paused = False
        self.app_writing_paused = False
        self._reading_paused = False
        self._writing_paused = False
        self.read_marks = water_marks(None, None, HIGH_WATER_OF_READING)
        self.write_marks = water_marks(None, None, HIGH_WATER_OF_WRITING)
        self.set_app_protocol(app_protocol)

    @property
    def transport(self) -> SSLTransport:
        """The transport for the protocol above."""
        if self._above is None:
            self._above = SSLTransport(self._loop, self)
        return self._above

    # Libraries that start TLS by themselves ask for it by this name.
    _app_transport = transport

    def set_app_protocol(self, protocol: Any) -> None:
        """Call another protocol from now on."""
        self.app_protocol: Any = protocol
        self._app_is_buffered = isinstance(protocol, BufferedProtocol)

    def extra_info(self, name: str, default: Any = None) -> Any:
        """Return what is known of the connection, here or below."""
        if name in self._extra:
            return self._extra[name]
        if self._below is not None:
            return self._below.get_extra_info(name, default)
        return default

    def is_closing_below(self) -> bool:
        """Return whether the transport below is closed, or is to be."""
        return self._below is not None and bool(self._below.is_closing())

    def _wake_waiter(self, error: BaseException | None = None) -> None:
        waiter, self._waiter = self._waiter, None
        if waiter is None or waiter.done():
            return
        if error is None:
            waiter.set_result(None)
        else:
            waiter.set_exception(error)

    # What the transport below tells.

    def connection_made(self, transport: Any) -> None:
        """Begin the handshake."""
        self._below = transport
        self._start_handshake()

    def connection_lost(self, exc: BaseException | None) -> None:
        """Pass the loss on."""
        self._backlog.clear()
        self._backlog_size = 0
        self._outgoing.read()
        self._lost += 1
        if self._above is not None:
            self._above._closed = True
        told = self._told in (Told.CONNECTION_MADE, Told.EOF)
        if told and self._state is not State.DO_HANDSHAKE:
            self._told = Told.CONNECTION_LOST
            self._loop.call_soon(self.app_protocol.connection_lost, exc)
        self._state = State.UNWRAPPED
        self._below = self._above = self.app_protocol = None
        self._wake_waiter(exc)
        self._cancel_timer()

    def data_received(self, data: bytes) -> None:
        """Decrypt what was received, or go on with a handshake or shutdown."""
        self.incoming.write(data)
        if self._state is State.DO_HANDSHAKE:
            self._do_handshake()
        elif self._state is State.WRAPPED:
            self._do_read()
        elif self._state is State.FLUSHING:
            self._do_flush()
        elif self._state is State.SHUTDOWN:
            self._do_shutdown()

    def eof_received(self) -> bool | None:
        """The peer has sent all: shut down, and let the transport below close."""
        self._peer_ended = True
        try:
            if self._state is State.DO_HANDSHAKE:
                self._end_handshake(ConnectionResetError())
            elif self._state is State.WRAPPED:
                self._state = State.FLUSHING
                if self.app_reading_paused:
                    return True
                self._do_flush()
            elif self._state is State.FLUSHING:
                self._encrypt()
                self._state = State.SHUTDOWN
                self._do_shutdown()
            elif self._state is State.SHUTDOWN:
                self._do_shutdown()
        except Exception:
            self._below.close()
            raise
        return None

    def pause_writing(self) -> None:
        """Keep what is encrypted: the transport below has enough."""
        self._writing_paused = True

    def resume_writing(self) -> None:
        """Send what was kept."""
        self._writing_paused = False
        self._send()

    # The handshake.

    def _set_timer(self, seconds: float, state: State, error: BaseException) -> None:
        self._cancel_timer()
        self._timer = self._loop.call_later(seconds, self._took_too_long, state, error)

    def _cancel_timer(self) -> None:
        if self._timer is not None:
            self._timer.cancel()
            self._timer = None

    def _took_too_long(self, state: State, error: BaseException) -> None:
        if state is State.DO_HANDSHAKE:
            if self._state is state:
                self._fatal_error(error)
        elif self._state in (State.FLUSHING, State.SHUTDOWN):
            self._below._force_close(error)

    def _start_handshake(self) -> None:
        seconds = self._handshake_seconds
        text = (
            f"SSL handshake is taking longer than {seconds} seconds: "
            "aborting the connection"
        )
        self._state = State.DO_HANDSHAKE
        self._set_timer(seconds, self._state, ConnectionAbortedError(text))
        try:
            self._object = self._context.wrap_bio(
                self.incoming,
                self._outgoing,
                server_side=self._server_side,
                server_hostname=self._server_hostname,
            )
        except Exception as error:
            self._end_handshake(error)
        else:
            self._do_handshake()

    def _do_handshake(self) -> None:
        try:
            self._object.do_handshake()
        except _AGAIN:
            self._send()
        except ssl.SSLError as error:
            self._send()  # the alert that says why
            self._end_handshake(error)
        else:
            self._end_handshake(None)

    def _end_handshake(self, error: BaseException | None) -> None:
        self._cancel_timer()
        try:
            if error is not None:
                raise error
            self._state = State.WRAPPED
            known = {
                "peercert": self._object.getpeercert(),
                "cipher": self._object.cipher(),
                "compression": self._object.compression(),
                "ssl_object": self._object,
            }
        except Exception as failure:
            self._state = State.UNWRAPPED
            what = "SSL handshake failed"
            if isinstance(failure, ssl.CertificateError):
                what += " on verifying the certificate"
            self._fatal_error(failure, what)
            self._wake_waiter(failure)
            return
        self._extra.update(known)
        if self._told is Told.NOTHING:
            self._told = Told.CONNECTION_MADE
            self.app_protocol.connection_made(self.transport)
        self._wake_waiter()
        self._do_read()

    # The end.

    def start_shutdown(self) -> None:
        """Send what was written, then the end of the stream, and close."""
        if self._state in (State.FLUSHING, State.SHUTDOWN, State.UNWRAPPED):
            return
        if self._above is not None:
            self._above._closed = True
        if self._state is State.DO_HANDSHAKE:
            self.abort(None)
            return
        self._state = State.FLUSHING
        error = TimeoutError("SSL shutdown timed out")
        self._set_timer(self._shutdown_seconds, self._state, error)
        self._do_flush()

    def _do_flush(self) -> None:
        self._do_read()
        if self._state is State.FLUSHING:
            self._state = State.SHUTDOWN
            self._do_shutdown()

    def _do_shutdown(self) -> None:
        try:
            if not self._peer_ended:
                self._object.unwrap()
        except _AGAIN:
            self._send()
        except ssl.SSLError as error:
            self._cancel_timer()
            self._fatal_error(error)
        else:
            self._send()
            self._tell_eof()
            self._cancel_timer()
            if self._below is not None:
                self._loop.call_soon(self._below.close)

    def abort(self, error: BaseException | None) -> None:
        """Close immediately."""
        self._state = State.UNWRAPPED
        if self._below is not None:
            self._below._force_close(error)

    def _fatal_error(
        self, error: BaseException, message: str = "Fatal error on transport"
    ) -> None:
        if self._below is not None:
            self._below._force_close(error)
        if isinstance(error, OSError):
            if self._loop.get_debug():
                logger.debug("%r: %s", self, message, exc_info=True)
        elif not isinstance(error, CancelledError):
            self._loop.call_exception_handler(
                {
                    "message": message,
                    "exception": error,
                    "transport": self._below,
                    "protocol": self,
                }
            )

    # Writing.

    def write(self, pieces: list[Any]) -> None:
        """Encrypt and send, or keep until the handshake is done."""
        if self._state in (State.FLUSHING, State.SHUTDOWN, State.UNWRAPPED):
            if self._lost >= MANY_LOST_WRITES:
                logger.warning("SSL connection is closed")
            self._lost += 1
            return
        for data in pieces:
            self._backlog.append(data)
            self._backlog_size += len(data)
        try:
            if self._state is State.WRAPPED:
                self._encrypt()
        except Exception as error:
            self._fatal_error(error, "Fatal error on SSL protocol")

    def _encrypt(self) -> None:
        try:
            while self._backlog:
                data = self._backlog[0]
                size = self._object.write(data)
                self._backlog_size -= size
                if size < len(data):
                    self._backlog[0] = memoryview(data)[size:]
                else:
                    self._backlog.popleft()
        except _AGAIN:
            pass
        self._send()

    def _send(self) -> None:
        if not self._writing_paused and self._below is not None:
            data = self._outgoing.read()
            if data:
                self._below.write(data)
        self.control_writing()

    def write_buffer_size(self) -> int:
        """Return how many bytes are to be sent yet."""
        return self._outgoing.pending + self._backlog_size

    def control_writing(self) -> None:
        """Tell the protocol above to pause or to resume writing."""
        size = self.write_buffer_size()
        high, low = self.write_marks
        if size >= high and not self.app_writing_paused:
            method = "pause_writing"
        elif size <= low and self.app_writing_paused:
            method = "resume_writing"
        else:
            return
        self.app_writing_paused = not self.app_writing_paused
        if self.app_protocol is not None:
            tell(self._loop, self._above, self.app_protocol, method)

    # Reading.

    def _do_read(self) -> None:
        if self._state not in (State.WRAPPED, State.FLUSHING):
            return
        try:
            if not self.app_reading_paused:
                self._decrypt()
                if self._backlog:
                    self._encrypt()
                else:
                    self._send()
            self.control_reading()
        except Exception as error:
            self._fatal_error(error, "Fatal error on SSL protocol")

    def _decrypt(self) -> None:
        """Give the protocol above what has been received."""
        pieces = []
        ended = False
        try:
            while not ended:
                data = self._object.read(MOST_DECRYPTED)
                ended = not data
                pieces.append(data)
        except _AGAIN:
            pass
        except ssl.SSLZeroReturnError:
            ended = True
        received = b"".join(pieces)
        if received:
            if self._app_is_buffered:
                feed(self.app_protocol, received)
            else:
                self.app_protocol.data_received(received)
        if ended:
            self._tell_eof()
            self.start_shutdown()

    def _tell_eof(self) -> None:
        if self._told is not Told.CONNECTION_MADE:
            return
        self._told = Told.EOF
        try:
            keeps_open = self.app_protocol.eof_received()
        except (SystemExit, KeyboardInterrupt):
            raise
        except BaseException as error:
            self._fatal_error(error, "Error calling eof_received()")
            return
        if keeps_open:
            logger.warning(
                "returning true from eof_received() has no effect when using ssl"
            )

    def control_reading(self) -> None:
        """Let the transport below pause while much is not decrypted, and resume."""
        size = self.incoming.pending
        high, low = self.read_marks
        if size >= high and not self._reading_paused:
            self._reading_paused = True
            self._below.pause_reading()
        elif size <= low and self._reading_paused:
            self._reading_paused = False
            self._below.resume_reading()

    def pause_reading(self) -> None:
        """Give the protocol above nothing until it resumes."""
        self.app_reading_paused = True

    def resume_reading(self) -> None:
        """Give the protocol above what has come meanwhile."""
        if not self.app_reading_paused:
            return
        self.app_reading_paused = False
        going_on = {
            State.WRAPPED: self._do_read,
            State.FLUSHING: self._do_flush,
            State.SHUTDOWN: self._do_shutdown,
        }.get(self._state)
        if going_on is not None:
            self._loop.call_soon(going_on)


@entry
def start_tls(
    loop: AbstractEventLoop,
    transport: Any,
    protocol: Any,
    sslcontext: ssl.SSLContext,
    *,
    server_side: bool = False,
    server_hostname: str | None = None,
    ssl_handshake_timeout: float | None = None,
    ssl_shutdown_timeout: float | None = None,
) -> Any:
    """Speak TLS over a connection that there is; return the transport to go on with."""
    if not isinstance(sslcontext, ssl.SSLContext):
        raise TypeError(
            "sslcontext is expected to be an instance of ssl.SSLContext, got "
            f"{sslcontext!r}"
        )
    if not getattr(transport, "_start_tls_compatible", False):
        raise TypeError(f"transport {transport!r} is not supported by start_tls()")
    waiter = loop.create_future()
    over = SSLProtocol(
        loop,
        protocol,
        sslcontext,
        waiter,
        server_side,
        server_hostname,
        call_connection_made=False,
        ssl_handshake_timeout=ssl_handshake_timeout,
        ssl_shutdown_timeout=ssl_shutdown_timeout,
    )
    # What comes now is for the handshake, and its protocol is told first.
    transport.pause_reading()
    transport.set_protocol(over)
    made = loop.call_soon(over.connection_made, transport)
    resumed = loop.call_soon(transport.resume_reading)
    try:
        waiter.wait()
    except BaseException:
        transport.close()
        made.cancel()
        resumed.cancel()
        raise
    return over.transport
