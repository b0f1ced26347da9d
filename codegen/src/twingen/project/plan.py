"""What every file of the target folders must hold, computed in memory.

Every source is read before the first is converted, because a name's meaning may
stand in another file. Nothing is written here; see `twin_folders`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, ExitStack
from dataclasses import dataclass, field, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, TypeVar

from ..diagnostics.diagnostic import ConfigurationError, ConversionError, Diagnostic
from ..diagnostics.progress import Progress, silent
from ..formatting.formatter import FormattingError
from ..syntax.source import Page
from .cache import Cache, Known, State
from .config import Config, likely_tasks, table_of_tool
from .conversion_results import Converted
from .files import display, is_executable
from .formatters import label_of, laid_out
from .sources import SourceFile, Sources
from .twin_headers import digest_of, signature, signed
from .unused_settings import check_unused, side_row

if TYPE_CHECKING:
    from ..analysis.symbols.definitions import Definitions
    from ..analysis.symbols.library_tables import Tasks
    from ..analysis.types.typed_names import TypedNames
    from ..conversion.pages import PageTwin
    from ..conversion.trace import Trace
    from ..formatting.formatting_cache import Layouts
    from .batch import Batch
    from .workers import Workers

_RUNTIME_IMPORT = re.compile(r"^ *from (\.+)(\w+) import", re.MULTILINE)


@dataclass(frozen=True)
class Output:
    """What one file of a target folder must hold, by its digest.

    `content` is not there when the digest is known from an earlier run; see
    :meth:`Plan.content`. `page` says what kind of page it is, `executable` whether its
    owner may run it.
    """

    origin: str
    digest: str
    content: bytes | None = None
    page: Page | None = None
    executable: bool = False

    @property
    def is_twin(self) -> bool:
        """Return whether twingen writes the file with a header, or copies it."""
        return self.content is None or signature(self.content) is not None

    @classmethod
    def of(cls, content: bytes, origin: str, *, executable: bool = False) -> Output:
        return cls(origin, digest_of(content), content, executable=executable)


@dataclass
class _Attempt:
    """The conversion of all sources with one kind of tasks.

    `known` is what became of sources, by their paths; `stale` are those of which that
    is not known yet.
    """

    tasks: Tasks
    known: dict[str, Known] = field(default_factory=dict)
    stale: dict[Path, SourceFile] = field(default_factory=dict)
    contents: dict[Path, bytes] = field(default_factory=dict)

    @property
    def refusals(self) -> list[Diagnostic]:
        return [each for known in self.known.values() for each in known.refusals]


class Plan:
    """The conversion of the sources of a project.

    `texts` stands in for what is on the disk, `cache` says what is known from
    earlier, `jobs` how many processes there may be (0: one per core), `layouts` what
    this process laid out before. Making it reads every source; raises
    :class:`ConfigurationError`. Refusals wait for the methods.
    """

    def __init__(
        self,
        config: Config,
        *,
        texts: Mapping[Path, bytes] | None = None,
        cache: Cache | None = None,
        jobs: int = 1,
        progress: Progress = silent,
        layouts: Layouts | None = None,
    ) -> None:
        self._config = config
        self._layouts = layouts
        self._progress = progress
        self._cache = cache or Cache()
        self._jobs = jobs
        self._sources = Sources(config, texts)
        self._made: Batch | None = None
        self._state = State()
        self._unreadable: list[Diagnostic] = []
        self._was_read = False
        self._done: _Attempt | None = None
        # What is to be said of sources that have twins; `outputs` learns it.
        self.notes: list[Diagnostic] = []

    @property
    def files(self) -> Mapping[Path, SourceFile]:
        """The sources that have a twin, by the path of the twin."""
        return self._sources.files

    @property
    def handwritten(self) -> Mapping[Path, SourceFile]:
        """The sources whose twins are written by hand, by the path of the twin."""
        return self._sources.handwritten

    @property
    def of_target(self) -> Collection[Path]:
        """What the target folders have that is written by hand."""
        return self._sources.of_target

    @cached_property
    def _definitions(self) -> Definitions:
        """What all sources define, after they were read; a project in step has none."""
        from ..analysis.symbols.definitions import Definitions

        return Definitions(side=dict(self._config.side.rows))

    @property
    def _defining(self) -> Mapping[Path, SourceFile]:
        """The sources whose definitions others may use."""
        return {**self.files, **self.handwritten}

    def outputs(self, *, partly: bool = False) -> dict[Path, Output]:
        """Return what every file of the target folders must hold.

        Raises :class:`ConversionError` with all refusals of all files. With `partly`
        the files that are refused are left out instead; see `refusals`.
        """
        done = self._twins()
        self._cache.save()
        if not partly:
            self.stop_at_problems()
        twins = {path: each for path, each in done.known.items() if not each.refusals}
        if not self._problems:  # what is refused may be what uses the rest
            self._check_unused(list(twins.values()))
        self.notes = sorted(note for known in twins.values() for note in known.notes)
        planned = {
            target: Output.of(
                path.read_bytes(), self._display(path), executable=is_executable(path)
            )
            for target, path in self._sources.copies.items()
        }
        for target, file in self.files.items():
            origin = file.source.path
            if origin in twins:
                content = done.contents.get(target)
                page, known = file.source.page, twins[origin]
                executable = is_executable(file.path)
                planned[target] = Output(
                    origin, known.digest, content, page, executable
                )
        runtime = {part for known in twins.values() for part in known.runtime}
        for path, output in self._runtime_files(runtime):
            if path in planned:
                raise ConfigurationError(
                    f'tool.twingen.runtime = "{self._config.runtime}": the twin of '
                    f"{planned[path].origin} is there"
                )
            planned[path] = output
        return planned

    @property
    def runtime_folder(self) -> Path | None:
        """Where parts of the runtime are copied to, if that is below a target."""
        package = self._config.runtime or ""
        for tree in self._config.trees:
            if package == tree.twin or package.startswith(f"{tree.twin}."):
                inner = package[len(tree.twin) :].strip(".").split(".")
                return tree.target.joinpath(*filter(None, inner))
        return None

    @property
    def refusals(self) -> list[Diagnostic]:
        """What was refused so far, in all files."""
        return sorted(self._problems)

    def content(self, target: Path, output: Output) -> bytes:
        """Return the bytes of an output, which are made now if need be.

        Raises :class:`ConfigurationError` when they are not what the cache says.
        """
        return self.contents({target: output})[target]

    def contents(self, outputs: Mapping[Path, Output]) -> dict[Path, bytes]:
        """Return the bytes of several outputs; raises what `content` does."""
        found = {
            p: each.content for p, each in outputs.items() if each.content is not None
        }
        unknown = [target for target in outputs if target not in found]
        if unknown:
            self._read_here()
        texts = {
            target: self._batch().convert(self.files[target].source, self.tasks).text
            for target in unknown
        }
        for target, written in self._written(texts).items():
            content = _known(written)
            if digest_of(content) != outputs[target].digest:
                raise ConfigurationError(
                    f"the cache is wrong about {outputs[target].origin}; use "
                    "--no-cache, and delete the cache"
                )
            found[target] = content
        return found

    def complete(self, outputs: Mapping[Path, Output]) -> dict[Path, Output]:
        """Return several outputs with their bytes; raises what `content` does."""
        return {
            path: replace(outputs[path], content=content)
            for path, content in self.contents(outputs).items()
        }

    def convert(self, target: Path) -> str:
        """Return the text of one twin, without its header.

        Raises :class:`ConversionError` when it, or the reading of any source,
        is refused.
        """
        return self.converted(target).text

    def converted(self, target: Path) -> Converted:
        """Return one twin with what it took; raises as `convert` does."""
        self.read()
        converted = self._batch().convert(self.files[target].source, self.tasks)
        text = self._laid_out_one(target, converted.text)
        return replace(converted, text=text.lstrip("\n"))

    def page(self, target: Path) -> PageTwin:
        """Return one page with the origin of each line; raises as `convert` does."""
        self.read()
        return self._batch().page(self.files[target].source, self.tasks)

    def _laid_out(self, texts: Mapping[Path, str]) -> Mapping[Path, str | Diagnostic]:
        """Return the texts of twins as they are written, or what keeps one from it."""
        sources = {target: self.files[target].source for target in texts}
        modules = {t: text for t, text in texts.items() if sources[t].page is None}
        origins = {target: sources[target].path for target in modules}
        made: dict[Path, str | Diagnostic] = dict(texts)
        for target, text in laid_out(self._config, modules, origins).items():
            if isinstance(text, FormattingError):
                from ..conversion.source_problems import formatting_problem

                made[target] = formatting_problem(sources[target], text)
            else:
                made[target] = text
        return made

    def _laid_out_one(self, target: Path, text: str) -> str:
        """Return the text of one twin; raises :class:`ConversionError` without."""
        return _known(self._laid_out({target: text})[target])

    def _written(self, texts: Mapping[Path, str]) -> dict[Path, bytes | Diagnostic]:
        """Return the bytes of files with these texts."""
        return {
            target: text if isinstance(text, Diagnostic) else self._bytes(target, text)
            for target, text in self._laid_out(texts).items()
        }

    def _bytes(self, target: Path, text: str) -> bytes:
        """Return the bytes of a file with this text."""
        file = self.files[target]
        page = file.source.page
        if page is not None and page.in_place:
            return text.replace("\n", file.line_end).encode()
        markup = page.markup if page else ""
        formatter = label_of(self._config)
        return signed(text, file.source.path, markup, formatter=formatter)

    def traced(self, target: Path) -> tuple[str, TypedNames, Trace]:
        """Return the text of one twin, what it was made of, and how.

        Raises what :meth:`convert` does.
        """
        self.read()
        from ..conversion.trace import Trace

        source = self.files[target].source
        names, trace = self._batch().names(source), Trace()
        converted = self._batch().convert(source, self.tasks, names, trace)
        return self._laid_out_one(target, converted.text), names, trace

    @property
    def tasks(self) -> Tasks:
        """What tasks become in the twin: as it is configured, or as the sources need.

        Where every source can be converted only if tasks take turns, or tasks are
        started, they do so. To find that out, everything is converted.
        """
        return self._config.tasks or self._twins().tasks

    @property
    def why_turns(self) -> str:
        """Why tasks take turns in the twin, if that is not configured but inferred."""
        if self._config.tasks is not None or self.tasks != "turns":
            return ""
        first, count = self._state.needs_turns, self._state.needs_turns_count
        if not first:
            return "threads cannot do all that the sources do"
        return f"{first} and {count - 1} more" if count > 1 else first

    def read(self) -> None:
        """Read every source, in this process, if that was not done yet.

        Raises :class:`ConversionError` for those that cannot be read.
        """
        self._read_here()
        self.stop_at_problems()

    def _read_here(self) -> None:
        from .workers import workers

        if not self._was_read:
            with workers(self._config, self._batch, [], jobs=1) as team:
                self._read(team, self._unknown())

    @property
    def _problems(self) -> list[Diagnostic]:
        """What was refused so far, in all files."""
        refused = self._done.refusals if self._done is not None else []
        return [*self._sources.problems, *self._unreadable, *refused]

    def stop_at_problems(self) -> None:
        """Raise :class:`ConversionError` for what was refused so far."""
        if self._problems:
            raise ConversionError(self.findings)

    @property
    def findings(self) -> list[Diagnostic]:
        """The refusals as they are printed: one for all that lack the runtime."""
        if not any(each.code == "TW018" for each in self._problems):
            return self.refusals
        from ..conversion.source_problems import with_one_of_runtime

        line, excerpt = table_of_tool(self._config.root)
        runtime = f"{self._config.trees[0].twin}._runtime"
        return sorted(with_one_of_runtime(self._problems, line, excerpt, runtime))

    # -- reading and converting -------------------------------------------

    def _twins(self) -> _Attempt:
        """Convert all sources, as often as it takes to find out what tasks become.

        Where both kinds are refused, what is said of tasks that take turns is the
        work that is left.
        """
        if self._done is None:
            tried = self._recalled() or self._tried()
            if tried[-1].refusals:
                tried.sort(key=lambda attempt: attempt.tasks == "turns")
            self._done = tried[-1]
        return self._done

    def _recalled(self) -> list[_Attempt]:
        """Return what is known of a project that is as it was, if that is enough."""
        if self._was_read:
            return []
        state = self._cache.recalled(self._inputs(), self._folders())
        if state is None:
            return []
        self._state = state
        self._note_unreadable()
        tried: list[_Attempt] = []
        for attempt in self._attempts():
            if attempt.stale:
                return []
            tried.append(attempt)
            if not attempt.refusals:
                break
        return tried

    def _tried(self) -> list[_Attempt]:
        """Read and convert what is not known."""
        tried: list[_Attempt] = []
        served = self._unknown()
        with ExitStack() as stack:
            team = stack.enter_context(self._workers(served))
            self._read(team, served)
            for attempt in self._attempts():
                others = {t: f for t, f in attempt.stale.items() if t not in served}
                # A process that has read a source has its tree.
                self._convert(team, attempt, attempt.stale.keys() - others.keys())
                if others:
                    stack.close()
                    served = others
                    team = stack.enter_context(self._workers(others))
                    team.learn(self._definitions)
                    self._convert(team, attempt, others.keys())
                tried.append(attempt)
                if not attempt.refusals:
                    break
        return tried

    def _attempts(self) -> list[_Attempt]:
        """Return what is known for each kind of tasks that there may be.

        The likeliest is first, but what is known to be refused comes last: the answer
        is the same, and nothing is converted for it needlessly.
        """
        tasks = self._config.tasks
        needed = bool(self._state.needs_turns)
        kinds = (tasks,) if tasks else likely_tasks(needed=needed)
        attempts = [self._attempt(kind) for kind in kinds]
        return sorted(attempts, key=lambda attempt: bool(attempt.refusals))

    def _batch(self) -> Batch:
        """Return the batch of this process, which knows what all sources define.

        It is made when it is first asked for, because what it imports takes longer
        than to find that nothing is to be done.
        """
        if self._made is None:
            from .batch import Batch

            self._made = Batch(self._config, self._layouts, self._cache.tables)
            self._made.learn(self._definitions)
        return self._made

    def _workers(
        self, files: Mapping[Path, SourceFile]
    ) -> AbstractContextManager[Workers]:
        from .workers import workers

        sources = [file.source for file in files.values()]
        tables = self._cache.tables
        return workers(self._config, self._batch, sources, self._jobs, tables)

    def _unknown(self) -> dict[Path, SourceFile]:
        """Return the sources of which the definitions are not known."""
        return {
            target: file
            for target, file in self._defining.items()
            if not self._cache.is_read(file.source)
        }

    def _inputs(self) -> str:
        """Return a fingerprint of the sources."""
        found = [
            [file.source.digest, target in self.handwritten]
            for target, file in self._defining.items()
        ]
        return digest_of(json.dumps([found, self._sources.without_twin]).encode())

    def _note_unreadable(self) -> None:
        self._unreadable = [
            each
            for file in self._defining.values()
            for each in self._cache.unreadable(file.source)
        ]

    def _read(self, team: Workers, unknown: Mapping[Path, SourceFile]) -> None:
        """Learn what all sources define, and what is still known of them."""
        from ..analysis.symbols.definitions import Definitions
        from ..analysis.symbols.external_classes import look_up

        self._was_read = True
        sources = [file.source for file in unknown.values()]
        results = self._progress(team.read(sources), len(sources), "reading")
        for source, found in results:
            if isinstance(found, Definitions):
                self._cache.add_definitions(source, found)
            else:
                self._cache.add_unreadable(source, found)
        for module, twin in self._sources.without_twin.items():
            self._definitions.modules[module] = twin
            self._definitions.async_only.add(module)
        for target, file in self._defining.items():
            definitions = self._cache.definitions(file.source)
            if definitions is not None and target in self.handwritten:
                definitions = replace(definitions, tasks=set())  # not to be converted
            if definitions is not None:
                self._definitions.update(definitions)
        self._note_unreadable()
        read = look_up(self._definitions, self._folders())
        self._definitions.follow()
        self._state = self._state_now(read)
        self._cache.advance(self._state)
        if self._made is not None:
            self._made.learn(self._definitions)
        team.learn(self._definitions)

    def _state_now(self, read: Mapping[str, str]) -> State:
        """Return the state of the project, of which everything was read."""
        from ..analysis.symbols.definitions import COLLECTIONS, Definitions

        known, without_twin = self._definitions, self._sources.without_twin
        needing = list(known.needs_turns())
        added = Definitions(
            modules=dict(without_twin),
            async_only=set(without_twin),
            outside=known.outside,
            offered=known.offered,
            reexported=known.reexported,
            started=known.started,
        )
        return State(
            inputs=self._inputs(),
            sources={f.source.path: f.source.digest for f in self._defining.values()},
            added=added.as_json(),
            filled=[name for name in COLLECTIONS if getattr(known, name)],
            read=dict(read),
            sides_used=sorted(known.sides_used),
            needs_turns=needing[0] if needing else "",
            needs_turns_count=len(needing),
        )

    def _folders(self) -> dict[str, Path]:
        """Return the folders that hold the packages of the project, by their names."""
        found: dict[str, Path] = {}
        for tree in self._config.trees:
            parts = tree.module.split(".")
            if tree.source.parts[-len(parts) :] == tuple(parts):
                found.setdefault(parts[0], tree.source.parents[len(parts) - 1])
        return found

    def _attempt(self, tasks: Tasks) -> _Attempt:
        """Return what is known of twins, and the sources to be converted."""
        attempt = _Attempt(tasks)
        for target, file in self.files.items():
            found = self._cache.known(file.source, tasks)
            if found is not None:
                attempt.known[file.source.path] = found
            elif not self._cache.unreadable(file.source):
                attempt.stale[target] = file
        return attempt

    def _convert(
        self, team: Workers, attempt: _Attempt, chosen: Collection[Path]
    ) -> None:
        """Convert some of the sources of which nothing is known."""
        targets = [target for target in attempt.stale if target in chosen]
        sources = [attempt.stale[target].source for target in targets]
        results = self._progress(
            team.convert(sources, attempt.tasks), len(sources), "converting"
        )
        done = list(zip(targets, results, strict=True))
        written = self._written(
            {t: each.text for t, (_, each, _) in done if isinstance(each, Converted)}
        )
        for target, (source, found, asked) in done:
            content = written.get(target)
            if isinstance(content, Diagnostic):  # of the formatter
                found = [content]
            if isinstance(found, Converted):
                assert isinstance(content, bytes)
                attempt.contents[target] = content
                known = Known(
                    digest_of(content),
                    tuple(sorted(found.runtime)),
                    tuple(sorted(found.used)),
                    tuple(found.notes),
                )
            else:
                known = Known(refusals=tuple(found))
            self._cache.add(source, attempt.tasks, known, asked)
            attempt.known[source.path] = known

    def _runtime_files(self, modules: set[str]) -> Iterator[tuple[Path, Output]]:
        """Yield the parts of the runtime that the twins import."""
        if not modules:
            return
        folder = self.runtime_folder
        if folder is None:  # without `runtime` a rule that needs it refuses
            raise ConfigurationError(
                f'tool.twingen.runtime = "{self._config.runtime}" must be below one '
                f"of the twins {', '.join(tree.twin for tree in self._config.trees)}"
            )
        texts, origins = {}, {}
        for module, text in sorted(_runtime_texts(modules).items()):
            path = folder.joinpath(*module.split(".")).with_suffix(".py")
            texts[path], origins[path] = text, f"twingen.runtime.{module}"
        formatter = label_of(self._config)
        for path, made in laid_out(self._config, texts, origins).items():
            assert isinstance(made, str), f"{origins[path]}: {made}"
            content = signed(made, origins[path], formatter=formatter)
            yield path, Output.of(content, origins[path])

    def _check_unused(self, twins: Sequence[Known]) -> None:
        used = {what for known in twins for what in known.used}
        used.update(self._sources.used)
        used.update(map(side_row, self._state.sides_used))
        check_unused(self._config, used)

    def _display(self, path: Path) -> str:
        return display(self._config.root, path)


T = TypeVar("T", str, bytes)


def _known(made: T | Diagnostic) -> T:
    """Return what was made; raises :class:`ConversionError` where it was refused."""
    if isinstance(made, Diagnostic):
        raise ConversionError([made])
    return made


def _runtime_texts(modules: Iterable[str]) -> dict[str, str]:
    """Return the texts of parts of the runtime, and of those that they import."""
    texts: dict[str, str] = {}
    runtime = Path(__file__).parents[1] / "runtime"
    wanted = ["__init__", *modules]
    while wanted:
        module = wanted.pop()
        if module not in texts:
            *folders, name = module.split(".")
            file = runtime.joinpath(*folders, f"{name}.py")
            texts[module] = file.read_text(encoding="utf-8")
            wanted += [".".join([*folders, "__init__"])]
            for dots, imported in _RUNTIME_IMPORT.findall(texts[module]):
                home = folders[: len(folders) - len(dots) + 1]
                wanted.append(".".join([*home, imported]))
    return texts
