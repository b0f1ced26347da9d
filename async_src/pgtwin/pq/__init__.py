# pyright: reportWildcardImportFromLibrary=false
"""Access to libpq.

Names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.pq import *  # noqa: F403
from psycopg.pq import (
    Escaping as Escaping,
    PGcancel as PGcancel,
    PGcancelConn as PGcancelConn,
    PGresult as PGresult,
    __build_version__ as __build_version__,
    __impl__ as __impl__,
)

from pgtwin.pq import abc as abc, misc as misc
