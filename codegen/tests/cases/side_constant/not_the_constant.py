# side: other.ASYNC
from elsewhere import ASYNC


def f(ASYNC):
    if ASYNC:
        return 1
    return 2


if ASYNC:
    x = 1
else:
    x = 2
