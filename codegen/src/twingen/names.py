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

LOOP = "asyncio.AbstractEventLoop"
FUTURE = "asyncio.Future"
TASK = "asyncio.Task"

CALLS_FOR_LOOP = ("asyncio.get_running_loop", "asyncio.get_event_loop")

# What else makes a value of these kinds.
_KIND_OF_CALL = {
    **dict.fromkeys(CALLS_FOR_LOOP, LOOP),
    "asyncio.create_task": TASK,
    "asyncio.ensure_future": TASK,
}


@dataclass
class Definitions:
    """What the source folders of a project define, by qualified name.

    `modules` maps each source module to its twin; `names` holds the names
    defined at the top of any of them; `coroutines` the functions and methods
    whose call must be awaited; `classes` the bases of each class.
    """

    modules: dict[str, str] = field(default_factory=dict)
    names: set[str] = field(default_factory=set)
    coroutines: set[str] = field(default_factory=set)
    classes: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def module_of(self, qualified: str) -> str | None:
        """Return the source module that a qualified name belongs to."""
        module = qualified
        while module:
            if module in self.modules:
                return module
            module = module.rpartition(".")[0]
        return None

    def add(self, names: Names) -> None:
        """Add what one module defines."""
        self.modules[names.module] = names.twin
        for statement in names.tree.body:
            if isinstance(statement, (cst.ClassDef, cst.FunctionDef)):
                self.names.add(statement.name.value)
            elif isinstance(statement, cst.SimpleStatementLine):
                self.names.update(_assigned(statement))
            if isinstance(statement, cst.FunctionDef) and _is_coroutine(statement):
                self.coroutines.add(f"{names.module}.{statement.name.value}")
            if isinstance(statement, cst.ClassDef):
                self._add_class(statement, names)

    def _add_class(self, statement: cst.ClassDef, names: Names) -> None:
        qualified = f"{names.module}.{statement.name.value}"
        bases = [
            base.value.value if isinstance(base.value, cst.Subscript) else base.value
            for base in statement.bases
        ]
        known = [names.qualified(base) for base in bases]
        self.classes[qualified] = tuple(name for name in known if name)
        for member in statement.body.body:
            if isinstance(member, cst.FunctionDef) and _is_coroutine(member):
                self.coroutines.add(f"{qualified}.{member.name.value}")

    def is_coroutine_method(self, owner: str, name: str) -> bool:
        """Tell whether a class, or a base that we know, defines a coroutine method."""
        seen: set[str] = set()
        queue = [owner]
        while queue:
            current = queue.pop(0)
            if current in seen:
                continue
            seen.add(current)
            if f"{current}.{name}" in self.coroutines:
                return True
            queue.extend(self.classes.get(current, ()))
        return False


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

    # -- kinds of values --------------------------------------------------

    def kind(self, node: cst.BaseExpression) -> str | None:
        """Return which class a value is of, where the source shows it.

        The answer is a qualified name such as `asyncio.Event`: what every
        assignment to the name (or to the attribute of `self`) calls, or what
        its annotation says. `None` where they disagree or nothing is known.
        """
        if node not in self._kinds:
            self._kinds[node] = None  # a name that is bound to itself has no kind
            targets = self._targets(node)
            kinds = {
                kind for target in targets for kind in self._kinds_bound_by(target)
            }
            self._kinds[node] = kinds.pop() if len(kinds) == 1 else None
        return self._kinds[node]

    def same_value(self, one: cst.CSTNode, other: cst.CSTNode) -> bool:
        """Tell whether two expressions are spelled alike (`ev`, `self._ready`)."""
        name = get_full_name_for_node(one)
        return name is not None and name == get_full_name_for_node(other)

    def function(self, node: cst.Name) -> cst.FunctionDef | None:
        """Return the one function of this module that a name stands for."""
        scope = self.scope(node)
        found = [
            assignment.node
            for assignment in (scope[node.value] if scope else ())
            if isinstance(assignment, Assignment)
        ]
        if len(found) == 1 and isinstance(found[0], cst.FunctionDef):
            return found[0]
        return None

    def _targets(self, node: cst.BaseExpression) -> list[cst.CSTNode]:
        """Return the nodes that bind a name, or an attribute of `self`."""
        if isinstance(node, cst.Name):
            scope = self.scope(node)
            if scope is None:
                return []
            return [
                assignment.node
                for assignment in scope[node.value]
                if isinstance(assignment, Assignment)
            ]
        if isinstance(node, cst.Attribute) and isinstance(node.value, cst.Name):
            owner = self.enclosing(node, cst.ClassDef)
            if owner is not None and node.value.value == "self":
                return self._class_attributes(owner).get(node.attr.value, [])
        return []

    def _class_attributes(self, owner: cst.ClassDef) -> dict[str, list[cst.CSTNode]]:
        if owner not in self._attributes:
            collector = _AttributeCollector(self)
            owner.body.visit(collector)
            self._attributes[owner] = collector.found
        return self._attributes[owner]

    def _kinds_bound_by(self, target: cst.CSTNode) -> Iterator[str]:
        """Yield the kinds that one binding allows; `?` for an unknown one."""
        holder = self.parent(target)
        if isinstance(holder, cst.AssignTarget):
            holder = self.parent(holder)
        annotation = (
            holder.annotation
            if isinstance(holder, (cst.AnnAssign, cst.Param))
            else None
        )
        if annotation is not None:
            yield from self._annotated_kinds(annotation.annotation)
        elif isinstance(holder, (cst.Assign, cst.NamedExpr)):
            yield from self._kinds_of_value(holder.value)
        else:
            yield "?"

    def _kinds_of_value(self, value: cst.BaseExpression) -> Iterator[str]:
        if isinstance(value, cst.Name) and value.value == "None":
            return
        if isinstance(value, (cst.Name, cst.Attribute)):
            yield self.kind(value) or "?"
            return
        if not isinstance(value, cst.Call):
            yield "?"
            return
        function = value.func
        if isinstance(function, cst.Subscript):  # asyncio.Queue[int]()
            function = function.value
        called = self.qualified(function)
        if called is not None:
            yield _KIND_OF_CALL.get(called, called)
        elif (
            isinstance(function, cst.Attribute)
            and function.attr.value == "create_future"
            and self.kind(function.value) == LOOP
        ):
            yield FUTURE
        else:
            yield "?"

    def _annotated_kinds(self, annotation: cst.BaseExpression) -> Iterator[str]:
        if isinstance(annotation, cst.BinaryOperation):
            yield from self._annotated_kinds(annotation.left)
            yield from self._annotated_kinds(annotation.right)
        elif isinstance(annotation, cst.Subscript):
            yield from self._annotated_kinds(annotation.value)
        elif isinstance(annotation, cst.SimpleString):
            text = annotation.evaluated_value
            if isinstance(text, str):
                qualified = self.qualified(text.split("[")[0], at=annotation)
                yield qualified or "?"
        elif not (isinstance(annotation, cst.Name) and annotation.value == "None"):
            yield self.qualified(annotation) or "?"


class _AttributeCollector(cst.CSTVisitor):
    """Collects where `self.x` is assigned anywhere in one class."""

    def __init__(self, names: Names) -> None:
        super().__init__()
        self.found: dict[str, list[cst.CSTNode]] = {}
        self._names = names

    def visit_ClassDef(self, node: cst.ClassDef) -> bool:
        return False

    def visit_AssignTarget(self, node: cst.AssignTarget) -> None:
        self._collect(node.target)

    def visit_AnnAssign(self, node: cst.AnnAssign) -> None:
        self._collect(node.target)

    def _collect(self, target: cst.BaseExpression) -> None:
        if isinstance(target, cst.Attribute) and isinstance(target.value, cst.Name):
            if target.value.value == "self":
                self.found.setdefault(target.attr.value, []).append(target)
        elif isinstance(target, cst.Name):
            owner = self._names.enclosing(target, cst.ClassDef, cst.FunctionDef)
            if isinstance(owner, cst.ClassDef):
                self.found.setdefault(target.value, []).append(target)


def _own(scope: Scope, name: str) -> set[BaseAssignment]:
    """Return the assignments that this scope itself makes to a name."""
    return {a for a in scope.assignments[name] if a.scope is scope and a.name == name}


def _assigned(line: cst.SimpleStatementLine) -> Iterator[str]:
    """Yield the names that a statement assigns at the top of a module."""
    for statement in line.body:
        targets: list[cst.BaseExpression] = []
        if isinstance(statement, cst.Assign):
            targets = [target.target for target in statement.targets]
        elif isinstance(statement, cst.AnnAssign):
            targets = [statement.target]
        for target in targets:
            if isinstance(target, cst.Name):
                yield target.value


def _is_coroutine(function: cst.FunctionDef) -> bool:
    """Tell a coroutine function from a plain one and from a generator."""
    if function.asynchronous is None:
        return False
    finder = _YieldFinder()
    function.body.visit(finder)
    return not finder.found


class _YieldFinder(cst.CSTVisitor):
    def __init__(self) -> None:
        super().__init__()
        self.found = False

    def visit_Yield(self, node: cst.Yield) -> None:
        self.found = True

    def visit_FunctionDef(self, node: cst.FunctionDef) -> bool:
        return False

    def visit_Lambda(self, node: cst.Lambda) -> bool:
        return False
