"""Examples in documentation: where they stand, and what becomes of them."""
