"""The author's own names: which pattern renames what, and where a module's twin is.

A pattern without a dot (`"Async*" = "*"`) renames what the source folders
define; one with dots (`"pgtwin.Async*" = "pgtwin.*"`) renames what is imported
from there. Every pattern must be used, or the build fails.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from fnmatch import fnmatchcase
from keyword import iskeyword

from ..telling.diagnostic import ConfigurationError
from .definitions import Definitions

# An escape is taken as a whole, so that its letter is not part of a word; but the dots
# of a name may be escaped, as in a regular expression.
_DOT = r"\\*\."
_NAME = re.compile(rf"\\.|[^\W\d]\w*(?:{_DOT}[^\W\d]\w*)*")
_CAPITALIZED = re.compile(r"[A-Z][a-z]+$")


class Renames:
    """Resolves the twin of a qualified name of the project itself."""

    def __init__(self, patterns: Mapping[str, str], definitions: Definitions) -> None:
        for pattern, twin in patterns.items():
            same_module = pattern.rpartition(".")[0] == twin.rpartition(".")[0]
            one = pattern.count("*") == twin.count("*") == 1
            if not (one and same_module and _are_names(pattern, twin)):
                raise ConfigurationError(
                    f'renames: "{pattern}" = "{twin}" must be names with one * on '
                    "both sides, below the same module"
                )
        self._patterns = dict(patterns)
        self._definitions = definitions
        self.used: set[str] = set()
        self.texts: set[str] = set()  # the packages whose texts follow
        self.used_texts: set[str] = set()
        self._words: tuple[set[str], int, dict[str, str]] | None = None

    def twin_of(self, qualified: str) -> str | None:
        """Return the qualified name in the twin, or `None` if it is not ours."""
        home = self._definitions.module_of(qualified)
        if home is None:
            return self._foreign(qualified)
        name = qualified[len(home) + 1 :]
        target = self._definitions.modules[home]
        if "." in name:  # a member of a class goes with its class
            return None
        return f"{target}.{self.local(name)}" if name else target

    def _foreign(self, qualified: str) -> str | None:
        """Return the twin of a name that is imported from outside of the sources."""
        module, _, name = qualified.rpartition(".")
        for pattern, twin in self._patterns.items():
            home, _, last = pattern.rpartition(".")
            if module and module == home and fnmatchcase(name, last):
                filled = _fill(last, twin.rpartition(".")[2], name)
                if filled is not None:
                    self.used.add(pattern)
                    return f"{module}.{filled}"
        return None

    def local(self, name: str) -> str:
        """Return what a name that the source folders define is called in the twin."""
        for pattern, twin in self._patterns.items():
            if "." not in pattern and fnmatchcase(name, pattern):
                filled = _fill(pattern, twin, name)
                if filled is not None:
                    self.used.add(pattern)
                    return filled
        return name

    def pattern_of(self, name: str) -> tuple[str, str] | None:
        """Return the pattern, with its twin, by which a name of the sources goes."""
        for pattern, twin in self._patterns.items():
            if "." not in pattern and fnmatchcase(name, pattern):
                return pattern, twin
        return None

    def words(self) -> dict[str, str]:
        """Return the renamed names, for prose: docstrings and comments."""
        names = self._definitions.names
        if self._words is not None:
            asked, count, words = self._words
            if asked is names and count == len(names):  # names are only added
                return words
        used = set(self.used)
        twins = {name: self.local(name) for name in names}
        self.used = used  # prose alone does not make a pattern needed
        words = {name: twin for name, twin in twins.items() if twin != name}
        self._words = names, len(names), words
        return words

    def text(self, package: str, literal: str) -> str:
        """Return a string literal of a package with every renamed name replaced."""

        def twin(match: re.Match[str]) -> str:
            separator = re.search(_DOT, match.group())
            if separator is None:
                return self._word(match.group())
            dotted = match.group().replace(separator.group(), ".")
            found = self.twin_of(dotted) or ".".join(map(self._word, dotted.split(".")))
            return found.replace(".", separator.group())

        text = _NAME.sub(twin, literal)
        if text != literal:
            self.used_texts.add(package)
        return text

    def _word(self, word: str) -> str:
        return self.local(word) if word in self._definitions.names else word

    def texts_of(self, module: str) -> str | None:
        """Return the package of a module, if the texts in it follow."""
        for package in self.texts:
            if f"{module}.".startswith(f"{package}."):
                return package
        return None


class MethodRenames:
    """Resolves what the twin calls a method of a class of the project.

    A pattern is a class and a method, `"AsyncClient.a*" = "*"`, either with one
    `*` or exact. With a `*` for the method it is for `async def` methods only.
    """

    def __init__(self, patterns: Mapping[str, str], definitions: Definitions) -> None:
        for pattern, twin in patterns.items():
            owner, _, method = pattern.rpartition(".")
            same = method.count("*") == twin.count("*") <= 1
            simple = owner and "." not in owner and owner.count("*") <= 1
            if not (simple and same and _are_names(pattern, twin)) or "." in twin:
                raise ConfigurationError(
                    f'methods: "{pattern}" = "{twin}" must be a class and a method, '
                    'with one * in both method names or in none: "Client.a*" = "*"'
                )
        self._patterns = dict(patterns)
        self._definitions = definitions
        self.used: set[str] = set()

    def twin_of(self, owner: str, name: str) -> str | None:
        """Return what a method of a class is called in the twin, if that is renamed.

        A method that a subclass defines anew goes with the one it replaces.
        """
        for each in self._definitions.bases(owner):
            if f"{each}.{name}" not in self._definitions.members:
                continue
            for pattern, twin in self._patterns.items():
                if self._matches(pattern, each, name):
                    filled = _fill(pattern.rpartition(".")[2], twin, name)
                    if filled is not None:
                        self.used.add(pattern)
                        return filled
        return None

    def _matches(self, pattern: str, owner: str, name: str) -> bool:
        class_pattern, _, method_pattern = pattern.rpartition(".")
        is_async = f"{owner}.{name}" in self._definitions.asynchronous
        return (
            fnmatchcase(owner.rpartition(".")[2], class_pattern)
            and fnmatchcase(name, method_pattern)
            and (is_async or "*" not in method_pattern)
        )

    def twins(self, name: str) -> set[str | None]:
        """Return what the methods of this name become; `None` for one that stays."""
        if not self._patterns:
            return set()
        owners = (
            member.rpartition(".")[0]
            for member in self._definitions.members
            if member.rpartition(".")[2] == name
        )
        return {self.twin_of(owner, name) for owner in owners}


def is_dotted_name(text: str) -> bool:
    """Tell a name, or several with dots between them, from other texts."""
    return all(map(str.isidentifier, text.split(".")))


def _are_names(*patterns: str) -> bool:
    """Tell whether only a `*` keeps patterns from being names."""
    return all(is_dotted_name(each.replace("*", "x")) for each in patterns)


def is_part_of_word(before: str, name: str) -> bool:
    """Tell whether a capitalized word goes on after a name's fixed beginning.

    `Async` is a part of the first word of `AsyncpgPool`, and all of that of
    `AsyncPool`.
    """
    return name[len(before) :][:1].islower() and bool(_CAPITALIZED.search(before))


def _fill(pattern: str, twin: str, name: str) -> str | None:
    """Return what a name becomes; `None` where that is no name, as `2` of `Async2`.

    A pattern that ends inside of a word is for another name.
    """
    before, _, after = pattern.partition("*")
    if is_part_of_word(before.rpartition(".")[2], name):
        return None
    filled = twin.replace("*", name[len(before) : len(name) - len(after) or None])
    return filled if filled.isidentifier() and not iskeyword(filled) else None
