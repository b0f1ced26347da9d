"""Row factories: they decide the type of the rows that a cursor fetches.

The factories are psycopg's. The factory types accept the cursors of both forms.
"""

from psycopg.rows import (
    DictRow,
    Row,
    RowMaker,
    TupleRow,
    args_row,
    class_row,
    dict_row,
    kwargs_row,
    namedtuple_row,
    no_result,
    scalar_row,
    tuple_row,
)

from pgtwin.core.type_aliases import RowFactory

AsyncRowFactory = RowFactory
BaseRowFactory = RowFactory

__all__ = [
    "AsyncRowFactory",
    "BaseRowFactory",
    "DictRow",
    "Row",
    "RowFactory",
    "RowMaker",
    "TupleRow",
    "args_row",
    "class_row",
    "dict_row",
    "kwargs_row",
    "namedtuple_row",
    "no_result",
    "scalar_row",
    "tuple_row",
]
