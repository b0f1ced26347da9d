"""The codes that no rule has: whole sources, the configuration, drift.

A code is never given to another meaning.
"""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Code:
    """What a code is called and what to do about it."""

    code: str
    name: str
    manual: str


CODES = (
    Code(
        "TW001",
        "syntax",
        "The source does not parse, so nothing is written anywhere.\n\n"
        "The place is where Python itself stops reading. Sources may use the\n"
        "syntax of every Python that the pinned libcst knows, whichever Python\n"
        "runs twingen.",
    ),
    Code(
        "TW002",
        "verify",
        "The twin was converted, and a second look found something wrong.\n\n"
        "The twin is parsed before it is written: nothing async may be left in\n"
        "it, and no name may be free that was bound in the source. No rule covers\n"
        "the construct then: rewrite it, mark it `# twingen: async-only`, or\n"
        "report it.",
    ),
    Code(
        "TW003",
        "encoding",
        "The source is not UTF-8, or declares another encoding.\n\n"
        "Save it as UTF-8 and take the declaration out. A byte order mark and\n"
        "Windows line ends are read; twins are written without.",
    ),
    Code(
        "TW004",
        "formatting",
        "The formatter cannot lay out the twin.\n\n"
        "Mostly `target-version` of [tool.black] leaves out a Python that the\n"
        "source needs, or the ruff that is installed is older than its syntax.",
    ),
    Code(
        "TW005",
        "nesting",
        "The source is nested too deeply for Python's recursion limit.\n\n"
        "Split the longest expression into several statements.",
    ),
    Code(
        "TW006",
        "stub",
        "A stub (.pyi) stands in a source folder.\n\n"
        "It would be copied and still say `async def`. Annotate the source\n"
        "itself, or keep the stub elsewhere.",
    ),
    Code(
        "TW007",
        "configuration",
        "[tool.twingen] cannot be used; nothing was looked at.\n\n"
        "Unknown keys, renames and verdicts that nothing uses, folders that\n"
        "overlap or are not there stop every command.",
    ),
    Code(
        "TW008",
        "conflict",
        "Two rules claim one place, and one of them comes from a plug-in.\n\n"
        "Rules have no order, so nobody can say which of them is right. Take one\n"
        "of the plug-ins out of `plugins`, or have its rule answer None here.",
    ),
    Code(
        "TW009",
        "unreadable",
        "Python reads this construct, and the pinned libcst does not.\n\n"
        "Annotated targets in parentheses (`(x): int`), template strings with the\n"
        'prefix tr, and template strings side by side (`t"a" t"b"`) are known\n'
        "to be such. Write them in another way.",
    ),
    Code(
        "TW011",
        "missing",
        "A twin is not there. `twingen build` writes it; commit it with its\n"
        "source.",
    ),
    Code(
        "TW012",
        "stale",
        "A twin was written for a source or configuration that has changed.\n\n"
        "`twingen build` writes it anew.",
    ),
    Code(
        "TW013",
        "edited",
        "A twin was edited by hand: its header vouches for another text.\n\n"
        "Move the edit to the source place that is named, then `twingen build\n"
        "--force` overwrites the twin. Without `--force` nothing is written.",
    ),
    Code(
        "TW014",
        "orphan",
        "A twin's source is gone, or is for the async side only now.\n\n"
        "`twingen build` removes the twin.",
    ),
    Code(
        "TW015",
        "foreign",
        "A file of a target folder was not written by twingen.\n\n"
        "Target folders belong to twingen alone: move the file elsewhere, or into\n"
        "the source folder. `twingen build` leaves it.",
    ),
    Code(
        "TW016",
        "example",
        "An example of a page or docstring cannot be shown in the twin.\n\n"
        "What is printed needs a statement that prints it, a mark (`<!-- twingen:\n"
        "... -->`, `.. twingen: ...`) needs the example that it speaks of, and tabs\n"
        "need a fence, a `code-block` directive or prompts. The twin of an example in\n"
        "a docstring must not have the quotes that end the docstring.",
    ),
    Code(
        "TW017",
        "shared",
        "Tasks share state without a lock, and tasks are threads in the twin.\n\n"
        'With `tasks = "threads"`, `twingen build` warns of it and writes the twin.\n'
        "Between two awaits asyncio runs nobody else; threads switch between any\n"
        "two lines. Found are attributes of `self`, variables of a module or of a\n"
        "function around, and collections in them, in functions that tasks run:\n"
        "what one of several tasks reads and then writes (`self.count += 1`, `if\n"
        "self.jobs: self.jobs.pop()`), and what more than one task function writes.\n\n"
        "Hold one asyncio.Lock around all that belongs together, in each function\n"
        "that uses it. What an object of unknown class is entered for (`async with\n"
        "self.session:`) counts as protected, and so does what only one task uses.",
    ),
    Code(
        "TW018",
        "runtime",
        "The twins need twingen's runtime, and the project has no place for it.\n\n"
        "Set `runtime` in [tool.twingen] to a module below a twin, as in `runtime =\n"
        '"mylib._sync._runtime"`: the parts that the twins import are copied there.\n'
        "It is said once, however many places need it.",
    ),
)
