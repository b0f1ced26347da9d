"""What the tests of both twins share: a server, and addresses that fail.

Nothing here belongs to one of the twins; it is imported by both suites.
"""

from __future__ import annotations

import asyncio
import importlib
import importlib.util
import selectors
import socket
import threading
from collections.abc import Callable, Iterator
from typing import Any, NoReturn

import psycopg
import pytest
from psycopg.conninfo import conninfo_to_dict, make_conninfo

from tests.support.counting_server import CountingServer
from tests.support.embedded_bouncer import can_remember, find_program, running_bouncer
from tests.support.embedded_server import LOGIN_ROLE, running_server

PASSWORD = "correct horse"

# Seconds for what is not to take long: a machine may stand still meanwhile.
PATIENCE = 60.0
FORMS = ("pgtwin.aio", "pgtwin_sync")


class LoopWithoutReaders(asyncio.SelectorEventLoop):
    """An event loop that cannot watch descriptors, as Windows' proactor loop."""


def _refuse(*args: Any) -> NoReturn:
    raise NotImplementedError


for _name in ("add_reader", "remove_reader", "add_writer", "remove_writer"):
    setattr(LoopWithoutReaders, _name, _refuse)


def new_uvloop() -> asyncio.AbstractEventLoop:
    loop: asyncio.AbstractEventLoop = importlib.import_module("uvloop").new_event_loop()
    return loop


LOOPS: dict[str, Callable[[], asyncio.AbstractEventLoop]] = {
    "asyncio": asyncio.new_event_loop,
    "uvloop": new_uvloop,
    "without-readers": LoopWithoutReaders,
}
if importlib.util.find_spec("uvloop") is None:
    del LOOPS["uvloop"]


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption(
        "--loop",
        action="append",
        choices=sorted(LOOPS),
        help="event loop of all async tests; may be given several times",
    )


def pytest_asyncio_loop_factories(
    config: pytest.Config, item: pytest.Item
) -> dict[str, Callable[[], asyncio.AbstractEventLoop]]:
    """Run async tests in the loops of `--loop`; without it, marked ones in all."""
    marked = item.get_closest_marker("every_loop")
    names = config.getoption("--loop") or (LOOPS if marked else ["asyncio"])
    loops = {name: LOOPS[name] for name in names}
    if item.get_closest_marker("needs_readers"):
        # A test that calls add_reader() itself.
        loops.pop("without-readers", None)
    return loops or {"asyncio": LOOPS["asyncio"]}


@pytest.fixture(scope="session")
def dsn() -> Iterator[str]:
    """Conninfo of a database in which tests may do everything."""
    with running_server() as conninfo:
        yield conninfo


@pytest.fixture(scope="session")
def tcp_dsn(dsn: str) -> str:
    """Conninfo of the same database by TCP."""
    host = conninfo_to_dict(dsn).get("host")
    if host is None or str(host).startswith("/"):
        dsn = make_conninfo(dsn, host="127.0.0.1")
    try:
        psycopg.connect(dsn, connect_timeout=60).close()
    except psycopg.OperationalError as error:
        pytest.skip(f"the server does not listen on TCP: {error}")
    return dsn


@pytest.fixture(scope="session")
def bouncer_dsn(tcp_dsn: str) -> Iterator[str]:
    """Conninfo of the same database through PgBouncer, which has two sessions there."""
    if find_program() is None:
        pytest.skip("pgbouncer is not installed")
    with running_bouncer(tcp_dsn) as conninfo:
        yield conninfo


@pytest.fixture(scope="session")
def forgetful_dsn(tcp_dsn: str) -> Iterator[str]:
    """The same, but after each transaction the session forgets everything."""
    if find_program() is None:
        pytest.skip("pgbouncer is not installed")
    with running_bouncer(
        tcp_dsn, settings="server_reset_query_always = 1\n"
    ) as conninfo:
        yield conninfo


@pytest.fixture(scope="session")
def remembering_dsn(tcp_dsn: str) -> Iterator[str]:
    """The same, but PgBouncer prepares again what a client has prepared."""
    if not can_remember():
        pytest.skip("no pgbouncer that remembers prepared statements")
    with running_bouncer(tcp_dsn, remembered=10) as conninfo:
        yield conninfo


@pytest.fixture(scope="session")
def login_dsn(dsn: str) -> Iterator[str]:
    """Conninfo of a role that needs a password, and has it in the conninfo."""
    with psycopg.connect(dsn, autocommit=True) as admin:
        if admin.execute(
            "SELECT 1 FROM pg_roles WHERE rolname = %s", [LOGIN_ROLE]
        ).fetchone():
            admin.execute(f"DROP ROLE {LOGIN_ROLE}")
        admin.execute(f"CREATE ROLE {LOGIN_ROLE} LOGIN PASSWORD '{PASSWORD}'")
        try:
            conninfo = make_conninfo(dsn, user=LOGIN_ROLE, password=PASSWORD)
            try:
                psycopg.connect(make_conninfo(conninfo, password="wrong")).close()
            except psycopg.OperationalError:
                yield conninfo
            else:
                pytest.skip("the server accepts every password")
        finally:
            admin.execute(f"DROP ROLE {LOGIN_ROLE}")


@pytest.fixture(autouse=True)
def patient_driver(
    request: pytest.FixtureRequest, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Have the driver wait long for a server that answers, if late, to a cancellation.

    Over a `network` that fails, where no answer comes, it waits as long as ever.
    """
    if "network" not in request.fixturenames:
        for form in FORMS:
            name = f"{form}.libpq.cancellation"
            monkeypatch.setattr(f"{name}.SETTLE_TIMEOUT", PATIENCE)
            monkeypatch.setattr(f"{name}.UNREAD_TIMEOUT", PATIENCE / 2)


@pytest.fixture
def server_does_not_read(patient_driver: None, monkeypatch: pytest.MonkeyPatch) -> None:
    """Have the driver notice soon that the server does not read what is sent."""
    for form in FORMS:
        monkeypatch.setattr(f"{form}.libpq.cancellation.UNREAD_TIMEOUT", 0.5)


@pytest.fixture
def patient_with_itself(monkeypatch: pytest.MonkeyPatch) -> None:
    """Have an operation wait long for the end of another one of the same caller."""
    for form in FORMS:
        hold = importlib.import_module(f"{form}.sessions.lock").SessionLock.note_holder
        monkeypatch.setattr(hold, "__defaults__", (PATIENCE,))


@pytest.fixture
def two_phase(dsn: str) -> None:
    """Skip a test that needs a server with `max_prepared_transactions`."""
    with psycopg.connect(dsn) as conn:
        if conn.execute("SHOW max_prepared_transactions").fetchone() == ("0",):
            pytest.skip("the server has max_prepared_transactions = 0")


@pytest.fixture
def silent_port() -> Iterator[int]:
    """A port of 127.0.0.1 where connections are accepted and nobody ever answers."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        yield listener.getsockname()[1]


@pytest.fixture
def closed_port() -> int:
    """A port of 127.0.0.1 where nobody listens."""
    with socket.create_server(("127.0.0.1", 0)) as listener:
        port: int = listener.getsockname()[1]
    return port


@pytest.fixture
def counter() -> Iterator[CountingServer]:
    """A server that counts who connects, and never answers."""
    with CountingServer() as counter:
        yield counter


@pytest.fixture
def in_environment(dsn: str, monkeypatch: pytest.MonkeyPatch) -> str:
    """Make the server the default one; the conninfo that is left to give is empty."""
    names = {
        "host": "PGHOST",
        "hostaddr": "PGHOSTADDR",
        "port": "PGPORT",
        "dbname": "PGDATABASE",
        "user": "PGUSER",
        "password": "PGPASSWORD",
    }
    for name, value in conninfo_to_dict(dsn).items():
        if name in names and value is not None:
            monkeypatch.setenv(names[name], str(value))
    return ""


class Network:
    """A stretch of network between client and server, that can fail.

    `conninfo` leads through it. `cut()` ends every connection without a word, as
    when a cable is cut and the other side answers with a reset; `freeze()` loses
    everything that is sent from then on, without telling anybody.
    """

    def __init__(self, dsn: str) -> None:
        params = conninfo_to_dict(dsn)
        self._server = (str(params["host"]), int(params.get("port") or 5432))
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._ends: dict[socket.socket, socket.socket] = {}
        self._frozen = self._stopped = False
        self._selector = selectors.DefaultSelector()
        self._selector.register(self._listener, selectors.EVENT_READ)
        port = self._listener.getsockname()[1]
        self.conninfo = make_conninfo(dsn, host="127.0.0.1", port=port)
        self._thread = threading.Thread(target=self._carry, daemon=True)
        self._thread.start()

    def cut(self) -> None:
        for end in list(self._ends):
            end.shutdown(socket.SHUT_RDWR)

    def freeze(self) -> None:
        self._frozen = True

    def stop(self) -> None:
        self._stopped = True
        self._thread.join()
        for end in self._ends:
            end.close()
        self._listener.close()
        self._selector.close()

    def _carry(self) -> None:
        while not self._stopped:
            for key, _ in self._selector.select(0.05):
                end = key.fileobj
                assert isinstance(end, socket.socket)
                if end is self._listener:
                    self._accept()
                    continue
                try:
                    data = end.recv(65536)
                    if data and not self._frozen:
                        self._ends[end].sendall(data)
                except OSError:
                    data = b""
                if not data:
                    self._selector.unregister(end)

    def _accept(self) -> None:
        client, _ = self._listener.accept()
        server = socket.create_connection(self._server)
        for end, other in ((client, server), (server, client)):
            self._ends[end] = other
            self._selector.register(end, selectors.EVENT_READ)


@pytest.fixture
def network(tcp_dsn: str) -> Iterator[Network]:
    """A network that fails when it is told to."""
    network = Network(tcp_dsn)
    yield network
    network.stop()
