"""Prints findings for people; `machine_output` prints them for programs.

A finding is a :class:`Diagnostic`, whether a source was refused or a twin is
not in step. Paths are as the project names them, with slashes.
"""

from __future__ import annotations

from dataclasses import replace

from ..diagnostics.diagnostic import Diagnostic
from ..syntax.source import lines_of
from .colours import Style

FORMATS = ("text", "json", "github", "sarif")


def text(finding: Diagnostic, style: Style, *, warns: bool = False) -> str:
    """Return a finding for people; without colour it is the diagnostic's own text.

    One that only warns stops nothing, and says so.
    """
    lines = lines_of(str(finding))
    lines[0] = head(finding, style, warns=warns)
    color = "yellow" if warns else "red"
    for index, line in enumerate(lines[1:], 1):
        if line.startswith("  help: "):
            lines[index] = f"  {style('help:', 'cyan')}{line[len('  help:') :]}"
        elif line.strip("^ \t") == "":
            bare = line.lstrip()
            lines[index] = line[: -len(bare)] + style(bare, color)
    return "\n".join(lines)


def head(finding: Diagnostic, style: Style, *, warns: bool = False) -> str:
    """Return the place, the code and the message of a finding."""
    place = f"{finding.path}:{finding.line}:{finding.column}:"
    name = f"{finding.code} {finding.rule}:"
    message = finding.message.partition("\n")[0]
    color = "yellow" if warns else "red"
    warning = f"{style('warning:', color, 'bold')} " if warns else ""
    return f"{style(place, 'bold')} {warning}{style(name, color, 'bold')} {message}"


def without_help(finding: Diagnostic, style: Style) -> str:
    """Return a finding with another help."""
    return text(replace(finding, help=""), style)
