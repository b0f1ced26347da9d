"""Follows the guide, and nothing else, on a project that it describes.

The guide is codegen/README.md with the pages below codegen/docs/guide.

`python guide_walkthrough.py` does so with the twingen of its own environment, which may
hold nothing else: `nox -s packages` runs it beside an installed wheel.
"""

from __future__ import annotations

import os
import re
import subprocess
import sys
import tempfile
from pathlib import Path

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

HERE = Path(__file__).parents[2]
README = (HERE / "README.md").read_text(encoding="utf-8")
GUIDE = {
    path.stem: path.read_text(encoding="utf-8")
    for path in sorted((HERE / "docs/guide").glob("*.md"))
}
(CONFIGURATION,) = (
    block
    for block in re.findall(r"^```toml\n(.*?)^```", README, re.M | re.S)
    if "trees" in block
)
CONSOLES = re.findall(
    r"^```console\n(.*?)^```", README + GUIDE["commands"], re.M | re.S
)
(SCRIPT,) = re.findall(
    r"^```python\n(import twingen\n.*?)^```", GUIDE["commands"], re.M | re.S
)

FILES = {
    "src/mylib/__init__.py": "from ._async.client import AsyncClient as AsyncClient\n"
    "from ._sync.client import Client as Client\n",
    "src/mylib/_async/__init__.py": "",
    "src/mylib/_async/client.py": '''"""A client."""

import asyncio


class AsyncClient:
    """Sleeps, within a deadline."""

    async def pause(self, delay: float) -> None:
        await asyncio.wait_for(asyncio.sleep(delay), 1)

    async def __aenter__(self) -> "AsyncClient":
        return self

    async def __aexit__(self, *_: object) -> None:
        pass
''',
    "tests/_async/test_client.py": "from mylib import AsyncClient\n\n\n"
    "async def test_pause() -> None:\n    async with AsyncClient() as client:\n"
    "        await client.pause(0)\n",
    "service.py": 'from mylib import Client\n\nClient().pause("long")\n',
}
# What stands in the guide for something of the reader's own.
STANDS_FOR = {
    "FILE": "src/mylib/_async/client.py",
    "PATH": "src/mylib/_sync",
    "client.py:10": "src/mylib/_async/client.py:10",
    "twin.py:13": "src/mylib/_sync/client.py:13",
}


def run(command: str, folder: Path, given: str = "") -> tuple[int, str]:
    """Run a line of a console as it stands there; return its code and what it said."""
    programs = os.pathsep.join([str(Path(sys.executable).parent), os.environ["PATH"]])
    done = subprocess.run(
        command,
        shell=True,
        cwd=folder,
        input=given,
        env={**os.environ, "PATH": programs, "PYTHONPATH": str(folder / "src")},
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
        timeout=120,
    )
    return done.returncode, done.stdout


def succeed(command: str, folder: Path) -> str:
    code, said = run(command, folder)
    assert code == 0, f"$ {command}\n{said}"
    return said


def configure(folder: Path) -> None:
    """Have a configuration proposed: it is the one that the guide shows."""
    for name, text in FILES.items():
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
    proposed = succeed("twingen init", folder)
    assert tomllib.loads(proposed) == tomllib.loads(CONFIGURATION)
    succeed("twingen init --write", folder)
    written = (folder / "pyproject.toml").read_text(encoding="utf-8")
    assert tomllib.loads(written) == tomllib.loads(CONFIGURATION)


def adopt(folder: Path) -> None:
    """Type what "Adopt it" says: build, check, diff."""
    (block,) = (block for block in CONSOLES if "twingen build" in block)
    commands = re.findall(r"^\$ (.*?)(?:  +#.*)?$", block, re.M)
    assert commands == ["twingen build", "twingen check", "twingen diff"]
    for command in commands:
        succeed(command, folder)
    # The twin works where there is no twingen, and so do its tests.
    code = (
        "import sys; sys.modules['twingen'] = None\n"
        "sys.path += ['src', 'tests/_sync']\n"
        "import test_client\ntest_client.test_pause()\n"
    )
    (folder / "probe.py").write_text(code, encoding="utf-8")
    succeed("python probe.py", folder)


def type_every_command(folder: Path) -> None:
    """Type each command of the table once, except for those that do not end."""
    commands = re.findall(r"^\| `(twingen [^`]+)` \|", GUIDE["commands"], re.M)
    assert len(commands) >= 12
    for command in commands:
        for word, meaning in STANDS_FOR.items():
            command = command.replace(word, meaning)
        if command == "twingen init":
            code, said = run(command, folder)
            assert (code, "already" in said) == (2, True)
        elif command not in ("twingen watch", "twingen lsp"):
            assert succeed(command, folder) or command in (
                "twingen diff",
                "twingen where",
            )


def find_the_source(folder: Path) -> None:
    """See the traceback that the guide shows."""
    (block,) = (block for block in CONSOLES if "service.py" in block)
    command, *shown = block.splitlines()
    said = succeed(command.removeprefix("$ "), folder).replace(f"{folder}/", "")
    for line in shown:
        assert line.strip() == "..." or line in said.splitlines(), line


def use_from_python(folder: Path) -> None:
    """Run the script, on a source and on this project."""
    script = SCRIPT.replace("path/to/project", str(folder))
    head = f"source = {FILES['src/mylib/_async/client.py']!r}\n"
    head = head.replace("asyncio.wait_for(asyncio.sleep(delay), 1)", "asyncio.sleep(0)")
    tail = "assert 'class Client:' in twin\nassert not differences and not left\n"
    (folder / "script.py").write_text(head + script + tail, encoding="utf-8")
    succeed("python script.py", folder)


def read_the_pages(folder: Path) -> None:
    assert "\n## Refused: " in succeed("twingen explain TW310", folder)


def follow(folder: Path) -> None:
    """Do everything that the guide says, in a new folder."""
    folder = folder.resolve()
    configure(folder)
    adopt(folder)
    type_every_command(folder)
    find_the_source(folder)
    use_from_python(folder)
    read_the_pages(folder)


def is_alone() -> None:
    """See that this environment holds a wheel of twingen, and nothing of this clone."""
    import twingen

    package = Path(twingen.__file__).parent
    assert "site-packages" in package.parts, package
    assert (package / "py.typed").is_file()
    for name in ("pgtwin", "pgtwin_sync", "psycopg", "pytest"):
        assert run(f"python -c 'import {name}'", Path())[0] == 1, name


if __name__ == "__main__":
    is_alone()
    with tempfile.TemporaryDirectory() as empty:
        follow(Path(empty))
    print("the guide can be followed")
