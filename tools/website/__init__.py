"""Builds the documentation site from the repository's own texts (`nox -s docs`)."""
