"""Prints findings for programs: as JSON, GitHub annotations or SARIF."""

from __future__ import annotations

import dataclasses
import json
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any
from urllib.parse import quote

from ..diagnostics.codes import Code
from ..diagnostics.diagnostic import Diagnostic
from ..rules import RULES
from ..rules.rule import Rule
from ..version import __version__
from .explain import find, summary
from .work_list import as_json


@dataclass(frozen=True)
class Report:
    """What one command found; `fix` is the command that brings it in step.

    `rules` are those that the findings can come from; `located` says what a path is
    called from the root of the repository; `warnings` are findings that stop nothing.
    """

    command: str
    code: int
    findings: Sequence[Diagnostic]
    fix: str = ""
    rules: Sequence[Rule] = RULES
    located: Callable[[str], str] = str
    warnings: Sequence[Diagnostic] = ()


def machine(report: Report, output_format: str) -> str:
    """Return the whole report for a machine; ends with a line end.

    What shows findings beside the files of a repository is told where they are in
    that; JSON has the paths of the project, as text has.
    """
    if output_format != "json":
        report = dataclasses.replace(
            report,
            findings=_located(report, report.findings),
            warnings=_located(report, report.warnings),
        )
    if output_format == "github":
        lines = [_annotation(each, "error") for each in report.findings]
        lines += [_annotation(each, "warning") for each in report.warnings]
        return "".join(f"{line}\n" for line in lines)
    content = _sarif(report) if output_format == "sarif" else _json(report)
    return json.dumps(content, indent=2) + "\n"


def _located(report: Report, found: Sequence[Diagnostic]) -> list[Diagnostic]:
    """Return findings with their paths from the root of the repository."""
    return [dataclasses.replace(each, path=report.located(each.path)) for each in found]


def _json(report: Report) -> dict[str, Any]:
    return {
        "version": 1,
        "twingen": __version__,
        "command": report.command,
        "exit_code": report.code,
        "fix": report.fix,
        "findings": [dataclasses.asdict(finding) for finding in report.findings],
        "work": as_json(report.findings) if report.code == 2 else [],
        "warnings": [dataclasses.asdict(warning) for warning in report.warnings],
    }


def _annotation(finding: Diagnostic, level: str) -> str:
    """Return a workflow command of GitHub Actions."""
    properties = {
        "file": finding.path,
        "line": str(finding.line),
        "col": str(finding.column),
        "title": f"{finding.code} {finding.rule}",
    }
    message = finding.message + (f"\nhelp: {finding.help}" if finding.help else "")
    listed = ",".join(f"{k}={_property(v)}" for k, v in properties.items())
    return f"::{level} {listed}::{_data(message)}"


def _data(value: str) -> str:
    return value.replace("%", "%25").replace("\r", "%0D").replace("\n", "%0A")


def _property(value: str) -> str:
    return _data(value).replace(":", "%3A").replace(",", "%2C")


def _sarif(report: Report) -> dict[str, Any]:
    """Return SARIF 2.1.0, with the manuals of the codes that were found."""
    levels = [(each, "error") for each in report.findings]
    levels += [(each, "warning") for each in report.warnings]
    codes = sorted({finding.code for finding, _ in levels})
    return {
        "$schema": "https://json.schemastore.org/sarif-2.1.0.json",
        "version": "2.1.0",
        "runs": [
            {
                "tool": {
                    "driver": {
                        "name": "twingen",
                        "version": __version__,
                        "rules": [_sarif_rule(find(c, report.rules)) for c in codes],
                    }
                },
                "columnKind": "unicodeCodePoints",
                "results": [_sarif_result(*each, codes) for each in levels],
            }
        ],
    }


def _sarif_rule(entry: Rule | Code) -> dict[str, Any]:
    return {
        "id": entry.code,
        "name": entry.name,
        "shortDescription": {"text": summary(entry)},
        "fullDescription": {"text": entry.manual.strip()},
    }


def _sarif_result(
    finding: Diagnostic, level: str, codes: Sequence[str]
) -> dict[str, Any]:
    message = finding.message + (f"; {finding.help}" if finding.help else "")
    region = {
        "startLine": finding.line,
        "startColumn": finding.column,
        "endColumn": finding.column + max(finding.width, 1),
    }
    relative = {} if finding.path.startswith("/") else {"uriBaseId": "%SRCROOT%"}
    location = {
        "physicalLocation": {
            "artifactLocation": {"uri": quote(finding.path), **relative},
            "region": region,
        }
    }
    return {
        "ruleId": finding.code,
        "ruleIndex": codes.index(finding.code),
        "level": level,
        "message": {"text": message},
        "locations": [location],
    }
