"""What holds for every program, asked of programs that hypothesis writes.

`nox -s properties` (`HYPOTHESIS_PROFILE=nightly`) asks with many more of them.
"""

from __future__ import annotations

import ast
import itertools
import os
import re
import warnings

import black
import pytest
from hypothesis import HealthCheck, Phase, given, settings

from support.program_runner import load, outcome, twin_of
from support.program_strategies import programs, sources, sync_sources
from twingen.analysis.symbols.definitions import Definitions
from twingen.conversion.convert import Settings, convert
from twingen.diagnostics.diagnostic import ConversionError, Diagnostic

settings.register_profile(
    "default",
    max_examples=20,
    deadline=None,
    derandomize=True,
    database=None,
    phases=[Phase.explicit, Phase.generate, Phase.shrink],
    suppress_health_check=list(HealthCheck),
)
settings.register_profile(
    "nightly", settings.get_profile("default"), max_examples=10_000, derandomize=False
)
_PROFILE = settings.get_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
_NUMBER = itertools.count()
FUTURE = "from __future__ import annotations"
# All that random sources import.
IMPORTS = """\
import asyncio, os as o
from asyncio import Event, Lock, Lock as L, Runner
from typing import TYPE_CHECKING, AsyncIterator, Awaitable, Coroutine, TypeVar, cast
from . import sibling as s
from x import f, g
"""
_IMPORT = re.compile(r"(?:from [\w.]+ )?\bimport (?:\([^)]*\)|[^(\n]*)")


def configured() -> Settings:
    """Return settings with a constant that tells the sides apart."""
    return Settings(definitions=Definitions(side={"__main__.ASYNC": True}))


def converted(text: str) -> tuple[str | None, list[Diagnostic]]:
    """Return the twin of a text, or why it has none."""
    try:
        return convert(text, settings=configured()).text, []
    except ConversionError as error:
        return None, list(error.diagnostics)


def assert_is_refused(text: str, problems: list[Diagnostic]) -> None:
    """Fail for a refusal without place and reason, or one of what twingen did wrong."""
    assert problems
    for problem in problems:
        assert problem.message
        assert problem.help
        assert 1 <= problem.line <= text.count("\n") + 1
        if problem.code == "TW002":
            # Names may be lost with what is for one side, or used where no import of
            # theirs has come yet; but only so.
            _, others = converted(made_whole(text))
            assert all(other.code != "TW002" for other in others), problem


def made_whole(text: str) -> str:
    """Return a text with all imports at its top, and nothing in it for one side."""
    for old, new in (
        ("# twingen: async-only", "# a word"),
        ("ASYNC", "FLAG"),
        (FUTURE, ""),
    ):
        text = text.replace(old, new)
    return f"{FUTURE}\n{IMPORTS}\n{_IMPORT.sub('pass', text)}"


def is_python(text: str) -> bool:
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            compile(text, "<generated>", "exec")
    except SyntaxError:
        return False
    return True


def assert_is_twin(text: str) -> None:
    """Fail for a text that is not laid out, or has anything asynchronous."""
    assert black.format_str(text, mode=black.Mode()) == text
    for node in ast.walk(ast.parse(text)):
        assert not type(node).__name__.startswith(("Async", "Await"))
        assert not (isinstance(node, ast.comprehension) and node.is_async)


@pytest.mark.filterwarnings("ignore::SyntaxWarning")
class TestEveryProgram:
    @settings(_PROFILE)
    @given(programs)
    def test_twin_does_the_same(self, text: str) -> None:
        assert is_python(text)
        twin = twin_of(text)
        assert_is_twin(twin)
        assert convert(twin).text == twin
        number = next(_NUMBER)
        found = outcome(load(text, f"generated_{number}"), "main")
        assert outcome(load(twin, f"generated_{number}"), "main") == found

    @settings(_PROFILE)
    @given(sources)
    def test_is_converted_or_refused(self, text: str) -> None:
        twin, problems = converted(text)
        if twin is None:
            assert_is_refused(text, problems)
            return
        if is_python(text):
            assert is_python(twin)
            assert_is_twin(twin)
        assert convert(twin).text == twin

    @settings(_PROFILE)
    @given(sync_sources)
    def test_sync_source_is_left_alone(self, text: str) -> None:
        assert convert(text).text == black.format_str(text, mode=black.Mode())
