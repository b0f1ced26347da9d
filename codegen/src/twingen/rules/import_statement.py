"""Imports use the names of the twin: its own modules and the sync libraries.

`from contextlib import asynccontextmanager` becomes `from contextlib import
contextmanager`. An import from a source folder becomes an import from the folder of its
twin; a relative import stays relative. Some names are replaced by other rules in the
places that use them. Their imports stay at first, and are removed if nothing uses them
any more.
"""

from __future__ import annotations

from collections.abc import Iterator

import libcst as cst
from libcst.helpers import get_full_name_for_node

from ..analysis.symbols.names import Names
from ..analysis.symbols.reexports import is_offered_elsewhere, offered_remedy
from ..analysis.types.string_literals import is_export
from ..diagnostics.refusal import Refused
from ..syntax.nodes import text_of
from .rule import Replacement, Site, rewrite

_IMPORTS = {cst.Import, cst.ImportFrom}


@rewrite("TW202", cst.SimpleStatementLine)
def retarget_import(site: Site[cst.SimpleStatementLine]) -> Replacement:
    if _IMPORTS.isdisjoint(map(type, site.old.body)):
        return None
    lines: list[cst.BaseSmallStatement] = []
    for statement, converted in zip(site.old.body, site.new.body, strict=True):
        _check_side(site, statement)
        _check_places(site, statement)
        _check_member(site, statement)
        if isinstance(statement, cst.ImportFrom):
            lines.extend(_from_import(site, statement))
        elif isinstance(statement, cst.Import):
            lines.append(_plain_import(site, statement))
        else:
            lines.append(converted)
    if len(site.old.body) > 1:
        if len(lines) != len(site.old.body):
            raise Refused(
                "names imported here come from several modules in the twin",
                "put the import on a line of its own",
            )
        return site.new.with_changes(body=lines)
    if not lines and _is_alone(site):
        lines.append(cst.Pass())
    first = site.new.with_changes(body=lines[:1])
    more = [cst.SimpleStatementLine([line]) for line in lines[1:]]
    return cst.FlattenSentinel([first, *more]) if more else first


def _is_alone(site: Site[cst.SimpleStatementLine]) -> bool:
    """Recognize the only statement of a block, which cannot be empty."""
    block = next(iter(site.names.ancestors(site.old)), None)
    return isinstance(block, cst.IndentedBlock) and len(block.body) == 1


def _check_places(
    site: Site[cst.SimpleStatementLine], statement: cst.BaseSmallStatement
) -> None:
    """Refuse an import from where the twins are, and of what has none elsewhere.

    A package may offer what the sources define; its name for the twin is not known.
    """
    if site.names.is_sync_only(site.old) or _is_for_checkers(site.names, site.old):
        return
    known = site.names.definitions
    twins = set(known.modules.values()) - set(known.modules)
    for module in _imported_modules(site.names, statement):
        if module in twins and not _are_kept(site, statement):
            raise Refused(
                f"{module} is written by twingen: in the twin, a name from there and "
                "the same name defined here are the same object",
                "mark the import and what needs it `# twingen: async-only`; or say "
                "that they may be one object, by rows: "
                f'[tool.twingen.libraries."{module}"] Name = {{ keep = true }}',
                node=statement,
            )
    if not isinstance(statement, cst.ImportFrom):
        return
    module = site.names.imported_module(statement) or ""
    if isinstance(statement.names, cst.ImportStar):
        return
    for alias in statement.names:
        qualified = f"{module}.{alias.evaluated_name}"
        if is_offered_elsewhere(site.names, site.libraries, qualified):
            raise Refused(
                f"{module} is not a source, and may export {alias.evaluated_name} of "
                "the sources; the name of its twin there is not known",
                offered_remedy(site.libraries, qualified),
                node=alias,
            )


def _are_kept(
    site: Site[cst.SimpleStatementLine], statement: cst.BaseSmallStatement
) -> bool:
    """Return whether rows keep all names that are imported."""
    if not isinstance(statement, cst.ImportFrom) or isinstance(
        statement.names, cst.ImportStar
    ):
        return False
    module = site.names.imported_module(statement)
    rows = [
        site.libraries.verdict(f"{module}.{alias.evaluated_name}")
        for alias in statement.names
    ]
    return all(row is not None and row.keep for row in rows)


def _is_for_checkers(names: Names, node: cst.CSTNode) -> bool:
    """Recognize code below `if TYPE_CHECKING:`."""
    tests = (each.test for each in names.ancestors(node) if isinstance(each, cst.If))
    return any(
        (get_full_name_for_node(test) or "").endswith("TYPE_CHECKING") for test in tests
    )


def _check_side(
    site: Site[cst.SimpleStatementLine], statement: cst.BaseSmallStatement
) -> None:
    """Refuse that the async program runs a module that only the twin has."""
    if site.names.is_sync_only(site.old):
        return
    for module in _imported_modules(site.names, statement):
        if module in site.names.definitions.sync_only:
            raise Refused(
                f"{module} is for the sync side only, and this import runs on both",
                "put it below `if TYPE_CHECKING:  # twingen: sync-only`",
                node=statement,
            )


def _check_member(
    site: Site[cst.SimpleStatementLine], statement: cst.BaseSmallStatement
) -> None:
    """Refuse that the body of a class imports what the twin must not have."""
    if not isinstance(statement, (cst.Import, cst.ImportFrom)):
        return
    around = site.names.enclosing(site.old, cst.ClassDef, cst.FunctionDef)
    if not isinstance(around, cst.ClassDef) or isinstance(
        statement.names, cst.ImportStar
    ):
        return
    module = ""
    if isinstance(statement, cst.ImportFrom):
        module = f"{site.names.imported_module(statement) or ''}."
    for alias in statement.names:
        qualified = f"{module}{alias.evaluated_name}"
        name = alias.evaluated_alias or alias.evaluated_name.split(".")[0]
        stays = _twin_of_alias(site, qualified, "")[1] is None
        closed = site.libraries.is_closed(qualified.split(".")[0])
        if closed and stays and name in site.names.imported_members():
            raise Refused(
                f"{qualified} is an attribute of this class, and has no twin",
                "import it at the top of the module",
                node=statement,
            )


def _imported_modules(names: Names, statement: cst.BaseSmallStatement) -> Iterator[str]:
    """Yield what a statement imports and, of names that are modules, these."""
    if isinstance(statement, cst.Import):
        yield from (alias.evaluated_name for alias in statement.names)
    elif isinstance(statement, cst.ImportFrom):
        module = names.imported_module(statement) or ""
        yield module
        if not isinstance(statement.names, cst.ImportStar):
            for alias in statement.names:
                yield f"{module}.{alias.evaluated_name}"


def _plain_import(
    site: Site[cst.SimpleStatementLine], statement: cst.Import
) -> cst.Import:
    modules = site.names.definitions.modules
    aliases = []
    for alias in statement.names:
        name = alias.evaluated_name
        twin = modules.get(name) or site.libraries.module_twin(name)
        if twin is not None:
            is_itself = alias.evaluated_alias == twin != name
            asname = None if is_itself else alias.asname
            alias = alias.with_changes(name=_dotted(twin), asname=asname)
        aliases.append(alias)
    return statement.with_changes(names=aliases)


def _from_import(
    site: Site[cst.SimpleStatementLine], statement: cst.ImportFrom
) -> list[cst.Import | cst.ImportFrom]:
    module = site.names.imported_module(statement)
    if module is None:
        return [statement]
    modules = site.names.definitions.modules
    target = modules.get(module) or site.libraries.module_twin(module) or module
    if isinstance(statement.names, cst.ImportStar):
        _check_star(site, module, statement)
        return [_from(site, statement, target)]
    by_module: dict[str, list[cst.ImportAlias]] = {}
    whole: list[cst.Import | cst.ImportFrom] = []
    for alias in statement.names:
        qualified = site.names.definitions.original(f"{module}.{alias.evaluated_name}")
        if (package := _package_instead(site, qualified)) is not None:
            whole.append(_package_as(package, alias))
            continue
        if (builtin := _builtin_in_twin(site, qualified)) is not None:
            if _is_offered(site, alias):  # for others to import, or by a star
                by_module.setdefault("builtins", []).append(_as_itself(alias, builtin))
            continue
        local = alias.evaluated_alias or alias.evaluated_name
        runtime = site.of_runtime(site.names.meanings(local, at=site.old))
        if runtime is None and _is_offered(site, alias):
            runtime = _runtime_name(site, qualified)
        if runtime is not None:
            home, twin = site.imports.in_place(runtime)
            by_module.setdefault(home, []).append(_called(alias, twin, local))
            continue
        home, name = _twin_of_alias(site, qualified, target)
        if name is None:
            by_module.setdefault(target, []).append(alias)
            continue
        by_module.setdefault(home, []).append(
            _renamed(site, alias, qualified, f"{home}.{name}")
        )
    if by_module.get(module) == list(statement.names):
        return [_from(site, statement, module)]
    kept = by_module.get(next(iter(by_module), ""), [])
    split = len(kept) < len(statement.names)
    return whole + [
        _from(site, statement, home, _once(aliases, split))
        for home, aliases in by_module.items()
    ]


def _package_instead(site: Site[cst.SimpleStatementLine], qualified: str) -> str | None:
    """Return the package that stands in the twin where an imported module does."""
    verdict = site.libraries.verdict(qualified)
    if verdict is not None and (verdict.becomes or verdict.keep):
        return None
    if site.names.definitions.module_of(qualified) is not None:
        return None
    return site.libraries.module_twin(qualified)


def _package_as(package: str, alias: cst.ImportAlias) -> cst.Import | cst.ImportFrom:
    """Return the import of a package under the name that a module of it had."""
    home, _, name = package.rpartition(".")
    local = alias.evaluated_alias or alias.evaluated_name
    named = cst.ImportAlias(
        cst.Name(name), cst.AsName(cst.Name(local)) if local != name else None
    )
    return cst.ImportFrom(_dotted(home), [named]) if home else cst.Import([named])


def _runtime_name(site: Site[cst.SimpleStatementLine], qualified: str) -> str | None:
    """Return what of the runtime a name becomes, which others import from here."""
    verdict = site.libraries.verdict(qualified)
    becomes = verdict.becomes if verdict is not None else ""
    return becomes if becomes.startswith("twingen.runtime.") else None


def _called(alias: cst.ImportAlias, name: str, local: str) -> cst.ImportAlias:
    """Return the import of a name that keeps the name it has in the module."""
    as_local = None if local == name else cst.AsName(cst.Name(local))
    return alias.with_changes(name=cst.Name(name), asname=as_local)


def _check_star(
    site: Site[cst.SimpleStatementLine], module: str, statement: cst.ImportFrom
) -> None:
    """Refuse a star import that may bring in names that the twin spells otherwise.

    What it takes from a source is known, where that says so.
    """
    if site.names.definitions.star(module) is not None:
        return
    unbound = [
        name
        for name in site.libraries.renamed_from(module)
        if site.names.is_looked_up(name) and not site.names.is_bound(name)
    ]
    if unbound or site.libraries.is_closed(module):
        raise Refused(
            f"it is not known which names come from {module}, and some have other "
            "names in the twin",
            "import them by name",
            node=statement,
        )


def _renamed(
    site: Site[cst.SimpleStatementLine],
    alias: cst.ImportAlias,
    qualified: str,
    becomes: str,
) -> cst.ImportAlias:
    """Return the alias under its new name; one bound elsewhere too keeps its own."""
    _check_collision(site, alias, becomes)
    old, new = alias.evaluated_name, becomes.rpartition(".")[2]
    changed = alias.with_changes(name=alias.name.with_changes(value=new))
    if alias.asname is not None and alias.evaluated_alias == old:
        # `from x import y as y` says that y is there for others to import.
        return changed.with_changes(asname=cst.AsName(cst.Name(new)))
    if alias.asname is not None or old == new:
        return changed
    meanings = site.names.meanings(old, at=site.old)
    if meanings == {qualified} or site.shared_name(cst.Name(old), meanings) == new:
        return changed
    return changed.with_changes(asname=cst.AsName(cst.Name(old)))


def _builtin_in_twin(site: Site[cst.SimpleStatementLine], qualified: str) -> str | None:
    verdict = site.libraries.verdict(qualified)
    builtin = verdict is not None and verdict.becomes.isidentifier()
    return verdict.becomes if verdict is not None and builtin else None


def _is_offered(site: Site[cst.SimpleStatementLine], alias: cst.ImportAlias) -> bool:
    """Recognize `from x import y as y`, and a name of `__all__`."""
    name = alias.evaluated_alias or alias.evaluated_name
    if alias.asname is not None and name == alias.evaluated_name:
        return True
    return any(
        (name in each.value or "\\" in each.value)  # it is evaluated by Python's parser
        and text_of(each) == name
        and is_export(site.names, each)
        for each in site.names.nodes.of(cst.SimpleString)
    )


def _as_itself(alias: cst.ImportAlias, name: str) -> cst.ImportAlias:
    if alias.asname is None or alias.evaluated_alias != alias.evaluated_name:
        return alias.with_changes(name=cst.Name(name))
    return alias.with_changes(name=cst.Name(name), asname=cst.AsName(cst.Name(name)))


def _twin_of_alias(
    site: Site[cst.SimpleStatementLine], qualified: str, target: str
) -> tuple[str, str | None]:
    """Return the module and name of an imported name, or no name to leave it."""
    verdict = site.libraries.verdict(qualified)
    if verdict is None or not verdict.becomes:
        return target, None
    home, _, name = verdict.becomes.rpartition(".")
    if not home or home.startswith("twingen.runtime."):
        return target, None
    return home, name


def _check_collision(
    site: Site[cst.SimpleStatementLine], alias: cst.ImportAlias, becomes: str
) -> None:
    name = becomes.rpartition(".")[2]
    if alias.asname is not None or name == alias.evaluated_name:
        return
    if becomes == f"builtins.{name}":
        hidden = site.names.is_bound(name)
    else:
        hidden = site.names.is_looked_up(name) and not site.names.is_bound(name)
    unknown = hidden and not site.names.is_bound(name)
    bound = site.names.bound().get(name, set())
    if bound and all(site.libraries.in_twin(each) == becomes for each in bound):
        return  # both are the same thing in the twin
    if hidden or site.names.is_bound_otherwise(name, becomes, seen_by=alias):
        raise Refused(
            f"{alias.evaluated_name} becomes {name} in the twin, which is "
            f"{'used' if unknown else 'bound'} in this module already",
            f"import it as another name, or rename {name}",
            node=alias,
        )


def _from(
    site: Site[cst.SimpleStatementLine],
    statement: cst.ImportFrom,
    target: str,
    aliases: list[cst.ImportAlias] | None = None,
) -> cst.ImportFrom:
    changed = statement if aliases is None else statement.with_changes(names=aliases)
    spelled = get_full_name_for_node(statement.module) if statement.module else ""
    names, dots = site.names, len(statement.relative)
    if not dots or not _above(names.module, names.is_package, dots):
        module = target if target != names.imported_module(statement) else spelled
    else:
        base = _above(names.twin, names.is_package, dots)
        if not base or not f"{target}.".startswith(f"{base}."):
            return changed.with_changes(module=_dotted(target), relative=[])
        module = target[len(base) + 1 :]
    if module == spelled:
        return changed
    return changed.with_changes(module=_dotted(module) if module else None)


def _above(module: str, is_package: bool, dots: int) -> str:
    """Return the package that dots stand for in a module, "" for none."""
    parts = module.split(".")
    return ".".join(parts[: len(parts) - dots + is_package])


def _once(aliases: list[cst.ImportAlias], split: bool) -> list[cst.ImportAlias]:
    """Return every alias once, with commas of its own where the list is split."""
    plain = [a.with_changes(comma=cst.MaybeSentinel.DEFAULT) for a in aliases]
    spelled = [cst.Module([]).code_for_node(alias) for alias in plain]
    first = [spelled.index(text) == index for index, text in enumerate(spelled)]
    chosen = aliases if all(first) and not split else plain
    return [alias for alias, is_first in zip(chosen, first, strict=True) if is_first]


def _dotted(name: str) -> cst.Attribute | cst.Name:
    expression = cst.parse_expression(name)
    assert isinstance(expression, (cst.Attribute, cst.Name))
    return expression
