"""Which engine is used, and what it has: the choice between its implementations.

Python over psycopg is the reference and always there; `pgtwin_native` is a distribution
of its own. PGTWIN_IMPL=python or native chooses; else it is the native one where it is
installed.
"""

from __future__ import annotations

import os
from collections.abc import Callable
from importlib import import_module
from typing import TYPE_CHECKING, Any

from pgtwin.core.engine import python_engine
from pgtwin.core.engine.arrow_reader import PythonArrowReader
from pgtwin.core.engine.copy_decoders import Pieces
from pgtwin.core.engine.copy_formatter import PythonFormatter, Way

if TYPE_CHECKING:
    from collections.abc import Sequence

    from psycopg.abc import Buffer, Transformer
    from psycopg.pq.abc import PGconn

    from pgtwin.core.engine.arrow_columns import ArrowKind, ArrowReader
    from pgtwin.core.engine.contract import (
        ArrowWriter,
        CopyFormatter,
        Engine,
        LoadCopied,
        RowLoader,
    )


def _native_module(required: bool) -> Any:
    """Return the module that makes what is here in C, `None` where that cannot be."""
    try:
        native: Any = import_module("pgtwin_native")
        wanted = import_module("pgtwin").__version__
        if native.__version__ != wanted:
            raise ImportError(
                f"pgtwin-native {native.__version__} does not go with pgtwin {wanted}: "
                f"install pgtwin-native=={wanted}"
            )
        return import_module("pgtwin.core.engine.native_engine")
    except (AttributeError, ImportError):
        if required:
            raise
        return None


_asked = os.environ.get("PGTWIN_IMPL", "")
if _asked not in ("", "python", "native"):
    raise ImportError(f"PGTWIN_IMPL is {_asked!r}, not 'python' or 'native'")
_native = None if _asked == "python" else _native_module(_asked == "native")

# "python" or "native".
IMPLEMENTATION = "python" if _native is None else "native"
if TYPE_CHECKING:
    from pgtwin.core.engine.pipeline_state import (
        BatchState as BatchState,
        OwnerState as OwnerState,
        PipelineState as PipelineState,
    )
    from pgtwin.core.engine.prepared_state import (
        KeptState as KeptState,
        PreparedState as PreparedState,
    )
    from pgtwin.core.engine.result_state import ResultState as ResultState

    class SessionFields:
        """A base of the sessions: where what `SessionState` names is kept."""

    class AdaptationFields:
        """A base of the adaptations: where what `AdaptationState` names is kept."""

elif _native is None:
    from pgtwin.core.engine.pipeline_state import BatchState, OwnerState, PipelineState
    from pgtwin.core.engine.prepared_state import KeptState, PreparedState
    from pgtwin.core.engine.result_state import ResultState

    SessionFields = AdaptationFields = object
else:
    ResultState = _native.ResultState
    SessionFields = _native.SessionState
    AdaptationFields = _native.AdaptationState
    BatchState, OwnerState = _native.BatchState, _native.OwnerState
    PipelineState = _native.PipelineState
    KeptState, PreparedState = _native.KeptState, _native.PreparedState
# Of libpq's handle.
make_engine: Callable[[PGconn], Engine] = (
    python_engine.ReferenceEngine if _native is None else _native.Engine
)
# Of a transformer, which gives it the loaders.
make_row_loader: Callable[[Transformer], RowLoader] = (
    python_engine.make_row_loader if _native is None else _native.NativeRowLoader
)
# Of what finds the way of a column's values of one type, what writes a row by its
# dumpers, whether that is in binary format, and the encoding of text.
make_copy_formatter: Callable[
    [
        Callable[[int, type], Way],
        Callable[[Sequence[Any]], bytes],
        bool,
        str,
    ],
    CopyFormatter,
] = (
    PythonFormatter if _native is None else _native.native_formatter
)
# Of a transformer, the types of columns, and whether they come in binary format.
make_copy_loader: Callable[[Transformer, Sequence[int], bool], LoadCopied | None] = (
    python_engine.leave_to_decoder if _native is None else _native.native_copy_loader
)
# Of the names of columns, how their values are read, and the encoding of text.
make_arrow_reader: Callable[[Sequence[str], Sequence[ArrowKind], str], ArrowReader] = (
    PythonArrowReader if _native is None else _native.NativeArrowReader
)
# Of a schema of Arrow, the types of a table's columns, and the encoding of text; with
# `None` the values are dumped.
make_arrow_writer: Callable[[Any, Sequence[int], str], ArrowWriter | None] = (
    python_engine.leave_to_rows if _native is None else _native.native_arrow_writer
)
# Of a connection: the data of a COPY that has arrived, the number of messages in which
# it has come, and whether that was all.
copied_data: Callable[[PGconn, Pieces], tuple[list[Buffer], int, bool]] = (
    python_engine.copied_data if _native is None else _native.native_copied_data
)
# Nanoseconds that a value in binary format is loaded faster than in text, by its type.
# A type is left out if values may differ, as those of float4, or if it takes too long.
binary_gains: dict[str, int] = (
    python_engine.BINARY_GAINS if _native is None else _native.BINARY_GAINS
)
