from dataclasses import dataclass
from typing import NamedTuple


@dataclass
class Hooks:
    aclose: object


class Pair(NamedTuple):
    aclose: object


# ---- refused ----
# 7:5: TW107 method_name: the constructor may take this field as aclose=, and the twin calls the attribute close
#   help: name it close, or choose a name that stays the same
# 11:5: TW107 method_name: the constructor may take this field as aclose=, and the twin calls the attribute close
#   help: name it close, or choose a name that stays the same
