"""Builds the extension: one wheel for Python 3.10 and later, by the stable ABI.

Free-threaded builds of Python have none: there the wheel is for that Python alone.
"""

from __future__ import annotations

import sysconfig
from pathlib import Path

from setuptools import Extension, setup

# Of this folder, where it is built.
SOURCES = Path("src/pgtwin_native")
IS_STABLE = not sysconfig.get_config_var("Py_GIL_DISABLED")
STABLE_ABI = "0x030a0000"  # Python 3.10

setup(
    ext_modules=[
        Extension(
            "pgtwin_native._core",
            sorted(map(str, SOURCES.glob("*.c"))),
            depends=sorted(map(str, SOURCES.glob("*.h"))),
            define_macros=[("Py_LIMITED_API", STABLE_ABI)] if IS_STABLE else [],
            extra_compile_args=["-std=c11", "-Wall", "-Wextra", "-fvisibility=hidden"],
            py_limited_api=IS_STABLE,
        )
    ],
    options={"bdist_wheel": {"py_limited_api": "cp310"}} if IS_STABLE else {},
)
