"""What never waits in pgtwin, in C.

pgtwin uses it by itself when it is installed; there is nothing to call here.
"""

from __future__ import annotations

from ._core import (
    ARROW_CODES,
    ARROW_KINDS,
    CODES,
    FUNCTIONS,
    KINDS,
    AdaptationState,
    ArrowReader,
    BatchState,
    CopyFormatter,
    CopyLoader,
    Engine,
    KeptState,
    OwnerState,
    PipelineState,
    PreparedState,
    ResultState,
    RowLoader,
    SessionState,
    bind_libpq,
    bind_python,
    copied_data,
    write_arrow,
)

__all__ = [
    "ARROW_CODES",
    "ARROW_KINDS",
    "CODES",
    "FUNCTIONS",
    "KINDS",
    "AdaptationState",
    "ArrowReader",
    "BatchState",
    "CopyFormatter",
    "CopyLoader",
    "Engine",
    "KeptState",
    "OwnerState",
    "PipelineState",
    "PreparedState",
    "ResultState",
    "RowLoader",
    "SessionState",
    "bind_libpq",
    "bind_python",
    "copied_data",
    "write_arrow",
]
__version__ = "0.1.0"
