"""Tasks: which run at a time, what they share, and how long they may take."""
