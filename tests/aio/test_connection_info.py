"""What a connection says of itself: `info`, `repr()`, exception classes."""

from __future__ import annotations

import pgtwin
from pgtwin import errors as e
from pgtwin.conninfo import conninfo_to_dict


async def test_info(dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(dsn) as conn:
        params = conninfo_to_dict(dsn)
        info = conn.info
        assert info.vendor == "PostgreSQL"
        assert info.server_version >= 100000
        assert info.dbname == params.get("dbname", info.dbname)
        assert info.user == params.get("user", info.user)
        assert info.encoding == "utf-8"
        assert info.status == pgtwin.pq.ConnStatus.OK
        assert info.transaction_status.name == "IDLE"
        cur = await conn.execute("SELECT pg_backend_pid()")
        assert await cur.fetchone() == (info.backend_pid,)
        assert info.transaction_status.name == "INTRANS"
        assert conn.fileno() >= 0


async def test_info_has_no_password(login_dsn: str) -> None:
    async with pgtwin.AsyncConnection.connect(login_dsn) as conn:
        assert "correct horse" not in conn.info.dsn
        assert "password" not in conn.info.get_parameters()
        assert "correct horse" not in repr(conn)


async def test_repr(dsn: str) -> None:
    conn = await pgtwin.AsyncConnection.connect(dsn)
    assert f"pgtwin.{pgtwin.AsyncConnection.__name__} [IDLE]" in repr(conn)
    assert f"database={conn.info.dbname}" in repr(conn)
    cur = await conn.execute("SELECT 1")
    assert "[INTRANS]" in repr(conn)
    assert "TUPLES_OK" in repr(cur)
    await cur.close()
    assert "closed" in repr(cur)
    await conn.close()
    assert "[CLOSED]" in repr(conn)


async def test_exceptions_are_attributes() -> None:
    for name in (
        "Warning",
        "Error",
        "InterfaceError",
        "DatabaseError",
        "DataError",
        "OperationalError",
        "IntegrityError",
        "InternalError",
        "ProgrammingError",
        "NotSupportedError",
    ):
        assert getattr(pgtwin.AsyncConnection, name) is getattr(pgtwin, name)
        assert getattr(pgtwin, name) is getattr(e, name)
