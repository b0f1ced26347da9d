"""The example of a service and a command line that share one data layer."""

from __future__ import annotations

import subprocess
import sys

import httpx
import psycopg
import pytest

from examples.shop.service import application
from tools.website.mirror import ROOT


@pytest.mark.parametrize(
    "module", ["examples.shop.admin", "generated.examples.shop.admin"]
)
async def test_service_and_admin(module: str, dsn: str) -> None:
    def admin(*arguments: str) -> tuple[int, str]:
        done = subprocess.run(
            [sys.executable, "-m", module, "--dsn", dsn, *arguments],
            cwd=ROOT,
            stdout=subprocess.PIPE,
            stderr=subprocess.STDOUT,
            text=True,
            check=False,
        )
        return done.returncode, done.stdout

    app = application(dsn)
    transport = httpx.ASGITransport(app=app)
    try:
        assert admin("create") == (0, "")
        assert admin("deliver", "tea", "5") == (0, "")
        async with (
            app.router.lifespan_context(app),
            httpx.AsyncClient(transport=transport, base_url="http://shop") as client,
        ):
            assert (await client.get("/items")).json() == {"tea": 5}
            sold = await client.post("/items/tea/sell", params={"number": 2})
            assert sold.json() == {"left": 3}
            assert admin("sell", "tea", "1") == (0, "2 left\n")
            refused = await client.post("/items/tea/sell", params={"number": 3})
            assert refused.status_code == 409
            assert refused.json() == {"error": "not enough tea"}
            assert (await client.post("/items/milk/sell")).status_code == 409
        assert admin("sell", "tea", "3") == (1, "not enough tea\n")
        assert admin("items") == (0, "     2 tea\n")
    finally:
        with psycopg.connect(dsn) as conn:
            conn.execute("DROP TABLE IF EXISTS items")
