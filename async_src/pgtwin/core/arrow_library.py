"""pyarrow, where it is installed.

Only what uses Arrow imports it, and is told what to install if it is missing.
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
