from unittest.mock import MagicMock, Mock


class Slotted:
    __slots__ = ("aclose", "x")
    __match_args__ = ("aclose",)

    def __init__(self):
        self.aclose = self.x = ["aclose"]


def mocks(mock):
    mock.configure_mock(**{"aclose.side_effect": 1, "x": {"aclose": "aclose"}})
    return (
        Mock(spec=["aclose", "read"]),
        MagicMock(**{"__aenter__.return_value.aclose.return_value": "aclose"}),
    )


# ---- twin ----
from unittest.mock import MagicMock, Mock


class Slotted:
    __slots__ = ("close", "x")
    __match_args__ = ("close",)

    def __init__(self):
        self.close = self.x = ["aclose"]


def mocks(mock):
    mock.configure_mock(**{"close.side_effect": 1, "x": {"aclose": "aclose"}})
    return (
        Mock(spec=["close", "read"]),
        MagicMock(**{"__enter__.return_value.close.return_value": "aclose"}),
    )
