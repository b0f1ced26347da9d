"""Where a string stands: whether it is a type, an export, a docstring, or a text."""

from __future__ import annotations

import libcst as cst

from ...syntax.nodes import targets_of
from ..symbols.renames import is_named_like_class
from ..types.typed_names import TypedNames

_TYPING = ("typing", "typing_extensions")
_CALLS = {
    f"{home}.{n}"
    for home in _TYPING
    for n in ("assert_type", "cast", "ForwardRef", "NewType", "TypeVar")
} | {"annotationlib.ForwardRef"}
_LITERALS = {f"{home}.Literal" for home in _TYPING}
_ANNOTATED = {f"{home}.Annotated" for home in _TYPING}
_ALIASES = {f"{home}.TypeAlias" for home in _TYPING}
_GENERIC_HOMES = {*_TYPING, "collections.abc"}
_GENERICS = {
    f"builtins.{n}" for n in ("dict", "frozenset", "list", "set", "tuple", "type")
}
# Of these only the first argument is looked at.
_NAMING = {"builtins.type", "collections.namedtuple", "dataclasses.make_dataclass",
           "enum.Enum", "enum.IntEnum", "enum.StrEnum", "enum.Flag",
           "enum.IntFlag"} | {
    f"{home}.{n}"
    for home in _TYPING
    for n in ("NamedTuple", "ParamSpec", "TypeAliasType", "TypedDict", "TypeVarTuple")
}  # fmt: skip
# Those that are given fields with their types.
_WITH_FIELDS = {f"{home}.{n}" for home in _TYPING for n in ("NamedTuple", "TypedDict")}
_WITH_FIELDS |= {"dataclasses.make_dataclass"}
# `X["name"]` of these is a member.
_ENUMS = {
    f"enum.{n}" for n in ("Enum", "IntEnum", "StrEnum", "Flag", "IntFlag", "ReprEnum")
}

# These are given dotted paths.
BY_PATH = {
    *(f"unittest.mock.patch{each}" for each in ("", ".dict", ".multiple")),
    *("importlib.import_module", "pkgutil.resolve_name", "pydoc.locate"),
    *("pytest.MonkeyPatch.setattr", "pytest.MonkeyPatch.delattr"),
    *("pytest_mock.MockerFixture.patch", "builtins.__import__"),
}
# What the fixtures of pytest give to parameters of these names.
_FIXTURES = {
    "mocker": "pytest_mock.MockerFixture",
    "monkeypatch": "pytest.MonkeyPatch",
}


def function_by_fixtures(names: TypedNames, function: cst.BaseExpression) -> str | None:
    """Return the qualified name of a function, or of a method of a known object."""
    qualified = names.qualified(function)
    if qualified is None and isinstance(function, cst.Attribute):
        owner = names.owner(function.value)
        if owner is None and isinstance(function.value, cst.Name):
            owner = _FIXTURES.get(function.value.value)
        return f"{owner}.{function.attr.value}"
    return qualified


def is_type(names: TypedNames, string: cst.CSTNode) -> bool:
    """Return whether a string is a type or the name of one, not text."""
    inner: cst.CSTNode = string
    for node in names.ancestors(string):
        if isinstance(node, (cst.Annotation, cst.TypeAlias, cst.TypeParam)):
            return True
        if isinstance(node, cst.AnnAssign) and _is_alias(names, node):
            return True
        if isinstance(node, cst.Subscript):
            generic = names.qualified(node.value)
            if generic in _LITERALS:
                return False
            if generic in _ANNOTATED and inner is not node.slice[0]:
                return False
            if generic is not None and _is_generic(names, generic):
                return True
            if inner is not node.value and _is_base(names, node):
                return True
        if isinstance(node, cst.Call):
            called = names.qualified(node.func)
            is_first = bool(node.args) and node.args[0].value is string
            is_field = called in _WITH_FIELDS and _is_type_of_field(names, string)
            return called in _CALLS or is_field or (is_first and called in _NAMING)
        if isinstance(node, cst.Assign) and _assigns_annotation(node):
            return True
        if isinstance(node, cst.BaseStatement):
            return False
        inner = node
    return False


def _is_base(names: TypedNames, node: cst.Subscript) -> bool:
    """Recognize `Base["T"]` in `class Derived(Base["T"])`."""
    argument = names.parent(node)
    owner = names.parent(argument) if isinstance(argument, cst.Arg) else None
    return isinstance(owner, cst.ClassDef) and argument in owner.bases


def _is_type_of_field(names: TypedNames, string: cst.CSTNode) -> bool:
    """Recognize `"T"` of `{"field": "T"}` and of `[("field", "T")]`."""
    holder = names.parent(string)
    if isinstance(holder, cst.DictElement):
        return holder.value is string
    pair = names.parent(holder) if isinstance(holder, cst.Element) else None
    return (
        isinstance(pair, cst.Tuple)
        and len(pair.elements) in (2, 3)
        and pair.elements[1] is holder
    )


def _is_generic(names: TypedNames, qualified: str) -> bool:
    """Return whether types are given in `[]`, and not keys of a table.

    That is every class but an enumeration, and but one that says itself what `[]` is.
    """
    if qualified in _GENERICS or qualified.rpartition(".")[0] in _GENERIC_HOMES:
        return True
    known = names.definitions
    if qualified in known.classes:
        bases = set(known.bases(qualified))
        own = {f"{each}.__class_getitem__" for each in bases} & known.members
        return not (bases & _ENUMS or own)
    home, _, last = qualified.rpartition(".")
    is_class = is_named_like_class(qualified) and not last.isupper()
    return is_class and bool(home) and known.module_of(qualified) is None


def _assigns_annotation(statement: cst.Assign) -> bool:
    """Recognize `f.__annotations__["x"] = ...`, and `__annotations__ = {...}`."""
    targets = [each.target for each in statement.targets]
    bare = [each.value if isinstance(each, cst.Subscript) else each for each in targets]
    names = [each.attr if isinstance(each, cst.Attribute) else each for each in bare]
    return any(
        isinstance(each, cst.Name) and each.value == "__annotations__" for each in names
    )


def _is_alias(names: TypedNames, node: cst.AnnAssign) -> bool:
    """Return whether a statement defines a name for a type."""
    return names.qualified(names.unquoted(node.annotation.annotation)) in _ALIASES


def is_export(names: TypedNames, string: cst.CSTNode) -> bool:
    """Recognize a string of `__all__`."""
    return any(map(_assigns_all, names.ancestors(string)))


def _assigns_all(node: cst.CSTNode) -> bool:
    targets = targets_of(node)
    if isinstance(node, cst.Call) and isinstance(node.func, cst.Attribute):
        targets = [node.func.value]  # __all__.extend([...])
    return any(isinstance(t, cst.Name) and t.value == "__all__" for t in targets)


def is_asked_for(names: TypedNames, string: cst.CSTNode) -> bool:
    """Recognize a string that `__getattr__` of the module compares, or looks up.

    That is one in the function, or in what the module assigns to a name in it; and so
    what `__dir__` of the module returns.
    """
    functions = [
        each
        for each in names.tree.body
        if isinstance(each, cst.FunctionDef)
        and each.name.value in ("__dir__", "__getattr__")
    ]
    if not functions or is_docstring(names, string):
        return False
    holders = list(names.ancestors(string))
    if any(each in holders for each in functions):
        return True
    targets = [target for each in holders for target in targets_of(each)]
    used = {
        name.value
        for name in names.nodes.of(cst.Name)
        if any(each in functions for each in names.ancestors(name))
    }
    return names.enclosing(string, cst.FunctionDef, cst.ClassDef) is None and any(
        isinstance(each, cst.Name) and each.value in used for each in targets
    )


def is_docstring(names: TypedNames, string: cst.CSTNode) -> bool:
    """Recognize the string that a module, class or function begins with."""
    statement = names.parent(string)
    line = names.parent(statement) if isinstance(statement, cst.Expr) else None
    if not isinstance(line, cst.SimpleStatementLine):
        return False
    block = names.parent(line)
    if isinstance(block, cst.IndentedBlock):
        holder = names.parent(block)
        if not isinstance(holder, (cst.ClassDef, cst.FunctionDef)):
            return False
    elif not isinstance(block, cst.Module):
        return False
    return block.body[0] is line
