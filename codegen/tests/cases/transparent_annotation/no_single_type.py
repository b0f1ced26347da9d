from collections.abc import Coroutine
from typing import Generic, TypeVarTuple

Ts = TypeVarTuple("Ts")


class A(Generic[*Ts]):
    def f(self) -> Coroutine[*Ts]: ...

# ---- refused ----
# 8:20: TW205 transparent_annotation: the last parameter of this type is not a single type
#   help: write the type of the awaited value as the last parameter
