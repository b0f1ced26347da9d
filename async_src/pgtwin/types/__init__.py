# pyright: reportWildcardImportFromLibrary=false
"""Types of PostgreSQL and how they are registered.

Law: names of psycopg's public module of the same name, nothing of our own.
"""

from psycopg.types import *  # noqa: F403

from pgtwin.types import array as array
from pgtwin.types import bool as bool  # noqa: A004
from pgtwin.types import composite as composite
from pgtwin.types import datetime as datetime
from pgtwin.types import enum as enum
from pgtwin.types import hstore as hstore
from pgtwin.types import json as json
from pgtwin.types import multirange as multirange
from pgtwin.types import net as net
from pgtwin.types import none as none
from pgtwin.types import numeric as numeric
from pgtwin.types import numpy as numpy
from pgtwin.types import range as range  # noqa: A004
from pgtwin.types import string as string
from pgtwin.types import uuid as uuid
