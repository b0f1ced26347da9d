"""What belongs to one session with a server, whoever uses it."""
