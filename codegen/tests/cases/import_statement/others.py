import os.path as p, sys
from os import *
from typing import Any as Any, Iterator

try:
    import tomllib
except ImportError:
    tomllib = None


def f(x: Iterator[int]) -> None:
    import json

    return json, p, sys, tomllib
