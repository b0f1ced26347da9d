"""COPY data from rows, and rows from COPY data."""
