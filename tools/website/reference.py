"""Generates the pages from code: the driver's API in both forms, commands, tables.

Everything that the code contains is read from it. The build fails if a public name has
no page.
"""

from __future__ import annotations

import argparse
import html
import sys
from collections.abc import Iterator
from importlib import import_module
from typing import Any

from tools.website.mirror import ROOT, UNSEARCHED

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

FORMS = {
    "async": ("pgtwin.aio", "Async", "sync"),
    "sync": ("pgtwin_sync", "", "async"),
}
# Page, what it is about, and the modules and classes on it, without `Async`.
TOPICS = {
    "connection": ("connection", {"connections.connection": ["Connection"]}),
    "cursors": (
        "cursors",
        {
            "cursors.cursor": ["Cursor"],
            "cursors.client_cursor": ["ClientCursor"],
            "cursors.raw_cursor": ["RawCursor", "RawServerCursor"],
            "cursors.server_cursor": ["ServerCursor"],
        },
    ),
    "blocks": (
        "transactions, pipelines, COPY",
        {
            "connections.transaction": ["Transaction"],
            "connections.pipeline": ["Pipeline"],
            "cursors.copy": ["Copy", "Writer"],
        },
    ),
    "pools": (
        "connection pools",
        {"connections.pool": ["ConnectionPool", "NullConnectionPool"]},
    ),
}
# The types that the signatures of a page name, by their modules.
TYPES = {
    "connection": ("connections.disconnection.DisconnectHandler",),
    "blocks": ("cursors.copy.Progress", "cursors.csv_files.CsvFile"),
}
# What a page says before its classes.
INTRODUCTIONS = {
    "pools": (
        "The pools are those of psycopg_pool, with pgtwin's connections; import them "
        "from `pgtwin.pool`. Their other methods, such as `open()`, `wait()` and "
        "`get_stats()`, are those of [psycopg_pool]"
        "(https://www.psycopg.org/psycopg3/docs/api/pool.html). "
        "[Use a connection pool](../../how-to/pools.md) has an example."
    ),
}
# The parameters of a class belong to what its page is about.
CONSTRUCTED = {"pools": "    options: {merge_init_into_class: true}"}
SHARED = (
    "pgtwin.psycopg_alias.install_as_psycopg",
    "pgtwin.core.statements.query_hooks.QueryEvent",
    "pgtwin.core.deadlines.OperationTimeout",
    "pgtwin.core.statements.transaction_statements.Rollback",
    "pgtwin.core.statements.transaction_statements.OutOfOrderTransactionNesting",
    "pgtwin.core.column.Column",
    "pgtwin.core.type_aliases.Query",
    "pgtwin.core.type_aliases.RowFactory",
    "pgtwin.core.type_aliases.AdaptContext",
    "pgtwin.core.adaptation.adapters.Adapters",
    "pgtwin.core.type_aliases.NoticeHandler",
    "pgtwin.core.type_aliases.NotifyHandler",
    "pgtwin.core.statements.query_hooks.QueryHook",
    "pgtwin.core.arrow.rows.ArrowStream",
)


def api() -> dict[str, str]:
    """Return the names and texts of the pages of the driver's API."""
    made = {}
    for form, (package, prefix, other) in FORMS.items():
        for topic, (title, modules) in TOPICS.items():
            # A word of a title leads to the page that explains it, not to this one.
            head = f"# {title[0].upper()}{title[1:]}, {form}"
            lines = [f"{head} {{ data-search-exclude }}", ""]
            lines.append(
                f"The {other} form: [{title}](../{other}/{topic}.md). Both pages are "
                "made from the docstrings of one source."
            )
            if topic in INTRODUCTIONS:
                lines += ["", INTRODUCTIONS[topic]]
            for module, names in modules.items():
                for name in names:
                    lines += ["", f"::: {package}.{module}.{prefix}{name}"]
                    if topic in CONSTRUCTED:
                        lines.append(CONSTRUCTED[topic])
            for path in TYPES.get(topic, ()):
                lines += ["", f"::: {package}.{path}"]
            made[f"docs/reference/{form}/{topic}.md"] = "\n".join(lines) + "\n"
    lines = ["# Shared by both forms", ""]
    lines += [f"::: {path}\n" for path in SHARED]
    made["docs/reference/shared.md"] = "\n".join(lines)
    _complete(made)
    return made


def _complete(made: dict[str, str]) -> None:
    package = import_module("pgtwin")
    text = "\n".join(made.values())
    missing = [
        name for name, place in package._PLACES.items() if f"{place}.{name}" not in text
    ]
    assert not missing, f"public names without a page: {missing}: see TOPICS"


def commands() -> dict[str, str]:
    """Return the page of twingen's commands and their options, as `--help` has them."""
    from twingen.commands.cli import _parser

    parser = _parser()
    lines = ["# Commands", "", "What `twingen COMMAND --help` says.", ""]
    lines += ["## twingen", "", *_options(parser)]
    (choices,) = (
        action for action in parser._actions if isinstance(action.choices, dict)
    )
    assert isinstance(choices, argparse._SubParsersAction)
    helps = {each.dest: each.help for each in choices._choices_actions}
    for name, command in choices.choices.items():
        told = (helps[name] or "").replace("%%", "%")
        lines += ["", f"## twingen {name}", "", f"{told[:1].upper()}{told[1:]}.", ""]
        lines += _options(command)
    return {"codegen/docs/reference/commands.md": "\n".join(lines) + "\n"}


def _options(parser: argparse.ArgumentParser) -> Iterator[str]:
    yield "| | |"
    yield "|---|---|"
    for action in parser._actions:
        if isinstance(action.choices, dict):
            continue
        names = ", ".join(_code(each, "option") for each in action.option_strings)
        value = action.metavar or ("" if action.nargs == 0 else action.dest)
        if action.choices:
            value = " ".join(map(str, action.choices))
        shown = names or _code(str(value))
        more = f" {_code(str(value))}" if names and value and action.nargs != 0 else ""
        yield f"| {shown}{more} | {_cell(action.help or '')} |"


def tables() -> dict[str, str]:
    """Return the page of the library tables: each name, and its twin."""
    lines = [f"---\n{UNSEARCHED}\n---", "", "# Library tables", ""]
    lines.append(
        "What becomes of the names of libraries that twingen knows. Those of your own "
        "stand in your configuration: see [your tables](../tables.md)."
    )
    for path in sorted((ROOT / "codegen/src/twingen/libraries").glob("*.toml")):
        lines += ["", f"## {path.stem}"]
        for module, rows in tomllib.loads(path.read_text(encoding="utf-8")).items():
            lines += ["", f"### `{module}`", "", "| name | in the twin |", "|---|---|"]
            lines += [f"| `{name}` | {_verdict(row)} |" for name, row in rows.items()]
    return {"codegen/docs/reference/tables.md": "\n".join(lines) + "\n"}


def _verdict(row: Any) -> str:
    if isinstance(row, str):
        return f"`{row}`"
    if "refuse" in row:
        return f"refused: {_cell(row['refuse'])}; {_cell(row['instead'])}"
    if "rule" in row:
        return f"by the rule `{row['rule']}`"
    return ", ".join(
        {"keep": "as it is", "unwrap": "its argument", "drop": "nothing"}.get(
            key, f"`{key} = {_cell(str(value))}`"
        )
        for key, value in row.items()
    )


def _code(text: str, kind: str = "value") -> str:
    # A bar ends a cell, and a backslash before it is shown.
    return f'<code class="{kind}">{html.escape(text).replace("|", "&#124;")}</code>'


def _cell(text: str) -> str:
    return text.replace("|", "\\|").replace("\n", " ").replace("%(default)s", "")


def pages() -> dict[str, str]:
    """Return the names and texts of all pages that are generated from code."""
    return {**api(), **commands(), **tables()}
