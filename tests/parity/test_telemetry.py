"""The OpenTelemetry example, in both forms."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tools.demo import EXAMPLES, TWINS, load, run


@pytest.mark.parametrize("folder", [EXAMPLES, TWINS], ids=["written", "generated"])
def test_spans_of_the_telemetry_example(folder: Path, dsn: str) -> None:
    text = "\n".join(run(load(folder / "telemetry/traced.py"), dsn).lines)
    decoder = json.JSONDecoder()
    spans = []
    while (start := text.find("{\n")) >= 0:
        span, end = decoder.raw_decode(text[start:])
        text = text[start + end :]
        spans.append(span)
    select, division, work = spans
    assert select["name"] == "SELECT"
    assert select["attributes"]["db.query.text"] == "SELECT generate_series(1, %s)"
    assert select["attributes"]["db.response.returned_rows"] == 3
    assert select["parent_id"] == division["parent_id"] == work["context"]["span_id"]
    assert division["status"]["status_code"] == "ERROR"
    assert select["start_time"] < select["end_time"]
