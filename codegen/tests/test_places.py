"""Every line of a twin is traced to the statement of the source it was made from.

What pins the mapping down: a statement that no rule changed reads the same on
both sides; all others stand between those, in the same order; and none is left
out or told twice.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path

import libcst as cst
import pytest

from support.case_files import CASES, MODULE, Case
from twingen.analysis.definition_reader import define
from twingen.analysis.symbols.names import Names
from twingen.conversion.convert import Settings, convert_parsed, parse
from twingen.conversion.trace import Trace, parts_of
from twingen.diagnostics.diagnostic import ConversionError
from twingen.project.config import load
from twingen.project.plan import Plan
from twingen.source_map.line_map import Places, Span, edited_lines, expected_line
from twingen.syntax.source import Source

# What is put on functions where tasks take turns.
_MARK = re.compile(
    r"@(coroutine|entry|generator|guarded|makes_coroutine|next_method"
    r"|operator_method|returns_awaitable)$"
)
ROOT = Path(__file__).resolve().parents[2]


def traced(text: str, settings: Settings) -> tuple[Places, Names, str]:
    """Convert a text with a trace, and ask it for its places."""
    source = Source(text, module=MODULE, twin="twin")
    names = parse(source, settings.definitions)
    define(settings.definitions, names)
    trace = Trace()
    twin = convert_parsed(source, names, settings, trace).text
    return Places(names, trace, twin), names, twin


def is_import(line: str) -> bool:
    return bool(re.match(r"\s*(import|from)\b", line))


def is_added(lines: list[str]) -> bool:
    """Recognize an import, or what is in the method that objects to await get."""
    above = [line for line in lines if line.lstrip().startswith("def ")]
    return is_import(lines[-1]) or (bool(above) and "def wait(" in above[-1])


def bare(lines: list[str], start: int, stop: int) -> str:
    """Return lines without what laying out may change."""
    code = " ".join(lines[start - 1 : stop]).replace('"', "'")
    return re.sub(r"[\s(),;\\]", "", code.partition("  #")[0])


def check(places: Places, names: Names, twin: str) -> int:
    """Assert that a mapping is right; return how many statements read the same."""
    source_lines, twin_lines = names.side.source.code.splitlines(), twin.splitlines()
    same = 0
    told: list[Span] = []
    for span in places.spans:
        if not span.source_start:
            assert is_added(twin_lines[: span.start]), "only imports are added"
            continue
        if is_import(line := source_lines[span.source_start - 1]):
            left = twin_lines[span.start - 1]
            assert is_import(left) or left.strip() == "pass" or ";" in line
            continue
        if "def wait(" in twin_lines[span.start - 1] and "__await__" in line:
            continue
        told.append(span)
        if _MARK.match(twin_lines[span.start - 1].strip()):
            assert re.match(r"@|async def |def ", line.strip()), "what it is put on"
            continue
        numbers = range(span.source_start, span.source_stop + 1)
        if not any(places.rules(number) for number in numbers):
            same += 1
            assert bare(twin_lines, span.start, span.stop) == bare(
                source_lines, span.source_start, span.source_stop
            )
    starts = [span.source_start for span in told]
    assert starts == sorted(starts)
    if "async-only" not in names.side.source.code:
        left_out = set(starts_of(names)) - {span.source_start for span in places.spans}
        assert all(places.rules(line) for line in left_out), "only rules drop code"
    return same


def starts_of(names: Names) -> Iterator[int]:
    """Yield the lines of all parts but those that settling imports may take out."""
    for part in parts_of(names.tree):
        if isinstance(part, (cst.Import, cst.ImportFrom)):
            continue
        if isinstance(part, cst.If) and "TYPE_CHECKING" in names.tree.code_for_node(
            part.test
        ):
            continue
        place = names.place(part)
        assert place is not None
        yield place.start.line


@pytest.mark.parametrize(
    "case", [c for c in CASES if c.kind != "refused"], ids=lambda case: case.name
)
def test_places_of_each_example(case: Case) -> None:
    try:
        places, names, twin = traced(case.source, case.settings())
    except ConversionError:  # syntax that is newer than this Python's
        assert case.result(case.source)[0] == "refused"
        pytest.skip("newer syntax than this Python's")
    check(places, names, twin)


@pytest.mark.one_python
@pytest.mark.skipif(not (ROOT / "generated").is_dir(), reason="not in its repository")
def test_a_whole_project() -> None:
    plan = Plan(load(ROOT))
    statements_seen = same = 0
    targets = [path for path in plan.files if "pgtwin_sync" in path.parts]
    for target in targets[::3]:
        twin, names, trace = plan.traced(target)
        assert target.read_text("utf-8").endswith(twin), "a trace changes nothing"
        places = Places(names, trace, twin)
        same += check(places, names, twin)
        statements_seen += len(places.spans)
    assert statements_seen > 1000
    assert same > statements_seen / 2, "most statements are pinned by their text"


SOURCE = '''import asyncio, os  # twice
from collections.abc import AsyncIterator
from contextlib import (
    asynccontextmanager,
)


async def first(number: int) -> int:
    return number


async def many() -> AsyncIterator[int]:
    yield 1


@asynccontextmanager  # a decorator
async def held(lock: asyncio.Lock,
               *, name: str = "x"):
    """Hold the lock.

    Then let go of it.
    """
    if name: print(name); await asyncio.sleep(0)
    # why it waits
    async with lock:
        try:
            yield print(
                1
            )
        except ValueError: pass
        else:
            x = [await first(i)
                 async for i in many()]
        finally:
            del lock


async def gone() -> None:  # twingen: async-only
    raise ValueError


match os.name:
    case "nt": y = 1
    case _:
        y = 2
'''


def test_places_of_lines_that_are_merged_split_and_dropped() -> None:
    """Lines that are merged, split, dropped, added and laid out anew."""
    places, _, twin = traced(SOURCE, Settings())
    found = {
        line.strip(): places.source_line(number)
        for number, line in enumerate(twin.splitlines(), 1)
        if line.strip()
    }
    source = SOURCE.splitlines()
    expected = {
        "@contextmanager  # a decorator": "@asynccontextmanager",
        "Then let go of it.": "    Then let go of it.",
        "print(name)": "    if name: print(name)",
        "time.sleep(0)": "    if name: print(name)",
        "# why it waits": "    async with lock:",
        "with lock:": "    async with lock:",
        "yield print(1)": "            yield print(",
        "except ValueError:": "        except ValueError: pass",
        "pass": "        except ValueError: pass",
        "else:": "        else:",
        "finally:": "        finally:",
        "del lock": "            del lock",
        'case "nt":': '    case "nt": y = 1',
        "y = 1": '    case "nt": y = 1',
        "y = 2": "        y = 2",
    }
    for line, start in expected.items():
        number = found[line]
        assert number is not None, line
        assert source[number - 1].startswith(start), line
    assert found["import time"] is None


def test_lines_of_an_edited_file() -> None:
    before = ["a", "b", "c", "d", "e"]
    after = ["a", "new", "b", "C", "e"]
    assert edited_lines(after, before) == [
        (range(2, 3), range(2, 2)),
        (range(4, 5), range(3, 5)),
    ]
    assert [expected_line(n, after, before) for n in range(1, 6)] == [1, 2, 2, 3, 5]
