"""A database backend for Django: `"ENGINE": "pgtwin.django"`.

Django's own backend for PostgreSQL in everything but the classes of connections,
cursors and pools; nothing is changed for other databases of the same project.
"""
