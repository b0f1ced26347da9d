"""How a command speaks, and its exit codes."""

from __future__ import annotations

import sys
from collections.abc import Sequence
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from ..diagnostics.diagnostic import ConfigurationError, ConversionError, Diagnostic
from ..diagnostics.progress import Progress, progress_on, silent
from ..project.files import in_repository
from ..reports import report
from ..reports.colours import style_for

if TYPE_CHECKING:
    from ..rules.rule import Rule

IN_STEP, DRIFT, FAILED = 0, 1, 2


class Console:
    """How one command speaks: format, colour, how much.

    `root` is the folder that the paths of findings start from.
    """

    def __init__(
        self,
        command: str,
        *,
        root: Path,
        output_format: str,
        color: str,
        quiet: bool,
        verbose: bool = False,
    ) -> None:
        self.command = command
        self.root = root
        self.for_people = output_format == "text"
        self.plugins: Sequence[str] = ()
        self.out, self.err = style_for(sys.stdout, color), style_for(sys.stderr, color)
        self.progress: Progress = silent
        if self.for_people and not quiet:
            self.progress = progress_on(sys.stderr)
        self._format = output_format
        self._quiet = quiet
        self._verbose = verbose
        self._warnings: Sequence[Diagnostic] = ()

    def good(self, sentence: str) -> None:
        """Say that all is well."""
        if self.for_people and not self._quiet:
            print(self.out(sentence, "green"))

    def note(self, sentence: str) -> None:
        """Say to people what to make of the findings."""
        if self.for_people and not self._quiet:
            print(f"twingen: {sentence}", file=sys.stderr)

    def warn(self, notes: Sequence[Diagnostic]) -> None:
        """Print the warnings about sources that have twins.

        Programs get them with the report.
        """
        self._warnings = notes
        if self.for_people:
            for each in notes:
                print(report.text(each, self.err, warns=True), file=sys.stderr)

    def report(
        self, code: int, findings: Sequence[Diagnostic] = (), fix: str = ""
    ) -> int:
        """Print the findings in the chosen format, and return the exit code."""
        if self.for_people:
            for finding in findings:
                print(report.text(finding, self.err), file=sys.stderr)
        else:
            from ..reports.machine_output import Report, machine

            located = partial(in_repository, self.root.resolve())
            rules, warnings = self._rules(), self._warnings
            found = Report(self.command, code, findings, fix, rules, located, warnings)
            sys.stdout.write(machine(found, self._format))
        return code

    def _rules(self) -> Sequence[Rule]:
        """Return the rules that findings can come from."""
        from ..plugins import load_plugins

        try:
            return load_plugins(self.plugins).rules
        except ConfigurationError:  # what cannot be loaded has found nothing
            return load_plugins(()).rules

    def refused(self, error: ConversionError) -> int:
        """Print why nothing is written."""
        self.refusals(error.diagnostics)
        hint = ""
        if self.command in ("build", "watch"):
            hint = "; `twingen preview` writes the other twins to a folder of their own"
        counted = self.counted(error.diagnostics)
        self.note(f"refused at {counted}; nothing written{hint}")
        return FAILED

    def refusals(self, found: Sequence[Diagnostic]) -> None:
        """Print refusals by their causes, or with `--verbose` by their places."""
        if self._verbose or not self.for_people:
            self.report(FAILED, found)
            return
        from ..reports import work_list

        for line in work_list.text(found, self.err):
            print(line, file=sys.stderr)

    @staticmethod
    def counted(found: Sequence[Diagnostic]) -> str:
        """Return how many places and causes refusals have."""
        from ..reports import work_list

        return work_list.counted(found)

    def failed(self, error: OSError) -> int:
        """Print which file could not be read or written."""
        where = f"{error.filename}: " if error.filename else ""
        message = (
            f"{where}{error.strerror or error}; fix that and run the command again: "
            "the files that were written are complete"
        )
        if where:
            return self.misconfigured(ConfigurationError(message))
        # Perhaps it is standard output that is closed.
        print(f"twingen: {message}", file=sys.stderr)
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
