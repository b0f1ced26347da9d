"""Methods of a loop that modules of their own have, which only some twins need."""

from __future__ import annotations

import importlib
import types
from typing import Any

from .abstract_event_loop import AbstractEventLoop


class Elsewhere:
    """A method that a function of another module is, found when it is asked for."""

    def __init__(self, module: str) -> None:
        self._module = module

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = name

    def __get__(self, loop: Any, owner: type) -> Any:
        try:
            module = importlib.import_module(f".{self._module}", __package__)
        except ModuleNotFoundError as error:
            raise AttributeError(
                f"{owner.__name__!r} object has no attribute {self._name!r}: "
                f"{self._module}.py was not copied into this package"
            ) from error
        function = getattr(module, self._name)
        return function if loop is None else types.MethodType(function, loop)


class TransportMethods(AbstractEventLoop):
    """What makes transports and protocols."""

    create_connection: Any = Elsewhere("connecting")
    create_unix_connection: Any = Elsewhere("connecting")
    connect_accepted_socket: Any = Elsewhere("connecting")
    create_server: Any = Elsewhere("servers")
    create_unix_server: Any = Elsewhere("servers")
    create_datagram_endpoint: Any = Elsewhere("datagrams")
    connect_read_pipe: Any = Elsewhere("pipes")
    connect_write_pipe: Any = Elsewhere("pipes")
    start_tls: Any = Elsewhere("tls")
    subprocess_exec: Any = Elsewhere("process_transports")
    subprocess_shell: Any = Elsewhere("process_transports")
