"""anyio's semantics where tasks take turns: its rows, and twins called from outside."""

from __future__ import annotations

import inspect
import pkgutil
import subprocess
import sys
import threading
import time
from importlib import import_module
from types import ModuleType
from typing import Any

import pytest

from support.program_runner import load, twin_of
from twingen.analysis.symbols.library_tables import built_in_libraries

anyio = pytest.importorskip("anyio")
pytestmark = pytest.mark.filterwarnings("ignore:The anyio.abc:DeprecationWarning")

TURNS = built_in_libraries("turns")
ROWS = {n: row for n, row in TURNS.rows.items() if n.split(".")[0] == "anyio"}
# What the asynchronous class is called otherwise, or has none of in the twin.
PROTOCOL = {
    "__aenter__": "__enter__",
    "__aexit__": "__exit__",
    "__aiter__": "__iter__",
    "__anext__": "__next__",
    "aclose": "close",
}

ANNOTATED = "__annotations__"


def found(dotted: str) -> Any:
    module, _, last = dotted.rpartition(".")
    return getattr(import_module(module), last)


BECOMING = [(name, row.becomes) for name, row in sorted(ROWS.items()) if row.becomes]


def original(name: str) -> Any:
    try:
        return found(name)
    except (AttributeError, ImportError):
        pytest.skip("not in the installed version")


def parameters(function: Any) -> dict[str, Any]:
    """Return the parameters by their names, with what they are by default."""
    given = inspect.signature(function).parameters
    return {name: each for name, each in given.items() if name not in ("self", "cls")}


def takes(function: Any, wanted: dict[str, Any]) -> None:
    """Check that a function takes what another takes, in the same way."""
    has = parameters(function)
    variable = {each.kind for each in has.values()}
    for name, each in wanted.items():
        if name in has:
            assert has[name].kind == each.kind, name
            both = has[name].default, each.default
            assert both[0] == both[1] or each.default is not each.empty, name
        elif each.kind is each.VAR_POSITIONAL:
            assert each.kind in variable
        else:
            rest = {each.VAR_POSITIONAL, each.VAR_KEYWORD}
            assert rest & variable, f"{name} is not taken"


@pytest.mark.parametrize("name", sorted(ROWS))
def test_every_row_is_a_name_of_anyio(name: str) -> None:
    module, _, last = name.rpartition(".")
    home = pytest.importorskip(module)
    if last == "*":
        return
    if not hasattr(home, last):
        import_module(name)


def test_every_name_of_anyio_has_a_verdict() -> None:
    modules = {name.rpartition(".")[0] for name in ROWS}
    assert "anyio" in modules
    for module in sorted(modules):
        try:
            home = import_module(module)
        except ImportError:  # it needs what is not installed
            continue
        for name in dir(home):
            assert TURNS.verdict(f"{module}.{name}") is not None, (module, name)


def test_every_module_of_anyio_has_a_verdict() -> None:
    for module in pkgutil.walk_packages(anyio.__path__, "anyio."):
        assert TURNS.verdict(f"{module.name}.unheard_of") is not None, module.name


@pytest.mark.parametrize(("name", "twin"), BECOMING)
def test_a_coroutine_function_is_marked_as_one(name: str, twin: str) -> None:
    is_coroutine = inspect.iscoroutinefunction(original(name))
    assert bool(ROWS[name].coroutine) == is_coroutine
    assert found(twin) is not None


@pytest.mark.parametrize(("name", "twin"), BECOMING)
def test_the_twin_takes_the_same_arguments(name: str, twin: str) -> None:
    source, made = original(name), found(twin)
    made_by_users = name.rpartition(".")[2] not in ("EventLoopToken", "TaskInfo")
    is_protocol = getattr(source, "_is_protocol", False)
    if callable(source) and made_by_users and not is_protocol:
        takes(made, parameters(source))


@pytest.mark.parametrize(("name", "twin"), BECOMING)
def test_the_twin_has_the_same_members(name: str, twin: str) -> None:
    source, made = original(name), found(twin)
    if not isinstance(source, type) or name.endswith("Statistics"):
        return
    public = {n for n in dir(source) if not n.startswith("_") or n in PROTOCOL}
    twins = {PROTOCOL.get(member, member) for member in public}
    annotated = {n for each in made.__mro__ for n in vars(each).get(ANNOTATED, ())}
    assert twins - {*dir(made), *annotated} == set()
    for member in public:
        function = inspect.getattr_static(source, member)
        if inspect.isfunction(function) and member not in PROTOCOL:
            takes(getattr(made, member), parameters(function))


SOURCE = """
import anyio


class Worker:
    def __init__(self, delay):
        self.delay = delay
        self.done = []
        self.lock = anyio.Lock()
        self.limiter = anyio.CapacityLimiter(1)

    async def __aenter__(self):
        self.group = anyio.create_task_group()
        await self.group.__aenter__()
        return self

    async def __aexit__(self, *exc_info):
        return await self.group.__aexit__(*exc_info)

    async def work(self, value):
        self.group.start_soon(self._work, value)

    async def fail(self):
        self.group.start_soon(self._fail)

    async def _work(self, value):
        await anyio.sleep(self.delay)
        self.done.append(value)

    async def _fail(self):
        raise ValueError("failed")

    async def wait(self, seconds=0):
        await anyio.sleep(seconds)

    async def stop(self):
        self.group.cancel_scope.cancel()

    async def acquire(self):
        await self.lock.acquire()
        await self.limiter.acquire()

    async def release(self):
        self.limiter.release()
        self.lock.release()
"""


@pytest.fixture(scope="module")
def twin() -> ModuleType:
    return load(twin_of(SOURCE, tasks="turns"), "anyio_outside")


def test_a_group_is_entered_and_left_by_two_calls(twin: ModuleType) -> None:
    with twin.Worker(0.01) as worker:
        worker.work(1)
        worker.work(2)
    assert worker.done == [1, 2]


def test_tasks_go_on_between_calls(twin: ModuleType) -> None:
    with twin.Worker(0) as worker:
        worker.work(1)
        deadline = time.monotonic() + 60
        while not worker.done and time.monotonic() < deadline:
            time.sleep(0.001)
    assert worker.done == [1]


def test_each_call_in_a_cancelled_group_is_cancelled(twin: ModuleType) -> None:
    cancelled = []
    with twin.Worker(60) as worker:
        worker.work(1)
        worker.stop()
        for _ in range(3):
            try:
                worker.wait()
            except BaseException as error:
                cancelled.append(type(error).__name__)
        worker.wait(60)
        raise AssertionError("the call was not cancelled")
    assert cancelled == ["CancelledError"] * 3
    assert worker.done == []


def test_a_failure_cancels_the_next_call(twin: ModuleType) -> None:
    caught: Any = None
    try:
        with twin.Worker(60) as worker:
            worker.work(1)
            worker.fail()
            worker.wait(60)
    except BaseException as error:
        caught = error
    assert "unhandled errors" in str(caught)
    assert [type(each) for each in caught.exceptions] == [ValueError]


def test_nothing_spins_while_the_thread_is_elsewhere(twin: ModuleType) -> None:
    with twin.Worker(60) as worker:
        worker.stop()
        used = time.process_time()
        time.sleep(0.5)
        assert time.process_time() - used < 0.25
        worker.wait(60)


def test_locks_belong_to_the_thread_that_called(twin: ModuleType) -> None:
    worker = twin.Worker(0)
    worker.acquire()
    said: list[str] = []

    def other() -> None:
        try:
            worker.release()
        except RuntimeError as error:
            said.append(str(error))

    thread = threading.Thread(target=other)
    thread.start()
    thread.join()
    assert said == ["this borrower isn't holding any of this CapacityLimiter's tokens"]
    worker.release()
    assert not worker.lock.locked()


def test_groups_of_several_threads(twin: ModuleType) -> None:
    done: list[int] = []

    def use(value: int) -> None:
        with twin.Worker(0.001) as worker:
            for each in range(5):
                worker.work(each)
                worker.wait()
        done.append(value + len(worker.done))

    threads = [threading.Thread(target=use, args=(each,)) for each in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert sorted(done) == [5, 6, 7, 8]


def test_a_user_gives_a_plain_function(twin: ModuleType) -> None:
    done: list[str] = []
    with twin.Worker(0) as worker:
        worker.group.start_soon(lambda: done.append("called"))
    assert done == ["called"]


WITHOUT_ANYIO = """
import sys
sys.modules["anyio"] = None
from importlib import import_module
for name in {names}:
    import_module(f"twingen.runtime.turns.anyio.{{name}}")
from twingen.runtime.turns.anyio import errors, memory_streams
send, receive = memory_streams.create_memory_object_stream(1)
send.send_nowait(1)
try:
    send.send_nowait(2)
except errors.WouldBlock:
    print(receive.receive_nowait())
"""


@pytest.mark.skipif(sys.version_info < (3, 11), reason="it needs task groups")
def test_a_twin_needs_no_anyio() -> None:
    """A source may import it where it is installed only, and so may its twin."""
    package = import_module("twingen.runtime.turns.anyio")
    names = [each.name for each in pkgutil.iter_modules(package.__path__)]
    program = WITHOUT_ANYIO.format(names=names)
    ran = subprocess.run(
        [sys.executable, "-c", program], capture_output=True, text=True
    )
    assert (ran.stdout, ran.stderr) == ("1\n", "")
