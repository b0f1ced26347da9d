"""Finds loaders and dumpers for values, and the format in which values are sent."""
