"""The rules of twingen, one in each file.

Every module in this folder is imported: a new file is a new rule.
"""

from __future__ import annotations

import pkgutil
from importlib import import_module

from .rule import Rule

# What a rule is, and what rules share.
_OTHERS = {"rule", "shared"}


def _load() -> tuple[Rule, ...]:
    found: list[Rule] = []
    for module in pkgutil.iter_modules(__path__):
        if module.name in _OTHERS:
            continue
        contents = vars(import_module(f"{__name__}.{module.name}"))
        rules = [value for value in contents.values() if isinstance(value, Rule)]
        if len(rules) != 1:
            raise AssertionError(f"rules/{module.name}.py must define exactly one rule")
        found.extend(rules)
    codes = [rule.code for rule in found]
    if len(set(codes)) != len(codes):
        raise AssertionError("two rules share one code")
    return tuple(sorted(found, key=lambda rule: rule.code))


RULES = _load()
