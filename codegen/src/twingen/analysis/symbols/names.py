"""Which name means what, and where: scopes and imports.

Meaning is resolved through libcst's scopes and never guessed from spelling: a
function of the user's own that is called `sleep` has no qualified name of
`asyncio`, so no rule for `asyncio.sleep` ever sees it.
"""

from __future__ import annotations

import re
from collections.abc import Collection, Container, Iterator, Mapping, Sequence
from functools import cached_property
from typing import TypeVar

import libcst as cst
from libcst.helpers import (
    get_absolute_module_from_package_for_import,
    get_full_name_for_node,
)
from libcst.metadata import (
    Assignment,
    BaseAssignment,
    ClassScope,
    CodeRange,
    ComprehensionScope,
    FunctionScope,
    GlobalScope,
    ImportAssignment,
    MetadataWrapper,
    PositionProvider,
    QualifiedName,
    QualifiedNameSource,
    Scope,
)

from ...syntax.nodes import Nodes, expression_in
from ...syntax.source import VERBATIM
from ..sides.side_trees import Side
from ..sides.verbatim import verbatim_in
from .arguments import calls_in, handed_to
from .bindings import Bindings, is_named
from .collection_elements import Stored, stored_in
from .definitions import Definitions
from .local_names import LocalName, local_names
from .nodes_for_rules import nodes_to_visit

NodeT = TypeVar("NodeT", bound=cst.CSTNode)
_word = re.compile(r"[^\W\d]\w*").findall

# How a scope binds a name: as a variable of a function, or in another way.
_VARIABLE, _SHOWN = "variable", "shown"
_OF_VARIABLE = (QualifiedName("<locals>", QualifiedNameSource.LOCAL),)


class Names(Bindings):
    """Answers about the nodes of one module, by the tree of its side of the twin.

    `module` is the dotted import name of the source, `twin` that of its twin.
    """

    def __init__(
        self,
        side: Side,
        *,
        module: str,
        twin: str,
        is_package: bool,
        definitions: Definitions,
    ) -> None:
        super().__init__(side.nodes or Nodes(side.tree))
        # By a node's id where the place matters, its scope's id, and the name.
        self._known: dict[tuple[int, int, str, bool], Collection[QualifiedName]] = {}
        self._bound: dict[tuple[int, str], str] = {}
        self.side = side
        self.tree = side.tree
        self.module = module
        self.twin = twin
        self.is_package = is_package
        self._definitions = definitions
        # By id, with the node itself, which keeps the id from being given again.
        self._found: dict[int, tuple[cst.CSTNode, set[str | None]]] = {}
        self._unquoted: dict[int, cst.BaseExpression] = {}

    @property
    def definitions(self) -> Definitions:
        """What the sources of the project define, as far as it is known."""
        return self._definitions

    @definitions.setter
    def definitions(self, definitions: Definitions) -> None:
        self._definitions = definitions
        self.forget()

    def forget(self) -> None:
        """Forget the answers that depend on what other sources define."""
        self._found.clear()
        self.__dict__.pop("local_names", None)
        self.__dict__.pop("_bindings", None)

    def close(self) -> None:
        """Let go of the module, of which nothing can be asked any more.

        What was parsed refers to itself, and would stay until Python looks for that.
        """
        self._scopes.close()
        self.__dict__.clear()

    # -- the tree ---------------------------------------------------------

    def to_visit(
        self, types: Container[type[object]], *, every_name: bool = False
    ) -> set[int]:
        """Return the ids of the nodes of these types that can matter to a rule."""
        return nodes_to_visit(
            self.nodes,
            self._scopes.all,
            types,
            every_name=every_name,
            fixtures=self.definitions.fixtures | self._locals_renamed(),
        ) | {id(self.tree)}

    def _locals_renamed(self) -> set[str]:
        known = self.local_names
        nodes = self.nodes.of(cst.Name) if known else ()
        return {each.value for each in nodes if id(each) in known}

    def place(self, node: cst.CSTNode) -> CodeRange | None:
        """Return where a node stands in the source.

        Computed only when a message needs it.
        """
        while node in self.side.origins:
            node = self.side.origins[node]
        return self._places.resolve(PositionProvider).get(node)

    def is_sync_only(self, node: cst.CSTNode) -> bool:
        """Return whether a node is in code that the async program does not run."""
        found = self.side.sync_only
        return bool(found) and any(n in found for n in (node, *self.ancestors(node)))

    @cached_property
    def _places(self) -> MetadataWrapper:
        return MetadataWrapper(self.side.source, unsafe_skip_copy=True)

    # -- names ------------------------------------------------------------

    def qualified(
        self, node: cst.CSTNode | str, at: cst.CSTNode | None = None
    ) -> str | None:
        """Return the one fully qualified name of an expression or definition.

        A name that is bound in several ways, a local variable, a parameter or
        an attribute of one has none. A dotted string is looked up `at` a node.
        """
        known = self._found.get(id(node))
        found = self.meanings(node, at) if known is None else known[1]
        return next(iter(found)) if len(found) == 1 else None

    def meanings(
        self, node: cst.CSTNode | str, at: cst.CSTNode | None = None
    ) -> set[str | None]:
        """Return all that a name may stand for; `None` is what has no dotted name.

        `x = None` beside `import x` says that x is not there, and does not count.
        """
        if isinstance(node, str):
            scope = self.scope(at) if at is not None else None
            meant = set(map(self._absolute, self._meanings(scope, node)))
            return meant or set(self._by_star(node))
        known = self._found.get(id(node))
        if known is not None:
            return known[1]
        found: set[str | None] = set()
        if is_named(node):
            found.update(map(self._absolute, self._meanings(self.scope(node), node)))
            if not found and self.stars:
                found.update(self._by_star(get_full_name_for_node(node) or ""))
        self._found[id(node)] = node, found
        return found

    def _by_star(self, dotted: str) -> Iterator[str]:
        """Yield what a name stands for that a star import takes from a source."""
        first = dotted.partition(".")[0]
        for module in reversed(self.stars):  # the last one counts
            if first in (self.definitions.star(module) or ()):
                yield self.definitions.original(f"{module}.{dotted}")
                return

    @cached_property
    def stars(self) -> list[str]:
        """The modules that the module imports all names from, at its top."""
        found = []
        for node in self.nodes.of(cst.ImportFrom):
            if isinstance(node.names, cst.ImportStar):
                module = self.imported_module(node)
                found += [module] if module else []
        return found

    def _meanings(
        self, scope: Scope | None, node: cst.CSTNode | str
    ) -> Collection[QualifiedName]:
        """Return what a name may stand for; asked of libcst once for each name."""
        if scope is None:
            return ()
        if isinstance(node, str):
            found = scope.get_qualified_names_for(node)
            return self._without_placeholders(found, scope, node)
        # One that binds a name is asked for by what all of them say together.
        if type(node) is cst.Name:
            name, every = node.value, self.is_definition(node)
        else:
            name, every = get_full_name_for_node(node) or "", False
        bound = self._bound_in(scope, name.partition(".")[0])
        if bound == _VARIABLE:
            return _OF_VARIABLE
        # libcst answers by what comes before only where the scope itself binds it.
        key = id(node) if bound and not every else 0, id(scope), name, every
        known = self._known.get(key)
        if known is None:
            found = scope.get_qualified_names_for(name if every else node)
            if not found and bound:
                # Looked up in an annotation, or in a loop, above what binds it.
                found = scope.get_qualified_names_for(name)
            known = self._known[key] = self._without_placeholders(found, scope, name)
        return known

    def _bound_in(self, scope: Scope, name: str) -> str:
        """Return how a scope itself binds a name; empty if it does not."""
        key = id(scope), name
        known = self._bound.get(key)
        if known is None:
            bindings = [b for b in scope.assignments[name] if b.scope is scope]
            is_function = type(scope) in (FunctionScope, ComprehensionScope)
            if (
                bindings
                and is_function
                and all(type(b) is Assignment for b in bindings)
            ):
                known = _VARIABLE
            else:
                known = _SHOWN if bindings else ""
            self._bound[key] = known
        return known

    def _without_placeholders(
        self, found: Collection[QualifiedName], scope: Scope, name: str
    ) -> Collection[QualifiedName]:
        sources = {each.source for each in found}
        if len(sources) < 2 or QualifiedNameSource.IMPORT not in sources:
            return found
        real = [each for each in scope[name.split(".")[0]] if not self._is_none(each)]
        kept = {q for each in real for q in each.get_qualified_names_for(name)}
        return kept.intersection(found)

    def _is_none(self, assignment: BaseAssignment) -> bool:
        """Return whether a binding is `x = None`."""
        if not isinstance(assignment, Assignment):
            return False
        holder = self.parent(assignment.node)
        if isinstance(holder, cst.AssignTarget):
            holder = self.parent(holder)
        value = (
            holder.value if isinstance(holder, (cst.Assign, cst.AnnAssign)) else None
        )
        return isinstance(value, cst.Name) and value.value == "None"

    def imported(self, node: cst.BaseExpression) -> set[str]:
        """Return the qualified names of an expression that starts at an import."""
        scope = self.scope(node)
        if scope is None or not is_named(node):
            return set()
        found = {
            self._absolute(name)
            for name in self._meanings(scope, node)
            if name.source is QualifiedNameSource.IMPORT
        }
        return {name for name in found if name is not None}

    def _absolute(self, name: QualifiedName) -> str | None:
        if name.source is QualifiedNameSource.LOCAL:
            if "<locals>" in name.name:
                return None
            return f"{self.module}.{name.name}"
        if name.source is QualifiedNameSource.IMPORT:
            relative = name.name.startswith(".")
            absolute = self.resolve_relative(name.name) if relative else name.name
            return self.definitions.original(absolute)
        return name.name

    @property
    def package(self) -> str:
        """The top-level package of the module."""
        return self.module.partition(".")[0]

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
        return get_absolute_module_from_package_for_import(package, node)

    def is_definition(self, node: cst.CSTNode) -> bool:
        """Return whether a name is what a class, function or assignment defines."""
        parent = self.parent(node)
        if type(parent) is cst.ClassDef or type(parent) is cst.FunctionDef:
            return parent.name is node
        return type(parent) is cst.AssignTarget or type(parent) is cst.AnnAssign

    def is_bound_otherwise(
        self, name: str, qualified: str, seen_by: cst.ImportAlias | None = None
    ) -> bool:
        """Return whether a name is bound to anything but what `qualified` says.

        With `seen_by`, only where that hides it from users of this import: what the
        body of a class binds is seen by that body alone.
        """
        used = seen_by.evaluated_alias or seen_by.evaluated_name if seen_by else ""
        return any(
            qualified not in {self._absolute(found) for found in meanings}
            for scope in self._scopes.all
            if not (used and isinstance(scope, ClassScope) and not scope.accesses[used])
            for assignment in self._own(scope, name)
            for meanings in [assignment.get_qualified_names_for(name)]
        )

    def is_looked_up(self, name: str) -> bool:
        """Return whether anything in the module looks this name up."""
        return any(name in scope.accesses for scope in self._scopes.all)

    def bound(self) -> Mapping[str, set[str]]:
        """Return every name that the module binds, with what it may stand for."""
        return self._bindings

    @cached_property
    def _bindings(self) -> dict[str, set[str]]:
        found: dict[str, set[str]] = {}
        for scope in self._scopes.all:
            for assignment in scope.assignments:
                if assignment.scope is scope:
                    meanings = assignment.get_qualified_names_for(assignment.name)
                    qualified = filter(None, map(self._absolute, meanings))
                    found.setdefault(assignment.name, set()).update(qualified)
        for local in self.local_names.values():
            found.setdefault(local.twin, set())
        return found

    def is_bound(self, name: str) -> bool:
        """Return whether any scope of the module, or of its twin, binds this name."""
        if any(self._own(scope, name) for scope in self._scopes.all):
            return True
        return any(name == each.twin for each in self.local_names.values())

    @cached_property
    def local_names(self) -> dict[int, LocalName]:
        """The parameters and variables that the twin calls otherwise, by node id."""
        return local_names(self, self.definitions)

    def is_bound_under_condition(self, name: cst.Name) -> bool:
        """Return whether the module binds what a name stands for only in some case."""
        scope = self.scope(name)
        bindings = scope[name.value] if scope is not None else ()
        own = [each for each in bindings if isinstance(each, Assignment)]
        return bool(own) and all(
            isinstance(each.scope, GlobalScope) and self._is_conditional(each.node)
            for each in own
        )

    def _is_conditional(self, node: cst.CSTNode) -> bool:
        conditions = (cst.If, cst.Try, cst.TryStar, cst.For, cst.While, cst.Match)
        return any(isinstance(each, conditions) for each in self.ancestors(node))

    def is_variable_of_class(self, name: cst.Name) -> bool:
        """Return whether a name is what the body of a class assigns or declares."""
        scope = self.scope(name)
        own = self._own(scope, name.value) if isinstance(scope, ClassScope) else []
        return bool(own) and all(isinstance(each, Assignment) for each in own)

    def imported_members(self) -> set[str]:
        """Return what imports in the bodies of classes bind as attributes.

        That is what the body itself does not look up, or what anything is asked for.
        """
        imported = [
            each
            for scope in self._scopes.all
            if isinstance(scope, ClassScope)
            for each in scope.assignments
            if isinstance(each, ImportAssignment) and each.scope is scope
        ]
        if not imported:
            return set()
        bound = {each.name for each in imported}
        asked = {
            each.attr.value
            for each in self.nodes.of(cst.Attribute)
            if each.attr.value in bound and not self.imported(each)
        }
        return {e.name for e in imported if not e.references or e.name in asked}

    def uses_in_scope(self, node: cst.CSTNode, name: str) -> bool:
        """Return whether the scope of this node binds a name, or looks it up."""
        scope = self._scopes.get(node)
        return scope is not None and (
            bool(self._own(scope, name)) or name in scope.accesses
        )

    def is_bound_beside(self, node: cst.CSTNode, name: str) -> bool:
        """Return whether the scope that holds this definition also binds `name`."""
        scope = self._scopes.get(node)
        return scope is not None and bool(self._own(scope, name))

    def is_alias(self, name: str) -> bool:
        """Return whether the module imports something as a name that is not its own."""
        scope = self._scopes.get(self.tree)
        return any(
            isinstance(each, ImportAssignment)
            and any(
                alias.evaluated_alias == name != alias.evaluated_name
                for alias in _aliases(each.node)
            )
            for each in (self._own(scope, name) if scope is not None else ())
        )

    def imports_only(self, name: str, module: str) -> bool:
        """Return whether every binding of a name is `import module`.

        What is looked up and bound nowhere comes from elsewhere: a star import.
        """
        bindings = [a for scope in self._scopes.all for a in self._own(scope, name)]
        if not bindings and self.is_looked_up(name):
            return False
        if any(self._names_deleted(each, name) for each in self.nodes.of(cst.Del)):
            return False
        return all(
            isinstance(binding, ImportAssignment)
            and isinstance(binding.node, cst.Import)
            and any(
                alias.evaluated_name == module
                and (alias.asname is None or alias.evaluated_alias == module)
                for alias in binding.node.names
            )
            for binding in bindings
        )

    def _names_deleted(self, statement: cst.Del, name: str) -> bool:
        target = statement.target
        parts = target.elements if isinstance(target, cst.Tuple) else [target]
        values = [p.value if isinstance(p, cst.Element) else p for p in parts]
        return any(isinstance(v, cst.Name) and v.value == name for v in values)

    def _own(self, scope: Scope, name: str) -> list[BaseAssignment]:
        """Return the assignments that this scope itself makes to a name."""
        return [
            assignment
            for assignment in scope.assignments[name]
            if assignment.scope is scope and assignment.name == name
        ]

    # -- values ---------------------------------------------------------------

    def given(self, value: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
        """Yield what the calls of this module give to a parameter."""
        for target in self.targets(value):
            if isinstance(target, cst.Param):
                yield from handed_to(self, target, self._calls)

    @cached_property
    def _calls(self) -> dict[str, list[cst.Call]]:
        return calls_in(self)

    def stored(self, collection: cst.BaseExpression) -> Iterator[cst.BaseExpression]:
        """Yield what is put into a collection, wherever that has the same name."""
        name = get_full_name_for_node(collection) or ""
        here = self.enclosing(collection, cst.ClassDef)
        for other, value in self._stored.get(name, ()):
            of_self = name.startswith("self.")
            if of_self and self.enclosing(other, cst.ClassDef) is not here:
                continue
            if self.same_value(collection, other):
                yield value

    @cached_property
    def _stored(self) -> Stored:
        return stored_in(self)

    def unquoted(self, annotation: cst.BaseExpression) -> cst.BaseExpression:
        """Return an annotation; what a string holds, where it is written as one."""
        if not isinstance(annotation, cst.SimpleString):
            return annotation
        if id(annotation) not in self._unquoted:
            found = self._unquoted[id(annotation)] = expression_in(annotation)
            if found is not annotation:
                self.nodes.adopt(found, annotation)
        return self._unquoted[id(annotation)]

    @cached_property
    def verbatim(self) -> dict[int, cst.Comment]:
        """The markers of statements that stay as they are, by the statements' ids."""
        comments = self.nodes.of(cst.Comment)
        is_marked = any(each.value.startswith(VERBATIM) for each in comments)
        return verbatim_in(self.nodes) if is_marked else {}

    @cached_property
    def words(self) -> set[str]:
        """Every name that the module spells, in short strings too."""
        texts = [each.value for each in self.nodes.of(cst.SimpleString)]
        quoted = {word for each in texts if len(each) < 99 for word in _word(each)}
        return {each.value for each in self.nodes.of(cst.Name)} | quoted


def _aliases(node: cst.CSTNode) -> Sequence[cst.ImportAlias]:
    """Return what an import statement binds by name."""
    if not isinstance(node, (cst.Import, cst.ImportFrom)):
        return ()
    return () if isinstance(node.names, cst.ImportStar) else node.names
