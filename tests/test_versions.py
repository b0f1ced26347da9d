"""What is released together has one version, and the extra asks for that one."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import pgtwin

ROOT = Path(__file__).resolve().parents[1]


def test_native_core_has_the_version_of_the_driver() -> None:
    module = ROOT / "native" / "src" / "pgtwin_native" / "__init__.py"
    found = re.findall('^__version__ = "(.+)"$', module.read_text(), re.MULTILINE)
    assert found == [pgtwin.__version__]


def test_extra_asks_for_that_version() -> None:
    project = (ROOT / "pyproject.toml").read_text()
    found = re.findall(r'^native = \["pgtwin-native==(.+)"\]$', project, re.MULTILINE)
    assert found == [pgtwin.__version__]


def test_installed_core_is_what_it_says() -> None:
    native = pytest.importorskip("pgtwin_native", reason="it is not installed")
    from importlib.metadata import version

    assert native.__version__ == version("pgtwin-native") == pgtwin.__version__
