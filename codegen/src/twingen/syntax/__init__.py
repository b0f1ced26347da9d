"""Text and its trees: read, walked through, written, laid out; nothing of meaning."""
