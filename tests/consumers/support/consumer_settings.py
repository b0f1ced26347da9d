"""Django's settings: the databases of its test suite, by the engine that is tried."""

from __future__ import annotations

import os
from typing import Any

from psycopg.conninfo import conninfo_to_dict

_params = conninfo_to_dict(os.environ["CONSUMER_DSN"])

if os.environ["CONSUMER_DRIVER"] == "pgtwin":
    import pgtwin

    pgtwin.install_as_psycopg()


def _database(name: str) -> dict[str, Any]:
    return {
        "ENGINE": os.environ["CONSUMER_ENGINE"],
        "NAME": name,
        "USER": _params["user"],
        "HOST": _params["host"],
        "PORT": _params["port"],
    }


DATABASES = {"default": _database("django_one"), "other": _database("django_two")}
SECRET_KEY = "not secret"
USE_TZ = False
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
DEFAULT_AUTO_FIELD = "django.db.models.AutoField"
TEST_RUNNER = "consumer_runner.Runner"
