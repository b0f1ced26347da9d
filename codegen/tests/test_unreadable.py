"""Sources that would end the process, or a traceback, are refused instead."""

from __future__ import annotations

import pytest

from twingen.conversion.convert import convert
from twingen.diagnostics.diagnostic import ConversionError

# What each of them is nested in, so many times.
NESTED = {
    "unary operators": "x = {0:->{1}}1\n",
    "brackets": "x = {0:[>{1}}{0:]>{1}}\n",
    "parentheses": "x = {0:(>{1}}1{0:)>{1}}\n",
}
REPEATED = {
    "operators": ("x = ", "1 + ", "1\n"),
    "lines of an expression": ("x = (", "1 +\n", "1)\n"),
    "boolean operators": ("x = ", "a and ", "a\n"),
    "negations": ("x = ", "not ", "a\n"),
    "attributes": ("x = a", ".a", "\n"),
    "calls": ("x = a", "()", "\n"),
    "conditional expressions": ("x = ", "1 if a else ", "a\n"),
    "lambdas": ("x = ", "lambda: ", "a\n"),
    "branches": ("if a: pass\n", "elif a: pass\n", ""),
}


def code_of(text: str) -> str:
    """Return the code that a text is refused with, or nothing."""
    try:
        convert(text)
    except ConversionError as error:
        (problem,) = error.diagnostics
        return problem.code
    return ""


@pytest.mark.parametrize("times", [2_000, 20_000])
@pytest.mark.parametrize("what", REPEATED)
def test_repeated_too_often(what: str, times: int) -> None:
    first, again, last = REPEATED[what]
    assert code_of(first + again * times + last) == "TW005"
    assert code_of(first + again * 100 + last) == ""


@pytest.mark.parametrize("times", [2_000, 20_000])
@pytest.mark.parametrize("what", NESTED)
def test_nested_too_deeply(what: str, times: int) -> None:
    assert code_of(NESTED[what].format("", times)) == "TW005"
    assert code_of(NESTED[what].format("", 50)) == ""


def test_long_is_not_deep() -> None:
    assert code_of("x = [" + "1, " * 5_000 + "]\n") == ""
    assert code_of("x = " + "1 < " * 5_000 + "1\n") == ""
    assert code_of("# and or\n" * 5_000) == ""


def test_lone_surrogates() -> None:
    assert code_of("x = '\udc00'\n") == "TW001"
    assert code_of("x: '\\udc00' = 1\n") == "TW009"
    assert code_of("x = '\\udc00'\n") == ""


def test_nonlocal_outside_of_a_function() -> None:
    assert code_of("nonlocal x\n") == "TW001"


def test_no_module_is_taken_for_the_text_itself() -> None:
    """A text that stands alone may import modules of any name."""
    text = "import source, twin\nfrom . import source as s, twin as t\n"
    assert convert(text).text == text
