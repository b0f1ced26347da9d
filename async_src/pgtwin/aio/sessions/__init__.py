"""The parts of one session with a server."""
