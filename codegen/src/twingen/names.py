"""Which name means what, and where: scopes, imports, kinds of values.

Meaning is resolved through libcst's scopes and never guessed from spelling: a
function of the user's own that is called `sleep` has no qualified name of
`asyncio`, so no rule for `asyncio.sleep` ever sees it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import TypeVar

import libcst as cst
from libcst.helpers import get_absolute_module_for_import, get_full_name_for_node
from libcst.metadata import (
    Assignment,
    BaseAssignment,
    CodeRange,
    ImportAssignment,
    MetadataWrapper,
    ParentNodeProvider,
    PositionProvider,
    QualifiedName,
    QualifiedNameSource,
    Scope,
    ScopeProvider,
)

NodeT = TypeVar("NodeT", bound=cst.CSTNode)

class Names:
    """Answers about the nodes of one module, by its unchanged tree.

    `module` is the dotted import name of the source, `twin` that of its twin.
    """

    def __init__(
        self,
        tree: cst.Module,
        *,
        module: str,
        twin: str,
        is_package: bool,
        definitions: Definitions,
    ) -> None:
        self._wrapper = MetadataWrapper(tree, unsafe_skip_copy=True)
        self._scopes: Mapping[cst.CSTNode, Scope | None] = self._wrapper.resolve(
            ScopeProvider
        )
        self._parents = self._wrapper.resolve(ParentNodeProvider)
        self._attributes: dict[cst.ClassDef, dict[str, list[cst.CSTNode]]] = {}
        self._kinds: dict[cst.CSTNode, str | None] = {}
        self.tree = self._wrapper.module
        self.module = module
        self.twin = twin
        self.is_package = is_package
        self.definitions = definitions

    # -- the tree ---------------------------------------------------------

    def parent(self, node: cst.CSTNode) -> cst.CSTNode | None:
        return self._parents.get(node)

    def ancestors(self, node: cst.CSTNode) -> Iterator[cst.CSTNode]:
        """Yield the parents of a node, innermost first."""
        current = self.parent(node)
        while current is not None:
            yield current
            current = self.parent(current)

    def enclosing(self, node: cst.CSTNode, *types: type[NodeT]) -> NodeT | None:
        """Return the innermost ancestor of one of these types."""
        for ancestor in self.ancestors(node):
            if isinstance(ancestor, types):
                return ancestor
        return None

    def place(self, node: cst.CSTNode) -> CodeRange | None:
        """Return where a node stands; computed only when a message needs it."""
        return self._wrapper.resolve(PositionProvider).get(node)

    # -- names ------------------------------------------------------------

    def scope(self, node: cst.CSTNode) -> Scope | None:
        """Return the scope that a name is looked up in."""
        current: cst.CSTNode | None = node
        while current is not None:
            if (scope := self._scopes.get(current)) is not None:
                return scope
            current = self.parent(current)
        return None

    def qualified(
        self, node: cst.CSTNode | str, at: cst.CSTNode | None = None
    ) -> str | None:
        """Return the one fully qualified name of an expression or definition.

        A name that is bound in several ways, a local variable, a parameter or
        an attribute of one has none. A dotted string is looked up `at` a node.
        """
        where = at if isinstance(node, str) else node
        if where is None or isinstance(node, (cst.Call, cst.Subscript)):
            return None
        if not isinstance(node, str) and get_full_name_for_node(node) is None:
            return None
        scope = self.scope(where)
        if scope is None:
            return None
        found = {self._absolute(name) for name in scope.get_qualified_names_for(node)}
        return found.pop() if len(found) == 1 else None

    def _absolute(self, name: QualifiedName) -> str | None:
        if name.source is QualifiedNameSource.LOCAL:
            if "<locals>" in name.name:
                return None
            return f"{self.module}.{name.name}"
        if name.source is QualifiedNameSource.IMPORT and name.name.startswith("."):
            return self.resolve_relative(name.name)
        return name.name

    def resolve_relative(self, dotted: str) -> str:
        """Return `.session.Session` as an absolute name."""
        level = len(dotted) - len(dotted.lstrip("."))
        package = self.module.split(".")
        if not self.is_package:
            level += 1
        keep = len(package) - level + 1
        return ".".join([*package[:keep], *filter(None, dotted.lstrip(".").split("."))])

    def imported_module(self, node: cst.ImportFrom) -> str | None:
        """Return the absolute name of the module that names are imported from."""
        package = self.module if self.is_package else self.module.rpartition(".")[0]
        return get_absolute_module_for_import(package, node)

    def is_reference(self, node: cst.CSTNode) -> bool:
        """Tell a name that is looked up or bound from a keyword or an attribute."""
        return self._scopes.get(node) is not None

    def is_definition(self, node: cst.CSTNode) -> bool:
        """Tell whether a name is what a class, function or assignment defines."""
        parent = self.parent(node)
        if isinstance(parent, (cst.ClassDef, cst.FunctionDef)):
            return parent.name is node
        return isinstance(parent, (cst.AssignTarget, cst.AnnAssign))

    def is_bound_otherwise(self, name: str, qualified: str) -> bool:
        """Tell whether a name is bound to anything but what `qualified` says."""
        return any(
            qualified not in {self._absolute(found) for found in meanings}
            for scope in self._all_scopes()
            for assignment in _own(scope, name)
            for meanings in [assignment.get_qualified_names_for(name)]
        )

    def is_bound(self, name: str) -> bool:
        """Tell whether any scope of the module binds this name."""
        return any(_own(scope, name) for scope in self._all_scopes())

    def is_bound_beside(self, node: cst.CSTNode, name: str) -> bool:
        """Tell whether the scope that holds this definition also binds `name`."""
        scope = self._scopes.get(node)
        return scope is not None and bool(_own(scope, name))

    def imports_only(self, name: str, module: str) -> bool:
        """Tell whether every binding of a name is `import module`."""
        bindings = [a for scope in self._all_scopes() for a in _own(scope, name)]
        return all(
            isinstance(binding, ImportAssignment)
            and binding.get_module_name_for_import() == module
            and isinstance(binding.node, cst.Import)
            for binding in bindings
        )

    def _all_scopes(self) -> set[Scope]:
        return {scope for scope in self._scopes.values() if scope is not None}


def _own(scope: Scope, name: str) -> set[BaseAssignment]:
    """Return the assignments that this scope itself makes to a name."""
    return {a for a in scope.assignments[name] if a.scope is scope and a.name == name}
