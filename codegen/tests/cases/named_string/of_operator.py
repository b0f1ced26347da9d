# strings: operator.attrgetter
from collections import namedtuple
from operator import attrgetter, methodcaller

Pair = namedtuple("Pair", "aclose x")
close = attrgetter("stream.aclose")
call = methodcaller("aclose")
other = methodcaller("get", "aclose")


# ---- refused ----
# 5:27: TW233 named_string: the constructor takes this field as aclose=, and the twin calls the attribute close
#   help: name it close, or choose a name that stays the same
# 7:21: TW233 named_string: this looks up aclose by name, which is close in the twin
#   help: list the function: strings = ["operator.methodcaller"]
