"""What each command does; every function returns the exit code.

Findings go to standard error for people and to standard output for machines;
results (twins, diffs, places, manuals) go to standard output alone.
"""

from __future__ import annotations

import io
import sys
from collections.abc import Sequence
from contextlib import suppress
from pathlib import Path

from . import adoption_report, drift, explain as manuals, report
from .adoption import Adoption, Status
from .cache import cache_of
from .config import Config, find_root, load
from .conversion import Settings, convert
from .diagnostic import ConfigurationError, ConversionError, Diagnostic
from .disk import decode
from .lookup import Lookup, place
from .plan import Plan
from .plugins import load_plugins
from .progress import Progress, progress_on, silent
from .proposal import append, propose
from .rule import Rule
from .rules import RULES
from .style import style_for
from .tree import Difference, Drift, Project
from .watching import Watched, saves

IN_STEP, DRIFT, FAILED = 0, 1, 2


class Console:
    """How one command speaks: format, colour, how much."""

    def __init__(
        self, command: str, *, output_format: str, color: str, quiet: bool
    ) -> None:
        self.command = command
        self.for_people = output_format == "text"
        self.rules: Sequence[Rule] = RULES
        self.out, self.err = style_for(sys.stdout, color), style_for(sys.stderr, color)
        self.progress: Progress = silent
        if self.for_people and not quiet:
            self.progress = progress_on(sys.stderr)
        self._format = output_format
        self._quiet = quiet

    def good(self, sentence: str) -> None:
        """Say that all is well."""
        if self.for_people and not self._quiet:
            print(self.out(sentence, "green"))

    def note(self, sentence: str) -> None:
        """Say to people what to make of the findings."""
        if self.for_people and not self._quiet:
            print(f"twingen: {sentence}", file=sys.stderr)

    def report(
        self, code: int, findings: Sequence[Diagnostic] = (), mend: str = ""
    ) -> int:
        """Tell the findings in the chosen format and return the exit code."""
        if self.for_people:
            for finding in findings:
                print(report.text(finding, self.err), file=sys.stderr)
        else:
            found = report.Report(self.command, code, findings, mend, self.rules)
            sys.stdout.write(report.machine(found, self._format))
        return code

    def refused(self, error: ConversionError) -> int:
        count = len(error.diagnostics)
        places = "place" if count == 1 else "places"
        self.report(FAILED, error.diagnostics)
        self.note(f"refused at {count} {places}; nothing written")
        return FAILED

    def misconfigured(self, error: ConfigurationError) -> int:
        if not self.for_people:
            message = str(error)
            finding = Diagnostic(
                "pyproject.toml", 1, 1, "TW007", "configuration", message
            )
            return self.report(FAILED, [finding])
        print(f"twingen: {error}", file=sys.stderr)
        return FAILED


def project(console: Console, start: Path, *, cached: bool, jobs: int) -> Project:
    """Read the project at or above a folder, and convert what is not known."""
    config = _configured(console, find_root(start.resolve()))
    cache = cache_of(config) if cached else None
    return Project(config, cache=cache, jobs=jobs, progress=console.progress)


def _configured(console: Console, root: Path) -> Config:
    """Read a configuration; the console learns which rules there are."""
    config = load(root)
    console.rules = load_plugins(config.plugins).rules
    return config


def _lookup(start: Path) -> Lookup:
    return Lookup(load(find_root(start.resolve())))


def _tell(console: Console, project: Project, found: Sequence[Difference]) -> None:
    """List what is not in step, below the lines that were edited by hand."""
    if not console.for_people:
        return
    edited = [each for each in found if each.drift is Drift.EDITED]
    console.report(DRIFT, list(drift.edits(project, edited)))
    for each in found:
        origin = f" (from {each.origin})" if each.origin else ""
        path = console.err(project.display(each.path), "bold")
        kind = console.err(each.drift.value, "yellow")
        print(f"{path}: {kind}{origin}", file=sys.stderr)


def build(console: Console, project: Project, *, force: bool) -> int:
    changed, left = project.write(force=force)
    _tell(console, project, left)
    if any(difference.drift is Drift.EDITED for difference in left):
        console.note(
            "nothing written; move the edits to the sources, or overwrite them with "
            "`twingen build --force`"
        )
    else:
        console.good(f"{len(project.outputs)} files: {len(changed)} written")
    if not console.for_people:
        findings = list(drift.findings(project, left))
        return console.report(DRIFT if left else IN_STEP, findings, drift.mend(left))
    return DRIFT if left else IN_STEP


def check(console: Console, project: Project, *, diff: bool) -> int:
    differences = project.differences()
    if not console.for_people:
        findings = list(drift.findings(project, differences))
        code = DRIFT if differences else IN_STEP
        return console.report(code, findings, drift.mend(differences))
    if not differences:
        console.good(f"{len(project.outputs)} files in step")
        return IN_STEP
    if diff:
        sys.stdout.writelines(project.diff())
    _tell(console, project, differences)
    console.note(drift.advice(differences))
    return DRIFT


def watch(console: Console, start: Path) -> int:
    """Build after each save until Ctrl-C; what is refused waits for the next one."""
    root = find_root(start.resolve())
    console.good(f"watching {root}; Ctrl-C ends")
    with suppress(KeyboardInterrupt):
        for _ in saves(lambda: _watched(root)):
            try:
                _rebuild(console, root)
            except ConversionError as error:
                console.refused(error)
            except ConfigurationError as error:
                console.misconfigured(error)
            except FileNotFoundError as error:
                console.note(f"{error.filename} went away while it was read")
            sys.stdout.flush()
    return IN_STEP


def _watched(root: Path) -> Watched:
    """Return what a build reads and writes; without configuration, what it lacks."""
    file = root / "pyproject.toml"
    try:
        config = load(root)
    except ConfigurationError:
        return Watched((file,), ())
    return Watched(
        (file, *config.tables, *(tree.source for tree in config.trees)),
        tuple(tree.target for tree in config.trees),
    )


def _rebuild(console: Console, root: Path) -> None:
    tree = project(console, root, cached=True, jobs=0)
    changed, left = tree.write()
    for each in changed:
        verb = "removed" if each.drift is Drift.ORPHAN else "written"
        origin = f" (from {each.origin})" if each.origin else ""
        console.good(f"{tree.display(each.path)}: {verb}{origin}")
    _tell(console, tree, left)
    if any(each.drift is Drift.EDITED for each in left):
        console.note("nothing written; " + drift.advice(left))


def diff(project: Project) -> int:
    sys.stdout.writelines(project.diff())
    return DRIFT if project.differences() else IN_STEP


def convert_one(
    console: Console, start: Path, file: str, stdin_filename: str | None
) -> int:
    """Print the twin of one source, by the configuration that covers it."""
    if file == "-":
        content, name = _standard_input(), stdin_filename
    else:
        content, name = _read(Path(file)), file
    twin = _twin(console, start, content, name)
    if isinstance(sys.stdout, io.TextIOWrapper):
        sys.stdout.reconfigure(encoding="utf-8", newline="\n")
    sys.stdout.write(twin)
    return IN_STEP


def _twin(console: Console, start: Path, content: bytes, name: str | None) -> str:
    if name is not None:
        path = Path(name).resolve()
        near = path.parent if start == Path() and path.parent.is_dir() else start
        try:
            root = find_root(near.resolve())
        except ConfigurationError:
            root = None
        if root is not None:
            config = _configured(console, root)
            if not path.is_relative_to(root):
                path = (root / name).resolve()
            plan = Plan(config, texts={path: content})
            target = Lookup(config, plan).target_of(path)
            if target is not None and plan.files[target].path == path:
                return plan.convert(target)
            if any(tree.source in path.parents for tree in config.trees):
                plan.read()
                return ""  # for the async side only
    try:
        text = decode(content)
    except SyntaxError as error:
        raise ConversionError(
            [Diagnostic(name or "<stdin>", 1, 1, "TW003", "encoding", str(error.msg))]
        ) from None
    return convert(text, settings=Settings(runtime=None), path=name or "<stdin>").text


def adopt(
    console: Console,
    start: Path,
    written: Path | None,
    source: Path | None,
    *,
    docstrings: bool,
) -> int:
    tree = project(console, start, cached=True, jobs=0)
    if written is not None:
        written = _given(start, written)
    if source is not None:
        source = _given(start, source)
    adoption = Adoption(tree, written, source)
    found = list(adoption.comparisons(docstrings=docstrings))
    same = all(each.status is Status.SAME for each in found)
    code = IN_STEP if same else DRIFT
    if not console.for_people:
        sys.stdout.write(adoption_report.as_json(found, code))
        return code
    for line in adoption_report.text(found, console.out):
        print(line)
    console.good(adoption_report.summary(found))
    return code


def explain(start: Path, what: str | None) -> int:
    if what is None:
        print(manuals.contents(_known_rules(start)))
        return IN_STEP
    asked = place(what)
    if asked is None:
        print(manuals.manual(manuals.find(what, _known_rules(start))))
        return IN_STEP
    lookup = _lookup(start)
    path = _given(start, asked[0])
    print(lookup.explanation(path, asked[1]))
    return IN_STEP


def _known_rules(start: Path) -> Sequence[Rule]:
    """Return the rules of a project; outside of one that works, twingen's own."""
    try:
        return load_plugins(load(find_root(start.resolve())).plugins).rules
    except ConfigurationError:
        return RULES


def where(console: Console, start: Path, what: str) -> int:
    lookup = _lookup(start)
    if what == "-":
        text = _standard_input().decode("utf-8", "replace")
        for line, added in lookup.annotated(text.splitlines()):
            print(console.out(line, "cyan") if added else line)
        return IN_STEP
    asked = place(what)
    if asked is None:
        raise ConfigurationError(f"{what} is not PATH:LINE")
    origin = lookup.origin(_given(start, asked[0]), asked[1])
    if origin is None:
        raise ConfigurationError(f"{asked[0]} is not a twin of this project")
    print(origin)
    if origin.line:
        print(f"    {origin.text.strip()}")
    return IN_STEP


def init(console: Console, start: Path, *, write: bool) -> int:
    folder = start.resolve()
    proposal = propose(folder)
    print(proposal, end="")
    if write:
        file = append(folder, proposal)
        console.good(f"# written to {file}; `twingen build` comes next")
    return IN_STEP


def _given(start: Path, path: Path) -> Path:
    """Return a path as it was given, from here or as messages name it."""
    if path.exists() or path.is_absolute():
        return path
    inside = find_root(start.resolve()) / path
    return inside if inside.exists() else path


def _read(path: Path) -> bytes:
    try:
        return path.read_bytes()
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror}") from None


def _standard_input() -> bytes:
    if isinstance(sys.stdin, io.TextIOWrapper):
        content: bytes = sys.stdin.buffer.read()
        return content
    return sys.stdin.read().encode()
