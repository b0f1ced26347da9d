"""Functions that run in threads which are no tasks."""

from __future__ import annotations

import contextvars
import functools
from collections.abc import Callable
from typing import Any, TypeVar

from .dynamic_calls import await_, later
from .entry_points import entry
from .events import get_running_loop

T = TypeVar("T")


@entry
def to_thread(func: Callable[..., T], /, *args: Any, **kwargs: Any) -> T:
    """Call a function in a thread of the loop's executor; return what it returns."""
    loop = get_running_loop()
    run = contextvars.copy_context().run
    call = functools.partial(run, later, func, *args, **kwargs)
    return await_(loop.run_in_executor(None, call))  # type: ignore[no-any-return]
