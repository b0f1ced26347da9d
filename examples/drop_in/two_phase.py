"""Two-phase commit: prepare in one connection, commit in another."""

from __future__ import annotations

import pgtwin as psycopg


async def main(dsn: str) -> None:
    async with await psycopg.AsyncConnection.connect(dsn) as conn:
        cur = await conn.execute("SHOW max_prepared_transactions")
        if await cur.fetchone() == ("0",):
            print("the server prepares no transactions")
            return
        await conn.execute("CREATE TABLE two_phase_steps (id int)")
        await conn.commit()
        try:
            xid = conn.xid(1, "drop in", "first")
            print(xid.format_id, xid.gtrid, xid.bqual)
            await conn.tpc_begin(xid)
            await conn.execute("INSERT INTO two_phase_steps VALUES (1)")
            try:
                await conn.commit()
            except psycopg.ProgrammingError:
                print("commit() is not for two phases")
            await conn.tpc_prepare()
            print(conn.info.transaction_status.name)
            await conn.tpc_commit()

            await conn.tpc_begin("plain name")
            await conn.execute("INSERT INTO two_phase_steps VALUES (2)")
            await conn.tpc_prepare()
            async with await psycopg.AsyncConnection.connect(dsn) as other:
                for found in await other.tpc_recover():
                    print(
                        found.format_id,
                        found.gtrid,
                        found.bqual,
                        found.prepared is None,
                    )
                await other.rollback()
                await other.tpc_rollback("plain name")
            await conn.close()
        finally:
            async with await psycopg.AsyncConnection.connect(dsn) as last:
                cur = await last.execute("SELECT * FROM two_phase_steps")
                print(await cur.fetchall())
                await last.execute("DROP TABLE two_phase_steps")
