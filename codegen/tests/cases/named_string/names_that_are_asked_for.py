from unittest.mock import Mock


class Proxy:
    def __getattr__(self, name):
        if name == "aclose" or name in ("aclose", "read"):
            return getattr(self._stream, name)
        return "aclose" == self._stream

    def get(self, name):
        return name == "aclose"


def attached(mock):
    mock.attach_mock(Mock(), "aclose")
    mock.attach_mock(mock=Mock(), attribute="aclose")
    mock.attach("x", "aclose")

# ---- twin ----

from unittest.mock import Mock


class Proxy:
    def __getattr__(self, name):
        if name == "close" or name in ("close", "read"):
            return getattr(self._stream, name)
        return "aclose" == self._stream

    def get(self, name):
        return name == "aclose"


def attached(mock):
    mock.attach_mock(Mock(), "close")
    mock.attach_mock(mock=Mock(), attribute="close")
    mock.attach("x", "aclose")
