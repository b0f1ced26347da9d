"""A span of OpenTelemetry for every statement.

Needs what requirements.txt in this folder names. Prints the spans; an application
sets its own exporter.
"""

# pyright: reportMissingImports=false

from __future__ import annotations

import asyncio
import sys
from collections.abc import Callable

from opentelemetry import trace
from opentelemetry.sdk.trace import TracerProvider
from opentelemetry.sdk.trace.export import ConsoleSpanExporter, SimpleSpanProcessor

import pgtwin


def traced(tracer: trace.Tracer) -> Callable[[pgtwin.QueryEvent], None]:
    """Return a query hook that writes each statement as a span."""

    def hook(event: pgtwin.QueryEvent) -> None:
        started = int(event.started * 1e9)
        span = tracer.start_span(
            event.query.split(None, 1)[0] if event.query else "query",
            kind=trace.SpanKind.CLIENT,
            start_time=started,
            attributes={
                "db.system.name": "postgresql",
                "db.query.text": event.query,
                "db.response.returned_rows": event.rowcount,
            },
        )
        if event.error is not None:
            span.record_exception(event.error)
            span.set_status(trace.StatusCode.ERROR, type(event.error).__name__)
        span.end(started + int(event.duration * 1e9))

    return hook


async def work(dsn: str, tracer: trace.Tracer) -> None:
    async with pgtwin.AsyncConnection.connect(dsn, autocommit=True) as conn:
        conn.add_query_hook(traced(tracer))
        with tracer.start_as_current_span("work"):
            await conn.execute("SELECT generate_series(1, %s)", (3,))
            try:
                await conn.execute("SELECT 1/0")
            except pgtwin.DataError as error:
                print(error)


async def main(dsn: str) -> None:
    provider = TracerProvider()
    provider.add_span_processor(
        SimpleSpanProcessor(ConsoleSpanExporter(out=sys.stdout))
    )
    await work(dsn, provider.get_tracer("pgtwin"))
    provider.shutdown()


if __name__ == "__main__":
    asyncio.run(main(" ".join(sys.argv[1:])))
