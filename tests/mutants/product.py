"""What is mutated: the driver, or twingen; and which tests have to notice."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Product:
    """Sources, and the tests that are passed from the folder `working`.

    `parts` are folders of the sources that the report counts each for itself.
    """

    sources: tuple[str, ...]
    left_out: tuple[str, ...]
    parts: tuple[str, ...]
    working: str
    tests: tuple[str, ...]
    needs_server: bool

    def modules(self, root: Path) -> Iterator[Path]:
        """Yield the modules that are mutated, in a constant order."""
        for folder in self.sources:
            for path in sorted((root / folder).rglob("*.py")):
                name = path.relative_to(root).as_posix()
                if not name.startswith(self.left_out):
                    yield path


PRODUCTS = {
    # The async form: it is what is mutated, its twin is not made again.
    "driver": Product(
        sources=("async_src/pgtwin/aio", "async_src/pgtwin/core"),
        left_out=(),
        parts=("aio", "core"),
        working=".",
        tests=("tests/aio/test_*.py", "tests/core/test_*.py"),
        needs_server=True,
    ),
    # Without the runtime, which is tested where programs run; and without tests that
    # only start processes, in which nobody knows what they execute.
    "twingen": Product(
        sources=("codegen/src/twingen",),
        left_out=("codegen/src/twingen/runtime/",),
        parts=("analysis", "imports", "project", "rules", "sides", "syntax"),
        working="codegen",
        tests=tuple(
            f"tests/test_{name}.py"
            for name in (
                *("adopt", "api", "async_fixtures", "cache", "cases", "class_members"),
                *("convert_command", "diagnostics", "documentation", "drift"),
                *("exit_codes", "failures", "formatters", "formatting", "incremental"),
                *("init", "layouts", "modules", "places", "plugins", "proposals"),
                *("remedies", "reports", "rows", "shared_state", "tasks", "traversal"),
                *("unreadable", "users_functions", "where", "without_runtime"),
                "work_list",
            )
        ),
        needs_server=False,
    ),
}
