"""What every file of the target folders must hold, computed in memory.

Every source is read before the first is converted, because a name's meaning may
stand in another file. Nothing is written here; see `tree`.
"""

from __future__ import annotations

import json
import re
from collections.abc import Collection, Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from dataclasses import dataclass, replace
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING

from ..meaning.definitions import Definitions
from ..syntax.source import Converted, Page
from ..telling.diagnostic import ConfigurationError, ConversionError
from ..telling.progress import Progress, silent
from .cache import Cache, Known
from .config import Config
from .disk import display
from .signatures import digest_of, signature, signed
from .sources import SourceFile, Sources
from .unused import check_unused
from .workers import Workers, workers

if TYPE_CHECKING:
    from ..documents.pages import PageTwin
    from ..meaning.names import Names
    from ..rule import Tasks
    from ..syntax.layouts import Layouts
    from ..tracing.trace import Trace
    from .batch import Batch

_RUNTIME_IMPORT = re.compile(r"^ *from (\.+)(\w+) import", re.MULTILINE)


@dataclass(frozen=True)
class Output:
    """What one file of a target folder must hold, by its digest.

    `content` is not there when the digest is known from an earlier run; see
    :meth:`Plan.content`. `page` says what kind of page it is.
    """

    origin: str
    digest: str
    content: bytes | None = None
    page: Page | None = None

    @property
    def is_twin(self) -> bool:
        """Tell what twingen writes, with its header, from a copied file."""
        return self.content is None or signature(self.content) is not None

    @classmethod
    def of(cls, content: bytes, origin: str) -> Output:
        return cls(origin, digest_of(content), content)


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
        self._definitions = Definitions(side=dict(config.side.rows))
        self._problems = list(self._sources.problems)
        self._contents: dict[Path, bytes] = {}
        self._was_read = False
        self._tasks: Tasks | None = config.tasks
        # How many of the problems are of sources that could not be read.
        self._unread = len(self._problems)

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

    @property
    def _defining(self) -> Mapping[Path, SourceFile]:
        """The sources whose definitions others may use."""
        return {**self.files, **self.handwritten}

    def outputs(self) -> dict[Path, Output]:
        """Return what every file of the target folders must hold.

        Raises :class:`ConversionError` with all refusals of all files.
        """
        twins = self._twins()
        self._cache.save()
        self.stop_at_problems()
        self._check_unused(list(twins.values()))
        planned = {
            target: Output.of(path.read_bytes(), self._display(path))
            for target, path in self._sources.copies.items()
        }
        for target, file in self.files.items():
            origin = file.source.path
            content = self._contents.get(target)
            page = file.source.page
            planned[target] = Output(origin, twins[origin].digest, content, page)
        runtime = {part for known in twins.values() for part in known.runtime}
        for path, output in self._runtime_files(runtime):
            if path in planned:
                raise ConfigurationError(
                    f'tool.twingen.runtime = "{self._config.runtime}": '
                    f"{planned[path].origin} has its twin there already"
                )
            planned[path] = output
        return planned

    def content(self, target: Path, output: Output) -> bytes:
        """Return the bytes of an output, which are made now if need be.

        Raises :class:`ConfigurationError` when they are not what the cache says.
        """
        if output.content is not None:
            return output.content
        content = self._written(target, self.convert(target))
        if digest_of(content) != output.digest:
            raise ConfigurationError(
                f"the cache is wrong about {output.origin}; use --no-cache, and delete "
                "the cache"
            )
        return content

    def convert(self, target: Path) -> str:
        """Return the text of one twin, without its header.

        Raises :class:`ConversionError` when it, or the reading of any source,
        is refused.
        """
        self.read()
        return self._batch().convert(self.files[target].source, self.tasks).text

    def page(self, target: Path) -> PageTwin:
        """Return one page with the origin of each line; raises as `convert` does."""
        self.read()
        return self._batch().page(self.files[target].source, self.tasks)

    def _written(self, target: Path, text: str) -> bytes:
        """Return the bytes of a file with this text."""
        file = self.files[target]
        page = file.source.page
        if page is not None and page.in_place:
            return text.replace("\n", file.line_end).encode()
        return signed(text, file.source.path, page.markup if page else "")

    def traced(self, target: Path) -> tuple[str, Names, Trace]:
        """Return the text of one twin, what it was made of, and how.

        Raises what :meth:`convert` does.
        """
        self.read()
        from ..tracing.trace import Trace

        source = self.files[target].source
        names, trace = self._batch().names(source), Trace()
        converted = self._batch().convert(source, self.tasks, names, trace)
        return converted.text, names, trace

    @property
    def tasks(self) -> Tasks:
        """What tasks become in the twin: as it is configured, or as the sources need.

        Where every source can be converted only if tasks take turns, or tasks are
        started, they do so. To find that out, everything is converted.
        """
        if self._tasks is None:
            self._twins()
        return self._tasks or "threads"

    @property
    def why_turns(self) -> str:
        """Why tasks take turns in the twin, if that is not configured but inferred."""
        if self._config.tasks is not None or self.tasks != "turns":
            return ""
        first, *others = [*self._definitions.needs_turns(), ""]
        if not first:
            return "threads cannot do all that the sources do"
        more = len(others) - 1
        return f"{first} and {more} more" if more else first

    def read(self) -> None:
        """Read every source, in this process, if that was not done yet.

        Raises :class:`ConversionError` for those that cannot be read.
        """
        if not self._was_read:
            with workers(self._config, self._batch, [], jobs=1) as team:
                self._read(team, self._unknown())
        self.stop_at_problems()

    def stop_at_problems(self) -> None:
        """Raise :class:`ConversionError` for what was refused so far."""
        if self._problems:
            raise ConversionError(sorted(self._problems))

    # -- reading and converting -------------------------------------------

    def _twins(self) -> dict[str, Known]:
        """Return what is known of every twin, by the path of its source."""
        unknown = self._unknown()
        with self._workers(unknown) as team:
            context = self._read(team, unknown)
            first, *others = self._candidates(context)
            known, stale = self._known(context, first)
            if len(stale) <= len(unknown):
                known |= self._convert(team, stale, context, first)
                return self._settled(team, context, first, known, others)
        with self._workers(stale) as team:
            team.learn(self._definitions)
            known |= self._convert(team, stale, context, first)
            return self._settled(team, context, first, known, others)

    def _candidates(self, context: str) -> list[Tasks]:
        """Return what tasks may become, the likeliest first."""
        tasks = self._config.tasks or self._cache.tasks(context)
        if tasks is not None:
            return [tasks]
        return list(self._definitions.likely_tasks())

    def _settled(
        self,
        team: Workers,
        context: str,
        tasks: Tasks,
        known: dict[str, Known],
        others: Sequence[Tasks],
    ) -> dict[str, Known]:
        """Return what is known of the twins, by the other way if one was refused.

        Where both are refused, what is said of tasks that take turns is the work that
        is left.
        """
        problems = self._problems[self._unread :]
        for other in others:
            if not problems:
                break
            first = tasks, known, problems, self._contents
            del self._problems[self._unread :]
            self._contents = {}
            known, stale = self._known(context, other)
            known |= self._convert(team, stale, context, other)
            tasks, problems = other, self._problems[self._unread :]
            if problems and other == "threads":
                tasks, known, problems, self._contents = first
                self._problems[self._unread :] = problems
        self._tasks = tasks
        if not problems:
            self._cache.add_tasks(context, tasks)
        return known

    def _batch(self) -> Batch:
        """Return the batch of this process, which knows what all sources define.

        It is made when it is first asked for, because what it imports takes longer
        than to find that nothing is to be done.
        """
        if self._made is None:
            from .batch import Batch

            self._made = Batch(self._config, self._layouts)
            self._made.learn(self._definitions)
        return self._made

    def _workers(
        self, files: Mapping[Path, SourceFile]
    ) -> AbstractContextManager[Workers]:
        sources = [file.source for file in files.values()]
        if sources:
            self._batch()  # a configuration that cannot be used is refused here
        return workers(self._config, self._batch, sources, self._jobs)

    def _unknown(self) -> dict[Path, SourceFile]:
        """Return the sources of which the definitions are not known."""
        return {
            target: file
            for target, file in self._defining.items()
            if self._cache.definitions(file.source) is None
        }

    def _read(self, team: Workers, unknown: Mapping[Path, SourceFile]) -> str:
        """Learn what all sources define; return what tells it from anything else."""
        self._was_read = True
        sources = [file.source for file in unknown.values()]
        results = self._progress(team.read(sources), len(sources), "reading")
        for source, found in results:
            if isinstance(found, Definitions):
                self._cache.add_definitions(source, found)
            else:
                self._problems.extend(found)
        self._unread = len(self._problems)
        for module, twin in self._sources.without_twin.items():
            self._definitions.modules[module] = twin
            self._definitions.async_only.add(module)
        for target, file in self._defining.items():
            definitions = self._cache.definitions(file.source)
            if definitions is not None and target in self.handwritten:
                definitions = replace(definitions, tasks=set())  # not to be converted
            if definitions is not None:
                self._definitions.update(definitions)
        if self._made is not None:
            self._made.learn(self._definitions)
        team.learn(self._definitions)
        return digest_of(json.dumps(self._definitions.as_json()).encode())

    def _known(
        self, context: str, tasks: Tasks
    ) -> tuple[dict[str, Known], dict[Path, SourceFile]]:
        """Return what is known of twins, and the sources to be converted."""
        known: dict[str, Known] = {}
        stale: dict[Path, SourceFile] = {}
        for target, file in self.files.items():
            found = self._cache.known(file.source, f"{tasks} {context}")
            if found is not None:
                known[file.source.path] = found
            elif self._cache.definitions(file.source) is not None:
                stale[target] = file
        return known, stale

    def _convert(
        self,
        team: Workers,
        files: Mapping[Path, SourceFile],
        context: str,
        tasks: Tasks,
    ) -> dict[str, Known]:
        """Convert sources; return what is known of them then."""
        known: dict[str, Known] = {}
        sources = [file.source for file in files.values()]
        results = self._progress(
            team.convert(sources, tasks), len(sources), "converting"
        )
        for target, (source, found) in zip(files, results, strict=True):
            if not isinstance(found, Converted):
                self._problems.extend(found)
                continue
            content = self._written(target, found.text)
            self._contents[target] = content
            known[source.path] = Known(
                f"{tasks} {context}",
                digest_of(content),
                tuple(sorted(found.runtime)),
                tuple(sorted(found.used)),
            )
            self._cache.add(source, known[source.path])
        return known

    def _runtime_files(self, modules: set[str]) -> Iterator[tuple[Path, Output]]:
        """Yield the parts of the runtime that the twins import."""
        if not modules:
            return
        package = self._config.runtime
        assert package is not None  # a rule that needs it refuses without
        for tree in self._config.trees:
            if package == tree.twin or package.startswith(f"{tree.twin}."):
                inner = package[len(tree.twin) :].strip(".").split(".")
                folder = tree.target.joinpath(*filter(None, inner))
                break
        else:
            raise ConfigurationError(
                f'tool.twingen.runtime = "{package}" is below none of the twins '
                f"{', '.join(tree.twin for tree in self._config.trees)}"
            )
        for module, text in sorted(_runtime_texts(modules).items()):
            origin = f"twingen.runtime.{module}"
            content = signed(text, origin)
            path = folder.joinpath(*module.split(".")).with_suffix(".py")
            yield path, Output.of(content, origin)

    def _check_unused(self, twins: Sequence[Known]) -> None:
        used = {what for known in twins for what in known.used}
        used.update(self._sources.used)
        used.update(f"side: {row}" for row in self._definitions.sides_used)
        check_unused(self._config, used)

    def _display(self, path: Path) -> str:
        return display(self._config.root, path)


def _runtime_texts(modules: Iterable[str]) -> dict[str, str]:
    """Return the texts of parts of the runtime, and of those that they import."""
    texts: dict[str, str] = {}
    wanted = ["__init__", *modules]
    while wanted:
        module = wanted.pop()
        if module not in texts:
            *folders, name = module.split(".")
            resource = resources.files("twingen.runtime").joinpath(*folders)
            texts[module] = (resource / f"{name}.py").read_text(encoding="utf-8")
            wanted += [".".join([*folders, "__init__"])]
            for dots, imported in _RUNTIME_IMPORT.findall(texts[module]):
                home = folders[: len(folders) - len(dots) + 1]
                wanted.append(".".join([*home, imported]))
    return texts
