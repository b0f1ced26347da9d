"""The SQL of which programs are made.

Every statement means the same in every database of `databases`.
"""

from __future__ import annotations

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
    'SELECT 1 AS "b c", 2 AS "_x", 3 AS "class"',
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
    "SELECT '2024-02-03'::date; SELECT '1 day'::interval; SET DateStyle TO 'SQL, DMY'",
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
    (
        "DROP FUNCTION twice(int4); "
        "CREATE FUNCTION twice(x int4) RETURNS text LANGUAGE sql AS 'SELECT x::text'"
    ),
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
# Statements, how they are read, and the types that are told. A value in binary format
# is read as told, right or wrong, and psycopg may read behind its end then.
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
        (
            "COPY (SELECT g::int4, 'row', g::float8 FROM generate_series(1, 3) AS g) "
            "TO STDOUT (FORMAT binary)"
        ),
        *(
            ROWS,
            ((), ("int4", "text", "float8"), ("int4",), ("int4", "bytea", "bytea")),
        ),
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
