"""Settles the imports of a twin: requested ones in, orphaned ones out, in order.

Rules ask for a name with :meth:`TwinImports.name` and never touch the import block
themselves; everything is settled once, after the traversal.
"""

from __future__ import annotations

from functools import cached_property

import libcst as cst

from ..analysis.symbols.library_tables import Libraries
from ..analysis.symbols.names import Names
from ..diagnostics.refusal import NoRuntime
from .import_order import with_requests
from .unused_imports import Kept, UsedNames, bound_by_imports, without_orphans

_RUNTIME = "twingen.runtime."


class TwinImports:
    """The imports that the rules asked for while one module was converted."""

    def __init__(self, names: Names, runtime: str | None, libraries: Libraries) -> None:
        self._names = names
        self._runtime = runtime
        self._libraries = libraries
        self._modules: dict[str, str] = {}
        self._members: dict[tuple[str, str], str] = {}
        self._in_place: set[str] = set()
        self.homeless: str | None = None

    def check_runtime(self) -> None:
        """Refuse what was asked for since the last check and has no place to be.

        It is asked when a rule is done, whose own reasons to refuse come first.
        """
        member, self.homeless = self.homeless, None
        if member is not None:
            raise NoRuntime(
                f"the twin needs {member} of twingen's runtime, and the project has "
                "no place for it",
                'set tool.twingen.runtime, as in runtime = "your_twin.runtime"',
            )

    def name(self, dotted: str) -> cst.BaseExpression:
        """Return an expression for a dotted name; its import is added later.

        `twingen.runtime.x.Y` becomes a name imported from the copy of the
        runtime that goes with the twin; a name without a dot is a builtin.
        """
        module, _, member = dotted.rpartition(".")
        if not module:
            return cst.Name(member)
        if dotted.startswith(_RUNTIME):
            if self._runtime is None:
                self.homeless = self.homeless or member
            part = module[len(_RUNTIME) :]
            key = (f"{self._runtime}.{part}", member)
            if key not in self._members:
                self._members[key] = self._free_member(member)
            return cst.Name(self._members[key])
        return cst.Attribute(self.module(module), cst.Name(member))

    def in_place(self, dotted: str) -> tuple[str, str]:
        """Return the module and the name of what a statement of the source imports.

        It is of the runtime, whose copy goes with the twin.
        """
        module, _, member = dotted.rpartition(".")
        part = module[len(_RUNTIME) :]
        if self._runtime is None:
            self.homeless = self.homeless or member
        self._in_place.add(part)
        return f"{self._runtime}.{part}", member

    def looked_up(self, dotted: str) -> cst.BaseExpression:
        """Return an expression that looks a name of the runtime up in its module."""
        module, member = self.in_place(dotted)
        return cst.Attribute(self.module(module), cst.Name(member))

    def module(self, dotted: str) -> cst.BaseExpression:
        """Return an expression for a module; its import is added later."""
        if dotted not in self._modules:
            free = dotted
            if not self._names.imports_only(dotted.split(".")[0], dotted):
                free = self.free_name(dotted.replace(".", "_"))
            self._modules[dotted] = free
        return cst.parse_expression(self._modules[dotted])

    def builtin(self, name: str) -> cst.BaseExpression:
        """Return an expression for a builtin, also where the author hides it."""
        return self.name(f"builtins.{name}" if self._names.is_bound(name) else name)

    def free_name(self, name: str) -> str:
        """Return `name`, with underscores while the author uses it.

        Only one goes before it: two would be mangled in a class.
        """
        while name in self._taken or self._names.is_looked_up(name):
            name = f"{name}_" if name.startswith("_") else f"_{name}"
        return name

    def _free_member(self, member: str) -> str:
        """Return a name for a member of the runtime, which others of it do not have."""
        free = self.free_name(member)
        while free in self._members.values():
            after = free.startswith("_")
            free = self.free_name(f"{free}_" if after else f"_{free}")
        return free

    @cached_property
    def _taken(self) -> set[str]:
        """Every name that the author binds, and what the twin calls it."""
        bound = self._names.bound()
        meanings = {meaning for found in bound.values() for meaning in found}
        return set(bound) | set(map(self._libraries.local_name, meanings))

    def settle(self, tree: cst.Module) -> cst.Module:
        """Return the converted tree with its imports in their final state."""
        before = self._names.side.source
        names = UsedNames()
        used = names.of(tree)
        self._forget_unused(used)
        modules = {module for module, free in self._modules.items() if free == module}
        unused_before: set[str] = set()
        emptied = bool(modules) or not bound_by_imports(tree) <= used
        if emptied:
            unused_before = bound_by_imports(before) - names.of(before)
            unused_before -= self._closed()
        members = self._names.imported_members()
        while emptied:
            kept = Kept(used | unused_before, members, modules)
            tree, emptied = without_orphans(tree, kept)
            if emptied:
                used = names.of(tree)
        self._forget_unused(used)
        return with_requests(
            tree, self._requests(), before=before, own=self._own_packages()
        )

    def _closed(self) -> set[str]:
        """Return the names that stand for a library of which nothing may be left."""
        return {
            name
            for name, meanings in self._names.bound().items()
            if any(self._libraries.is_closed(m.split(".")[0]) for m in meanings)
        }

    def _forget_unused(self, used: set[str]) -> None:
        """Drop what one rule asked for and another replaced again."""
        self._modules = {
            module: free
            for module, free in self._modules.items()
            if free.split(".")[0] in used
        }
        self._members = {
            key: free for key, free in self._members.items() if free in used
        }

    @property
    def runtime_modules(self) -> frozenset[str]:
        """The parts of the runtime that the twin imports, once it is settled."""
        prefix = f"{self._runtime}."
        members = {
            module[len(prefix) :]
            for module, _ in self._members
            if module.startswith(prefix)
        }
        return frozenset(members | self._in_place)

    # -- inserting and ordering -------------------------------------------

    def _own_packages(self) -> set[str]:
        """Return the top-level packages of the project's sources and twins."""
        modules = self._names.definitions.modules
        names = [self._names.twin, *modules, *modules.values(), self._runtime or ""]
        return {name.split(".")[0] for name in names if name} | {"."}

    def _requests(self) -> list[cst.SimpleStatementLine]:
        lines = [
            f"import {module}" if free == module else f"import {module} as {free}"
            for module, free in self._modules.items()
        ]
        lines += [
            f"from {module} import {member}" + (f" as {free}" if free != member else "")
            for (module, member), free in self._members.items()
        ]
        return [
            line
            for line in map(cst.parse_statement, lines)
            if isinstance(line, cst.SimpleStatementLine)
        ]
