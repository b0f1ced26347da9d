"""Imports while tasks of the turns runtime run."""

from __future__ import annotations

import textwrap
from pathlib import Path

import pytest

from support.turns_process import (
    lines,
)

IMPORTED = {
    "runs its loop": """
    run(later(main))
    """,
    "calls in": """
    begin = entry(main); begin()
    """,
    "calls in while a task imports it": """
    start()
    asking.wait()
    with suppress(ImportError): import nothing_of_this_name
    entry(lambda: sleep(0))()
    entry(lambda: await_(keep[0]))()
    """,
}


@pytest.mark.parametrize("how", IMPORTED)
def test_task_imports_the_module_whose_import(how: str, tmp_path: Path) -> None:
    body = textwrap.dedent(IMPORTED[how])
    (tmp_path / "early.py").write_text(f"""
from __main__ import *
from contextlib import suppress
early = 1; keep = []; asking = threading.Event()
@coroutine
def child():
    asking.set()
    import early
    from early import early as value
    import another
    say(value, another.value, hasattr(early, "late"))
@coroutine
def main():
    task = create_task(later(child)); sleep(0)
    import ctypes, colorsys  # in the thread that imports
    await_(task)
@entry
def start():
    keep.append(create_task(later(child)))
{body}
late = 2
""")
    (tmp_path / "another.py").write_text("import early; value = early.early")
    assert lines(f"""
sys.path.insert(0, {str(tmp_path)!r})
import early
say(early.late)
""") == ["1 1 False", "2"]


def test_other_threads_wait_for_an_import_that_runs_a_loop(tmp_path: Path) -> None:
    (tmp_path / "early.py").write_text("""
from __main__ import *
@coroutine
def child():
    started.set()
    import early
    while asking.is_set() is False: sleep(0.001)
    sleep(0.05)
@coroutine
def main():
    await_(create_task(later(child)))
run(later(main))
late = 2
""")
    assert lines(f"""
sys.path.insert(0, {str(tmp_path)!r})
started = threading.Event(); asking = threading.Event()
def user():
    started.wait(); asking.set()
    import early
    say(early.late)
thread = threading.Thread(target=user); thread.start()
import early
thread.join()
""") == ["2"]
