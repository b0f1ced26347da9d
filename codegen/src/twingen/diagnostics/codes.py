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
        "The twin was converted, and its verification found something wrong.\n\n"
        "The twin is parsed before it is written: it must contain nothing async,\n"
        "and no name may be free in it that was bound in the source. This error\n"
        "means that no rule covers the construct: rewrite it, mark it\n"
        "`# twingen: async-only`, or report it.",
    ),
    Code(
        "TW003",
        "encoding",
        "The source is not UTF-8, or declares another encoding.\n\n"
        "Save it as UTF-8, and remove the declaration. A source may have a byte order\n"
        "mark and Windows line ends; twins are written without them.",
    ),
    Code(
        "TW004",
        "formatting",
        "The formatter cannot lay out the twin.\n\n"
        "The usual reason is that `target-version` of [tool.black] does not contain a\n"
        "Python that the source needs, or that the installed ruff does not know its\n"
        "syntax.",
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
        "A stub (.pyi) is in a source folder.\n\n"
        "It would be copied, and would still contain `async def`. Annotate the source\n"
        "itself, or keep the stub elsewhere.",
    ),
    Code(
        "TW007",
        "configuration",
        "[tool.twingen] cannot be used, so nothing was converted.\n\n"
        "These stop every command: unknown keys, renames and verdicts that nothing\n"
        "uses, and folders that overlap or do not exist.",
    ),
    Code(
        "TW008",
        "conflict",
        "Two rules claim one place, and one of them comes from a plug-in.\n\n"
        "Rules have no order, so it is not known which of them is right. Remove one\n"
        "of the plug-ins from `plugins`, or change its rule to return None here.",
    ),
    Code(
        "TW009",
        "unreadable",
        "Python can read this construct, but the pinned libcst cannot.\n\n"
        "Known cases are annotated targets in parentheses (`(x): int`), template\n"
        "strings with the prefix tr, and template strings side by side\n"
        '(`t"a" t"b"`). Write them in another way.',
    ),
    Code(
        "TW011",
        "missing",
        "A twin does not exist. `twingen build` writes it; commit it with its source.",
    ),
    Code(
        "TW012",
        "stale",
        "A source or the configuration has changed since the twin was written.\n\n"
        "`twingen build` writes it again.",
    ),
    Code(
        "TW013",
        "edited",
        "A twin was edited by hand: its header has the digest of another text.\n\n"
        "Move the edit to the place in the source that the message names. Then\n"
        "`twingen build --force` overwrites the twin. Without `--force`, nothing is\n"
        "written.",
    ),
    Code(
        "TW014",
        "orphan",
        "The source of a twin was deleted, or is now for the async side only.\n\n"
        "`twingen build` removes the twin.",
    ),
    Code(
        "TW015",
        "foreign",
        "A file of a target folder was not written by twingen.\n\n"
        "Target folders contain only what twingen writes: move the file to another\n"
        "folder, or to the source folder. `twingen build` does not delete it.",
    ),
    Code(
        "TW016",
        "example",
        "An example of a page or docstring cannot be shown in the twin.\n\n"
        "Output needs a statement that prints it. A mark (`<!-- twingen: ... -->`,\n"
        "`.. twingen: ...`) needs an example. Tabs need a fence, a `code-block`\n"
        "directive or prompts. The twin of an example in a docstring must not contain\n"
        "the quotes that end the docstring.",
    ),
    Code(
        "TW017",
        "shared",
        "Tasks share state without a lock, and tasks are threads in the twin.\n\n"
        'With `tasks = "threads"`, `twingen build` warns about it, and writes the\n'
        "twin. Between two awaits asyncio runs no other task, but threads switch\n"
        "between any two lines. The warning is about attributes of `self`, variables\n"
        "of a module or of an enclosing function, and collections in them, in\n"
        "functions that tasks run. It is given if one of several tasks reads and then\n"
        "writes one of them (`self.count += 1`, `if self.jobs: self.jobs.pop()`), or\n"
        "if more than one task function writes it.\n\n"
        "Hold one asyncio.Lock around everything that belongs together, in each\n"
        "function that uses it. There is no warning inside a block that enters an\n"
        "object of unknown class (`async with self.session:`), which may be a lock,\n"
        "and none for state that only one task uses.",
    ),
    Code(
        "TW018",
        "runtime",
        "The twins need twingen's runtime, and the project has no place for it.\n\n"
        "Set `runtime` in [tool.twingen] to a module below a twin, as in `runtime =\n"
        '"mylib._sync._runtime"`: the parts that the twins import are copied there.\n'
        "The message appears once, even if many places need the runtime.",
    ),
)
