"""The pages of the API tell what each parameter means."""

from __future__ import annotations

import inspect
from collections.abc import Iterator
from importlib import import_module

from tools.website import parameters
from tools.website.reference import CONSTRUCTED, FORMS, TOPICS


def public() -> Iterator[tuple[str, str]]:
    """Yield the public methods of the classes with a page, and their parameters."""
    package, prefix, _ = FORMS["async"]
    for topic, (_, modules) in TOPICS.items():
        for module, names in modules.items():
            for name in names:
                kind = getattr(import_module(f"{package}.{module}"), prefix + name)
                for method in dir(kind):
                    value = inspect.getattr_static(kind, method)
                    function = getattr(value, "__func__", value)
                    if not inspect.isfunction(function) or not has_page(topic, method):
                        continue
                    if not function.__module__.startswith("pgtwin"):
                        continue  # inherited from psycopg_pool
                    for each in inspect.signature(function).parameters:
                        if each not in ("self", "cls"):
                            yield method, each


def has_page(topic: str, method: str) -> bool:
    """Return whether the page of a topic shows a method with its parameters."""
    if method == "__init__":
        return topic in CONSTRUCTED
    return not method.startswith("_")


def test_every_parameter_is_told() -> None:
    missing = {each for each in public() if parameters.meaning(*each) is None}
    assert not missing, f"say what they mean in tools/website/parameters.py: {missing}"


def test_nothing_else_is_told() -> None:
    names = {name for _, name in public()}
    assert not set(parameters.MEANINGS) - names
    assert not set(parameters.SPECIAL) - {".".join(each) for each in public()}


def test_every_example_shows_its_method() -> None:
    for method in parameters.EXAMPLES:
        for package in parameters.FOLDERS:
            assert f".{method}(" in parameters.example(method, package)
