"""Twins that were written by hand, beside those that would be generated."""
