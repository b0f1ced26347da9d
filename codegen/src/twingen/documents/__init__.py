"""Examples in documentation: where they stand, and which lines of them are code."""
