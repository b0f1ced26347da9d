"""Runs each test of the twins in a loop of its own, as anyio's plugin does."""

from __future__ import annotations

from typing import Any

import pytest


@pytest.hookimpl(tryfirst=True)
def pytest_pyfunc_call(pyfuncitem: Any) -> bool | None:
    """Run a test that is a coroutine function in the source."""
    from tests._runtime.turns import dynamic_calls, function_kinds, runners

    function = pyfuncitem.obj
    if function_kinds.marked(function) != "coroutine":
        return None
    names = pyfuncitem._fixtureinfo.argnames
    given = {name: pyfuncitem.funcargs[name] for name in names}
    runners.run(dynamic_calls.later(function, **given), debug=True)
    return True
