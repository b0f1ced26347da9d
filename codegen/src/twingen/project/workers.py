"""Reads and converts sources, in this process or in several.

Every source stays with the process that read it, so that it is parsed once.
"""

from __future__ import annotations

import gc
import os
import signal
import threading
from collections.abc import Callable, Iterator, Sequence
from contextlib import ExitStack, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Protocol, TypeVar

from ..analysis.symbols.definitions import Definitions
from ..diagnostics.diagnostic import ConversionError, Diagnostic
from ..syntax.source import Source
from .config import Config
from .conversion_results import Converted

if TYPE_CHECKING:
    from concurrent.futures import Future, ProcessPoolExecutor
    from multiprocessing.process import BaseProcess

    from ..analysis.symbols.library_tables import Tasks
    from .batch import Batch
    from .table_cache import TableCache

T = TypeVar("T")
Refusals = Sequence[Diagnostic]
Result = tuple[Source, Converted | Refusals, str]

# From how many characters on another process is worth its start.
_WORTH = 300_000


class Workers(Protocol):
    """Does the work; results come in the order of the sources."""

    def read(
        self, sources: Sequence[Source]
    ) -> Iterator[tuple[Source, Definitions | Refusals]]: ...

    def learn(self, definitions: Definitions) -> None: ...

    def convert(self, sources: Sequence[Source], tasks: Tasks) -> Iterator[Result]:
        """Yield each source, what became of it, and what its conversion asked."""
        ...


@contextmanager
def workers(
    config: Config,
    batch: Callable[[], Batch],
    sources: Sequence[Source],
    jobs: int,
    tables: TableCache | None = None,
) -> Iterator[Workers]:
    """Provide as many processes as are worth it, `jobs` at most; 0: one per core.

    `batch` returns that of this process; `tables` are for those of the others.
    """
    worth = sum(len(source.text) for source in sources) // _WORTH
    count = min(jobs or os.cpu_count() or 1, max(worth, 1), max(len(sources), 1))
    with ExitStack() as stack:
        stack.enter_context(_collecting_rarely())
        if sources:
            batch()  # a configuration that cannot be used is refused here
        if count == 1:
            yield _Alone(batch)
        else:
            yield _Several(partial(_start, config, tables), sources, count, stack)


class _Alone:
    """This process, whose batch is made for the first source."""

    def __init__(self, batch: Callable[[], Batch]) -> None:
        self._batch = batch

    def read(
        self, sources: Sequence[Source]
    ) -> Iterator[tuple[Source, Definitions | Refusals]]:
        for source in sources:
            yield source, _result(self._batch().read, source)

    def learn(self, definitions: Definitions) -> None:
        """Do nothing: whose batch it is teaches it."""

    def convert(self, sources: Sequence[Source], tasks: Tasks) -> Iterator[Result]:
        for source in sources:
            yield source, *_converted(self._batch(), source, tasks)


class _Several:
    """Processes of one worker each, which keep what they have read."""

    def __init__(
        self,
        start: Callable[[], None],
        sources: Sequence[Source],
        count: int,
        stack: ExitStack,
    ) -> None:
        from concurrent.futures import ProcessPoolExecutor

        self._pools = [
            stack.enter_context(_stopped(ProcessPoolExecutor(1, initializer=start)))
            for _ in range(count)
        ]
        # The longest first, each to the worker that has least to do.
        self._pool_of: dict[str, ProcessPoolExecutor] = {}
        loads = [0] * count
        for source in sorted(sources, key=lambda s: len(s.text), reverse=True):
            least = loads.index(min(loads))
            loads[least] += len(source.text)
            self._pool_of[source.path] = self._pools[least]

    def read(
        self, sources: Sequence[Source]
    ) -> Iterator[tuple[Source, Definitions | Refusals]]:
        return self._each(_read, sources)

    def learn(self, definitions: Definitions) -> None:
        for future in [pool.submit(_learn, definitions) for pool in self._pools]:
            future.result()

    def convert(self, sources: Sequence[Source], tasks: Tasks) -> Iterator[Result]:
        for source, found in self._each(partial(_convert, tasks=tasks), sources):
            yield source, *found

    def _each(
        self, work: Callable[[Source], T], sources: Sequence[Source]
    ) -> Iterator[tuple[Source, T]]:
        futures: list[Future[T]] = [
            self._pool_of[source.path].submit(work, source) for source in sources
        ]
        for source, future in zip(sources, futures, strict=True):
            yield source, future.result()


@contextmanager
def _stopped(pool: ProcessPoolExecutor) -> Iterator[ProcessPoolExecutor]:
    """Provide a pool; after an error what waits in it is not begun."""
    try:
        yield pool
    finally:
        pool.shutdown(cancel_futures=True)


def _result(work: Callable[[Source], T], source: Source) -> T | Refusals:
    try:
        return work(source)
    except ConversionError as error:
        return error.diagnostics


def _converted(
    batch: Batch, source: Source, tasks: Tasks
) -> tuple[Converted | Refusals, str]:
    """Return what became of a source, and what its conversion asked."""
    result = _result(partial(batch.convert, tasks=tasks), source)
    batch.forget(source)
    return result, batch.asked()


def collect_rarely() -> None:
    """Look for cyclic garbage less often: trees are many objects that stay."""
    gc.set_threshold(50_000, 10, 10)


@contextmanager
def _collecting_rarely() -> Iterator[None]:
    """Do so for a while."""
    thresholds = gc.get_threshold()
    collect_rarely()
    try:
        yield
    finally:
        gc.unfreeze()
        gc.set_threshold(*thresholds)


# -- in the processes: one batch each ---------------------------------------------

_batches: list[Batch] = []


def _start(config: Config, tables: TableCache | None) -> None:
    from multiprocessing import parent_process

    from .batch import Batch

    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for our parent
    if parent := parent_process():
        threading.Thread(target=_end_with, args=(parent,), daemon=True).start()
    collect_rarely()
    _batches.append(Batch(config, tables=tables))


def _end_with(parent: BaseProcess) -> None:
    """End when our parent was killed: nothing would come any more."""
    parent.join()
    os._exit(1)


def _read(source: Source) -> Definitions | Refusals:
    return _result(_batches[0].read, source)


def _learn(definitions: Definitions) -> None:
    _batches[0].learn(definitions)


def _convert(source: Source, tasks: Tasks) -> tuple[Converted | Refusals, str]:
    return _converted(_batches[0], source, tasks)
