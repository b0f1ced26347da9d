# twingen: async-only
"""The shop on the web: `uvicorn examples.shop.service:from_environment --factory`."""

from __future__ import annotations

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager

from starlette.applications import Starlette
from starlette.requests import Request
from starlette.responses import JSONResponse
from starlette.routing import Route

from pgtwin.pool import AsyncConnectionPool

from .data import AsyncShop, SoldOutError


async def items(request: Request) -> JSONResponse:
    async with request.app.state.pool.connection() as conn:
        found = await AsyncShop(conn).items()
    return JSONResponse({item.name: item.stock for item in found})


async def sell(request: Request) -> JSONResponse:
    name = request.path_params["name"]
    number = int(request.query_params.get("number", "1"))
    try:
        async with request.app.state.pool.connection() as conn:
            left = await AsyncShop(conn).sell(name, number)
    except SoldOutError:
        return JSONResponse({"error": f"not enough {name}"}, status_code=409)
    return JSONResponse({"left": left})


def application(dsn: str) -> Starlette:
    """Return the service; it opens its connections when it starts."""

    @asynccontextmanager
    async def lifespan(app: Starlette) -> AsyncIterator[None]:
        async with AsyncConnectionPool(dsn, min_size=1, open=False) as pool:
            app.state.pool = pool
            yield

    return Starlette(
        routes=[
            Route("/items", items),
            Route("/items/{name}/sell", sell, methods=["POST"]),
        ],
        lifespan=lifespan,
    )


def from_environment() -> Starlette:
    return application(os.environ.get("SHOP_DSN", ""))
