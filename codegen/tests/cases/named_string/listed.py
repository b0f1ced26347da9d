# strings: unittest.mock.patch
# strings: unittest.mock.patch.object
# strings: importlib.import_module
# strings: builtins.getattr
# strings: pytest.MonkeyPatch.setattr
# renames: Async* = *
# method: AsyncClient.a* = *
import importlib
from unittest import mock
from unittest.mock import patch

import pytest


class AsyncClient:
    async def aget(self): ...

    async def __aenter__(self): ...


@patch("source.AsyncClient")
@mock.patch("source.AsyncClient.aget")
@patch("source.AsyncClient.__aenter__", new=1)
@patch("asyncio.Lock")
@patch("os.path.exists")
@patch("asyncio.locks.Lock.acquire")
@patch("unittest.mock.Mock.reset_mock")
def f(client: AsyncClient, monkeypatch: pytest.MonkeyPatch, other):
    monkeypatch.setattr("source.AsyncClient", 1)
    importlib.import_module("source")
    getattr(client, "aget", "source.AsyncClient")
    getattr(other, "aclose")
    patch.object(AsyncClient, "__aenter__")
    print("source.AsyncClient", "aclose", getattr(other, f"aclose"))
    return "source"

# ---- twin ----
# strings: unittest.mock.patch
# strings: unittest.mock.patch.object
# strings: importlib.import_module
# strings: builtins.getattr
# strings: pytest.MonkeyPatch.setattr
# renames: Async* = *
# method: Client.a* = *
import importlib
from unittest import mock
from unittest.mock import patch

import pytest


class Client:
    def get(self): ...

    def __enter__(self): ...


@patch("twin.Client")
@mock.patch("twin.Client.get")
@patch("twin.Client.__enter__", new=1)
@patch("threading.Lock")
@patch("os.path.exists")
@patch("threading.Lock.acquire")
@patch("unittest.mock.Mock.reset_mock")
def f(client: Client, monkeypatch: pytest.MonkeyPatch, other):
    monkeypatch.setattr("twin.Client", 1)
    importlib.import_module("twin")
    getattr(client, "get", "twin.Client")
    getattr(other, "close")
    patch.object(Client, "__enter__")
    print("source.AsyncClient", "aclose", getattr(other, f"aclose"))
    return "source"
