"""Ranges.

Names of psycopg's public module of the same name; what is fetched from a server
is ours.
"""

from psycopg.types.range import (
    BaseRangeDumper as BaseRangeDumper,
    BaseRangeLoader as BaseRangeLoader,
    DateRange as DateRange,
    DateRangeBinaryDumper as DateRangeBinaryDumper,
    DateRangeBinaryLoader as DateRangeBinaryLoader,
    DateRangeDumper as DateRangeDumper,
    DateRangeLoader as DateRangeLoader,
    Int4Range as Int4Range,
    Int4RangeBinaryDumper as Int4RangeBinaryDumper,
    Int4RangeBinaryLoader as Int4RangeBinaryLoader,
    Int4RangeDumper as Int4RangeDumper,
    Int4RangeLoader as Int4RangeLoader,
    Int8Range as Int8Range,
    Int8RangeBinaryDumper as Int8RangeBinaryDumper,
    Int8RangeBinaryLoader as Int8RangeBinaryLoader,
    Int8RangeDumper as Int8RangeDumper,
    Int8RangeLoader as Int8RangeLoader,
    NumericRange as NumericRange,
    NumericRangeBinaryDumper as NumericRangeBinaryDumper,
    NumericRangeBinaryLoader as NumericRangeBinaryLoader,
    NumericRangeDumper as NumericRangeDumper,
    NumericRangeLoader as NumericRangeLoader,
    Range as Range,
    RangeBinaryDumper as RangeBinaryDumper,
    RangeBinaryLoader as RangeBinaryLoader,
    RangeDumper as RangeDumper,
    RangeLoader as RangeLoader,
    TimestampRange as TimestampRange,
    TimestampRangeBinaryDumper as TimestampRangeBinaryDumper,
    TimestampRangeBinaryLoader as TimestampRangeBinaryLoader,
    TimestampRangeDumper as TimestampRangeDumper,
    TimestampRangeLoader as TimestampRangeLoader,
    TimestamptzRange as TimestamptzRange,
    TimestamptzRangeBinaryDumper as TimestamptzRangeBinaryDumper,
    TimestampTZRangeBinaryLoader as TimestampTZRangeBinaryLoader,
    TimestamptzRangeDumper as TimestamptzRangeDumper,
    TimestampTZRangeLoader as TimestampTZRangeLoader,
    register_default_adapters as register_default_adapters,
    register_range as register_range,
)

from pgtwin.types.info import RangeInfo as RangeInfo
