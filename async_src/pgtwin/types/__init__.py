"""Types of PostgreSQL and how they are registered.

Names of psycopg's public modules of the same names; what is fetched from a server
is ours.
"""

from psycopg.types import TypesRegistry as TypesRegistry

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
from pgtwin.types.info import TypeInfo as TypeInfo
