"""Fuzzes one target with libFuzzer: `nox -s fuzz`, which builds what it needs.

`python -m tests.fuzz TARGET FOLDER [OPTION...]` starts from the inputs that are kept,
and writes new ones to a folder; options are libFuzzer's. An input that fails is written
to the folder as `crash-...` and ends the run; `python -m tests.fuzz TARGET FOLDER FILE`
plays it again. With `--keep` the inputs of the folder become those that are kept.
"""

from __future__ import annotations

import sys
from pathlib import Path

import atheris  # pyright: ignore[reportMissingImports]

from tests.fuzz.corpus import TARGETS, keep, write_files


def main(target: str, folder: Path, options: list[str]) -> None:
    if options == ["--keep"]:
        files = (file for file in folder.iterdir() if "-" not in file.name)
        keep(target, (file.read_bytes() for file in files))
        return
    inputs = []
    if not any(Path(option).is_file() for option in options):
        write_files(target, folder)
        inputs = [str(folder)]
    arguments = [f"-artifact_prefix={folder}/", "-max_len=400", *options, *inputs]
    # A merge starts its program again, by a shell.
    program = f"{sys.executable} -m tests.fuzz {target} {folder}"
    atheris.Setup([program, *arguments], TARGETS[target])
    atheris.Fuzz()


main(sys.argv[1], Path(sys.argv[2]), sys.argv[3:])
