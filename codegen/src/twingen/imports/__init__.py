"""The imports of a twin: what it needs, what nothing uses any more, in which order."""
