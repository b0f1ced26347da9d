"""The version of twingen, which distributions and reports have."""

__version__ = "0.1.0"
