# pyright: reportWildcardImportFromLibrary=false
"""Access to libpq.

Law: names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.pq import *  # noqa: F403
from psycopg.pq import (  # noqa: F401
    Escaping,
    PGcancel,
    PGcancelConn,
    PGresult,
    __build_version__,
    __impl__,
)

from pgtwin.pq import abc, misc  # noqa: F401
