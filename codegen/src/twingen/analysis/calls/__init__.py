"""Calls: what they give, and whether it is awaited."""
