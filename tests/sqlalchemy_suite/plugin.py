"""SQLAlchemy's pytest plugin, for a server that may lack PostgreSQL's extensions."""

from __future__ import annotations

from typing import Any

import sqlalchemy.dialects.postgresql.provision  # noqa: F401 (what is replaced here)
from sqlalchemy import Engine, text
from sqlalchemy.testing.provision import post_configure_engine

pytest_plugins = ["sqlalchemy.testing.plugin.pytestplugin"]


@post_configure_engine.for_db("postgresql")  # type: ignore[untyped-decorator]
def create_extensions(url: Any, engine: Engine, follower_ident: Any) -> None:
    """Create those of the extensions that the suite has types for which there are."""
    available = text(
        "SELECT name FROM pg_available_extensions WHERE name IN ('citext', 'hstore')"
    )
    with engine.begin() as connection:
        for name in connection.scalars(available).all():
            connection.execute(text(f"CREATE EXTENSION IF NOT EXISTS {name}"))
