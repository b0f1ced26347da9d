"""What the names and values of a source stand for: the questions that rules ask."""
