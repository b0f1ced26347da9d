"""lsp: a language server for editors."""

from __future__ import annotations

from ..diagnostics.diagnostic import ConfigurationError
from .console import IN_STEP


def lsp() -> int:
    """Answer an editor until it ends the session.

    Raises :class:`ConfigurationError` where pygls is not installed.
    """
    try:
        from .language_server.server import serve
    except ImportError as error:
        raise ConfigurationError(
            f"the language server cannot be imported ({error}); install it with "
            '`python -m pip install "twingen[lsp]"`'
        ) from None
    serve()
    return IN_STEP
