"""The architecture: imports point one way, and nothing synchronous is hand-written."""

from __future__ import annotations

import ast
import re
from collections.abc import Callable, Iterator, Mapping, Sequence, Set
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
WRITTEN = ROOT / "async_src" / "pgtwin"
GENERATED = ROOT / "generated" / "pgtwin_sync"
TWINGEN = ROOT / "codegen" / "src" / "twingen"

# A module imports only from those that stand before it.
DRIVER = [
    "waiting.timeout",
    "waiting.selector_thread",
    "waiting.blocking_call",
    "waiting.readiness",
    "waiting.notification_listener",
    "libpq.cancellation",
    "libpq.pgconn",
    "libpq.exchange",
    "libpq.connect",
    "libpq.connect_attempts",
    "sessions.lock",
    "sessions.adaptation",
    "sessions.notices_and_notifications",
    "sessions.query_hooks",
    "sessions.open_copy",
    "sessions.open_pipeline",
    "sessions.session",
    "sessions.copy_exchange",
    "sessions.pipeline_results",
    "sessions.pipeline_exchange",
    "sessions.notifies",
    "cursors.results",
    "cursors.copy",
    "cursors.executemany",
    "cursors.streaming",
    "cursors.cursor",
    "cursors.client_cursor",
    "cursors.server_cursor",
    "cursors.raw_cursor",
    "cursors.copy_records",
    "cursors.csv_files",
    "cursors.arrow",
    "connections.property_setters",
    "connections.connect_awaitable",
    "connections.pool_protocol",
    "connections.disconnection",
    "connections.transaction",
    "connections.pipeline",
    "connections.execution",
    "connections.transaction_modes",
    "connections.two_phase",
    "connections.notifications",
    "connections.type_info",
    "connections.connection",
    "connections.pool",
]
# Public attributes whose exact type is a class above: the connection of a cursor or a
# transaction, and the cursor of a COPY. Only type checkers import these.
BACK_REFERENCES = frozenset(
    {
        ("cursors.results", "connections.connection"),
        ("cursors.server_cursor", "connections.connection"),
        ("connections.transaction", "connections.connection"),
        ("cursors.copy", "cursors.cursor"),
    }
)
CORE = [
    "arrow_library",
    "column",
    "connecting.failed_pgconn",
    "connecting.hosts",
    "connecting.libpq_library",
    "copy.output_file",
    "copy.progress",
    "deadlines",
    "engine.arrow_columns",
    "engine.binary_arrays",
    "engine.copy_escapes",
    "engine.copy_formatter",
    "engine.copy_layout",
    "engine.time_zones",
    "psycopg_isinstance",
    "statements.leading_comments",
    "server_settings",
    "statements.query_hooks",
    "statements.size_limits",
    "statements.templates",
    "statements.transaction_statements",
    "type_catalog",
    "wakeup",
    "type_aliases",
    "arrow.column_types",
    "arrow.rows",
    "base_connection",
    "connecting.connection_errors",
    "engine.copy_decoders",
    "copy.statements",
    "engine.arrow_reader",
    "engine.result_formats",
    "statements.placeholders",
    "adaptation.adapters",
    "copy.csv_format",
    "engine.contract",
    "engine.native_arrow",
    "statements.client_side_binding",
    "adaptation.nested_loaders",
    "copy.dumpers",
    "engine.chunked_result",
    "engine.pipeline_state",
    "engine.prepared_state",
    "engine.python_engine",
    "engine.result_state",
    "statements.cursor_binding",
    "copy.records",
    "engine.native_engine",
    "engine.implementation",
    "adaptation.adapt_context",
    "arrow.results",
    "copy.value_formats",
    "prepared_statements",
    "adaptation.late_loaders",
    "copy.row_writer",
]
GENERATOR = [
    "diagnostics.codes",
    "diagnostics.diagnostic",
    "diagnostics.progress",
    "diagnostics.refusal",
    "diagnostics.suggestions",
    "version",
    "documents.examples",
    "documents.interpreter_sessions",
    "syntax.annotation_names",
    "syntax.parentheses",
    "syntax.prose_rewriting",
    "syntax.source",
    "syntax.tokens",
    "syntax.traversal",
    "syntax.nodes",
    "syntax.unreadable",
    "formatting.reformatted_statements",
    "formatting.formatter",
    "formatting.formatting_cache",
    "formatting.black_formatter",
    "formatting.ruff_command",
    "formatting.ruff_formatter",
    "analysis.sides.side_configuration",
    "analysis.sides.async_names",
    "analysis.sides.multiline_markers",
    "analysis.sides.side_conditions",
    "analysis.sides.markers",
    "analysis.sides.marker_aliases",
    "analysis.sides.one_sided_members",
    "analysis.sides.verbatim",
    "analysis.sides.side_trees",
    "analysis.symbols.async_protocols",
    "analysis.symbols.definitions",
    "analysis.symbols.dependencies",
    "analysis.symbols.external_classes",
    "analysis.symbols.name_patterns",
    "analysis.symbols.nodes_for_rules",
    "analysis.symbols.renames",
    "analysis.symbols.scopes",
    "analysis.symbols.bindings",
    "analysis.symbols.library_tables",
    "analysis.symbols.arguments",
    "analysis.symbols.collection_elements",
    "analysis.symbols.local_names",
    "analysis.symbols.names",
    "analysis.symbols.fixtures",
    "analysis.symbols.names_in_strings",
    "analysis.symbols.reexports",
    "analysis.types.type_parameters",
    "analysis.types.unions",
    "analysis.types.merged_members",
    "analysis.types.aliases",
    "analysis.types.attribute_tests",
    "analysis.types.coroutine_tests",
    "analysis.types.overloads",
    "analysis.types.server_connection_handlers",
    "analysis.types.single_dispatch",
    "analysis.types.sync_and_async_protocols",
    "analysis.types.protocol_tests",
    "analysis.types.type_inference",
    "analysis.types.typed_names",
    "analysis.types.instance_tests",
    "analysis.types.object_classes",
    "analysis.types.string_literals",
    "analysis.calls.event_loop_functions",
    "analysis.calls.blocking_calls",
    "analysis.calls.function_kinds",
    "analysis.calls.mocks_and_namespaces",
    "analysis.calls.manual_iteration",
    "analysis.calls.descriptor_readiness",
    "analysis.calls.stop_iterations",
    "analysis.calls.task_calls",
    "analysis.calls.coroutine_calls",
    "analysis.calls.patched_functions",
    "analysis.calls.awaitables",
    "analysis.calls.deferred_results",
    "analysis.calls.library_calls",
    "analysis.tasks.running_loop",
    "analysis.tasks.swallowed_timeouts",
    "analysis.tasks.task_group_siblings",
    "analysis.tasks.held_locks",
    "analysis.tasks.deepcopy_and_pickle",
    "analysis.tasks.task_functions",
    "analysis.tasks.shared_state",
    "analysis.tasks.task_uses",
    "analysis.definition_reader",
    "imports.import_order",
    "imports.unused_imports",
    "imports.twin_imports",
    "rules.rule",
    "rules.shared.context_variables",
    "rules.shared.renamed_methods",
    "rules.shared.thread_starts",
    "rules.shared.timeouts",
    "rules",
    "reports.colours",
    "reports.report",
    "reports.work_list",
    "reports.explain",
    "reports.machine_output",
    "plugins",
    "conversion.newer_syntax",
    "conversion.verify",
    "conversion.source_problems",
    "conversion.trace",
    "conversion.conversion_warnings",
    "conversion.rewriting",
    "conversion.convert",
    "conversion.pages",
    "project.files",
    "project.twin_headers",
    "project.conversion_results",
    "project.fingerprint",
    "project.watching",
    "project.target_names",
    "project.config",
    "project.table_cache",
    "project.cache",
    "project.configuration_proposal",
    "project.formatters",
    "project.sources",
    "project.unused_settings",
    "project.configuration_advice",
    "project.batch",
    "project.workers",
    "project.plan",
    "project.twin_folders",
    "project.preview",
    "project.source_results",
    "source_map.line_map",
    "source_map.twin_to_source",
    "source_map.drift_report",
    "adoption.redundant_parentheses",
    "adoption.module_parts",
    "adoption.comparison",
    "adoption.comparison_report",
    "api",
    "commands.language_server.quick_fixes",
    "commands.console",
    "commands.init",
    "commands.inputs",
    "commands.convert",
    "commands.explain",
    "commands.language_server.editor_requests",
    "commands.where",
    "commands.language_server.server",
    "commands.build_and_check",
    "commands.adopt",
    "commands.lsp",
    "commands.preview",
    "commands.watch",
    "commands.cli",
    "__main__",
]


Import = tuple[int, str, str]


def all_imports(tree: ast.AST) -> Iterator[Import]:
    """Yield line, module and name of what is imported, also for the types alone."""
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            for alias in node.names:
                yield node.lineno, alias.name, ""
        elif isinstance(node, ast.ImportFrom):
            module = "." * node.level + (node.module or "")
            for alias in node.names:
                yield node.lineno, module, alias.name


def runtime_imports(tree: ast.AST) -> Iterator[Import]:
    """Yield line, module and name of what is imported when the program runs."""
    of_types = {
        found
        for node in ast.walk(tree)
        if isinstance(node, ast.If) and "TYPE_CHECKING" in ast.unparse(node.test)
        for found in all_imports(ast.Module(node.body, []))
    }
    return (found for found in all_imports(tree) if found not in of_types)


def parse(path: Path) -> ast.Module:
    return ast.parse(path.read_text(encoding="utf-8"), str(path))


def sources(folder: Path) -> list[Path]:
    found = sorted(folder.rglob("*.py"))
    assert found, f"{folder} has no modules: was it moved? Change this test too"
    return found


def place_in(order: list[str], parts: Sequence[str]) -> str | None:
    """Return the entry of the list that a module, or a name in one, belongs to."""
    names = [".".join(parts[:length]) for length in range(len(parts), 0, -1)]
    return next((name for name in names if name in order), None)


def absolute(package: str, folder: Path, path: Path, module: str) -> str:
    """Return the full name of a module that one of a package imports."""
    level = len(module) - len(module.lstrip("."))
    if not level:
        return module
    here = path.relative_to(folder).with_suffix("").parts
    above = [package, *here][: len(here) + 1 - level]
    return ".".join([*above, module[level:]]).rstrip(".")


def pointing_up(
    folder: Path,
    package: str,
    order: list[str],
    path: Path,
    imports: Callable[[ast.AST], Iterator[Import]] = all_imports,
    exceptions: Set[tuple[str, str]] = frozenset(),
) -> Iterator[str]:
    """Yield a complaint for each import that points up, or at an unknown module.

    Types count. `exceptions` are pairs of modules of which the first may import the
    second.
    """
    here = path.relative_to(folder).with_suffix("").parts
    if here[-1] == "__init__" and place_in(order, here) is None:
        return
    layer = place_in(order, here)
    place = f"{path.relative_to(ROOT)}"
    if layer is None:
        yield f"{place}: has no place yet; add it to the list in {Path(__file__).name}"
        return
    for line, module, name in imports(parse(path)):
        full = f"{absolute(package, folder, path, module)}.{name}"
        if not full.startswith(f"{package}."):
            continue
        target = place_in(order, full[len(package) + 1 :].split("."))
        if target == layer or (layer, target) in exceptions:
            continue
        if target is None:
            yield f"{place}:{line}: imports {full}, which has no place in the list"
        elif order.index(target) > order.index(layer):
            yield (
                f"{place}:{line}: imports {full}, which stands above it: move what "
                "is needed down, or pass it as an argument"
            )


def test_driver_imports_point_one_way() -> None:
    folder = WRITTEN / "aio"
    complaints = [
        complaint
        for path in sources(folder)
        for imports, exceptions in (
            (runtime_imports, frozenset()),
            (all_imports, BACK_REFERENCES),
        )
        for complaint in pointing_up(
            folder, "pgtwin.aio", DRIVER, path, imports, exceptions
        )
    ]
    assert not complaints, "\n".join(complaints)


def test_core_imports_point_one_way() -> None:
    folder = WRITTEN / "core"
    complaints = [
        complaint
        for path in sources(folder)
        for complaint in pointing_up(folder, "pgtwin.core", CORE, path)
    ]
    assert not complaints, "\n".join(complaints)


def heights(below: Mapping[str, Set[str]]) -> dict[str, int]:
    """Return how high each group stands; 1 is what imports none of them."""
    height: dict[str, int] = {}
    while len(height) < len(below):
        ready = [n for n in below if n not in height and below[n] <= height.keys()]
        assert ready, f"in a circle: {sorted(below.keys() - height.keys())}"
        for name in ready:
            height[name] = 1 + max((height[each] for each in below[name]), default=0)
    return height


def imported_groups(
    folder: Path,
    package: str,
    group_of: Callable[[Path], str],
    imports: Callable[[ast.AST], Iterator[Import]],
) -> dict[str, set[str]]:
    """Return the groups of a package that each of its groups imports from."""
    groups = {path.relative_to(folder): group_of(path.relative_to(folder))
             for path in sources(folder)}  # fmt: skip
    found: dict[str, set[str]] = {group: set() for group in groups.values()}
    for path, group in groups.items():
        for _, module, name in imports(parse(folder / path)):
            home = absolute(package, folder, folder / path, module)
            full = f"{home}.{name}".rstrip(".")
            if not full.startswith(f"{package}."):
                continue
            parts = full.split(".")[1:]
            while parts:
                target = Path(*parts)
                file, init = target.with_suffix(".py"), target / "__init__.py"
                if file in groups or init in groups:
                    found[group].add(groups[file if file in groups else init])
                    break
                parts.pop()
        found[group].discard(group)
    return found


def folder_of(path: Path) -> str:
    return ".".join(path.parts[:-1])


def first_part(path: Path) -> str:
    return path.with_suffix("").parts[0]


def test_folders_of_the_driver_stand_in_layers() -> None:
    # Of `core` itself there are single modules, which have their places in the list.
    found = imported_groups(WRITTEN, "pgtwin", folder_of, all_imports)
    found["aio.cursors"].remove("aio.connections")  # see BACK_REFERENCES
    below = {
        name: others - {"core", "", "types"}
        for name, others in found.items()
        if name.startswith(("aio.", "core."))
    }
    height = heights(below)
    assert max(height.values()) <= 7, height  # and the package itself, above them


def test_folders_of_the_generator_stand_in_layers() -> None:
    """Each folder is one group, and each module beside them; `runtime` knows none."""
    below = imported_groups(TWINGEN, "twingen", first_part, all_imports)
    below.pop("runtime")
    height = heights({name: others - {"runtime"} for name, others in below.items()})
    assert max(height.values()) <= 8, height


def test_folders_of_analysis_stand_in_layers() -> None:
    folder = TWINGEN / "analysis"
    height = heights(imported_groups(folder, "analysis", first_part, all_imports))
    order = ["sides", "symbols", "types", "calls", "tasks", "definition_reader"]
    assert [height[name] for name in order] == sorted(height[name] for name in order)


def test_generator_imports_point_one_way() -> None:
    complaints = [
        complaint
        for path in sources(TWINGEN)
        if "runtime" not in path.relative_to(TWINGEN).parts
        for complaint in pointing_up(TWINGEN, "twingen", GENERATOR, path)
    ]
    assert not complaints, "\n".join(complaints)


def test_rules_do_not_know_each_other() -> None:
    for path in sorted((TWINGEN / "rules").glob("*.py")):
        if path.name in ("__init__.py", "rule.py"):
            continue
        for line, module, _ in runtime_imports(parse(path)):
            alone = not re.fullmatch(r"\.(?!rule$)\w*|twingen\.rules.*", module)
            assert alone, (
                f"{path.relative_to(ROOT)}:{line}: a rule imports another: put what "
                "they share below the rules"
            )


def test_core_does_not_know_the_twins() -> None:
    for path in sources(WRITTEN / "core"):
        for line, module, _ in all_imports(parse(path)):
            assert not re.match(r"pgtwin\.aio|pgtwin_sync|asyncio", module), (
                f"{path.relative_to(ROOT)}:{line}: core is shared by both twins and "
                f"never waits: {module} belongs in aio/"
            )


def test_runtime_needs_nothing() -> None:
    for path in sources(TWINGEN / "runtime"):
        for line, module, _ in runtime_imports(parse(path)):
            dots = len(module) - len(module.lstrip("."))
            assert dots <= len(path.relative_to(TWINGEN / "runtime").parts)
            assert not re.match(r"twingen(?!\.runtime)|libcst|black", module), (
                f"{path.relative_to(ROOT)}:{line}: what is copied beside a twin may "
                "import the standard library only"
            )


HELPERS = (
    # Helps event loops that cannot wait for sockets themselves; the twin needs none.
    WRITTEN / "aio" / "waiting" / "selector_thread.py",
    # Calls what blocks, as asyncio.to_thread() does, which is waited for at the end.
    WRITTEN / "aio" / "waiting" / "blocking_call.py",
    # Its sockets never block.
    WRITTEN / "core" / "wakeup.py",
)


@pytest.mark.parametrize(
    "path",
    [path for path in sources(WRITTEN) if path not in HELPERS],
    ids=lambda path: path.stem,
)
def test_nothing_sync_is_written_by_hand(path: Path) -> None:
    tree = parse(path)
    where = path.relative_to(ROOT)
    for line, module, name in runtime_imports(tree):
        full = f"{module}.{name}".rstrip(".")
        # The clock does not wait; time.sleep() does.
        waits = re.match(r"(selectors|select|threading|queue|subprocess)\b", full)
        forbidden = full if waits or full == "time.sleep" else ""
        assert not forbidden, (
            f"{where}:{line}: imports {full}: write it with asyncio, the twin is "
            "generated"
        )
    for node in ast.walk(tree):
        if isinstance(node, ast.Call):
            called = ast.unparse(node.func)
            blocking = re.search(
                r"^time\.sleep$|^socket\.(create_connection|getaddrinfo|gethost\w+)$"
                r"|\.(recv|recv_into|recvfrom|sendall|accept|makefile)$"
                r"|\bPGconn\.(connect|ping)$|pgconn\.(exec_|exec_params|exec_prepared|"
                r"prepare|describe_prepared|describe_portal|reset)$",
                called,
            )
            assert not blocking, (
                f"{where}:{node.lineno}: {called}() blocks: use the loop, or "
                "asyncio.to_thread()"
            )
        if isinstance(node, (ast.If, ast.IfExp)):
            test = ast.unparse(node.test)
            assert not re.search(r"\b(IS_)?A?SYNC\b", test), (
                f"{where}:{node.lineno}: a branch on the side: write one form that "
                "is right for both, or mark it async-only and say why"
            )


def test_generated_is_sync() -> None:
    pattern = re.compile("import asyncio|await |async ")
    for path in sources(GENERATED):
        for number, line in enumerate(path.read_text().splitlines(), 1):
            assert not pattern.search(line), (
                f"{path.relative_to(ROOT)}:{number}: {line.strip()!r} is left in the "
                "twin: twingen needs a rule for it"
            )


def test_generated_waits_with_selectors() -> None:
    users = [
        path.relative_to(GENERATED).as_posix()
        for path in sources(GENERATED)
        if any(module == "selectors" for _, module, _ in runtime_imports(parse(path)))
    ]
    assert users == ["runtime/selector_loop.py"]
    readiness = (GENERATED / "waiting" / "readiness.py").read_text()
    assert "SelectorLoop()" in readiness
