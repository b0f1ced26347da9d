import unittest
from unittest import mock
from unittest.mock import AsyncMock


class TestClient(unittest.IsolatedAsyncioTestCase):
    async def asyncSetUp(self):
        await super().asyncSetUp()
        self.send = AsyncMock(return_value=3)
        self.addAsyncCleanup(self.client.aclose)

    async def test_send(self):
        self.assertEqual(await self.send(1), 3)
        self.send.assert_awaited_once_with(1)
        assert self.send.await_count == 1
        with mock.patch("x.y", new_callable=mock.AsyncMock) as y:
            y.assert_not_awaited()

# ---- twin ----

import unittest
from unittest import mock
from unittest.mock import MagicMock


class TestClient(unittest.TestCase):
    def setUp(self):
        super().setUp()
        self.send = MagicMock(return_value=3)
        self.addCleanup(self.client.close)

    def test_send(self):
        self.assertEqual(self.send(1), 3)
        self.send.assert_called_once_with(1)
        assert self.send.call_count == 1
        with mock.patch("x.y", new_callable=mock.MagicMock) as y:
            y.assert_not_called()
