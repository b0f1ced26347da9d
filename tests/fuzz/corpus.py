"""Inputs that are kept: one file for each target, a line of hexadecimal digits each.

`nox -s fuzz` starts from them, `test_corpus.py` plays them in the usual suite, as
`python -m tests.fuzz.corpus TARGET` does.
"""

from __future__ import annotations

import hashlib
import sys
from collections.abc import Callable, Iterable
from pathlib import Path

from tests.fuzz.arrow import arrow_read, arrow_write
from tests.fuzz.copying import copy_in, copy_out
from tests.fuzz.rows import rows

TARGETS: dict[str, Callable[[bytes], None]] = {
    "rows": rows,
    "copy_in": copy_in,
    "copy_out": copy_out,
    "arrow_read": arrow_read,
    "arrow_write": arrow_write,
}
FOLDER = Path(__file__).with_name("corpus")


def kept(target: str) -> list[bytes]:
    lines = (FOLDER / f"{target}.txt").read_text(encoding="ascii").splitlines()
    return list(map(bytes.fromhex, lines))


def keep(target: str, inputs: Iterable[bytes]) -> None:
    """Write what is kept from now on, short inputs first."""
    ordered = sorted(set(inputs), key=lambda data: (len(data), data))
    text = "".join(f"{data.hex()}\n" for data in ordered)
    (FOLDER / f"{target}.txt").write_text(text, encoding="ascii")


def write_files(target: str, folder: Path) -> None:
    """Write each input as a file, as libFuzzer wants them."""
    folder.mkdir(parents=True, exist_ok=True)
    for data in kept(target):
        (folder / hashlib.sha1(data).hexdigest()).write_bytes(data)


if __name__ == "__main__":
    inputs = kept(sys.argv[1])
    for each in inputs:
        TARGETS[sys.argv[1]](each)
    print(len(inputs), "inputs")
