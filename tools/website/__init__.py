"""Builds the documentation site from the texts of the repository (`nox -s docs`)."""
