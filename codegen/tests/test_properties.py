"""What holds for every program, asked of programs that hypothesis writes.

`nox -s properties` (`HYPOTHESIS_PROFILE=nightly`) asks with many more of them.
"""

from __future__ import annotations

import ast
import itertools
import os
import warnings

import black
import pytest
from hypothesis import HealthCheck, Phase, given, settings
from programs import load, outcome, twin_of

from generated import programs, sources, sync_sources
from twingen.conversion import Settings, convert
from twingen.meaning.definitions import Definitions
from twingen.telling.diagnostic import ConversionError, Diagnostic

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


def configured() -> Settings:
    """Return settings with a constant that tells the sides apart."""
    return Settings(definitions=Definitions(constant="__main__.ASYNC"))


def converted(text: str) -> str | None:
    """Return the twin of a text; `None` when it is refused with places and reasons."""
    problems: list[Diagnostic] = []
    try:
        return convert(text, settings=configured()).text
    except ConversionError as error:
        problems.extend(error.diagnostics)
    assert problems
    for problem in problems:
        assert problem.message
        assert problem.help
        assert 1 <= problem.line <= text.count("\n") + 1
        # Random code uses names before their imports, or loses a definition with a
        # branch for the other side. Nothing else may be found only in the twin.
        if "is not defined in the twin" not in problem.message:
            assert problem.code != "TW002", problem
    return None


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
        twin = converted(text)
        if twin is None:
            return
        if is_python(text):
            assert is_python(twin)
            assert_is_twin(twin)
        assert convert(twin).text == twin

    @settings(_PROFILE)
    @given(sync_sources)
    def test_sync_source_is_left_alone(self, text: str) -> None:
        assert convert(text).text == black.format_str(text, mode=black.Mode())
