"""Converts rows to COPY data, and COPY data to rows."""
