"""The author's own names: which row renames what, and where a module's twin is.

A row without a dot (`"Async*" = "*"`) renames what the source folders define; one with
dots (`"pgtwin.Async*" = "pgtwin.*"`) what is imported from that module, or what that
module of the sources defines. `"acme.**.Async*" = "acme.**.*"` is for acme and all
modules below it, `"acme.aio.**" = "acme.sync.**"` for the module itself and all that is
in it. A row without a `*` is for one name, which may stay as it is.

Which row wins: one for the name before a pattern, one for the module before one without
a dot, and of two patterns the one with more letters. Two that are equal and disagree
are an error. Every row must be used, or the build fails.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from fnmatch import fnmatchcase
from keyword import iskeyword

from ...diagnostics.diagnostic import ConfigurationError
from ...syntax.prose_rewriting import rename_words
from .async_protocols import DUNDERS
from .definitions import Definitions
from .name_patterns import Patterns, best

# An escape is taken as a whole, so that its letter is not part of a word; but the dots
# of a name may be escaped, as in a regular expression.
# What stands for `**` in what a row becomes.
_INNER = "\0"
_DOT = r"\\*\."
_WORD = re.compile(r"\w+")
_NAME = re.compile(rf"\\.|[^\W\d]\w*(?:{_DOT}[^\W\d]\w*)*")
_CAPITALIZED = re.compile(r"[A-Z][a-z]+$")


class Renames:
    """Resolves the twin of a qualified name of the project itself."""

    def __init__(
        self,
        patterns: Mapping[str, str],
        definitions: Definitions,
        prose: Mapping[str, str] | None = None,
    ) -> None:
        self._prose = prose or {}
        self._prose_patterns = Patterns(
            {old: new for old, new in self._prose.items() if "*" in old}
        )
        self.used_prose: set[str] = set()
        local: dict[str, str] = {}
        dotted: dict[str, dict[str, str]] = {}
        whole: dict[str, str] = {}
        for pattern, twin in patterns.items():
            _check_row(pattern, twin)
            home, _, last = pattern.rpartition(".")
            if last == "**":
                whole[home] = twin.removesuffix(".**")
            elif home:
                dotted.setdefault(home, {})[last] = twin.replace("**", _INNER)
            else:
                local[last] = twin
        self._rows = local
        self._local = Patterns(local, _is_name, is_part_of_word)
        self._exact = {name: twin for name, twin in local.items() if "*" not in name}
        self._dotted = {
            home: Patterns(rows, _is_name_of_module, is_part_of_word)
            for home, rows in dotted.items()
        }
        self._below = [home for home in self._dotted if home.endswith(".**")]
        self._below.sort(key=len, reverse=True)
        self._whole = sorted(whole.items(), key=lambda row: -len(row[0]))
        self._definitions = definitions
        self.used: set[str] = set()
        self.texts: set[str] = set()  # the packages whose texts follow
        self.used_texts: set[str] = set()

    def twin_of(self, qualified: str) -> str | None:
        """Return the qualified name in the twin, or `None` if it is not ours."""
        home = self._definitions.module_of(qualified)
        if home is None:
            return self._foreign(qualified)
        name = qualified[len(home) + 1 :]
        target = self._definitions.modules[home]
        if "." in name:  # a member of a class goes with its class
            return None
        return f"{target}.{self.local(name, home)}" if name else target

    def is_own(self, qualified: str) -> bool:
        """Return whether the sources define a name."""
        return self._definitions.module_of(qualified) is not None

    def is_imported(self, module: str) -> bool:
        """Return whether the sources import a module of another library."""
        return module in self._definitions.imported

    def _foreign(self, qualified: str) -> str | None:
        """Return the twin of a name that is imported from outside of the sources."""
        module, _, name = qualified.rpartition(".")
        if (found := self._in_module(module, name)) is not None:
            return found
        twin = self.whole_module(qualified) or self._offered(qualified)
        return twin if twin is None or "." in twin else None

    def _offered(self, qualified: str) -> str | None:
        """Return the name beside one of a package, if that offers both sides by hand.

        `pkg.AsyncClient` of the sources is `pkg.SyncClient`, which is their twin.
        """
        known = self._definitions
        origin = known.reexported.get(qualified)
        if not known.offered or origin is None or known.module_of(origin) is None:
            return None
        package = qualified.rpartition(".")[0]
        same = {origin, *(e for e in known.reexported if known.behind(e) == origin)}
        twins = {self.twin_of(each) for each in same if known.module_of(each)}
        found = [
            name
            for name, twin in known.offered.items()
            if twin in twins and name.rpartition(".")[0] == package
        ]
        return found[0] if len(found) == 1 else None

    def whole_module(self, qualified: str) -> str | None:
        """Return what a module, or what is in it, becomes where all of it does."""
        for home, twin in self._whole:
            if f"{qualified}.".startswith(f"{home}."):
                self.used.add(f"{home}.**")
                return twin + qualified[len(home) :]
        return None

    def _in_module(
        self, module: str, name: str, *, exact: bool | None = None
    ) -> str | None:
        """Return the qualified twin of a name by the rows for its module.

        With `exact`, only by those that have, or have not, a `*` for the name.
        """
        if not module:
            return None
        for home in (module, *self._below):
            if home is not module and not f"{module}.".startswith(home[:-2]):
                continue
            rows = self._dotted.get(home)
            found = rows.find(name) if rows is not None else None
            if found is None or exact is ("*" in found.pattern):
                continue
            self.used.add(f"{home}.{found.pattern}")
            twin = found.filled
            if home.endswith(".**"):
                inner = module[len(home) - 3 :].lstrip(".")
                twin = twin.replace(_INNER, inner) if inner else _joined(twin)
            return twin
        return None

    def local(self, name: str, module: str = "") -> str:
        """Return what a name that the source folders define is called in the twin.

        With `module`, where it is defined.
        """
        if twin := self._in_module(module, name, exact=True):
            return twin.rpartition(".")[2]
        twin = None
        if name not in self._exact:
            twin = self._in_module(module, name, exact=False)
        if twin is not None:
            return twin.rpartition(".")[2]
        found = self._local.find(name)
        if found is None:
            return name
        self.used.add(found.pattern)
        return found.filled

    def pattern_of(self, name: str) -> tuple[str, str] | None:
        """Return the pattern, with its twin, by which a name of the sources goes."""
        found = self._local.find(name)
        return (found.pattern, self._rows[found.pattern]) if found is not None else None

    def words(self) -> Mapping[str, str]:
        """Return the renamed names, for prose: docstrings and comments."""
        return _Words(self)

    def word(self, name: str) -> str | None:
        """Return what a name of the sources becomes in prose, if it is renamed."""
        if name not in self._definitions.names:
            return None
        used = set(self.used)
        twin = self._wherever(name)
        self.used = used  # prose alone does not make a pattern needed
        return twin if twin != name else None

    def all_words(self) -> Iterator[str]:
        """Yield the names that are renamed, always in the same order."""
        names = sorted(self._definitions.names)
        return (name for name in names if self.word(name) is not None)

    def _wherever(self, name: str) -> str:
        """Return what a name becomes that any module of the sources defines.

        By the rows for modules that is known only where these agree.
        """
        if (twin := self.local(name)) != name or not self._dotted:
            return twin
        homes = (home.removesuffix(".**") for home in self._dotted)
        modules = self._definitions.modules
        found = {
            self.local(name, home)
            for home in homes
            if any(f"{module}.".startswith(f"{home}.") for module in modules)
        }
        found.discard(name)
        return found.pop() if len(found) == 1 else name

    def prose(self, text: str) -> str:
        """Return a docstring's line or a comment as it reads in the twin."""
        plain = {old: new for old, new in self._prose.items() if "*" not in old}
        found: set[str] = set()
        words = ((word, self.word(word)) for word in dict.fromkeys(_WORD.findall(text)))
        own = {word: twin for word, twin in words if twin is not None}
        renamed = rename_words(text, {**own, **plain}, found)
        self.used_prose |= found & plain.keys()
        if len(plain) < len(self._prose):
            renamed = _WORD.sub(self._by_pattern, renamed)
        return renamed

    def _by_pattern(self, word: re.Match[str]) -> str:
        found = self._prose_patterns.find(word.group())
        if found is None:
            return word.group()
        self.used_prose.add(found.pattern)
        return found.filled

    def text(self, package: str, literal: str) -> str:
        """Return a string literal of a package with every renamed name replaced.

        So are the special methods, as `__aexit__`, that the twin calls otherwise.
        """

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
        if word in DUNDERS:
            return DUNDERS[word]
        if word not in self._definitions.names:
            return word
        twin = self.local(word)
        return self.words().get(word, word) if twin == word else twin

    def texts_of(self, module: str) -> str | None:
        """Return the package of a module, if the texts in it follow."""
        for package in self.texts:
            if f"{module}.".startswith(f"{package}."):
                return package
        return None


class _Words(Mapping[str, str]):
    """The names that are renamed, each looked up when it is asked for."""

    def __init__(self, renames: Renames) -> None:
        self._renames = renames

    def __getitem__(self, name: str) -> str:
        twin = self._renames.word(name)
        if twin is None:
            raise KeyError(name)
        return twin

    def __iter__(self) -> Iterator[str]:
        return self._renames.all_words()

    def __len__(self) -> int:
        return sum(1 for _ in self)


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

        A method that overrides another one is renamed with it.
        """
        for each in self._definitions.bases(owner):
            if f"{each}.{name}" not in self._definitions.members:
                continue
            rows = {
                pattern: filled
                for pattern, twin in self._patterns.items()
                if self._matches(pattern, each, name)
                for filled in [_fill(pattern.rpartition(".")[2], twin, name)]
                if filled is not None
            }
            if rows:
                pattern = best(rows, f"{each}.{name}")
                self.used.add(pattern)
                return rows[pattern]
        return None

    def may_rename(self, name: str) -> bool:
        """Return whether a pattern is for methods of this name, of whatever class."""
        methods = (pattern.rpartition(".")[2] for pattern in self._patterns)
        return any(fnmatchcase(name, method) for method in methods)

    def may_become(self, name: str) -> bool:
        """Return whether a pattern gives a method of the sources this name."""
        used = set(self.used)
        found = any(
            name in self.twins(method) for method in self._methods_becoming(name)
        )
        self.used = used
        return found

    def _methods_becoming(self, name: str) -> Iterator[str]:
        """Yield what a method may be called that a pattern gives this name."""
        for pattern, twin in self._patterns.items():
            method = pattern.rpartition(".")[2]
            before, star, after = twin.partition("*")
            if not star:
                if name == twin:
                    yield method
            elif len(name) >= len(before) + len(after) and (
                name.startswith(before) and name.endswith(after)
            ):
                inner = name[len(before) : len(name) - len(after)]
                yield method.replace("*", inner)

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
        members = sorted(self._definitions.by("members", "last", name))
        return {self.twin_of(each.rpartition(".")[0], name) for each in members}


def is_dotted_name(text: str) -> bool:
    """Recognize a name, or several names with dots between them."""
    return all(map(str.isidentifier, text.split(".")))


def is_named_like_class(name: str) -> bool:
    """Return whether the last part of a dotted name is written as classes are."""
    return name.rpartition(".")[2].lstrip("_")[:1].isupper()


def _are_names(*patterns: str) -> bool:
    """Return whether only a `*` keeps patterns from being names."""
    return all(is_dotted_name(each.replace("*", "x")) for each in patterns)


def _check_row(pattern: str, twin: str) -> None:
    """Refuse a row of `renames` that is none."""
    sides = [pattern, twin]
    homes = [each.rpartition(".")[0] for each in sides]
    lasts = [each.rpartition(".")[2] for each in sides]
    whole = [name == "**" for name in lasts]
    inside = [home.endswith(".**") for home in homes]
    plain = [each.replace(".**", "").replace("*", "x") for each in sides]
    fits = (
        all(map(is_dotted_name, plain))
        and whole[0] == whole[1]
        and inside[0] == inside[1]
        and bool(homes[0]) == bool(homes[1])
        and not any("*" in home.removesuffix(".**") for home in homes)
        and (all(whole) or lasts[0].count("*") == lasts[1].count("*") <= 1)
        and not (whole[0] and inside[0])
    )
    if not fits:
        raise ConfigurationError(
            f'renames: "{pattern}" = "{twin}" must be names with one * on both sides, '
            'or on none, both with a module or both without: "acme.Async*" = "acme.*"'
        )


def is_part_of_word(before: str, name: str) -> bool:
    """Return whether a capitalized word goes on after a name's fixed beginning.

    `Async` is a part of the first word of `AsyncpgPool`, and all of that of
    `AsyncPool`.
    """
    return name[len(before) :][:1].islower() and bool(_CAPITALIZED.search(before))


def _joined(twin: str) -> str:
    """Return a name of the package itself, of which nothing is inside."""
    return twin.replace(f".{_INNER}", "")


def _is_name(filled: str) -> bool:
    return filled.isidentifier() and not iskeyword(filled)


def _is_name_of_module(filled: str) -> bool:
    return _is_name(filled.rpartition(".")[2])


def _fill(pattern: str, twin: str, name: str) -> str | None:
    """Return what a name becomes; `None` where that is no name, as `2` of `Async2`.

    A pattern that ends inside of a word is for another name.
    """
    before, _, after = pattern.partition("*")
    if is_part_of_word(before.rpartition(".")[2], name):
        return None
    filled = twin.replace("*", name[len(before) : len(name) - len(after) or None])
    return filled if filled.isidentifier() and not iskeyword(filled) else None
