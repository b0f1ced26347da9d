"""Calls whose keywords become attributes of an object."""

from __future__ import annotations

import libcst as cst

from ..symbols.names import Names

_MOCKS = "unittest.mock"
_CALLS = {"argparse.Namespace", "types.SimpleNamespace"} | {
    f"{_MOCKS}.{name}"
    for name in (
        "AsyncMock",
        "MagicMock",
        "Mock",
        "NonCallableMagicMock",
        "NonCallableMock",
        "create_autospec",
        "patch",
        "patch.multiple",
        "patch.object",
    )
}


def sets_attributes(names: Names, call: cst.CSTNode | None) -> bool:
    """Return whether what a call is given by keyword becomes attributes."""
    if not isinstance(call, cst.Call):
        return False
    if (
        isinstance(call.func, cst.Attribute)
        and call.func.attr.value == "configure_mock"
    ):
        return True
    return names.qualified(call.func) in _CALLS


def makes_mock(names: Names, call: cst.CSTNode | None) -> bool:
    """Return whether a call creates a mock, or configures one."""
    if not sets_attributes(names, call):
        return False
    assert isinstance(call, cst.Call)
    qualified = names.qualified(call.func)
    return qualified is None or qualified.startswith(_MOCKS)
