# strings: operator.attrgetter
from collections import namedtuple
from operator import attrgetter, methodcaller

Pair = namedtuple("Pair", "aclose x")
close = attrgetter("stream.aclose")
call = methodcaller("aclose")
other = methodcaller("get", "aclose")


# ---- refused ----
# 5:27: TW233 named_string: the constructor takes this field as aclose=, and the twin calls the attribute close
#   help: call it close, or otherwise
# 7:21: TW233 named_string: this asks for aclose by name, which the twin calls close
#   help: list the function: strings = ["operator.methodcaller"]
