# renames: Async* = *
import importlib
import sys


class AsyncDriver: ...


def load(name):
    module = importlib.import_module(f".{name}", __package__)
    return module.AsyncDriver, importlib.import_module(name).AsyncDriver


def loaded(name):
    return sys.modules[name].AsyncDriver

# ---- twin ----
# renames: Async* = *
import importlib
import sys


class Driver: ...


def load(name):
    module = importlib.import_module(f".{name}", __package__)
    return module.Driver, importlib.import_module(name).Driver


def loaded(name):
    return sys.modules[name].Driver
