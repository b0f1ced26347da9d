# renames: Async* = *
import importlib


def load(name, other):
    return importlib.import_module(name).AsyncDriver, other.AsyncDriver
