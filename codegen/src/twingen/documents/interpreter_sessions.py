"""Examples with prompts: what is typed is code, what is printed stays.

Where something is printed a statement of its own stands in the code, so that each
output follows the statement that it followed.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

import libcst as cst

_OUTPUT = re.compile(r"(?P<quote>[\"'])twingen output (?P<number>\d+)(?P=quote)$")


@dataclass
class Session:
    """The code of a session; `lines` are the lines that it was typed in."""

    code: list[str] = field(default_factory=list)
    lines: list[int] = field(default_factory=list)
    outputs: list[list[str]] = field(default_factory=list)
    closed: bool = False  # `...` alone ends its compound statements


def is_session(lines: Sequence[str]) -> bool:
    """Return whether an example has prompts, or is plain code."""
    first = next((line for line in lines if line.strip()), "")
    return first.startswith((">>> ", ">>>\t")) or first == ">>>"


def read(lines: Sequence[str]) -> Session:
    """Take a session apart."""
    found = Session()
    printing = False
    for number, line in enumerate(lines):
        typed = line[:4].rstrip() in (">>>", "...") and line[3:4] in ("", " ")
        if typed and not (printing and line.startswith("...")):
            found.closed |= line.rstrip() == "..."
            found.code.append(line[4:])
            found.lines.append(number)
        elif printing:
            found.outputs[-1].append(line)
        else:
            found.code.append(f'"twingen output {len(found.outputs)}"')
            found.lines.append(number)
            found.outputs.append([line])
        printing = not typed or (printing and line.startswith("..."))
    return found


def written(session: Session, twin: str) -> list[str] | None:
    """Return the lines of a session with other code, `None` if an output is left."""
    lines: list[str] = []
    after_output = True
    printed = 0
    for statement in _statements(twin):
        output = _OUTPUT.match(statement[0])
        if output is None:
            lines += [
                (prompt + text).rstrip()
                for prompt, text in zip(
                    [">>> ", *["... "] * len(statement)], statement, strict=False
                )
            ]
            compound = statement[-1].startswith((" ", "\t"))
            if compound and session.closed:
                lines.append("...")
            after_output = False
        else:
            shown = session.outputs[int(output["number"])]
            if after_output and any(map(str.strip, shown)):
                return None
            lines += shown
            printed += 1
            after_output = True
    return lines if printed == len(session.outputs) else None


def _statements(code: str) -> list[list[str]]:
    module = cst.parse_module(code)
    texts = [module.code_for_node(line) for line in module.header]
    texts += map(module.code_for_node, module.body)
    texts += [module.code_for_node(line) for line in module.footer]
    return [text.strip("\n").split("\n") for text in texts if text.strip()]
