# tasks: turns
import sys

__all__ = ["iscoroutinefunction"]

if sys.version_info >= (3, 14):
    from inspect import iscoroutinefunction
else:
    from asyncio import iscoroutinefunction

# ---- twin ----
# tasks: turns
import sys

__all__ = ["iscoroutinefunction"]

if sys.version_info >= (3, 14):
    from twin_runtime.turns.inspection import iscoroutinefunction
else:
    from twin_runtime.turns.inspection import iscoroutinefunction
