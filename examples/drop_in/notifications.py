"""Notifications and notices."""

from __future__ import annotations

import pgtwin as psycopg


async def main(dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as conn:
        pid = conn.info.backend_pid
        await conn.execute("LISTEN drop_in")
        async with await psycopg.AsyncConnection.connect(dsn, autocommit=True) as other:
            await other.execute("SELECT pg_notify('drop_in', 'first')")
            await other.execute("NOTIFY drop_in, 'second'")
            await other.execute("NOTIFY elsewhere, 'not for us'")
            sender = other.info.backend_pid
        async for notify in conn.notifies(timeout=60, stop_after=2):
            print(notify.channel, notify.payload, notify.pid == sender)

        await conn.execute("NOTIFY drop_in")
        generator = conn.notifies(timeout=60)
        async for notify in generator:
            print(notify.channel, repr(notify.payload), notify.pid == pid)
            await generator.aclose()
        print([notify async for notify in conn.notifies(timeout=0)])

        def heard(notify: psycopg.Notify) -> None:
            print("handler", notify.channel, notify.payload)

        conn.add_notify_handler(heard)
        await conn.execute("NOTIFY drop_in, 'third'")
        await conn.execute("SELECT 1")
        conn.remove_notify_handler(heard)

        def noticed(diagnostic: psycopg.errors.Diagnostic) -> None:
            print(diagnostic.severity, diagnostic.sqlstate, diagnostic.message_primary)

        conn.add_notice_handler(noticed)
        await conn.execute("DO $$BEGIN RAISE NOTICE 'take note'; END$$")
        await conn.execute("DROP TABLE IF EXISTS no_such_table")
        conn.remove_notice_handler(noticed)
        await conn.execute("DROP TABLE IF EXISTS no_such_table")
        try:
            conn.remove_notice_handler(noticed)
        except ValueError:
            print("was removed")
