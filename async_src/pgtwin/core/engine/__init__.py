"""The engine contract, and the engine in Python."""
