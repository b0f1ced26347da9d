"""Adds parameters and examples to the docstrings that the pages of the API show.

Griffe, which reads the source for mkdocstrings, loads this file by its path, as
`mkdocs.yml` says.
"""

from __future__ import annotations

from typing import Any

from griffe import Extension, Function

from tools.website.parameters import FOLDERS, example, listed


class Docstrings(Extension):
    """Gives the functions of both forms a list of their parameters, and an example."""

    def on_function(self, *, func: Function, **_: Any) -> None:
        """Append both to the docstring of a function."""
        package = func.path.partition(".")[0]
        if func.docstring is None or package not in FOLDERS:
            return
        names = [each.name.lstrip("*") for each in func.parameters]
        func.docstring.value += listed(func.name, names) + example(func.name, package)
