"""Random programs.

What depends on time in psycopg itself is not generated, as what another session
does while a pipeline is open.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import replace
from typing import Any, TypeAlias

from hypothesis import HealthCheck, strategies as st

from tests.differential import steps as s
from tests.differential.values import (
    ADAPTERS,
    COLUMNS,
    FETCHED,
    PARAMETERS,
    ROW_FACTORIES,
    SENSITIVE,
)
from tests.differential.vocabulary import (
    CASTS,
    CLIENT_ENCODINGS,
    COPIES_IN,
    COPIES_OUT,
    COPY_NOTES,
    MANY,
    ODD,
    OTHER,
    PLANS,
    SETTINGS,
    SEVERAL,
    TABLES,
    TRANSACTIONS,
    WITH_PARAMETERS,
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

# Programs are large, and many are alike.
SUPPRESSED = [
    HealthCheck.too_slow,
    HealthCheck.data_too_large,
    HealthCheck.filter_too_much,
    HealthCheck.large_base_example,
]

Statements = st.SearchStrategy[s.Statement]
# A step, or several that belong together.
Some: TypeAlias = "s.Step | tuple[Some, ...]"
Steps = st.SearchStrategy[Some]

CURSORS = st.sampled_from((0, 0, 0, 1))
FACTORIES = st.sampled_from((None, *ROW_FACTORIES))
FETCHES = (
    *("one", "many", "all", "iterate", "nextset", "results", "set_result"),
    *("scroll", "absolute"),
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
    palette: list[s.Statement], steps: tuple[Some, ...], **options: Any
) -> s.Program:
    """Put the statements of a palette where steps name them."""

    def filled(steps: tuple[Some, ...]) -> Iterator[s.Step]:
        for step in steps:
            if isinstance(step, tuple):
                yield from filled(step)
            elif isinstance(step, s.Execute | s.Stream) and step.statement in NAMED:
                chosen = palette[NAMED.index(step.statement)]
                yield replace(step, statement=chosen)
            elif isinstance(step, s.Block | s.PipelineBlock):
                body: tuple[Some, ...] = step.body
                yield replace(step, body=tuple(filled(body)))
            else:
                yield step

    return s.Program(tuple(filled(steps)), **options)


def _selected(names: list[str], rows: int) -> s.Statement:
    columns = ", ".join(f"{COLUMNS[n]} AS c{i}" for i, n in enumerate(names, 1))
    return s.Statement(f"SELECT {columns} FROM generate_series(1, {rows}) AS g")


def _selected_from(names: list[str], rows: int, param: str) -> s.Statement:
    text = _selected(names, rows).text.replace("%", "%%")
    return s.Statement(f"{text} WHERE g < %s", (param,))


COLUMN_NAMES = st.lists(
    st.one_of(st.sampled_from(SENSITIVE), st.sampled_from(tuple(COLUMNS))),
    min_size=1,
    max_size=3,
)
ROW_NUMBERS = st.sampled_from((1, 2, 3, 0, 30))


@st.composite
def _parameters(draw: st.DrawFn) -> s.Statement:
    names = draw(st.lists(st.sampled_from(tuple(PARAMETERS)), min_size=1, max_size=3))
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
        lambda pair, how: _setting(pair[0], pair[1], how),
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
        calls = (
            *("begin", "prepare", "commit", "rollback", "recover"),
            *("commit xid", "rollback xid"),
        )
        kinds.append(st.sampled_from([s.Call(f"tpc_{name}") for name in calls]))
    return kinds


def _late(features: frozenset[str], between: list[Steps]) -> Steps:
    """Give an execution, whatever else, and the rows of the execution."""
    options: dict[str, st.SearchStrategy[Any]] = {}
    if "prepare" in features:
        options["times"] = st.sampled_from((1, 1, 7))
    return st.tuples(
        st.builds(
            s.Execute,
            st.just(0),
            st.sampled_from(NAMED),
            fetch=st.sampled_from((None, "one", "many")),
            **options,
        ),
        st.one_of(between),
        st.builds(s.Fetch, st.just(0), st.sampled_from(("all", "one", "iterate"))),
    )


def _steps(features: frozenset[str]) -> Steps:
    simple = _simple(features)
    single = [*simple, *_alone(features)]
    if "late" in features:
        # Whatever may change what a result is, with those first that are made for it.
        changes = [each for each in single if each not in simple[:5]]
        single += 4 * [_late(features, changes)]
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


def _blocks(body: st.SearchStrategy[tuple[Some, ...]]) -> Steps:
    return st.builds(
        s.Block,
        body,
        savepoint=st.sampled_from((None, None, "sp")),
        force_rollback=st.sampled_from((False, False, True)),
        ending=st.sampled_from(("normal", "normal", "Rollback", "error")),
        propagate=st.booleans(),
    )
