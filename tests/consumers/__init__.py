"""The tests of libraries that use psycopg, with psycopg and with pgtwin.

    python -m tests.consumers [LIBRARY ...]

The libraries are those of the package index, and so are their tests where a
source distribution has them; nothing in them is changed but where their server is.
"""
