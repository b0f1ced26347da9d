from unittest import mock


def test(monkeypatch, mocker):
    monkeypatch.setattr("httpx.AsyncClient.aclose", 1)
    mocker.patch("httpx.AsyncClient")
    with mock.patch("asyncio.sleep"):
        pass

# ---- refused ----
# 5:25: TW233 named_string: this asks for httpx.AsyncClient.aclose by name, which the twin calls httpx.Client.close
#   help: list the function: strings = ["pytest.MonkeyPatch.setattr"]
# 6:18: TW233 named_string: this asks for httpx.AsyncClient by name, which the twin calls httpx.Client
#   help: list the function: strings = ["pytest_mock.MockerFixture.patch"]
# 7:21: TW233 named_string: asyncio.sleep has no one name in the twin
#   help: mark the code `# twingen: async-only`
