"""What a twin needs of the runtime, in a project that has no place for it."""

from __future__ import annotations

import pytest

from twingen.conversion import Settings, convert
from twingen.telling.diagnostic import ConversionError

REASONS = {
    "await asyncio.gather(f(), f())": "has no place for it",
    "asyncio.create_task(f())": "has no place for it",
    "await asyncio.gather(*hidden)": "cannot be started in threads here",
    "asyncio.create_task(f(), context=None)": "the coroutine call and a name alone",
}


@pytest.mark.parametrize("statement", REASONS)
def test_real_reason_comes_first(statement: str) -> None:
    text = (
        "import asyncio\nasync def f(): ...\n"
        f"async def g(hidden):\n    task = {statement}\n"
    )
    with pytest.raises(ConversionError) as caught:
        convert(text, settings=Settings(runtime=None))
    assert [REASONS[statement] in d.message for d in caught.value.diagnostics] == [True]


def test_nothing_is_said_where_the_runtime_is_not_needed() -> None:
    text = "import asyncio\nasync def f():\n    await asyncio.sleep(1)\n"
    assert "time.sleep(1)" in convert(text, settings=Settings(runtime=None)).text
