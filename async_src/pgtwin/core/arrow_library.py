"""pyarrow, if it is installed.

It is imported only by code that uses Arrow. If it is missing, the error says what to
install.
"""

from __future__ import annotations

from importlib import import_module
from typing import Any


def pyarrow() -> Any:
    """Return the module. Raises `ImportError`, which says what to install."""
    try:
        return import_module("pyarrow")
    except ImportError as error:
        raise ImportError(
            "Arrow needs pyarrow, which could not be imported: install it with "
            f'pip install "pgtwin[arrow]"; Python says: {error}'
        ) from error
