"""Random programs.

Law: what depends on time in psycopg itself is not generated, as what another session
does while a pipeline is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any

from hypothesis import strategies as st

from tests.differential import steps as s
from tests.differential.values import (
    ADAPTERS,
    COLUMNS,
    FETCHED,
    PARAMETERS,
    ROW_FACTORIES,
)

# What programs may hold; each can be left out.
FEATURES = frozenset(
    (
        *("settings", "encodings", "databases", "adapters", "factories", "binary"),
        *("prepare", "late", "cursors", "server", "many", "streams", "copy"),
        *("transactions", "pipelines", "other", "two_phase", "notify", "close"),
        *("several", "plans", "odd"),
    )
)

# What is not yet alike in all programs; the short form of the test leaves it out.
UNFIXED: frozenset[str] = frozenset()

Statements = st.SearchStrategy[s.Statement]
Steps = st.SearchStrategy[s.Step]

CURSORS = st.sampled_from((0, 0, 0, 1))
FACTORIES = st.sampled_from((None, *ROW_FACTORIES))
FETCHES = ("one", "many", "all", "iterate", "nextset", "results", "set_result") + (
    *("scroll", "absolute"),
)

CASTS = (
    *("", "", "", "", "::text", "::int4", "::int8", "::numeric", "::float8", "::bool"),
    *("::jsonb", "::date", "::timestamptz", "::bytea", "::int4[]", "::varchar(3)"),
    *("::posint", "::mood", "::pair", "::text[]", "::int4range"),
)

SETTINGS = {
    "DateStyle": ("ISO, DMY", "German", "SQL, MDY", "SQL, DMY", "Postgres, DMY"),
    "IntervalStyle": ("postgres", "iso_8601", "sql_standard", "postgres_verbose"),
    "TimeZone": ("UTC", "Asia/Kolkata", "America/New_York", "+05:45", "Foo/Bar"),
    "extra_float_digits": ("-15", "0", "3"),
    "search_path": ("public", "other, public", "public, other"),
    "bytea_output": ("hex", "escape"),
    "standard_conforming_strings": ("on", "off"),
    "lc_monetary": ("C",),
}
CLIENT_ENCODINGS = (
    *("UTF8", "LATIN1", "SJIS", "GB18030", "BIG5", "UHC", "EUC_JP", "SQL_ASCII"),
    *("LATIN9", "WIN1252", "GBK", "JOHAB"),
)

# Statements without parameters: of tables, of transactions, with errors.
TABLES = (
    "SELECT * FROM items ORDER BY id",
    "SELECT id, name FROM items ORDER BY id",
    "SELECT count(*), sum(amount), max(at) FROM items",
    "SELECT kind, data FROM items ORDER BY id",
    "SELECT * FROM log",
    "SELECT items FROM items ORDER BY id",
    "INSERT INTO log VALUES (1, 'x')",
    "INSERT INTO log SELECT g, 'many' FROM generate_series(1, 3) AS g",
    "INSERT INTO log VALUES (2, 'y') RETURNING *",
    "UPDATE items SET amount = amount + 1 RETURNING id, amount",
    "UPDATE items SET flag = NOT flag",
    "DELETE FROM items WHERE id = 2",
    "DELETE FROM log RETURNING n",
    "SELECT twice(4)",
    "SELECT notice('hello')",
    "SELECT two_out()",
    "SELECT * FROM two_out()",
    "CALL proc()",
    "VALUES (1, 'a'), (2, 'b')",
    "TABLE items",
    "SHOW DateStyle",
    "SHOW client_encoding",
    "EXPLAIN (COSTS OFF) SELECT 1",
    "SELECT",
    "SELECT FROM generate_series(1, 3)",
    "SELECT 1 AS a, 2 AS a",
    "SELECT 1 AS \"b c\", 2 AS \"_x\", 3 AS \"class\"",
    "SELECT '%' AS \"%\"",
    "WITH x AS (INSERT INTO log VALUES (3, 'w') RETURNING n) SELECT n FROM x",
    "SELECT g, 'row ' || g FROM generate_series(1, 120) AS g",
    "CREATE TEMP TABLE temp_one AS SELECT 1 AS x",
    "SELECT * FROM temp_one",
    "DROP TABLE temp_one",
)
ODD = (
    "",
    ";",
    "-- nothing",
    "SELECT 1 %",
    "SELEC 1",
    "SELECT 1 / 0",
    "SELECT missing",
    "SELECT 10 / (3 - g) FROM generate_series(1, 5) AS g",
    "INSERT INTO items (id) VALUES (1)",
    "INSERT INTO items (id) VALUES (9) RETURNING 1 / (id - 9)",
    "SELECT 'x'::int4",
    "SELECT '-1'::int4::posint",
    "SET CONSTRAINTS ALL DEFERRED",
    "UPDATE items SET id = 1",
    "COPY log TO STDOUT",
    "COPY log FROM STDIN",
    "SELECT pg_terminate_backend(pg_backend_pid())",
    "SELECT 1; SELECT 2",
    "PREPARE mine AS SELECT 1",
    "EXECUTE mine",
    "DECLARE mine CURSOR FOR SELECT g FROM generate_series(1, 3) AS g",
    "FETCH 2 FROM mine",
    "CLOSE mine",
    "VACUUM log",
)
TRANSACTIONS = (
    *("BEGIN", "COMMIT", "ROLLBACK", "SAVEPOINT a", "ROLLBACK TO a", "RELEASE a"),
    *("START TRANSACTION READ ONLY", "COMMIT AND CHAIN", "ROLLBACK AND CHAIN", "ABORT"),
)
PLANS = ("DEALLOCATE ALL", "DISCARD ALL", "DISCARD PLANS", "DISCARD TEMP")
SEVERAL = (
    "SELECT 1; SELECT 'a' AS x, 2.5 AS y",
    "SELECT g FROM generate_series(1, 3) AS g; INSERT INTO log VALUES (4, 's'); SELECT",
    "INSERT INTO log VALUES (5, 't'); SELECT 1 / 0; SELECT 2",
    "BEGIN; INSERT INTO log VALUES (6, 'u'); COMMIT; SELECT 1",
    "SELECT '2024-02-03'::date; SET DateStyle TO 'SQL, DMY'; SELECT '2024-02-03'::date",
    "SELECT now() IS NULL; SET client_encoding TO LATIN1; SELECT chr(233)",
    "SELECT notice('a'); SELECT notice('b')",
    "SELECT 1;;SELECT 2;",
    "SELECT NULL::int4; SELECT NULL::text[]",
    "DO $$ BEGIN RAISE WARNING 'from do'; END $$; SELECT 3",
    "SELECT 1; COPY log TO STDOUT",
)
# Parameters for tables: of each kind what is right, and what is not.
WITH_PARAMETERS: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("SELECT * FROM items WHERE id = %s", ("1", "2", "digits", "true", "Int8", "None")),
    ("SELECT name FROM items WHERE id = %s", ("1", "2", "Int2", "2**31", "-7")),
    ("SELECT id FROM items WHERE name = %s ORDER BY 1", ("text", "a str", "1")),
    ("INSERT INTO log (n) VALUES (%s)", ("1", "2**63", "None", "0.5", "text")),
    (
        "INSERT INTO log (note) VALUES (%s) RETURNING note",
        ("text", "accents", "kanji", "emoji", "nul", "1", "bytes", "hangul", "None"),
    ),
    ("UPDATE items SET data = %s RETURNING data", ("Json", "Jsonb", "text", "None")),
    (
        "UPDATE items SET at = %s WHERE id = 1 RETURNING at",
        ("timestamp", "timestamptz", "date", "timestamp east", "text"),
    ),
    ("UPDATE items SET amount = %s RETURNING amount", ("Decimal 1.50", "1", "1/3")),
    ("UPDATE items SET kind = %s WHERE id = 2", ("text", "mood", "None")),
    ("SELECT id FROM items WHERE id = ANY(%s) ORDER BY id", ("ints", "nothing list")),
    ("SELECT twice(%s)", ("1", "true", "None", "2**31", "digits")),
    ("SELECT 10 / %s", ("0", "1", "0.5", "Decimal 1.50")),
    ("SELECT g FROM generate_series(1, %s) AS g", ("1", "2", "2**15")),
    ("SELECT notice(%s)", ("text", "accents", "empty")),
    ("SELECT * FROM temp_one WHERE x = %s", ("1",)),
    ("SELECT set_config('DateStyle', %s, false)", ("text", "empty")),
    ("SELECT %s AS x LIMIT 0", ("1", "text")),
    ("SELECT pg_notify('a', %s)", ("text", "empty", "accents")),
)
MANY: tuple[tuple[str, tuple[str, ...]], ...] = (
    ("INSERT INTO log (n, note) VALUES (%s, 'm')", ("1", "2", "None", "Int8", "text")),
    ("INSERT INTO log (note) VALUES (%s) RETURNING note", ("text", "accents", "1")),
    ("SELECT 10 / %s", ("1", "0", "2")),
    ("UPDATE items SET flag = true WHERE id = %s", ("1", "2", "-7")),
    ("SELECT * FROM items WHERE id = %s", ("1", "2", "true")),
    ("SELECT %s", ("1", "text", "None", "0.5", "2**40", "date", "kanji")),
)
OTHER = (
    "ALTER TABLE items ALTER COLUMN amount TYPE float8",
    "ALTER TABLE items ALTER COLUMN amount TYPE text",
    "ALTER TABLE items ALTER COLUMN name TYPE varchar(20)",
    "ALTER TABLE items ALTER COLUMN id TYPE int8",
    "ALTER TABLE items ALTER COLUMN id TYPE text",
    "ALTER TABLE items ALTER COLUMN at TYPE timestamp",
    "ALTER TABLE items ALTER COLUMN flag TYPE int4 USING flag::int4",
    "ALTER TABLE items ADD COLUMN extra int8 DEFAULT 5",
    "ALTER TABLE items DROP COLUMN name",
    "ALTER TABLE items RENAME COLUMN name TO title",
    "ALTER TABLE log ALTER COLUMN n TYPE text",
    "DROP TABLE log",
    "DROP FUNCTION twice(int4); CREATE FUNCTION twice(x int4) RETURNS text "
    "LANGUAGE sql AS 'SELECT x::text'",
    "CREATE OR REPLACE FUNCTION twice(x int4) RETURNS int4 LANGUAGE sql AS 'SELECT 7'",
    "ALTER TYPE pair ADD ATTRIBUTE c int4",
    "ALTER TYPE mood ADD VALUE 'sour'",
    "ALTER TYPE mood RENAME VALUE 'happy' TO 'glad'",
    "DROP DOMAIN posint",
    "INSERT INTO items (id, name) VALUES (50, 'other')",
    "DELETE FROM items",
    "UPDATE items SET name = 'changed'",
)
COPY_TYPES: tuple[tuple[str, ...], ...] = (
    (),
    ("int4", "text", "float8"),
    ("int8", "text"),
    ("date", "bool", "interval"),
    ("int4", "text", "numeric", "bool", "timestamptz", "jsonb", "mood"),
    ("text", "text", "text"),
    ("nonsense",),
    ("int4[]", "date", "numeric"),
)
DATA = ("iterate", "read")
ROWS = (*DATA, "read_row", "rows")
# Statements, how they are read, and the types that are told. A value in binary format is
# read as told, right or wrong, and psycopg may read behind its end then.
COPIES_OUT: tuple[tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]], ...] = (
    ("COPY items TO STDOUT", ROWS, COPY_TYPES),
    ("COPY log TO STDOUT", ROWS, COPY_TYPES),
    (
        "COPY (SELECT g, 'row' || g, NULL FROM generate_series(1, 3) AS g) TO STDOUT",
        *(ROWS, COPY_TYPES),
    ),
    (
        "COPY (SELECT E'a\\tb\\\\c\\n', chr(233), true) TO STDOUT",
        *(ROWS, (("text", "text", "bool"), ())),
    ),
    ("COPY (SELECT 1, 'x') TO STDOUT (FORMAT csv, HEADER)", DATA, ((),)),
    (
        "COPY (SELECT g::int4, 'row', g::float8 FROM generate_series(1, 3) AS g) "
        "TO STDOUT (FORMAT binary)",
        *(ROWS, ((), ("int4", "text", "float8"), ("int4",), ("int4", "bytea", "bytea"))),
    ),
    (
        "COPY (SELECT ARRAY[1, 2], '2024-02-03'::date, 1.5) TO STDOUT (FORMAT binary)",
        *(ROWS, ((), ("int4[]", "date", "numeric"))),
    ),
    (
        "COPY (SELECT '2024-02-03'::date, now() IS NULL, '1 day'::interval) TO STDOUT",
        *(ROWS, COPY_TYPES),
    ),
    (
        "COPY (SELECT 10 / (3 - g) FROM generate_series(1, 5) AS g) TO STDOUT",
        *(ROWS, ((), ("int4",))),
    ),
    ("COPY missing TO STDOUT", DATA, ((),)),
    ("SELECT 1", DATA, ((),)),
    ("COPY (SELECT WHERE false) TO STDOUT", ROWS, ((),)),
)
COPIES_IN: tuple[tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]], ...] = (
    (
        "COPY log FROM STDIN",
        ("1", "2", "None", "true", "digits", "0.5", "text", "Decimal 1.50"),
        ((), ("int8", "text"), ("int4", "varchar")),
    ),
    (
        "COPY log FROM STDIN (FORMAT binary)",
        ("1", "2", "None", "Int8", "true", "digits", "0.5"),
        ((), ("int8", "text"), ("int4", "text"), ("int8",)),
    ),
    ("COPY log FROM STDIN (FORMAT csv)", ("1", "2"), ((),)),
    ("COPY log (n) FROM STDIN", ("1", "text"), ((), ("int8",))),
    ("COPY missing FROM STDIN", ("1",), ((),)),
)
COPY_NOTES = (
    *("text", "None", "empty", "accents", "kanji", "quotes", "1", "true", "date"),
    *("hangul", "bytes", "Json", "ints", "a str", "Jsonb", "nul", "dict"),
)

# Most executions are of few statements, so that what was learnt of one is used again.
PALETTE = 2
NAMED = tuple(s.Statement(f"statement {number}") for number in range(PALETTE))

TAKES = ("one", "all", "all", "many", None)
ATTRIBUTES = (
    *(s.Assign(s.CONNECTION, "autocommit", value) for value in (True, False)),
    *(s.Assign(s.CONNECTION, "prepare_threshold", value) for value in (None, 0, 1, 5)),
    *(s.Assign(s.CONNECTION, "prepared_max", value) for value in (None, 0, 1, 2)),
    *(s.Assign(s.CONNECTION, "row_factory", name) for name in ("dict_row", "args_row")),
    s.Assign(s.CONNECTION, "isolation_level", 4),
    s.Assign(s.CONNECTION, "isolation_level", None),
    s.Assign(s.CONNECTION, "read_only", True),
    s.Assign(s.CONNECTION, "read_only", None),
    s.Assign(s.CONNECTION, "deferrable", True),
)
CURSOR_ATTRIBUTES = (
    *(("arraysize", value) for value in (1, 2, 10)),
    *(("itersize", value) for value in (1, 2, 100)),
    *(("format", value) for value in (0, 1)),
    *(("row_factory", name) for name in ROW_FACTORIES),
)


def programs(features: frozenset[str] = FEATURES) -> st.SearchStrategy[s.Program]:
    """Give programs that hold these features."""
    steps = st.lists(_steps(features), min_size=1, max_size=14).map(tuple)
    encodings: tuple[str | None, ...] = (None, None, None, None)
    databases: tuple[str, ...] = ("UTF8", "UTF8", "UTF8")
    if "encodings" in features:
        encodings += ("UTF8", "LATIN1", "SJIS", "GB18030", "BIG5", "UHC", "SQL_ASCII")
    if "databases" in features:
        databases += ("LATIN1", "SQL_ASCII", "EUC_JP")
    threshold: tuple[int | None, ...] = (5, 5, 5)
    if "prepare" in features:
        threshold += (0, 1, 2, None)
    factories: tuple[str | None, ...] = (None, None)
    if "factories" in features:
        factories += ("dict_row", "namedtuple_row")
    cursors: tuple[str | None, ...] = (None, None, None)
    if "cursors" in features:
        cursors += ("ClientCursor", "RawCursor")
    contexts: tuple[str | None, ...] = (None,) * 8
    if "adapters" in features:
        contexts += tuple(ADAPTERS)[:8]
    return st.builds(
        _program,
        st.lists(_statements(features), min_size=PALETTE, max_size=PALETTE),
        steps,
        database=st.sampled_from(databases),
        autocommit=st.booleans(),
        prepare_threshold=st.sampled_from(threshold),
        client_encoding=st.sampled_from(encodings),
        row_factory=st.sampled_from(factories),
        cursor_factory=st.sampled_from(cursors),
        context=st.sampled_from(contexts),
    )


def _program(
    palette: list[s.Statement], steps: tuple[s.Step, ...], **options: Any
) -> s.Program:
    """Put the statements of a palette where steps name them."""

    def filled(steps: tuple[s.Step, ...]) -> Iterator[s.Step]:
        for step in steps:
            if isinstance(step, s.Execute | s.Stream) and step.statement in NAMED:
                chosen = palette[NAMED.index(step.statement)]
                yield replace(step, statement=chosen)
            elif isinstance(step, s.Block | s.PipelineBlock):
                yield replace(step, body=tuple(filled(step.body)))
            else:
                yield step

    return s.Program(tuple(filled(steps)), **options)


def _selected(names: list[str], rows: int) -> s.Statement:
    columns = ", ".join(f"{COLUMNS[n]} AS c{i}" for i, n in enumerate(names, 1))
    return s.Statement(f"SELECT {columns} FROM generate_series(1, {rows}) AS g")


def _selected_from(names: list[str], rows: int, param: str) -> s.Statement:
    text = _selected(names, rows).text.replace("%", "%%")
    return s.Statement(f"{text} WHERE g < %s", (param,))


COLUMN_NAMES = st.lists(st.sampled_from(tuple(COLUMNS)), min_size=1, max_size=3)
ROW_NUMBERS = st.sampled_from((1, 2, 3, 0, 30))


@st.composite
def _parameters(draw: st.DrawFn) -> s.Statement:
    names = draw(
        st.lists(st.sampled_from(tuple(PARAMETERS)), min_size=1, max_size=3)
    )
    keyed = draw(st.integers(0, 5)) == 5
    parts = []
    for index, _ in enumerate(names):
        mark = draw(st.sampled_from("ssssbt"))
        cast = draw(st.sampled_from(CASTS))
        parts.append(f"%(p{index}){mark}{cast}" if keyed else f"%{mark}{cast}")
    keys = tuple(f"p{index}" for index in range(len(names))) if keyed else ()
    if keyed and draw(st.booleans()):
        parts.append("%(p0)s")
    return s.Statement(f"SELECT {', '.join(parts)}", tuple(names), keys)


def _from_table(rows: tuple[tuple[str, tuple[str, ...]], ...]) -> Statements:
    return st.sampled_from(
        [s.Statement(text, (name,)) for text, names in rows for name in names]
    )


def _plain(texts: tuple[str, ...]) -> Statements:
    return st.sampled_from([s.Statement(text) for text in texts])


def _statements(features: frozenset[str]) -> Statements:
    kinds: list[Statements] = [
        st.builds(_selected, COLUMN_NAMES, ROW_NUMBERS),
        *2
        * (
            st.builds(
                *(_selected_from, COLUMN_NAMES, ROW_NUMBERS),
                st.sampled_from(("2", "2**15")),
            ),
        ),
        _parameters(),
        _plain(TABLES),
        _from_table(WITH_PARAMETERS),
        _from_table(WITH_PARAMETERS),
    ]
    if "odd" in features:
        kinds.append(_plain(ODD))
    if "several" in features:
        kinds.append(_plain(SEVERAL))
    if "plans" in features:
        kinds.append(_plain(PLANS))
    if "transactions" in features:
        kinds.append(_plain(TRANSACTIONS))
    return st.one_of(kinds)


def _setting(name: str, value: str, how: str) -> s.Step:
    if how == "RESET":
        return s.Execute(1, s.Statement(f"RESET {name}"), fetch=None)
    shown = value if name == "search_path" else f"'{value}'"
    return s.Execute(1, s.Statement(f"{how} {name} TO {shown}"), fetch=None)


def _settings(features: frozenset[str]) -> Steps:
    values = [(name, value) for name, all_ in SETTINGS.items() for value in all_]
    if "encodings" in features:
        values += [("client_encoding", name) for name in CLIENT_ENCODINGS]
    return st.builds(
        lambda pair, how: _setting(*pair, how),
        st.sampled_from(values),
        st.sampled_from(("SET", "SET", "SET LOCAL", "RESET")),
    )


def _executions(features: frozenset[str]) -> Steps:
    numbers = st.sampled_from((0, 0, 1, s.CONNECTION))
    options: dict[str, st.SearchStrategy[object]] = {}
    if "prepare" in features:
        options["prepare"] = st.sampled_from((None, None, None, True, False))
        options["times"] = st.sampled_from((1, 1, 1, 2, 7, 10))
    if "binary" in features:
        options["binary"] = st.sampled_from((None, None, None, True, False))
    late = "late" in features
    options["fetch"] = st.sampled_from(TAKES if late else ("all",))
    statements = st.one_of(
        st.sampled_from(NAMED), st.sampled_from(NAMED), _statements(features)
    )
    return st.builds(s.Execute, numbers, statements, **options)


def _copies_in() -> Steps:
    def rows(
        copied: tuple[str, tuple[str, ...], tuple[tuple[str, ...], ...]],
    ) -> Steps:
        text, names, types = copied
        columns = [st.sampled_from(names)]
        if "(n)" not in text:
            columns.append(st.sampled_from(COPY_NOTES))
        how = ("write",) if "csv" in text else ("write_row", "write_row", "write")
        return st.builds(
            s.CopyIn,
            CURSORS,
            st.just(text),
            how=st.sampled_from(how),
            rows=st.lists(st.tuples(*columns), max_size=3).map(tuple),
            types=st.sampled_from(types),
            fails_after=st.sampled_from((None, None, None, 0, 1)),
        )

    return st.sampled_from(COPIES_IN).flatmap(rows)


def _simple(features: frozenset[str]) -> list[Steps]:
    """Return the kinds of steps that hold no others."""
    executions = _executions(features)
    kinds: list[Steps] = [executions] * 5
    if "late" in features:
        kinds += 3 * [
            st.builds(
                s.Fetch,
                CURSORS,
                st.sampled_from(FETCHES),
                st.sampled_from((0, 1, 2, -1, 5)),
            )
        ]
    if "settings" in features:
        kinds += 2 * [_settings(features)]
    if "adapters" in features:
        kinds.append(
            st.builds(
                s.Register,
                st.sampled_from((0, 1, s.CONNECTION)),
                st.sampled_from((*ADAPTERS, *FETCHED)),
            )
        )
    if "cursors" in features or "server" in features:
        named: tuple[str, ...] = ("default",)
        if "cursors" in features:
            named += ("client", "raw")
        if "server" in features:
            named += ("server", "server", "raw_server")
        kinds.append(
            st.builds(
                s.Open,
                CURSORS,
                st.sampled_from(named),
                row_factory=FACTORIES if "factories" in features else st.none(),
                binary=st.booleans() if "binary" in features else st.just(False),
                scrollable=st.sampled_from((None, True, False)),
                withhold=st.booleans(),
            )
        )
    if "many" in features:
        kinds.append(
            st.sampled_from(MANY).flatmap(
                lambda each: st.builds(
                    s.ExecuteMany,
                    CURSORS,
                    st.just(each[0]),
                    st.lists(
                        st.tuples(
                            st.sampled_from([n for n in each[1] if n in PARAMETERS])
                        ),
                        max_size=4,
                    ).map(tuple),
                    returning=st.booleans(),
                )
            )
        )
    kinds.append(st.sampled_from((s.Call("commit"), s.Call("rollback"))))
    kinds.append(st.sampled_from(ATTRIBUTES))
    kinds.append(
        st.builds(
            lambda cursor, pair: s.Assign(cursor, *pair),
            CURSORS,
            st.sampled_from(CURSOR_ATTRIBUTES),
        )
    )
    if "notify" in features:
        kinds.append(
            st.sampled_from(
                (
                    *(s.Call("handle_notifies"), s.Call("forget_handler")),
                    s.Call("notifies"),
                    s.Execute(1, s.Statement("LISTEN a"), fetch=None),
                    s.Execute(1, s.Statement("UNLISTEN *"), fetch=None),
                    s.Execute(1, s.Statement("NOTIFY a, 'one'"), fetch=None),
                    s.Execute(1, s.Statement("NOTIFY a"), fetch=None),
                )
            )
        )
    if "close" in features:
        numbers = st.sampled_from((0, 1, s.CONNECTION))
        hows = ("close", "leave", "leave with an error")
        kinds.append(st.builds(s.Close, numbers, st.sampled_from(hows)))
    return kinds


def _alone(features: frozenset[str]) -> list[Steps]:
    """Return the kinds of steps that have no place in a pipeline."""
    kinds: list[Steps] = []
    if "streams" in features:
        kinds.append(
            st.builds(
                s.Stream,
                CURSORS,
                st.one_of(st.sampled_from(NAMED), _statements(features)),
                binary=st.sampled_from((None, True, False)),
                size=st.sampled_from((1, 2, 50)),
                stop=st.sampled_from((None, None, 1)),
            )
        )
    if "copy" in features:
        kinds.append(
            st.sampled_from(COPIES_OUT).flatmap(
                lambda each: st.builds(
                    s.CopyOut,
                    CURSORS,
                    st.just(each[0]),
                    how=st.sampled_from(each[1]),
                    types=st.sampled_from(each[2]),
                    stop=st.sampled_from((None, None, 0, 1)),
                )
            )
        )
        kinds.append(_copies_in())
    if "other" in features:
        kinds.append(st.sampled_from(OTHER).map(s.Other))
    if "two_phase" in features:
        calls = ("begin", "prepare", "commit", "rollback", "recover") + (
            *("commit xid", "rollback xid"),
        )
        kinds.append(st.sampled_from([s.Call(f"tpc_{name}") for name in calls]))
    return kinds


def _steps(features: frozenset[str]) -> Steps:
    simple = _simple(features)
    single = [*simple, *_alone(features)]
    kinds = list(single)
    if "transactions" in features:
        body = st.lists(st.one_of(single), max_size=4).map(tuple)
        inner = _blocks(body)
        nested = st.lists(st.one_of([*single, inner]), max_size=4).map(tuple)
        kinds += [_blocks(nested)]
    if "pipelines" in features:
        piped: list[Steps] = [*simple, st.just(s.Sync())]
        if "transactions" in features:
            piped.append(_blocks(st.lists(st.one_of(simple), max_size=3).map(tuple)))
        kinds += [
            st.builds(
                s.PipelineBlock, st.lists(st.one_of(piped), max_size=6).map(tuple)
            )
        ]
    return st.one_of(kinds)


def _blocks(body: st.SearchStrategy[tuple[s.Step, ...]]) -> Steps:
    return st.builds(
        s.Block,
        body,
        savepoint=st.sampled_from((None, None, "sp")),
        force_rollback=st.sampled_from((False, False, True)),
        ending=st.sampled_from(("normal", "normal", "Rollback", "error")),
        propagate=st.booleans(),
    )
