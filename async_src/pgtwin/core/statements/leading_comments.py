"""What may stand before the first word of a statement."""

from __future__ import annotations

LEADING = rb"(?:\s|--[^\n]*\n|/\*[^*/]*\*/)*"
"""A regular expression of whitespace and comments that are not nested."""
