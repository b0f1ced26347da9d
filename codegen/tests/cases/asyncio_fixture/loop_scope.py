import pytest_asyncio
from pytest_asyncio import fixture as made


@pytest_asyncio.fixture
async def one():
    yield 1


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def two(one):
    return one


@made(loop_scope="session")
async def three(): ...

# ---- twin ----

from pytest import fixture as made

import pytest


@pytest.fixture
def one():
    yield 1


@pytest.fixture(scope="module")
def two(one):
    return one


@made()
def three(): ...
