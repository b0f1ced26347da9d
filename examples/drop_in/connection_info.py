"""What is known of a connection, and connection strings."""

from __future__ import annotations

import pgtwin as psycopg
from pgtwin import conninfo, pq


async def main(dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(
        dsn, application_name="drop in", options="-c statement_timeout=77000"
    ) as conn:
        info = conn.info
        print(info.dbname, info.user, info.port, bool(info.host), info.password == "")
        print(
            info.server_version >= 130000, info.backend_pid == conn.pgconn.backend_pid
        )
        print(info.status.name, info.transaction_status.name, info.pipeline_status.name)
        print(info.encoding, info.parameter_status("client_encoding"), info.options)
        print(info.parameter_status("no_such_setting"), bool(info.timezone))
        print(info.error_message, info.full_protocol_version, info.vendor)
        given = info.get_parameters()
        print(
            given["application_name"],
            "password" in given,
            "application_name" in info.dsn,
        )
        cur = await conn.execute("SHOW statement_timeout")
        print(await cur.fetchone(), conn.fileno() == conn.pgconn.socket)
        await conn.execute("SET client_encoding TO 'LATIN1'")
        print(info.encoding)
        cur = await conn.execute("SELECT %s", ("é",))
        print(await cur.fetchone())
    print(conn.closed, conn.info.status.name)
    text = conninfo.make_conninfo("host=a dbname=b", port=5, password="it's", user=None)
    print(text, conninfo.conninfo_to_dict(text))
    print(conninfo.conninfo_to_dict("postgresql://u:p@h:1/d?application_name=x"))
    print(pq.__impl__ in ("c", "binary", "python"), pq.version() >= 100000)
    print(psycopg.apilevel, psycopg.threadsafety, psycopg.paramstyle)
    print(
        psycopg.capabilities.has_pipeline(), psycopg.Binary(b"x"), psycopg.STRING == 25
    )
