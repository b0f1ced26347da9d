"""CSV as COPY reads and writes it: options, encodings, and the names in a header.

The server reads and writes all values; only the header is read here.
"""

from __future__ import annotations

import codecs
import re
from typing import NamedTuple

from psycopg.errors import DataError, ProgrammingError

from pgtwin.core.copy.statements import literal

# What Python has and the server has not, or by another name.
_SERVER_NAMES = {"utf8sig": "utf8", "ascii": "sql_ascii"}
BOM = codecs.BOM_UTF8


class CsvFormat(NamedTuple):
    """How the file is written: the options of COPY that say it."""

    header: bool
    delimiter: str
    quote: str
    null: str
    encoding: str

    def options(self) -> str:
        """Return the options of a COPY statement."""
        return ", ".join(
            (
                "FORMAT csv",
                f"HEADER {'true' if self.header else 'false'}",
                f"DELIMITER {literal(self.delimiter)}",
                f"QUOTE {literal(self.quote)}",
                f"NULL {literal(self.null)}",
                f"ENCODING {literal(server_encoding(self.encoding))}",
            )
        )

    def without_signature(self, data: bytes) -> bytes:
        """Return the beginning of a file without the mark that it is in UTF-8."""
        is_utf8 = server_encoding(self.encoding) == "utf8"
        return data[len(BOM) :] if is_utf8 and data.startswith(BOM) else data

    def header_of(self, data: bytes, is_all: bool) -> list[str] | None:
        """Return the names in the header; `None` if it goes on after the data.

        Raises `DataError` if there is none that can be read, `LookupError` if Python
        does not know the encoding.
        """
        quote = self.quote.encode()
        quoted = False
        end = len(data) if is_all else None
        for match in re.finditer(b"[\r\n]|" + re.escape(quote), data):
            if match[0] == quote:
                quoted = not quoted
            elif not quoted:
                end = match.start()
                break
        if end is None:
            return None
        import csv  # which programs that read no header do not need

        codec = codecs.lookup(python_encoding(self.encoding)).name
        try:
            text = data[:end].decode(codec)
            names = next(
                csv.reader([text], delimiter=self.delimiter, quotechar=self.quote), []
            )
        except (ValueError, TypeError, csv.Error) as error:
            raise DataError(f"the header cannot be read: {error}") from error
        if not names:
            raise DataError("the file has no header: its first line is empty")
        return names


def server_encoding(name: str) -> str:
    """Return PostgreSQL's name of an encoding, given that or Python's."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    if match := re.fullmatch(r"cp(125\d|866|874)", plain):
        return f"win{match[1]}"
    return _SERVER_NAMES.get(plain, plain)


def python_encoding(name: str) -> str:
    """Return Python's name of an encoding, given that or PostgreSQL's."""
    plain = re.sub(r"[^a-z0-9]", "", name.lower())
    if match := re.fullmatch(r"win(125\d|866|874)", plain):
        return f"cp{match[1]}"
    return {"sqlascii": "utf-8", "utf8sig": "utf-8"}.get(plain, name)


def unknown_encoding(name: str) -> ProgrammingError:
    return ProgrammingError(
        f"Python does not know the encoding {name!r}, so the header cannot be read: "
        "give the columns"
    )
