"""A name that is computed at run time must have the same result in the twin.

These are refused if the twin has another name for what they find:

- names that are put together, such as `getattr(self, "async_" + op)`;
- names that are taken apart, such as `cls.__name__[5:]`, or `name.startswith("Async")`
  for the names in `globals()`;
- names from a table, such as `getattr(x, TABLE[key])`;
- code in a string for `eval()` or `exec()`, if it is asynchronous or contains a name
  that the twin spells in another way.
"""

from __future__ import annotations

import ast
import re
from collections.abc import Iterator, Mapping
from contextlib import suppress
from dataclasses import dataclass
from typing import NoReturn

import libcst as cst
from libcst.helpers import get_full_name_for_node

from ..analysis.symbols.names import Names
from ..analysis.symbols.names_in_strings import (
    collection_asked,
    is_name_of_class,
    namespace_asked,
)
from ..analysis.types.aliases import meant_by
from ..analysis.types.object_classes import class_of
from ..diagnostics.refusal import Refused
from .rule import Site, rewrite
from .shared.renamed_methods import twin_of_member

_BY_NAME = {f"builtins.{verb}attr" for verb in ("get", "has", "set", "del")}
_CODE = {f"builtins.{name}" for name in ("compile", "eval", "exec")}
_PIECES = {"count", "endswith", "find", "index", "lstrip", "partition", "removeprefix",
           "removesuffix", "replace", "rpartition", "rsplit", "rstrip", "split",
           "startswith", "strip"}  # fmt: skip
_RESPELLED = {"capitalize", "casefold", "lower", "swapcase", "upper"}
_PATTERNS = {
    f"re.{name}" for name in ("findall", "fullmatch", "match", "search", "split", "sub")
}
_ALL_NAMES = {f"builtins.{name}" for name in ("dir", "globals", "locals", "vars")}
_ALL_NAMES |= {"inspect.getmembers"}
_WORD = re.compile(r"[^\W\d_]+")

_ATTRIBUTE = (
    "give the classes an attribute that is the same on both sides, or mark the code "
    "`# twingen: async-only`"
)
_OBJECT = "keep the object itself instead of its name"


@rewrite("TW235", cst.Call, cst.Subscript)
def refuse_computed_name(site: Site[cst.Call | cst.Subscript]) -> None:
    old = site.old
    if isinstance(old, cst.Subscript):
        _check_slice(site, old)
        if len(old.slice) == 1 and isinstance(old.slice[0].slice, cst.Index):
            _check_key(site, old.slice[0].slice.value)
        return
    function = site.names.qualified(old.func)
    given = [each.value for each in old.args]
    if function in _CODE and given:
        _check_code(site, given[0])
    elif function in _BY_NAME and len(given) > 1:
        _check_member(site, given[0], given[1])
    elif function in _PATTERNS and any(map(is_name_of_class, given)):
        _check_pattern(site, given)
    elif isinstance(old.func, cst.Attribute):
        _check_piece(site, old.func, given)
        if given:
            _check_key(site, given[0])


def _words(site: Site[cst.Call | cst.Subscript]) -> Mapping[str, str]:
    renames = site.libraries.renames
    return renames.words() if renames is not None else {}


# -- names that are taken apart ---------------------------------------------------


def _check_slice(
    site: Site[cst.Call | cst.Subscript], subscript: cst.Subscript
) -> None:
    """Refuse `cls.__name__[5:]`, unless that is the same of both names."""
    one = subscript.slice[0].slice
    if not (is_name_of_class(subscript.value) and isinstance(one, cst.Slice)):
        return
    try:
        bounds = [None if b is None else _number(b) for b in (one.lower, one.upper)]
    except ValueError:
        bounds = [1, None]  # not known: what begins anew is another one
    cut = slice(*bounds)
    for word, twin in sorted(_words(site).items()):
        if word[cut] != twin[cut]:
            raise Refused(
                f"this takes apart the name of a class, such as {word}, which is "
                f"{twin} in the twin",
                _ATTRIBUTE,
            )


def _number(bound: cst.BaseExpression) -> int:
    """Return a bound that is written out; raises `ValueError` for others."""
    return int(cst.Module([]).code_for_node(bound))


def _check_piece(
    site: Site[cst.Call | cst.Subscript],
    function: cst.Attribute,
    given: list[cst.BaseExpression],
) -> None:
    """Refuse `name.startswith("Async")` of the name of something."""
    method, value = function.attr.value, function.value
    is_key = collection_asked(site.names, site.old) is not None
    if method in _RESPELLED and is_key and is_name_of_class(value) and _words(site):
        raise Refused(
            "this key is made from the name of a class, which may be different in the "
            "twin",
            _ATTRIBUTE,
        )
    if method in _PIECES and _is_name(site.names, value):
        _check_result(site, method, given)


def _check_pattern(
    site: Site[cst.Call | cst.Subscript], given: list[cst.BaseExpression]
) -> None:
    """Refuse `re.match("Async(.*)", cls.__name__)`."""
    texts = [_literal(each) for each in given[:2]]
    pattern, other = [each.value if each else None for each in (*texts, None)][:2]
    for piece in _WORD.findall(pattern) if isinstance(pattern, str) else ():
        for word, twin in sorted(_words(site).items()):
            if piece in word and piece not in twin:
                if isinstance(other, str) and isinstance(pattern, str):  # re.sub()
                    with suppress(re.error):
                        if re.sub(pattern, other, word) == re.sub(pattern, other, twin):
                            continue
                _refuse_piece(piece, word, twin)


def _check_result(
    site: Site[cst.Call | cst.Subscript], method: str, given: list[cst.BaseExpression]
) -> None:
    """Refuse a method that answers differently of a name and of its twin."""
    texts = [each.value for each in map(_literal, given) if each is not None]
    if len(texts) < len(given):
        return
    pieces = [
        p for each in texts for p in (each if isinstance(each, tuple) else [each])
    ]
    for word, twin in sorted(_words(site).items()):
        found = next((p for p in pieces if p and p in word and p not in twin), None)
        if found is None:
            continue
        try:
            same = getattr(word, method)(*texts) == getattr(twin, method)(*texts)
        except (TypeError, ValueError):  # `index` says so of what is not there
            same = False
        if not same:
            _refuse_piece(found, word, twin)


@dataclass(frozen=True)
class _Literal:
    value: str | tuple[str, ...]


def _literal(node: cst.BaseExpression) -> _Literal | None:
    """Return a text, or a tuple of texts, that is written out."""
    if isinstance(node, cst.SimpleString):
        text = node.evaluated_value
        return _Literal(text) if isinstance(text, str) else None
    if isinstance(node, cst.Tuple):
        found = [_literal(each.value) for each in node.elements]
        texts = [f.value for f in found if f is not None and isinstance(f.value, str)]
        return _Literal(tuple(texts)) if len(texts) == len(node.elements) else None
    return None


def _refuse_piece(piece: str, word: str, twin: str) -> NoReturn:
    raise Refused(
        f"this looks for {piece} in names: {word} contains it, and is {twin} in the "
        "twin",
        _ATTRIBUTE,
    )


def _is_name(names: Names, value: cst.BaseExpression) -> bool:
    """Recognize the name of a class, or one of those that a namespace has."""
    if is_name_of_class(value):
        return True
    for target in names.targets(value):
        if isinstance(target, cst.Param):
            function = names.enclosing(target, cst.FunctionDef)
            if function is not None and function.name.value == "__getattr__":
                return names.enclosing(function, cst.ClassDef, cst.FunctionDef) is None
        for each in names.ancestors(target):
            if isinstance(each, (cst.For, cst.CompFor)):
                return _has_names(names, each.iter)
            if isinstance(each, cst.BaseStatement):
                break
    return False


def _has_names(names: Names, collection: cst.BaseExpression) -> bool:
    """Recognize `globals()`, `dir(x)`, `__all__`, and values made from them."""
    if isinstance(collection, cst.Call):
        if names.qualified(collection.func) in _ALL_NAMES:
            return True
        given = [each.value for each in collection.args]
        if isinstance(collection.func, cst.Attribute):
            given.append(collection.func.value)
        return any(_has_names(names, each) for each in given)
    if isinstance(collection, cst.Attribute):
        return collection.attr.value in ("__all__", "__dict__")
    return isinstance(collection, cst.Name) and collection.value == "__all__"


# -- names that are put together, or come from elsewhere --------------------------


def _check_key(site: Site[cst.Call | cst.Subscript], key: cst.BaseExpression) -> None:
    """Refuse `globals()[TABLE[x]]`, and such keys of what is keyed by class names."""
    if isinstance(key, cst.SimpleString):
        return  # see `named_string`
    names, words = site.names, _words(site)
    collection = collection_asked(names, key)
    last = get_full_name_for_node(collection) if collection is not None else None
    keyed = last is not None and last.rpartition(".")[2] in names.definitions.keyed
    if not (keyed or namespace_asked(names, key) is not None):
        return
    for text, node in _texts(names, key):
        if text in words:
            raise Refused(
                f"{text} is looked up by its name, which is {words[text]} in the twin",
                _OBJECT,
                node=node,
            )
    for word, twin in sorted(words.items()):
        _check_parts(names, key, word, twin)


def _check_member(
    site: Site[cst.Call | cst.Subscript],
    value: cst.BaseExpression,
    name: cst.BaseExpression,
) -> None:
    """Refuse `getattr(x, name)` for a name that the twin of x does not have."""
    if isinstance(name, cst.SimpleString):
        return  # see `named_string`
    for text, node in _texts(site.names, name):
        twin = twin_of_member(site, value, text) if text.isidentifier() else None
        if twin is not None and twin != text:
            raise Refused(
                f"{text} is looked up by its name, which is {twin} in the twin",
                _OBJECT,
                node=node,
            )
    if any(_ends(each) for each in meant_by(site.names, name)):
        for word in sorted(_members(site, value)):
            twin = _twin_or_none(site, value, word)
            if twin is not None and twin != word:
                _check_parts(site.names, name, word, twin)


def _twin_or_none(
    site: Site[cst.Call | cst.Subscript], value: cst.BaseExpression, word: str
) -> str | None:
    try:
        return twin_of_member(site, value, word)
    except Refused:  # it has several, and none that is sure
        return None


def _members(
    site: Site[cst.Call | cst.Subscript], value: cst.BaseExpression
) -> Iterator[str]:
    """Yield the names that an object may be asked for and that may be renamed."""
    known = site.names.definitions
    owner = class_of(site.names, value)
    if owner in known.classes and owner is not None:
        bases = set(known.bases(owner))
        members = (each.rpartition(".") for each in known.members)
        yield from (name for home, _, name in members if home in bases)
        return
    yield from (each.rpartition(".")[2] for each in known.members)
    yield from _words(site)


def _check_parts(names: Names, value: cst.BaseExpression, word: str, twin: str) -> None:
    """Refuse `"Async" + x` where it may be a word that the twin has not."""
    for each in meant_by(names, value):
        for before, after in _ends(each):
            if not before and not after:
                continue
            is_word = word.startswith(before) and word.endswith(after)
            if is_word and not (twin.startswith(before) and twin.endswith(after)):
                raise Refused(
                    f"this may make the name {word}, which is {twin} in the twin",
                    "choose among the objects themselves, by a table or by branches",
                )


def _texts(
    names: Names, value: cst.BaseExpression
) -> Iterator[tuple[str, cst.CSTNode]]:
    """Yield the texts that an expression may stand for."""
    for each in meant_by(names, value):
        text = each.evaluated_value if isinstance(each, cst.SimpleString) else None
        if isinstance(text, str):
            yield text, each


def _ends(value: cst.BaseExpression) -> list[tuple[str, str]]:
    """Return what a text that is put together begins and ends with, if that shows."""
    if isinstance(value, cst.BinaryOperation) and isinstance(value.operator, cst.Add):
        return [(_edge(value, left=True), _edge(value, left=False))]
    if isinstance(value, cst.BinaryOperation) and isinstance(
        value.operator, cst.Modulo
    ):
        text = _edge(value.left, left=True)
        return [(text.partition("%")[0], "")] if "%" in text else []
    if isinstance(value, cst.FormattedString) and value.parts:
        first, last = value.parts[0], value.parts[-1]
        return [
            (
                first.value if isinstance(first, cst.FormattedStringText) else "",
                last.value if isinstance(last, cst.FormattedStringText) else "",
            )
        ]
    if isinstance(value, cst.Call) and isinstance(value.func, cst.Attribute):
        text = _edge(value.func.value, left=True)
        if value.func.attr.value == "format" and "{" in text:
            return [(text.partition("{")[0], text.rpartition("}")[2])]
    return []


def _edge(value: cst.BaseExpression, *, left: bool) -> str:
    while isinstance(value, cst.BinaryOperation):
        value = value.left if left else value.right
    if isinstance(value, cst.FormattedString) and value.parts:
        part = value.parts[0 if left else -1]
        return part.value if isinstance(part, cst.FormattedStringText) else ""
    text = value.evaluated_value if isinstance(value, cst.SimpleString) else None
    return text if isinstance(text, str) else ""


# -- code in strings --------------------------------------------------------------


def _check_code(site: Site[cst.Call | cst.Subscript], code: cst.BaseExpression) -> None:
    for text, node in _texts(site.names, code):
        try:
            tree = ast.parse(text.strip())
        except (SyntaxError, ValueError, RecursionError, MemoryError):
            continue
        changed = next(
            filter(None, (_changed(site, each) for each in ast.walk(tree))), ""
        )
        if changed:
            raise Refused(
                f"this code in a string has {changed}, and code in strings is not "
                "converted",
                "write it as code, or mark it `# twingen: async-only`",
                node=node,
            )


def _changed(site: Site[cst.Call | cst.Subscript], node: ast.AST) -> str:
    """Return what of a code the twin has not, or spells otherwise."""
    if isinstance(node, (ast.Await, ast.AsyncFor, ast.AsyncWith, ast.AsyncFunctionDef)):
        return "what waits"
    if isinstance(node, (ast.Import, ast.ImportFrom)):
        modules = [node.module] if isinstance(node, ast.ImportFrom) else []
        modules += [each.name for each in node.names]
        known = site.names.definitions.modules
        for each in filter(None, modules):
            if each in known or site.libraries.is_closed(each):
                return each
    if isinstance(node, ast.Name):
        qualified = site.names.qualified(node.id, at=site.old)
        if qualified is None:
            return ""
        twin = site.libraries.local_name(qualified)
        closed = site.libraries.is_closed(qualified)
        return node.id if closed or twin != qualified.rpartition(".")[2] else ""
    return ""
