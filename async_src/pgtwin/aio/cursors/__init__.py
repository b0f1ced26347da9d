"""Cursors, as users hold them: results, streams and COPY too."""
