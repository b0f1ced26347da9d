"""What a file of this folder says of a library: its release, tests and generator."""

from __future__ import annotations

import sys
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

CONFIGURATION = "[tool.twingen]"


@dataclass(frozen=True)
class Repository:
    """Where the library is developed, for what its release leaves out.

    `files` are files and folders of the commit, and where they go in the release.
    """

    url: str
    commit: str
    files: Mapping[str, str]


@dataclass(frozen=True)
class Script:
    """The generator of the library's own twins: its commands, run in the release.

    A command's first word is a program of an environment with what it `requires`; a
    word with a `*` stands for the files that match. `status` is how it says that it
    wrote something.
    """

    commands: tuple[tuple[str, ...], ...]
    status: int = 0
    requires: tuple[str, ...] = ()


@dataclass(frozen=True)
class Mark:
    """A comment that is put behind one line of the sources, and what for.

    `line` is the whole line, without its indentation, and stands in the file once.
    """

    file: str
    line: str
    mark: str
    why: str


@dataclass(frozen=True)
class Daemon:
    """A program that answers on a port while the tests run."""

    command: tuple[str, ...]
    port: int


@dataclass(frozen=True)
class Library:
    """One release, and what its tests need.

    `tests` and `twin_tests` are the paths of the tests of both forms, or patterns of
    such. `options` are given to pytest, and `deselect`, joined to each path, leaves out
    tests of both forms. Where the tests are not quite those of the release, or need
    what is not here, `failing_async` and `failing` say how many of each form fail,
    those of the twin with the shipped one as well. `server` names the variable
    in which the tests expect the address of a PostgreSQL server. `backends` are the
    event loops that the async form runs each of its tests on, `path` the folder that
    the packages are in. `equal` and `equal_code` are how many of the twins are what the
    release ships itself, the latter docstrings apart.

    `package` is what is imported, where that is not called like the library. `marks`
    are the marked lines of the sources. Where there is no other twin to compare
    with, `passing` tests pass in each form. `left_out` says why others are run in the
    async form alone: files, functions or cases, as pytest calls them below the
    folder of the tests.
    """

    name: str
    version: str
    sha256: str
    requires: tuple[str, ...] = ()
    tests: tuple[str, ...] = ()
    twin_tests: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    deselect: tuple[str, ...] = ()
    failing_async: int = 0
    failing: int = 0
    server: str = ""
    backends: tuple[str, ...] = ()
    path: str = "."
    package: str = ""
    marks: tuple[Mark, ...] = ()
    passing: int = 0
    left_out: Mapping[str, str] = field(default_factory=dict)
    daemons: tuple[Daemon, ...] = ()
    equal: int = 0
    equal_code: int = 0
    repository: Repository | None = None
    script: Script | None = None
    configuration: str = field(default="", repr=False)

    @property
    def lines(self) -> int:
        """Return how many lines of configuration there are, but for empty ones."""
        lines = [line.strip() for line in self.configuration.splitlines()]
        return sum(bool(line) and line[0] != "#" for line in lines)


def load(file: Path) -> Library:
    """Read the file of one library."""
    text = file.read_text(encoding="utf-8")
    table: dict[str, Any] = tomllib.loads(text)["library"]
    if repository := table.pop("repository", None):
        table["repository"] = Repository(**repository)
    if script := table.pop("script", None):
        commands = tuple(tuple(command) for command in script.pop("commands"))
        requires = tuple(script.pop("requires", ()))
        table["script"] = Script(commands, requires=requires, **script)
    lists = {key: tuple(value) for key, value in table.items() if type(value) is list}
    lists["marks"] = tuple(Mark(**each) for each in table.get("marks", ()))
    lists["daemons"] = tuple(
        Daemon(tuple(each["command"]), each["port"])
        for each in table.get("daemons", ())
    )
    configuration = text[text.index(CONFIGURATION) :]
    return Library(**{**table, **lists, "configuration": configuration})
