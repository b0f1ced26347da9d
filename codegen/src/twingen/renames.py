"""The author's own names: which pattern renames what, and where a module's twin is.

A pattern without a dot (`"Async*" = "*"`) renames what the source folders
define; one with dots (`"pgtwin.Async*" = "pgtwin.*"`) renames what is imported
from there. Every pattern must be used, or the build fails.
"""

from __future__ import annotations

from collections.abc import Mapping
from fnmatch import fnmatchcase

from .definitions import Definitions
from .diagnostic import ConfigurationError


class Renames:
    """Resolves the twin of a qualified name of the project itself."""

    def __init__(self, patterns: Mapping[str, str], definitions: Definitions) -> None:
        for pattern, twin in patterns.items():
            same_module = pattern.rpartition(".")[0] == twin.rpartition(".")[0]
            if pattern.count("*") != 1 or twin.count("*") != 1 or not same_module:
                raise ConfigurationError(
                    f'renames: "{pattern}" = "{twin}" must have one * on both sides, '
                    "below the same module"
                )
        self._patterns = dict(patterns)
        self._definitions = definitions
        self.used: set[str] = set()

    def twin_of(self, qualified: str) -> str | None:
        """Return the qualified name in the twin, or `None` if it is not ours."""
        for pattern, twin in self._patterns.items():
            if "." in pattern and fnmatchcase(qualified, pattern):
                module, _, name = qualified.rpartition(".")
                if module == pattern.rpartition(".")[0]:
                    self.used.add(pattern)
                    local = twin.rpartition(".")[2]
                    return f"{module}.{_fill(pattern.rpartition('.')[2], local, name)}"
        home = self._definitions.module_of(qualified)
        if home is None:
            return None
        name = qualified[len(home) + 1 :]
        target = self._definitions.modules[home]
        if "." in name:  # a member of a class goes with its class
            return None
        return f"{target}.{self.local(name)}" if name else target

    def local(self, name: str) -> str:
        """Return what a name that the source folders define is called in the twin."""
        for pattern, twin in self._patterns.items():
            if "." not in pattern and fnmatchcase(name, pattern):
                self.used.add(pattern)
                return _fill(pattern, twin, name)
        return name

    def words(self) -> dict[str, str]:
        """Return the renamed names, for prose: docstrings and comments."""
        used = set(self.used)
        words = {name: self.local(name) for name in self._definitions.names}
        self.used = used  # prose alone does not make a pattern needed
        return {name: twin for name, twin in words.items() if twin != name}

    def unused(self) -> list[str]:
        return [pattern for pattern in self._patterns if pattern not in self.used]


def _fill(pattern: str, twin: str, name: str) -> str:
    before, _, after = pattern.partition("*")
    return twin.replace("*", name[len(before) : len(name) - len(after) or None])
