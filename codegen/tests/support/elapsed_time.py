"""How long something took, in words that a busy machine does not change."""

from __future__ import annotations

import time

# Seconds by which a machine that stands still may be late; what is wrong takes longer.
LATE = 30.0
# Seconds by which clocks may differ.
EARLY = 0.02


def took(start: float, seconds: float) -> str:
    """Return the seconds, or more words where it took fewer, or many more.

    `start` is a moment of `time.monotonic()`, which the loop's clock is as well.
    """
    elapsed = time.monotonic() - start
    if seconds - EARLY < elapsed < seconds + LATE:
        return f"{seconds} s"
    return f"{elapsed} s instead of {seconds} s"
