# strings: operator.attrgetter
# strings: operator.methodcaller
from operator import attrgetter, methodcaller

close = attrgetter("stream.aclose", "x")
call = methodcaller("aclose")
other = methodcaller("get", "aclose")


# ---- twin ----
# strings: operator.attrgetter
# strings: operator.methodcaller
from operator import attrgetter, methodcaller

close = attrgetter("stream.close", "x")
call = methodcaller("close")
other = methodcaller("get", "aclose")
