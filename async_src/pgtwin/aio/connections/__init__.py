"""Connections, as users hold them: transactions, pipelines and notifications too."""
