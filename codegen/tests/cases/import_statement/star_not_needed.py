from contextlib import *
from typing import *


def f() -> Iterator[int]: ...
