"""Moments in time zones by the native core, beside what the zones say themselves."""

from __future__ import annotations

import datetime as dt
import struct
import zoneinfo
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given, settings, strategies as st
from psycopg import pq

from pgtwin.core.engine import time_zones
from tests.native.test_rows import ZONES, core, made_of

EPOCH = dt.datetime(1970, 1, 1)
OF_2000 = dt.datetime(2000, 1, 1)
SECOND, MICROSECOND = dt.timedelta(seconds=1), dt.timedelta(microseconds=1)
KEYS = [key for key in ZONES if key[0] != "<"]
# From 1900 to 2100, each fifteen weeks and some, so that no hour is left out.
OFTEN = range(-2208988800, 4102444800, 105 * 86400 + 3601)


def load(zone: dt.tzinfo, moments: Iterable[dt.datetime]) -> list[Any]:
    """Return moments as C reads them; a string where that is left to the loader."""
    data = [struct.pack("!q", (each - OF_2000) // MICROSECOND) for each in moments]
    column = (
        core.pgtwin_native.KINDS["TIMESTAMPTZ"],
        lambda data: "left to the loader",
        (zone, time_zones.make_table(zone)),
    )
    loader = core.pgtwin_native.RowLoader(lambda oid, form: column)
    result = made_of("timestamptz", pq.Format.BINARY, *data)
    loader.set_pgresult(result)
    return [value for (value,) in loader.load_rows(0, result.ntuples, tuple)]


def differences(zone: dt.tzinfo, moments: list[dt.datetime]) -> list[Any]:
    """Return the moments, of those that the zone can show, which C shows otherwise."""
    found = []
    for utc, value in zip(moments, load(zone, moments), strict=True):
        expected = zone.fromutc(utc.replace(tzinfo=zone))
        assert value.tzinfo is zone
        if (expected.replace(tzinfo=None), expected.fold) != (
            value.replace(tzinfo=None),
            value.fold,
        ):
            found.append((utc, expected, value))
    return found


def about(changes: Iterable[int]) -> list[dt.datetime]:
    """Return moments close to changes."""
    return [
        EPOCH + (change + step) * SECOND - before * MICROSECOND
        for change in changes
        for step in (-1, 0, 1)
        for before in (0, 1)
    ]


def starts(zone: zoneinfo.ZoneInfo) -> list[int]:
    """Return when the intervals of a zone start: its changes, and the ends of folds."""
    return [
        start
        for start, _, _ in time_zones.find_intervals(zone)
        if start != time_zones.EVER
    ]


@pytest.mark.parametrize("letters", ["A", "E", "BCDFGHIJKLMNOPQRSTUVWXYZ"])
def test_every_zone(letters: str) -> None:
    keys = [key for key in zoneinfo.available_timezones() if key[0] in letters]
    assert keys
    often = [EPOCH + each * SECOND for each in OFTEN]
    for key in keys:
        zone = zoneinfo.ZoneInfo(key)
        assert time_zones.find_intervals(zone) != time_zones.ASK_ALWAYS, key
        assert differences(zone, [*about(starts(zone)), *often]) == [], key


@pytest.mark.parametrize("key", KEYS)
@settings(deadline=None)
@given(
    st.lists(
        st.datetimes(dt.datetime(1, 1, 3), dt.datetime(9999, 12, 29)), max_size=50
    ),
    st.lists(
        st.datetimes(dt.datetime(1900, 1, 1), dt.datetime(2100, 1, 1)), max_size=50
    ),
)
def test_any_moment(
    key: str, ever: list[dt.datetime], nearby: list[dt.datetime]
) -> None:
    assert differences(zoneinfo.ZoneInfo(key), ever + nearby) == []


def test_moments_beyond_the_calendar() -> None:
    first, last = dt.datetime.min, dt.datetime.max
    east, west = zoneinfo.ZoneInfo("Asia/Tokyo"), zoneinfo.ZoneInfo("America/Lima")
    assert load(east, [last]) == ["left to the loader"]
    assert load(west, [first]) == ["left to the loader"]
    assert differences(east, [first]) == []
    assert differences(west, [last]) == []


# ------------------------------------------------------------------ files


def file_of(changes: list[int], offsets: list[int], rule: str) -> bytes:
    """Return the file of a zone that changes to offsets in turn, then by a rule."""
    header = struct.Struct(">5s15x6l")
    first = header.pack(b"TZif2", 0, 0, 0, 0, 1, 4) + bytes(6) + b"LMT\0"
    data = header.pack(b"TZif2", 0, 0, 0, len(changes), len(offsets) + 1, 4)
    data += struct.pack(f">{len(changes)}q", *changes)
    data += bytes(1 + place % len(offsets) for place in range(len(changes)))
    data += b"".join(struct.pack(">lBB", each, 0, 0) for each in (0, *offsets))
    return first + data + b"LMT\0" + f"\n{rule}\n".encode()


@pytest.fixture
def folder(tmp_path: Path) -> Iterator[Path]:
    """Give the only folder in which files of zones are looked for."""
    before = zoneinfo.TZPATH
    zoneinfo.reset_tzpath([str(tmp_path)])
    yield tmp_path
    zoneinfo.reset_tzpath(before)


CHANGES, OFFSETS = [-1_700_000_000, 100_000_000, 116_000_000], [3600, 7200]


@pytest.mark.parametrize(
    ("rule", "asked"),
    [
        ("CET-1", False),
        ("CET-1CEST,M3.5.0,M10.5.0/3", False),
        ("IST-1GMT0,M10.5.0,M3.5.0/1", False),
        ("XXX3EDT4,J60/0,300/2", False),
        ("XXX-2<+01>-1,0/0,J365/23", True),  # no change in a year
        ("AAA-10BBB,M12.5.0,M1.1.0/1", True),  # three in some
    ],
)
def test_rules(folder: Path, rule: str, asked: bool) -> None:
    (folder / "Rule").write_bytes(file_of(CHANGES, OFFSETS, rule))
    zone = zoneinfo.ZoneInfo.no_cache("Rule")
    assert (time_zones.find_intervals(zone) == time_zones.ASK_ALWAYS) == asked
    often = [EPOCH + each * SECOND for each in OFTEN]
    assert differences(zone, [*about(CHANGES), *about(starts(zone)), *often]) == []


def test_file_that_was_replaced(folder: Path) -> None:
    path, rule = folder / "Replaced", "CET-1CEST,M3.5.0,M10.5.0/3"
    path.write_bytes(file_of(CHANGES, OFFSETS, rule))
    zone = zoneinfo.ZoneInfo.no_cache("Replaced")
    for other in (
        file_of(CHANGES[:1], OFFSETS, "CET-1"),
        file_of(CHANGES[1:], OFFSETS, rule),
        file_of(CHANGES, OFFSETS, "CET-1"),
        b"TZif" + bytes(100),
        b"nothing",
    ):
        path.write_bytes(other)
        assert time_zones.find_intervals(zone) == time_zones.ASK_ALWAYS
    path.unlink()
    assert time_zones.find_intervals(zone) == time_zones.ASK_ALWAYS


def test_zones_of_other_classes() -> None:
    class Other(zoneinfo.ZoneInfo):
        pass

    with Path(zoneinfo.TZPATH[0], "Europe/Berlin").open("rb") as file:
        nameless = zoneinfo.ZoneInfo.from_file(file)
    fixed = dt.timezone(dt.timedelta(hours=3))
    for zone in (Other("Europe/Berlin"), nameless, fixed):
        assert time_zones.find_intervals(zone) == time_zones.ASK_ALWAYS
        assert differences(zone, [EPOCH, OF_2000]) == []
