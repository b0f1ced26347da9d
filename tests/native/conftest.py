"""Tests of the native core: left out, all of them, where it is not installed."""

from __future__ import annotations

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("pgtwin_native") else ["test_*.py"]
