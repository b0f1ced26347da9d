"""Which servers to try, and what is said of those that refuse."""
