"""Results as a server would send them."""

from __future__ import annotations

import psycopg
from psycopg import pq
from psycopg.pq.abc import PGresult

TYPES = psycopg.adapters.types


def result_of(*names: str) -> PGresult:
    """Return a result without rows, whose columns have types of these names."""
    pgconn = pq.PGconn.connect_start(b"host=/nowhere")
    result = pgconn.make_empty_result(pq.ExecStatus.TUPLES_OK)
    pgconn.finish()
    result.set_attributes(
        [
            pq.PGresAttDesc(name.encode(), 0, 0, pq.Format.TEXT, TYPES[name].oid, 0, 0)
            for name in names
        ]
    )
    return result
