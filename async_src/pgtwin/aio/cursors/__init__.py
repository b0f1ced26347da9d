"""Cursors, with their results, streams and COPY."""
