"""What a package above the sources may offer: `from mylib import AsyncClient`."""

from __future__ import annotations

from .library_tables import Libraries
from .names import Names


def is_offered_elsewhere(names: Names, libraries: Libraries, qualified: str) -> bool:
    """Return whether a package above a source exports the name of async code there.

    That is a renamed name, a coroutine function, or a class with such methods, of
    which no row and no pattern says what the twin imports.
    """
    home, _, name = qualified.rpartition(".")
    known = names.definitions
    if name not in known.names or not home or qualified in known.modules:
        return False
    if known.module_of(home) is not None:
        return False
    above = [each for each in known.modules if each.startswith(f"{home}.")]
    if not above or libraries.verdict(qualified) is not None:
        return False
    renamed = libraries.renames.words() if libraries.renames else {}
    for each in above:
        own = f"{each}.{name}"
        if own in known.coroutines or (own in known.classes and name in renamed):
            return True
        if own in known.classes:
            bases = set(known.bases(own))
            return any(m.rpartition(".")[0] in bases for m in known.asynchronous)
    return False


def offered_remedy(libraries: Libraries, qualified: str) -> str:
    """Return what to write for a name that a package above the sources offers."""
    home, _, name = qualified.rpartition(".")
    renames = libraries.renames
    found = renames.pattern_of(name) if renames is not None else None
    if found is not None:
        pattern, twin = found
        return (
            f'say what it is there: renames = {{"{home}.{pattern}" = "{home}.{twin}"}}'
        )
    return "import it from the source that defines it"
