"""Which loaders and dumpers are for a value, and in which format it is sent."""
