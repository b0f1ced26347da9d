"""Streams and servers accept the arguments that mean the same without an event loop.

`asyncio.open_connection()`, `start_server()` and similar functions become functions of
the runtime, by rows of the tables. Arguments for which a connection needs an event loop
are refused, for example those for trying several addresses at the same time.
"""

from __future__ import annotations

import libcst as cst

from ..diagnostics.refusal import Refused
from .rule import Site, rewrite

_CONNECT = {"limit", "server_hostname", "sock", "ssl", "ssl_handshake_timeout"}
_SERVE = {"backlog", "client_connected_cb", "limit", "sock", "ssl",
          "ssl_handshake_timeout", "start_serving"}  # fmt: skip
_KEYWORDS = {
    "asyncio.open_connection": _CONNECT
    | {"family", "flags", "host", "local_addr", "port", "proto"},
    "asyncio.open_unix_connection": _CONNECT | {"path"},
    "asyncio.start_server": _SERVE
    | {"family", "flags", "host", "port", "reuse_address", "reuse_port"},
    "asyncio.start_unix_server": _SERVE | {"path"},
}


@rewrite("TW320", cst.Call, tasks="threads")
def check_keywords(site: Site[cst.Call]) -> None:
    called = site.names.qualified(site.old.func)
    known = _KEYWORDS.get(called or "")
    if called is None or known is None:
        return
    for argument in site.old.args:
        if argument.star == "**":
            raise Refused(
                f"the keywords of {called}() cannot be seen here",
                "write them out",
                node=argument,
            )
        if argument.keyword is not None and argument.keyword.value not in known:
            raise Refused(
                f"{argument.keyword.value}= of {called}() has no counterpart without "
                "an event loop",
                "leave it out, or mark the code `# twingen: async-only`",
                node=argument,
            )
