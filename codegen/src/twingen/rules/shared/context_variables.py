"""Calls whose changes to context variables nobody else sees.

asyncio runs such a call in another thread, with a copy of the context or with
none; in the twin it runs in this thread, so the context must be another.
"""

from __future__ import annotations

from collections.abc import Sequence

import libcst as cst

from ..rule import Site

# Modules whose functions change no context variable.
_WITHOUT_CONTEXT = {
    "base64", "binascii", "bz2", "gzip", "hashlib", "io", "json", "lzma", "math",
    "os", "pathlib", "pickle", "platform", "random", "select", "shutil", "socket",
    "ssl", "subprocess", "tempfile", "threading", "time", "zlib",
}  # fmt: skip
_BUILTINS = {"builtins.open", "builtins.print", "builtins.sum", "builtins.input"}


def call_in_context(
    site: Site[cst.Call],
    old: cst.BaseExpression,
    new: cst.BaseExpression,
    arguments: Sequence[cst.Arg],
    context: str,
) -> cst.Call:
    """Return the call of a function, in a context made by `contextvars.<context>()`."""
    qualified = site.names.qualified(old) or ""
    if qualified in _BUILTINS or (
        qualified.split(".")[0] in _WITHOUT_CONTEXT and site.names.imported(old)
    ):
        return site.new.with_changes(func=new, args=arguments)
    made = cst.Call(site.imports.name(f"contextvars.{context}"))
    function = cst.Attribute(made, cst.Name("run"))
    return site.new.with_changes(func=function, args=[cst.Arg(new), *arguments])
