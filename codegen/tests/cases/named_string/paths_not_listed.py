from unittest import mock


def test(monkeypatch, mocker):
    monkeypatch.setattr("httpx.AsyncClient.aclose", 1)
    mocker.patch("httpx.AsyncClient")
    with mock.patch("asyncio.sleep"):
        pass

# ---- refused ----
# 5:25: TW233 named_string: this looks up httpx.AsyncClient.aclose by name, which is httpx.Client.close in the twin
#   help: list the function: strings = ["pytest.MonkeyPatch.setattr"]
# 6:18: TW233 named_string: this looks up httpx.AsyncClient by name, which is httpx.Client in the twin
#   help: list the function: strings = ["pytest_mock.MockerFixture.patch"]
# 7:21: TW233 named_string: asyncio.sleep has several names in the twin
#   help: mark the code `# twingen: async-only`
