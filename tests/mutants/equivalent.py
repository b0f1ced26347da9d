"""Mutants that no test can notice, each with the reason.

Law: a mutant stands here only if the driver then does the same, or something as right.
A mutant is named by its module and by its changed lines, before and after.
"""

from __future__ import annotations

EQUIVALENT: dict[tuple[str, str, str], str] = {}
