"""Columns and rows of Arrow: their types, and how they become values."""
