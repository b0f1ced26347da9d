"""Links the types of Python, psycopg and PyArrow in the API to their own documentation.

mkdocstrings takes addresses from inventories, as Sphinx writes them. These are not
fetched, so that the site is built without a network; an inventory with the few names
that the signatures contain is written instead.
"""

from __future__ import annotations

import hashlib
import re
from collections.abc import Iterator

from mkdocstrings import Inventory

from tools.website.mirror import ROOT

PYTHON = "docs.python.org/3/library"
PSYCOPG = "www.psycopg.org/psycopg3/docs"
# An address without its scheme, and the names whose anchors are on this page.
PAGES = {
    f"{PYTHON}/functions.html": "bool float int object type",
    f"{PYTHON}/stdtypes.html": "bytes list str tuple",
    f"{PYTHON}/exceptions.html": "BaseException",
    f"{PYTHON}/typing.html": "typing.Any typing.Self typing.TypeAlias",
    f"{PYTHON}/asyncio-sync.html": "asyncio.Lock",
    f"{PYTHON}/threading.html": "threading.Lock",
    f"{PYTHON}/collections.abc.html": (
        "collections.abc.AsyncGenerator collections.abc.AsyncIterable "
        "collections.abc.AsyncIterator collections.abc.Awaitable "
        "collections.abc.Callable collections.abc.Generator collections.abc.Iterable "
        "collections.abc.Iterator collections.abc.Sequence"
    ),
    f"{PSYCOPG}/api/objects.html": (
        "psycopg.ConnectionInfo psycopg.IsolationLevel psycopg.Notify psycopg.Xid"
    ),
    f"{PSYCOPG}/api/abc.html": "psycopg.abc.Dumper psycopg.abc.Loader",
    f"{PSYCOPG}/api/errors.html": "psycopg.errors.Diagnostic",
    f"{PSYCOPG}/api/pq.html": "psycopg.pq.Format psycopg.pq.PipelineStatus",
    f"{PSYCOPG}/api/sql.html": "psycopg.sql.Identifier",
    "arrow.apache.org/docs/python/generated/pyarrow.Table.html": "pyarrow.Table",
}
# Names that are documented by another name, or without an anchor of their own.
OTHERS = {
    "typing_extensions.Self": f"{PYTHON}/typing.html#typing.Self",
    "psycopg.abc.Buffer": "docs.python.org/3/glossary.html#term-bytes-like-object",
    "psycopg.errors": f"{PSYCOPG}/api/errors.html",
    "psycopg.errors.Error": f"{PSYCOPG}/api/errors.html#psycopg.Error",
    "psycopg.pq.abc.PGconn": f"{PSYCOPG}/api/pq.html#psycopg.pq.PGconn",
    "psycopg.pq.abc.PGresult": f"{PSYCOPG}/api/pq.html#psycopg.pq.PGresult",
    "psycopg.abc.QueryNoTemplate": f"{PSYCOPG}/api/sql.html",
    "pgtwin.core.statements.templates.Template": (
        f"{PYTHON}/string.templatelib.html#string.templatelib.Template"
    ),
    "psycopg.rows.Row": f"{PSYCOPG}/advanced/rows.html",
    "pgtwin.core.type_aliases.Params": f"{PSYCOPG}/basic/params.html",
    "pgtwin.core.type_aliases.ConnParam": (
        "www.postgresql.org/docs/current/libpq-connect.html#LIBPQ-PARAMKEYWORDS"
    ),
    **dict.fromkeys(
        (
            "psycopg_pool.abc.AsyncConninfoParam",
            "psycopg_pool.abc.AsyncConnectFailedCB",
            "psycopg_pool.abc.AsyncKwargsParam",
            "psycopg_pool.abc.ConninfoParam",
            "psycopg_pool.abc.ConnectFailedCB",
            "psycopg_pool.abc.KwargsParam",
        ),
        f"{PSYCOPG}/api/pool.html#psycopg_pool.ConnectionPool",
    ),
}
# What signatures name besides: type variables, constants, what `await` takes.
NOT_LINKED = re.compile(r".*\.([A-Z_]+|Conn|ConnectAwaitable)$")


def addresses() -> Iterator[tuple[str, str]]:
    """Yield the names of types and their addresses, without a scheme."""
    for page, names in PAGES.items():
        for name in names.split():
            yield name, f"{page}#{name}"
    yield from OTHERS.items()


def write_inventory() -> str:
    """Write the inventory, and return its URL."""
    inventory = Inventory(project="types", version="1")
    for name, address in addresses():
        inventory.register(name=name, domain="py", role="class", uri=address)
    data = inventory.format_sphinx()
    # What is read from a URL is kept for a day, so other contents have another URL.
    file = ROOT / "build" / f"types-{hashlib.sha256(data).hexdigest()[:8]}.inv"
    file.parent.mkdir(exist_ok=True)
    file.write_bytes(data)
    return file.as_uri()


def types_without_link() -> list[str]:
    """Return the types on the pages of the API that lead nowhere."""
    found = {
        name
        for page in (ROOT / "build/site/docs/reference").rglob("index.html")
        for name in re.findall(
            r'<span title="([\w.]+)"', page.read_text(encoding="utf-8")
        )
    }
    return sorted(name for name in found if not NOT_LINKED.match(name))
