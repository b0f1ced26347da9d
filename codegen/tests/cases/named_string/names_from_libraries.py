# strings: unittest.mock.patch
import ssl
from os.path import exists
from unittest.mock import patch


async def read():
    return ssl.create_default_context(), exists("x")


@patch("source.ssl.create_default_context")
@patch("source.exists")
def f(*args): ...

# ---- twin ----
# strings: unittest.mock.patch
import ssl
from os.path import exists
from unittest.mock import patch


def read():
    return ssl.create_default_context(), exists("x")


@patch("twin.ssl.create_default_context")
@patch("twin.exists")
def f(*args): ...
