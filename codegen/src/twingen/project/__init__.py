"""A configured project: its sources, their conversion, its files on the disk."""
