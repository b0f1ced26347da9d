"""Connections, with their transactions, pipelines and notifications."""
