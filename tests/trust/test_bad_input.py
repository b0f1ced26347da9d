"""Values and queries that hypothesis makes up, in short; `nox -s trust` at length."""

from __future__ import annotations

from collections.abc import Iterator

import pytest

from tests.trust.bad_input import VALUES, Inputs
from tests.trust.forms import FORMS, formed

EXAMPLES = 15


@pytest.fixture(scope="module", params=FORMS)
def inputs(dsn: str, request: pytest.FixtureRequest) -> Iterator[Inputs]:
    """What gives one form of the driver all kinds of input."""
    with formed(request.param) as form:
        # What a change is held to is not chance.
        inputs = Inputs(form, dsn, EXAMPLES, again=True)
        yield inputs
        inputs.close()


@pytest.mark.parametrize("cast", VALUES)
def test_value_comes_back(inputs: Inputs, cast: str) -> None:
    inputs.values(cast)


def test_odd_queries(inputs: Inputs) -> None:
    inputs.queries()


@pytest.mark.parametrize("binary", [False, True])
def test_rows_of_any_shape(inputs: Inputs, binary: bool) -> None:
    inputs.shapes(binary)


def test_hostile_names(inputs: Inputs) -> None:
    inputs.names()


def test_as_many_parameters_as_there_may_be(inputs: Inputs) -> None:
    inputs.many_parameters()
