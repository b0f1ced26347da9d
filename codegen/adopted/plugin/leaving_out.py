"""A plugin for pytest that leaves out tests by their names.

`--deselect` takes the beginning of a name: with `test_send` it leaves out
`test_send_twice` as well.
"""

from __future__ import annotations

from typing import Any


def pytest_addoption(parser: Any) -> None:
    """Add an option that may be given many times."""
    parser.addoption("--leave-out", action="append", default=[])


def pytest_collection_modifyitems(config: Any, items: list[Any]) -> None:
    """Take out the tests of a file, a class or a function, or a case of one."""
    names = config.getoption("--leave-out")
    out = [each for each in items if _is_of(each.nodeid, names)]
    items[:] = [each for each in items if each not in out]
    config.hook.pytest_deselected(items=out)


def _is_of(test: str, names: list[str]) -> bool:
    return any(
        test == name or test.startswith((f"{name}[", f"{name}::")) for name in names
    )
