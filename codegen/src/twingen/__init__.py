"""twingen turns async Python source into its sync twin, or says why it cannot.

`convert` is for one text; `check`, `build` and `convert_project` are for a configured
project.
What stands in `__all__` is the public API and follows semantic versioning;
`@rewrite` and what it needs are for plug-ins. Each name is loaded when it is
first asked for.
"""

from importlib import import_module
from typing import TYPE_CHECKING

from .version import __version__

if TYPE_CHECKING:
    from .api import build, check, convert, convert_project
    from .diagnostics.diagnostic import ConfigurationError, ConversionError, Diagnostic
    from .diagnostics.refusal import Refused
    from .project.source_results import SourceResult
    from .project.twin_folders import Difference, Drift
    from .rules.rule import Rule, Site, rewrite

__all__ = [
    "ConfigurationError",
    "ConversionError",
    "Diagnostic",
    "Difference",
    "Drift",
    "Refused",
    "Rule",
    "Site",
    "SourceResult",
    "__version__",
    "build",
    "check",
    "convert",
    "convert_project",
    "rewrite",
]

_HOMES = {
    "api": ("build", "check", "convert", "convert_project"),
    "diagnostics.diagnostic": ("ConfigurationError", "ConversionError", "Diagnostic"),
    "diagnostics.refusal": ("Refused",),
    "rules.rule": ("Rule", "Site", "rewrite"),
    "project.source_results": ("SourceResult",),
    "project.twin_folders": ("Difference", "Drift"),
}


if not TYPE_CHECKING:  # type checkers report a name that is not there

    def __getattr__(name: str) -> object:
        for home, names in _HOMES.items():
            if name in names:
                value: object = getattr(import_module(f".{home}", __name__), name)
                globals()[name] = value
                return value
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted({*globals(), *__all__})
