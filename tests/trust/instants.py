"""Each scenario of the sync form, interrupted at each instant that Ctrl-C can choose.

CPython looks for signals after calls, at the beginning of a function and when a
loop goes back; the interrupt is raised there by a trace function, and nowhere else.
"""

from __future__ import annotations

import dis
import gc
import sys
import time
from functools import cache
from itertools import pairwise
from types import CodeType, FrameType
from typing import Any

from tests.trust.forms import Form
from tests.trust.leaks import check_interrupted, nothing_left, nothing_unseen
from tests.trust.rows import Rows
from tests.trust.suspensions import LIMIT, MANY
from tests.trust.tally import Tally

# After them the interpreter looks for signals, in one version or another.
LOOKS = ("CALL", "RESUME", "JUMP_BACKWARD", "JUMP_ABSOLUTE")
# Whose instants count: the driver's, its tests', and what both use to make blocks.
OURS = ("/pgtwin_sync/", "/pgtwin/", "/scenarios.py", "/contextlib.py")


class Interrupt:
    """A trace function that raises `KeyboardInterrupt` at the `at`th instant."""

    def __init__(self, at: int) -> None:
        self.where = ""
        self._left = at

    def __call__(self, frame: FrameType, event: str, arg: object) -> Any:
        if not any(part in frame.f_code.co_filename for part in OURS):
            return None
        frame.f_trace_opcodes = True
        frame.f_trace_lines = False
        return self._step

    def _step(self, frame: FrameType, event: str, arg: object) -> Any:
        if event == "opcode" and frame.f_lasti in instants(frame.f_code):
            self._left -= 1
            if not self._left:
                sys.settrace(None)
                self.where = f"{frame.f_code.co_filename}:{frame.f_lineno}"
                raise KeyboardInterrupt
        return self._step


@cache
def instants(code: CodeType) -> frozenset[int]:
    """Return the offsets that come right after the interpreter looks for signals.

    What is raised there is caught as if it had been raised at the look itself.
    """
    # The standard library has no public way to it; 3.10 has no table.
    parse = getattr(dis, "_parse_exception_table", lambda code: ())
    table = [(each.start, each.end, each.target) for each in parse(code)]

    def handler(offset: int) -> int | None:
        return next((to for start, end, to in table if start <= offset < end), None)

    steps = list(dis.get_instructions(code))
    return frozenset(
        step.offset
        for before, step in pairwise(steps)
        if before.opname.startswith(LOOKS)
        and handler(before.offset) == handler(step.offset)
    )


def interrupt_everywhere(
    form: Form, dsn: str, name: str, rows: Rows, step: int = 1
) -> Tally:
    """Interrupt a scenario at every `step`th instant."""
    stages = form.scenarios
    scenario = form.scenario(name)
    stage = form.run(stages.open_stage, dsn, scenario, None)
    tally = Tally()
    try:
        with nothing_unseen() as unseen:
            for at in range(1, MANY, step):
                stage = form.renewed(stage, rows.new_mark())
                started = time.monotonic()
                interrupt = Interrupt(at)
                with nothing_left():
                    done = _uninterrupted(form, scenario, stage, interrupt)
                    where = f"{name}, instant {at}, {interrupt.where}"
                    # What finalizes an object swallows what is raised in it.
                    swallowed = any("KeyboardInterrupt" in each for each in unseen)
                    struck = bool(interrupt.where)
                    assert not (done and struck) or swallowed, f"{where}: not heeded"
                    works = form.run(stages.at_rest, stage.conn)
                    gc.collect()
                assert time.monotonic() - started < LIMIT, where
                rows.check(scenario, stage.mark, done)
                check_interrupted(unseen, where)
                if not interrupt.where:
                    return tally
                tally.add(works)
    finally:
        form.run(stages.close_stage, stage)
    raise AssertionError(f"{name} never ends")


def _uninterrupted(form: Form, scenario: Any, stage: Any, interrupt: Interrupt) -> bool:
    sys.settrace(interrupt)
    try:
        form.run(scenario.play, stage)
    except KeyboardInterrupt:
        return False
    finally:
        sys.settrace(None)
    return True
