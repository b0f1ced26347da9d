# pyright: reportWildcardImportFromLibrary=false
"""Types of PostgreSQL and how they are registered.

Law: names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types import *  # noqa: F403

from pgtwin.types import (
    array as array,
    bool as bool,  # noqa: A004
    composite as composite,
    datetime as datetime,
    enum as enum,
    hstore as hstore,
    json as json,
    multirange as multirange,
    net as net,
    none as none,
    numeric as numeric,
    numpy as numpy,
    range as range,  # noqa: A004
    string as string,
    uuid as uuid,
)
