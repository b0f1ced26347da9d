"""Text and its trees: read, walked through, written; nothing of meaning."""
