"""Where the sources ask for something by its name: `globals()["x"]`, `cls.__name__`."""

from __future__ import annotations

import re
from collections.abc import Mapping

import libcst as cst
from libcst.helpers import get_full_name_for_node

from .names import Names

_MANGLED = re.compile(r"_([^\W\d_]\w*?)(__\w*[^\W_]\w*)")
_NAMES_OF_CLASSES = {"__name__", "__qualname__"}
_NAMESPACES = {"builtins.globals", "builtins.locals", "builtins.vars"}
_LOOKING_UP = {"get", "pop", "setdefault"}


def twin_of_mangled(text: str, words: Mapping[str, str]) -> str | None:
    """Return what `_AsyncClient__x`, a private name of a class, is in the twin."""
    found = _MANGLED.fullmatch(text)
    if found is None:
        return None
    for word, twin in words.items():
        if word.lstrip("_") == found[1]:
            return f"_{twin.lstrip('_')}{found[2]}"
    return None


def is_name_of_class(node: cst.CSTNode | None) -> bool:
    """Recognize `cls.__name__`."""
    return isinstance(node, cst.Attribute) and node.attr.value in _NAMES_OF_CLASSES


def namespace_asked(names: Names, key: cst.CSTNode) -> cst.BaseExpression | None:
    """Return `globals()` of `globals()[key]`, `globals().get(key)`, `key in globals()`.

    Others are `locals()`, `vars()`, `vars(module)`, `module.__dict__`, `sys.modules`.
    """
    collection = collection_asked(names, key)
    if isinstance(collection, cst.Call):
        known = names.qualified(collection.func) in _NAMESPACES
        return collection if known else None
    is_dict = isinstance(collection, cst.Attribute) and (
        collection.attr.value == "__dict__"
    )
    return collection if is_dict else None


def collection_asked(names: Names, key: cst.CSTNode) -> cst.BaseExpression | None:
    """Return what is asked for a key: `x[key]`, `x.get(key)`, `key in x`."""
    parent = names.parent(key)
    if isinstance(parent, cst.Index):
        subscript = names.enclosing(parent, cst.Subscript)
        return subscript.value if subscript is not None else None
    if isinstance(parent, cst.Comparison) and len(parent.comparisons) == 1:
        target = parent.comparisons[0]
        contains = isinstance(target.operator, (cst.In, cst.NotIn))
        return target.comparator if contains else None
    if isinstance(parent, cst.Arg):
        call = names.parent(parent)
        if (
            isinstance(call, cst.Call)
            and isinstance(call.func, cst.Attribute)
            and call.func.attr.value in _LOOKING_UP
            and call.args[0] is parent
        ):
            return call.func.value
    return None


def is_compared_with_name(names: Names, string: cst.CSTNode) -> bool:
    """Recognize a string that is compared with the name of a class."""
    for node in names.ancestors(string):
        if isinstance(node, cst.Comparison):
            sides = [node.left, *(each.comparator for each in node.comparisons)]
            return any(map(is_name_of_class, sides))
        if isinstance(node, cst.Match):
            return is_name_of_class(node.subject)
        if isinstance(node, (cst.Call, cst.BaseStatement, cst.BaseSmallStatement)):
            return False
        if isinstance(node, cst.MatchCase):
            continue
    return False


def keyed_by_name(names: Names) -> set[str]:
    """Return the last names of the collections whose keys are names of classes."""
    found = set()
    for node in names.nodes.of(cst.Attribute):
        if not is_name_of_class(node):
            continue
        collection = collection_asked(names, node)
        if collection is None and isinstance(
            holder := names.parent(node), (cst.DictComp, cst.DictElement)
        ):
            if holder.key is not node:
                continue
            assign = names.enclosing(holder, cst.Assign, cst.AnnAssign)
            if isinstance(assign, cst.Assign):
                collection = assign.targets[0].target
            elif isinstance(assign, cst.AnnAssign):
                collection = assign.target
        name = get_full_name_for_node(collection) if collection is not None else None
        if name:
            found.add(name.rpartition(".")[2])
    return found
