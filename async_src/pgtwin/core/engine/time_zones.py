"""What the clocks of time zones show, as tables for C, which then asks no zone.

Of each moment a table says what `zone.fromutc()` says, or that the zone must be
asked. A `ZoneInfo` changes only at the times that its file lists and, after the last
of them, at most twice in a year of UTC. So the file's times, and the two changes that
are found in each later year, are all the changes; what the clocks show between them is
what the zone itself says. Where that is not so, as with the file of another version,
the zone must be asked.
"""

from __future__ import annotations

import datetime as dt
import struct
import zoneinfo
from array import array
from bisect import bisect_left
from collections.abc import Callable
from contextlib import suppress
from functools import lru_cache
from itertools import pairwise
from pathlib import Path

EPOCH = dt.datetime(1970, 1, 1)
SECOND = dt.timedelta(seconds=1)
# How often a zone is looked at: one that changes twice a year shows it.
STEP = 60 * 86400
EVER = -(2**63)
ASK = -1  # in the place of a fold
# No zone was changed before. It is asked about what comes after: to find the changes of
# a year takes some time.
FIRST_YEAR, LAST_YEAR = 1840, 2069

# Seconds east of UTC, and the fold, at a moment in seconds since 1970.
Shown = tuple[int, int]
Clocks = Callable[[int], Shown]
# The moment from which on that is so.
Interval = tuple[int, int, int]

ASK_ALWAYS: list[Interval] = [(EVER, 0, ASK)]


@lru_cache(maxsize=64)
def make_table(zone: dt.tzinfo) -> bytes:
    """Return the intervals of a zone, three `int64_t` each, times in microseconds."""
    table = array("q")
    for start, offset, fold in find_intervals(zone):
        table.extend((max(start * 10**6, EVER), offset * 10**6, fold))
    return table.tobytes()


def find_intervals(zone: dt.tzinfo) -> list[Interval]:
    """Return what the clocks of a zone show, in the order of time."""
    if zone is dt.timezone.utc:
        return [(EVER, 0, 0)]
    # What another class, or a subclass, says about a moment is not known from a file.
    data = _read(zone.key) if type(zone) is zoneinfo.ZoneInfo else None
    if data is None or data[:4] != b"TZif" or data[4:5] < b"2":
        return ASK_ALWAYS

    epoch = EPOCH.replace(tzinfo=zone)

    def clocks(moment: int) -> Shown:
        utc = epoch + dt.timedelta(seconds=moment)
        local = zone.fromutc(utc)
        return (local - utc) // SECOND, local.fold

    changes, has_rule = _parse(data)
    return _find_between(clocks, changes, has_rule)


def _read(key: str | None) -> bytes | None:
    """Return the file that `ZoneInfo(key)` reads."""
    if key is None:
        return None
    for folder in zoneinfo.TZPATH:
        path = Path(folder, key)
        if path.is_file():
            return path.read_bytes()
    import pkgutil  # seldom needed, and slow to import

    with suppress(OSError):
        return pkgutil.get_data("tzdata", f"zoneinfo/{key}")
    return None


def _parse(data: bytes) -> tuple[list[int], bool]:
    """Return when a file's zone changes, and whether it does by a rule afterwards."""
    # RFC 9636: a header and data with times of 32 bits, the same with 64, a rule.
    header = struct.Struct(">20x6l")
    start = 0
    for size in (4, 8):
        isut, isstd, leaps, times, types, letters = header.unpack_from(data, start)
        start += header.size
        end = start + times * (size + 1) + types * 6 + letters
        end += leaps * (size + 4) + isstd + isut
        if size == 4:
            start = end
    return list(struct.unpack_from(f">{times}q", data, start)), b"," in data[end:]


def _find_between(clocks: Clocks, changes: list[int], has_rule: bool) -> list[Interval]:
    """Return the intervals between changes; the zone shows what they are."""
    end = _start_of(LAST_YEAR + 1)
    changes = [each for each in changes if each < end]
    before_rule = None
    if has_rule:
        if not changes:
            return ASK_ALWAYS
        # How often the rule applies in what is left of this year is not known.
        before_rule = changes[-1]
        for year in range((EPOCH + before_rule * SECOND).year + 1, LAST_YEAR + 1):
            found = _find_two(clocks, _start_of(year), _start_of(year + 1))
            if found is None:
                return ASK_ALWAYS
            changes += [_start_of(year), *found]
    first = changes[0] if changes else end
    shown = clocks(first - 1)
    if not _are_constant(clocks, min(_start_of(FIRST_YEAR), first - 1), first, shown):
        return ASK_ALWAYS
    intervals = [(EVER, *shown)]
    for start, stop in pairwise([*changes, end]):
        if start == before_rule:
            intervals.append((start, 0, ASK))
            continue
        offset, fold = clocks(start)
        if fold:  # as long as the clocks show what they have shown before
            again = min(stop, start + clocks(start - 1)[0] - offset)
            if not _are_constant(clocks, start, again, (offset, 1)):
                return ASK_ALWAYS
            intervals.append((start, offset, 1))
            start = again
        if start < stop:
            if not _are_constant(clocks, start, stop, (offset, 0)):
                return ASK_ALWAYS
            intervals.append((start, offset, 0))
    return [*intervals, (end, 0, ASK)]


def _start_of(year: int) -> int:
    return (dt.datetime(year, 1, 1) - EPOCH) // SECOND


def _find_two(clocks: Clocks, start: int, end: int) -> list[int] | None:
    """Return the two changes of offset within a time, `None` if others are found."""
    found = []
    for first, last in pairwise([*range(start, end, STEP), end - 1]):
        before = clocks(first)[0]
        if clocks(last)[0] != before:
            moments = range(first, last + 1)
            place = bisect_left(
                moments, True, key=lambda each: clocks(each)[0] != before
            )
            found.append(moments[place])
    return found if len(found) == 2 else None


def _are_constant(clocks: Clocks, start: int, end: int, shown: Shown) -> bool:
    """Return whether clocks show the same all through a time."""
    return all(clocks(each) == shown for each in (*range(start, end, STEP), end - 1))
