"""What an event loop is asked for that has a function of its own in the twin."""

from __future__ import annotations

_SOCKETS = "twingen.runtime.sockets"
_TIMERS = "twingen.runtime.timers"

# Coroutine methods that take `timeout=` in the twin.
TIMED = {
    name: f"{_SOCKETS}.{name}"
    for name in (
        "sock_accept",
        "sock_connect",
        "sock_recv",
        "sock_recv_into",
        "sock_recvfrom",
        "sock_sendall",
        "sock_sendto",
    )
}
# Coroutine methods that hand a function of the standard library to a thread.
LOOKED_UP = {
    "getaddrinfo": "socket.getaddrinfo",
    "getnameinfo": "socket.getnameinfo",
}
TIMERS = {
    "call_at": f"{_TIMERS}.call_at",
    "call_later": f"{_TIMERS}.call_later",
    "call_soon_threadsafe": f"{_TIMERS}.call_now",
}
COROUTINES = {*TIMED, *LOOKED_UP}
# Methods of a loop for which the turns runtime has a module of its own: it is copied
# where a source names one.
ELSEWHERE = {
    **dict.fromkeys(
        ("connect_accepted_socket", "create_connection", "create_unix_connection"),
        "turns.connecting",
    ),
    **dict.fromkeys(("create_server", "create_unix_server"), "turns.servers"),
    **dict.fromkeys(("connect_read_pipe", "connect_write_pipe"), "turns.pipes"),
    **dict.fromkeys(
        ("subprocess_exec", "subprocess_shell"), "turns.process_transports"
    ),
    "create_datagram_endpoint": "turns.datagrams",
    "start_tls": "turns.tls",
}
# All coroutine methods of the loop of the turns runtime.
CARRIED = {
    *COROUTINES,
    *ELSEWHERE,
    "shutdown_asyncgens",
    "shutdown_default_executor",
    "sock_recvfrom_into",
}
FUNCTIONS = {"time": "time.monotonic", **TIMED, **LOOKED_UP, **TIMERS}
