"""Values: which class they are of, and what tests for that say."""
