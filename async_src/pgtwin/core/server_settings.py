"""The settings of the server that affect how values are written and read.

The server reports these settings when they change (`PQparameterStatus`).
"""

from __future__ import annotations

import re
from functools import lru_cache

from pgtwin.core.statements.leading_comments import LEADING

ENCODING = b"client_encoding"
DATE_STYLE = b"DateStyle"
SETTINGS = (ENCODING, b"TimeZone", DATE_STYLE, b"IntervalStyle")

# Stands for an encoding that Python does not have, since all of them contain ASCII. Not
# "ascii", which is Python's name of SQL_ASCII, where text is bytes.
ONLY_ASCII = "us-ascii"

_CHANGE = re.compile(
    LEADING + rb"(?:(?:SET|RESET)\b.*\b"
    rb"(?:client_encoding|NAMES|DateStyle|TimeZone|TIME\s+ZONE|IntervalStyle|ALL)\b"
    # What ends a transaction ends what was set in it by SET LOCAL.
    rb"|(?:DISCARD|COMMIT|END|ROLLBACK|ABORT)\b)",
    re.IGNORECASE | re.DOTALL,
)


# Longer texts are not kept, which are seldom the same.
KEPT_LENGTH = 4096


def changes_settings(text: bytes) -> bool:
    """Return whether a statement may change one of the settings.

    Statements are recognized by their text. A function that changes a setting is not.
    """
    return _look_known(text) if len(text) <= KEPT_LENGTH else _look(text)


def _look(text: bytes) -> bool:
    # To search by an expression takes as long as to send the statement.
    return _CHANGE.match(text) is not None or b"set_config" in text.lower()


_look_known = lru_cache(maxsize=512)(_look)
