"""What a rule is: a function from a site to its replacement.

A rule lives in a file of its own in `rules/`; the file's name is the rule's
name and the module docstring is its manual. It is given a :class:`Site` and
answers with a node (claimed), `None` (not mine), or raises :class:`Refused`.
Rules never depend on their order: two rules that claim one node are a defect.
"""

from __future__ import annotations

import builtins
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass
from typing import (
    TYPE_CHECKING,
    Any,
    Generic,
    Protocol,
    TypeAlias,
    TypeVar,
    overload,
)

import libcst as cst
from libcst.helpers import get_full_name_for_node

from ..analysis.calls.patched_functions import is_patched
from ..diagnostics.refusal import Refused

if TYPE_CHECKING:
    from ..analysis.symbols.library_tables import Libraries, Tasks, Verdict
    from ..analysis.types.typed_names import TypedNames
    from ..documents.examples import Example

NodeT = TypeVar("NodeT", bound=cst.CSTNode)
OtherT = TypeVar("OtherT", bound=cst.CSTNode)
NodeT_co = TypeVar("NodeT_co", bound=cst.CSTNode, covariant=True)

Replacement: TypeAlias = (
    "cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[Any] | None"
)


class Examples(Protocol):
    """Converts the examples in the docstrings of a module."""

    def twin_in(
        self, string: cst.SimpleString, lines: Sequence[str], example: Example
    ) -> list[str] | None:
        """Return what stands in the lines of an example, `None` if nothing changes.

        What is refused is remembered, with its own place.
        """
        ...


class Imports(Protocol):
    """The imports of the twin: what rules may ask for while a module is converted."""

    def name(self, dotted: str) -> cst.BaseExpression:
        """Return an expression for a dotted name; its import is added later.

        `twingen.runtime.x.Y` becomes a name imported from the copy of the
        runtime that goes with the twin; a name without a dot is a builtin.
        """
        ...

    def in_place(self, dotted: str) -> tuple[str, str]:
        """Return the module and the name of what a statement of the source imports.

        It is of the runtime, whose copy goes with the twin.
        """
        ...

    def looked_up(self, dotted: str) -> cst.BaseExpression:
        """Return an expression that looks a name of the runtime up in its module."""
        ...

    def module(self, dotted: str) -> cst.BaseExpression:
        """Return an expression for a module; its import is added later."""
        ...

    def builtin(self, name: str) -> cst.BaseExpression:
        """Return an expression for a builtin, also where the author hides it."""
        ...

    def free_name(self, name: str) -> str:
        """Return `name`, with underscores while the author uses it."""
        ...


def _is_spelled_out(spelled: cst.Attribute, qualified: str, module: str) -> bool:
    """Return whether a name has its full module before it, which a package replaces."""
    return "." not in module and get_full_name_for_node(spelled) == qualified


@dataclass(slots=True)
class Site(Generic[NodeT_co]):
    """One node under conversion.

    Ask `old` (names, kinds, parents are known for it); build on `new`, which
    already carries the changes made to the node's children.
    """

    old: NodeT_co
    new: NodeT_co
    names: TypedNames
    imports: Imports
    libraries: Libraries
    examples: Examples
    tasks: Tasks = "threads"

    def verdict(self, node: cst.CSTNode) -> Verdict | None:
        """Return what the tables say of the name that `node` stands for."""
        qualified = self.names.qualified(node)
        return None if qualified is None else self.libraries.verdict(qualified)

    def twin_at(
        self, spelled: cst.Name | cst.Attribute, at: cst.CSTNode
    ) -> cst.BaseExpression | None:
        """Return how the twin spells a name in a string, or `None` where it stays.

        Raises :class:`Refused` as `twin_name` and `shared_name` do.
        """
        dotted = get_full_name_for_node(spelled)
        meanings = self.names.meanings(dotted, at) if dotted else set()
        if len(meanings) > 1:
            own = map(self.names.definitions.module_of, filter(None, meanings))
            if any(own) and self.of_runtime(meanings) is not None:
                return None  # each of its bindings gives it what the twin has
            return renamed(spelled, self.shared_name(spelled, meanings))
        qualified = next(iter(meanings), None)
        return None if qualified is None else self.twin_name(spelled, qualified)

    def twin_name(
        self, spelled: cst.Name | cst.Attribute, qualified: str
    ) -> cst.BaseExpression | None:
        """Return how the twin spells a name, or `None` where it stays.

        Raises :class:`Refused` when the tables say that it has no twin. TypedNames
        that a rule handles where they are called stay: the rule replaces them.
        """
        modules = self.names.definitions.modules
        if qualified in modules and get_full_name_for_node(spelled) == qualified:
            twin = modules[qualified]
            return None if twin == qualified else self.imports.module(twin)
        top = self._top_module(spelled, qualified)
        if top is not None:
            return top
        verdict = self.libraries.verdict(qualified)
        if verdict is None or qualified in modules:
            return None
        if verdict.refuse:
            raise Refused(
                f"{qualified} has no sync twin: {verdict.refuse}", verdict.instead
            )
        if not verdict.becomes:
            return None
        module, _, last = verdict.becomes.rpartition(".")
        home, _, first = qualified.rpartition(".")
        importable = bool(module) and not verdict.becomes.startswith("twingen.runtime.")
        if isinstance(spelled, cst.Name) and importable:
            # The import statement is rewritten; an alias keeps its name.
            changed = spelled.value == first != last
            return spelled.with_changes(value=last) if changed else None
        if isinstance(spelled, cst.Attribute) and importable:
            instead = self.libraries.module_twin(home)
            if module == instead and _is_spelled_out(spelled, qualified, module):
                # `import redis.asyncio` is `import redis` in the twin.
                return spelled.with_changes(value=cst.Name(module), attr=cst.Name(last))
            in_place = module in (home, instead) or (
                home in self.names.definitions.modules
                and get_full_name_for_node(spelled) != qualified
            )
            if in_place:
                return renamed(spelled, last) if first != last else None
        if not module and self.names.is_bound_otherwise(last, qualified):
            return self.imports.builtin(last)
        if (
            self.tasks == "turns"
            and isinstance(spelled, cst.Attribute)
            and is_patched(self.names.definitions, qualified)
        ):
            return self.imports.looked_up(verdict.becomes)
        return self.imports.name(verdict.becomes)

    def _top_module(
        self, spelled: cst.Name | cst.Attribute, qualified: str
    ) -> cst.BaseExpression | None:
        """Return how the twin spells a whole module that is in no package."""
        if not isinstance(spelled, cst.Name) or spelled.value != qualified:
            return None
        twin = self.libraries.module_twin(qualified)
        return cst.parse_expression(twin) if twin else None

    def shared_name(
        self, spelled: cst.Name | cst.Attribute, meanings: Collection[str | None]
    ) -> str:
        """Return the last part of what a name with several meanings is in the twin.

        A plain name that is another one only where it is imported stays: the
        import gives it as an alias. Raises :class:`Refused` for the rest.
        """
        twins = {each: self._spelled_in_place(spelled, each) for each in meanings}
        if len(set(twins.values())) == 1 and (last := next(iter(twins.values()))):
            return last
        if (builtin := self._shared_builtin(spelled, meanings)) is not None:
            return builtin
        if isinstance(spelled, cst.Name) and None not in twins.values():
            own = f"{self.names.module}.{spelled.value}"
            if twins.get(own, spelled.value) == spelled.value:
                return spelled.value
        known = ", ".join(sorted(filter(None, meanings)))
        raise Refused(
            f"{get_full_name_for_node(spelled)} is bound in several ways, and they "
            f"need different twins: {known}",
            "bind it in one way, or add rows that give all of them one name",
        )

    def _shared_builtin(
        self, spelled: cst.Name | cst.Attribute, meanings: Collection[str | None]
    ) -> str | None:
        """Return the builtin that all the meanings of a name become."""
        rows = [self.libraries.verdict(each) if each else None for each in meanings]
        found = {row.becomes if row is not None else "" for row in rows}
        becomes = found.pop() if len(found) == 1 else ""
        is_builtin = becomes in vars(builtins) and isinstance(spelled, cst.Name)
        return becomes if is_builtin else None

    def _spelled_in_place(
        self, spelled: cst.Name | cst.Attribute, qualified: str | None
    ) -> str | None:
        """Return the last part of a name in the twin, if nothing else changes."""
        attribute = isinstance(spelled, cst.Attribute)
        verdict = self.libraries.verdict(qualified) if qualified else None
        if verdict is None or verdict.keep:
            return (get_full_name_for_node(spelled) or "").rpartition(".")[2]
        module, _, becomes = verdict.becomes.rpartition(".")
        if not module or module.startswith("twingen.runtime."):
            return None
        moved = attribute and module != (qualified or "").rpartition(".")[0]
        return None if moved else becomes

    def of_runtime(self, meanings: Collection[str | None]) -> str | None:
        """Return what of the runtime a name with several meanings may stand for.

        The others are backports of the same thing: an import of one, or a definition.
        """
        if self.tasks != "turns" or len(meanings) < 2:
            return None
        known = self.names.definitions
        foreign = [each for each in meanings if each and not known.module_of(each)]
        rows = [row for each in foreign if (row := self.libraries.verdict(each))]
        found = {row.becomes for row in rows}
        twin = found.pop() if len(found) == 1 else ""
        return twin if twin.startswith("twingen.runtime.turns.") else None

    def is_awaited(self) -> bool:
        """Return whether the value of this node is awaited on the spot."""
        return isinstance(self.names.parent(self.old), cst.Await)


def renamed(
    name: cst.Name | cst.Attribute, last: str
) -> cst.Name | cst.Attribute | None:
    """Return a name with another last part, `None` if that is what it has."""
    if isinstance(name, cst.Attribute):
        attr = name.attr.with_changes(value=last)
        return name.with_changes(attr=attr) if name.attr.value != last else None
    return name.with_changes(value=last) if name.value != last else None


@dataclass(frozen=True)
class Rule:
    """A rewriting function with its stable code and the nodes it looks at.

    `plugin` is what brought it: twingen itself, or a plug-in by its name. `tasks`
    says for which kind of tasks it is; without, for both.
    """

    code: str
    name: str
    manual: str
    node_types: tuple[type[cst.CSTNode], ...]
    apply: Callable[[Site[Any]], Replacement]
    plugin: str = "twingen"
    tasks: Tasks | None = None


@overload
def rewrite(
    code: str, node_type: type[NodeT], /, *, tasks: Tasks | None = None
) -> Callable[[Callable[[Site[NodeT]], Replacement]], Rule]: ...


@overload
def rewrite(
    code: str,
    node_type: type[NodeT],
    other_type: type[OtherT],
    /,
    *,
    tasks: Tasks | None = None,
) -> Callable[[Callable[[Site[NodeT | OtherT]], Replacement]], Rule]: ...


@overload
def rewrite(
    code: str,
    node_type: type[cst.CSTNode],
    other_type: type[cst.CSTNode],
    third_type: type[cst.CSTNode],
    /,
    *more_types: type[cst.CSTNode],
    tasks: Tasks | None = None,
) -> Callable[[Callable[[Site[Any]], Replacement]], Rule]: ...


def rewrite(
    code: str, *node_types: type[cst.CSTNode], tasks: Tasks | None = None
) -> Callable[[Callable[[Site[Any]], Replacement]], Rule]:
    """Declare the function below as a rule for these node types.

    `code` (`TW` and three digits, in a plug-in letters of its own) is what its
    refusals are known by; it is never given to another rule. `tasks` is the kind of
    tasks that it is for; without, it is for both.
    """

    def declare(function: Callable[[Site[Any]], Replacement]) -> Rule:
        module = function.__globals__
        return Rule(
            code=code,
            name=str(module["__name__"]).rpartition(".")[2],
            manual=str(module["__doc__"] or ""),
            node_types=node_types,
            apply=function,
            tasks=tasks,
        )

    return declare
