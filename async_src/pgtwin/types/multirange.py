"""Multiranges.

Names of psycopg's public module of the same name; what is fetched from a server
is ours.
"""

from psycopg.types.multirange import (
    BaseMultirangeDumper as BaseMultirangeDumper,
    BaseMultirangeLoader as BaseMultirangeLoader,
    DateMultirange as DateMultirange,
    DateMultirangeBinaryDumper as DateMultirangeBinaryDumper,
    DateMultirangeBinaryLoader as DateMultirangeBinaryLoader,
    DateMultirangeDumper as DateMultirangeDumper,
    DateMultirangeLoader as DateMultirangeLoader,
    Int4Multirange as Int4Multirange,
    Int4MultirangeBinaryDumper as Int4MultirangeBinaryDumper,
    Int4MultirangeBinaryLoader as Int4MultirangeBinaryLoader,
    Int4MultirangeDumper as Int4MultirangeDumper,
    Int4MultirangeLoader as Int4MultirangeLoader,
    Int8Multirange as Int8Multirange,
    Int8MultirangeBinaryDumper as Int8MultirangeBinaryDumper,
    Int8MultirangeBinaryLoader as Int8MultirangeBinaryLoader,
    Int8MultirangeDumper as Int8MultirangeDumper,
    Int8MultirangeLoader as Int8MultirangeLoader,
    Multirange as Multirange,
    MultirangeBinaryDumper as MultirangeBinaryDumper,
    MultirangeBinaryLoader as MultirangeBinaryLoader,
    MultirangeDumper as MultirangeDumper,
    MultirangeLoader as MultirangeLoader,
    NumericMultirange as NumericMultirange,
    NumericMultirangeBinaryDumper as NumericMultirangeBinaryDumper,
    NumericMultirangeBinaryLoader as NumericMultirangeBinaryLoader,
    NumericMultirangeDumper as NumericMultirangeDumper,
    NumericMultirangeLoader as NumericMultirangeLoader,
    TimestampMultirange as TimestampMultirange,
    TimestampMultirangeBinaryDumper as TimestampMultirangeBinaryDumper,
    TimestampMultirangeBinaryLoader as TimestampMultirangeBinaryLoader,
    TimestampMultirangeDumper as TimestampMultirangeDumper,
    TimestampMultirangeLoader as TimestampMultirangeLoader,
    TimestamptzMultirange as TimestamptzMultirange,
    TimestamptzMultirangeBinaryDumper as TimestamptzMultirangeBinaryDumper,
    TimestampTZMultirangeBinaryLoader as TimestampTZMultirangeBinaryLoader,
    TimestamptzMultirangeDumper as TimestamptzMultirangeDumper,
    TimestampTZMultirangeLoader as TimestampTZMultirangeLoader,
    register_default_adapters as register_default_adapters,
    register_multirange as register_multirange,
)

from pgtwin.types.info import MultirangeInfo as MultirangeInfo
