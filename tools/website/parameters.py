"""The meanings of the parameters of public methods, and programs that show a method.

A parameter has the same meaning in all methods, and is described here once. If a method
is an exception, it is listed separately. A test checks that none is missing.
"""

from __future__ import annotations

from textwrap import indent

from tools.website.mirror import ROOT

MEANINGS = {
    "autocommit": "each statement is a transaction of its own",
    "binary": "request results in binary format; `None` lets the driver choose",
    "bqual": "the branch of the transaction",
    "broadcast": "get every notification, including those of other listeners",
    "buffer": "a piece of data in the format of the COPY",
    "callback": "the function to call or to remove",
    "check": "a function that is called with a connection before a caller gets it",
    "close_returns": "let `close()` of a connection return it to the pool",
    "column": "ignored; required by PEP 249",
    "columns": "the names of the columns; all, in the order of the table, if `None`",
    "command_timeout": (
        "seconds that each operation of the connection may take, unless it has a "
        "`timeout`"
    ),
    "configure": "a function that is called with each new connection",
    "connection_class": "the class of the connections, which is pgtwin's if `None`",
    "conninfo": "libpq's connection string or URI",
    "context": "a connection or cursor whose adapters are used",
    "cursor_factory": "the class of the cursors that `cursor()` returns",
    "data": "an Arrow table, or any object with `__arrow_c_stream__()`",
    "delimiter": "the character between two values",
    "encoding": "the encoding of the file, as Python or PostgreSQL names it",
    "exc": "an error that makes the COPY fail",
    "file": "a path, or a file that is open for bytes",
    "force_rollback": "roll back at the end, even without an error",
    "format_id": "a number for the format of the other two",
    "gtrid": "the identifier of the transaction",
    "handler": "the function to call or to remove",
    "header": "whether the first line contains the names of the columns",
    "hook": "a function that is called with a `QueryEvent`",
    "index": "the number of the result, from 0; negative numbers count from the end",
    "kwargs": "libpq's connection parameters; they override those in `conninfo`",
    "max_idle": (
        "seconds after which an unused connection is closed, if the pool has more than "
        "`min_size`"
    ),
    "max_lifetime": "seconds after which a connection is replaced, plus or minus 5 %",
    "max_size": "the largest number of connections; `min_size` if `None`",
    "max_waiting": "the largest number of callers that may wait; 0 for any number",
    "min_size": "the number of connections that the pool keeps open",
    "mode": "`relative` to the current row, or `absolute`",
    "name": "the name",
    "null": "the text that stands for NULL",
    "num_workers": "the number of workers that open and close connections",
    "open": "open the pool at once; `None` lets psycopg_pool choose",
    "params": "the values of the placeholders: a sequence, or a mapping for `%(name)s`",
    "params_seq": "the values for each execution",
    "prepare": "prepare the statement, or do not; `None` lets the driver choose",
    "prepare_threshold": (
        "how often a query is executed before it is prepared; 0 prepares it at "
        "once, `None` never"
    ),
    "prepared_max": "how many statements stay prepared; `None` sets no limit",
    "progress": "a function that is called with the COPY while it runs",
    "query": "the statement, with placeholders for values",
    "quote": "the character around a value that contains a delimiter",
    "reconnect_failed": "a function that is called when the pool cannot connect",
    "reconnect_timeout": "seconds for which the pool tries to connect again",
    "reset": "a function that is called with a connection when it is returned",
    "returning": "keep the rows that each execution returns",
    "row": "the values of a row",
    "row_factory": "creates the rows, such as `dict_row`; tuples if `None`",
    "rows": "the rows, each a sequence of values",
    "savepoint_name": "the name of the savepoint; one is chosen if `None`",
    "scrollable": "whether a server-side cursor can move back; `None`: it decides",
    "server_cursor_factory": "the class of the cursors that have a name",
    "size": "the number of rows",
    "sizes": "ignored; required by PEP 249",
    "statement": "a `COPY ... FROM STDIN` or `COPY ... TO STDOUT`",
    "stop_after": "end after this number of notifications",
    "table": "the name of the table, or an identifier of `pgtwin.sql`",
    "timeout": "seconds until the server is asked to cancel, and an error is raised",
    "types": "the names or OIDs of the types of the columns",
    "value": "the value to set",
    "withhold": "keep the server-side cursor after the transaction",
    "writer": "gets the data in place of the server",
    "xid": "the identifier of a two-phase transaction",
}
# Where a name means something else.
SPECIAL = {
    "__init__.kwargs": "the keyword arguments of `connect()`",
    "__init__.name": "the name of the pool in logs; one is chosen if `None`",
    "__init__.timeout": "seconds that a caller waits for a connection",
    "cancel_safe.timeout": "seconds to wait for the server's answer",
    "connect.timeout": "seconds for all attempts together, including lookups of names",
    "cursor.name": "a name makes it a server-side cursor",
    "execute.kwargs": "none is supported",
    "notifies.timeout": "end after these seconds; `None` sets no limit",
    "scroll.value": "the number of rows to move, or the row to move to",
    "setoutputsize.size": "ignored; required by PEP 249",
    "stream.size": "how many rows the server sends at a time",
    "wait_disconnected.timeout": "seconds to wait; `None` sets no limit",
}
# The programs of docs/examples that show a method.
EXAMPLES = {
    "add_query_hook": "hooks",
    "connect": "squares",
    "copy": "copying",
    "copy_arrow": "arrow_tables",
    "copy_from_csv": "csv_files",
    "copy_records": "copying",
    "copy_to_csv": "csv_files",
    "execute": "first",
    "executemany": "first",
    "fetch_arrow": "arrow_tables",
    "notifies": "listening",
    "transaction": "transact",
    "wait_disconnected": "lost",
}
FOLDERS = {"pgtwin": "docs/examples", "pgtwin_sync": "generated/docs"}


def meaning(method: str, parameter: str) -> str | None:
    """Return the meaning of a parameter of a method, if it is described."""
    return SPECIAL.get(f"{method}.{parameter}", MEANINGS.get(parameter))


def listed(method: str, parameters: list[str]) -> str:
    """Return the parameters of a method as griffe reads them from a docstring."""
    told = [
        f"    {name}: {text[0].upper()}{text[1:]}."
        for name in parameters
        if (text := meaning(method, name))
    ]
    return "\n\nParameters:\n" + "\n".join(told) if told else ""


def example(method: str, package: str) -> str:
    """Return the program that shows a method, in the form of the package."""
    if method not in EXAMPLES:
        return ""
    path = ROOT / FOLDERS[package] / f"{EXAMPLES[method]}.py"
    text = path.read_text(encoding="utf-8").partition("import pgtwin\n")[2]
    code = text.partition('if __name__ == "__main__":')[0].strip()
    return "\n\nExample:\n" + indent(f"```python\n{code}\n```", "    ")
