"""Plug-ins as distributions that Python itself finds, first the documented one."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

from support.sample_project import Project, Run

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

PAGE = (Path(__file__).parents[1] / "docs" / "plugins.md").read_text(encoding="utf-8")
PYPROJECT, ACTIVATION = re.findall(r"^```toml\n(.*?)^```", PAGE, re.M | re.S)
MODULES = re.findall(r"^```python\n# (\S+)\n(.*?)^```", PAGE, re.M | re.S)

CONFIGURATION = """
trees = [
    { source = "src/lib", target = "out/lib_sync", module = "lib", twin = "lib_sync" },
]
"""
SOURCE = """from acme.aio import Client, throttled


async def get(client: Client) -> str:
    return await throttled(client.get("x"), 3)
"""
TWIN = """from acme import Client


def get(client: Client) -> str:
    return client.get("x")
"""
RULE = '''"""A rule that does what its test says."""

import libcst as cst

from twingen import rewrite


@rewrite("{code}", cst.{node})
def rule(site):
    return {result}
'''


def install(
    folder: Path, name: str, modules: dict[str, str], points: dict[str, dict[str, str]]
) -> None:
    """Lay out a distribution as installers do."""
    for path, text in modules.items():
        (folder / path).parent.mkdir(parents=True, exist_ok=True)
        (folder / path).write_text(text, encoding="utf-8")
    about = folder / f"{name.replace('-', '_')}-1.0.dist-info"
    about.mkdir()
    (about / "METADATA").write_text(
        f"Metadata-Version: 2.1\nName: {name}\nVersion: 1.0\n", encoding="utf-8"
    )
    lines = []
    for group, entries in points.items():
        lines.append(f"[{group}]")
        lines += [f"{entry} = {value}" for entry, value in entries.items()]
    (about / "entry_points.txt").write_text("\n".join(lines) + "\n", encoding="utf-8")


@dataclass(frozen=True)
class Place:
    """A project, and the folder that Python finds plug-ins in."""

    root: Path
    plugins: Path

    def configure(self, *names: str) -> None:
        listed = ", ".join(f'"{name}"' for name in names)
        text = f"[tool.twingen]\nplugins = [{listed}]{CONFIGURATION}"
        (self.root / "pyproject.toml").write_text(text, encoding="utf-8")

    def run(self, *arguments: str) -> Run:
        """Run a command in this process, which finds the plug-ins meanwhile."""
        before = set(sys.modules)
        with pytest.MonkeyPatch.context() as patch:
            patch.chdir(self.root)
            patch.syspath_prepend(self.plugins)
            try:
                return Project(self.root).run(*arguments)
            finally:
                for name in set(sys.modules) - before:
                    file = getattr(sys.modules[name], "__file__", None) or ""
                    if Path(file).is_relative_to(self.plugins):
                        del sys.modules[name]

    def rule(self, name: str, **rule: str) -> None:
        """Install a plug-in with one rule in a module of its own."""
        text = RULE.format(**{"code": "AB101", "result": "None", "node": "Pass"} | rule)
        points = {"twingen.rules": {name: f"{name}_rule"}}
        install(self.plugins, f"twingen-{name}", {f"{name}_rule.py": text}, points)


@pytest.fixture
def place(tmp_path: Path) -> Place:
    """A project and an installed plug-in: the one of the documentation."""
    found = Place(tmp_path / "project", tmp_path / "site")
    (found.root / "src/lib").mkdir(parents=True)
    (found.root / "src/lib/__init__.py").write_text(SOURCE, encoding="utf-8")
    found.plugins.mkdir()
    project = tomllib.loads(PYPROJECT)["project"]
    install(found.plugins, project["name"], dict(MODULES), project["entry-points"])
    found.configure(*tomllib.loads(ACTIVATION)["tool"]["twingen"]["plugins"])
    return found


def test_documented_plugin(place: Place) -> None:
    run = place.run("build")
    assert (run.code, run.err) == (0, "")
    twin = (place.root / "out/lib_sync/__init__.py").read_text(encoding="utf-8")
    assert twin.endswith(f"\n\n{TWIN}")
    assert place.run("check").code == 0
    assert place.run("convert", "src/lib/__init__.py").out == TWIN


def test_what_is_not_named_does_nothing(place: Place) -> None:
    place.configure()
    run = place.run("build")
    assert run.code == 2
    assert "acme.aio.throttled is asynchronous, and no table says" in run.err
    plain = "import asyncio\n\n\nasync def f() -> None:\n    await asyncio.sleep(1)\n"
    (place.root / "src/lib/__init__.py").write_text(plain, encoding="utf-8")
    assert place.run("build").code == 0
    place.configure("acme")
    assert place.run("check").code == 0, "nor does it where nothing needs it"


def test_refusals_of_a_plugin(place: Place) -> None:
    text = SOURCE.replace('client.get("x")', "client")
    (place.root / "src/lib/__init__.py").write_text(text, encoding="utf-8")
    run = place.run("check")
    assert run.code == 2
    assert (
        "src/lib/__init__.py:5:18: ACME101 acme_throttled: what is throttled is not "
        "known here\n" in run.err
    )
    sarif = place.run("check", "--output-format", "sarif").out
    assert "`acme.aio.throttled(CALL, rate)` becomes `CALL`." in sarif
    text = SOURCE.replace("Client", "Watcher")
    (place.root / "src/lib/__init__.py").write_text(text, encoding="utf-8")
    assert "acme has no watcher without a loop" in place.run("check").err


def test_explain_knows_rules_of_plugins(place: Place) -> None:
    page = place.run("explain", "acme101").out
    assert page.startswith("ACME101 acme_throttled\n\n`acme.aio.throttled(CALL, rate)`")
    assert page.endswith("plug-in: acme\n")
    assert "\nTW101 await_expression" in place.run("explain").out
    assert "ACME101 acme_throttled " in place.run("explain").out
    line = place.run("explain", "src/lib/__init__.py:5").out
    assert "  ACME101 acme_throttled: " in line
    place.configure()
    assert place.run("explain", "acme101").code == 2


def test_python_api(place: Place) -> None:
    code = (
        "import sys, twingen\n"
        "print(twingen.convert(sys.stdin.read(), plugins=['acme']), end='')\n"
    )
    run = subprocess.run(
        [sys.executable, "-c", code],
        input=SOURCE,
        env={**os.environ, "PYTHONPATH": str(place.plugins)},
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert (run.stdout, run.stderr) == (TWIN, "")


def test_tables_in_files(place: Place) -> None:
    """A package with TOML files, and the path of one, in distributions of their own."""
    files = {
        "tables_one/__init__.py": "",
        "tables_one/first.toml": '[one]\nClient = "one.sync.Client"\n',
        "tables_one/second.toml": '[two]\nClient = "two.sync.Client"\n',
        "tables_two.py": "from pathlib import Path\n"
        "FILE = Path(__file__).with_name('third.toml')\n",
        "third.toml": '[three]\nClient = "three.sync.Client"\n',
    }
    points = {"one": "tables_one", "two": "tables_two:FILE"}
    install(place.plugins, "tables", files, {"twingen.tables": points})
    place.configure("one", "two")
    text = "".join(
        f"from {name} import Client as {name}_client\n\n" for name in ("one", "two")
    )
    text += "from three import Client\n\nx = one_client, two_client, Client\n"
    (place.root / "src/lib/__init__.py").write_text(text, encoding="utf-8")
    twin = place.run("convert", "src/lib/__init__.py").out
    for name in ("one", "two", "three"):
        assert f"from {name}.sync import Client" in twin


def test_own_rows_stand_over_those_of_plugins(place: Place) -> None:
    with open(place.root / "pyproject.toml", "a", encoding="utf-8") as file:
        file.write('[tool.twingen.libraries."acme.aio"]\nClient = "mine.Client"\n')
    twin = place.run("convert", "src/lib/__init__.py").out
    assert "from mine import Client" in twin


def test_two_rules_that_claim_one_place(place: Place) -> None:
    for name, code in (("one", "ONE101"), ("two", "TWO101")):
        place.rule(name, code=code, node="Pass", result="cst.Expr(cst.Ellipsis())")
    (place.root / "src/lib/__init__.py").write_text("def f():\n    pass\n")
    place.configure("one")
    assert place.run("check").code == 1
    for names in (("one", "two"), ("two", "one")):
        place.configure(*names)
        run = place.run("check")
        assert run.code == 2
        assert (
            "src/lib/__init__.py:2:5: TW008 conflict: two rules claim this: one_rule "
            "of one and two_rule of two\n" in run.err
        )


def test_a_rule_that_claims_what_twingen_does(place: Place) -> None:
    place.rule("greedy", node="Await", result="site.new.expression")
    place.configure("acme", "greedy")
    config = place.root / "pyproject.toml"
    config.write_text(f'{config.read_text(encoding="utf-8")}tasks = "threads"\n')
    run = place.run("check")
    assert run.code == 2
    assert "await_expression of twingen and greedy_rule of greedy" in run.err


BROKEN: dict[str, tuple[dict[str, str], dict[str, dict[str, str]], str]] = {
    "not installed": ({}, {}, "plug-in bad is not installed: no entry point of that"),
    "module that is not there": (
        {},
        {"twingen.rules": {"bad": "bad_module"}},
        "plug-in bad: bad_module cannot be loaded: ModuleNotFoundError",
    ),
    "module that raises": (
        {"bad_module.py": "1 / 0\n"},
        {"twingen.rules": {"bad": "bad_module"}},
        "plug-in bad: bad_module cannot be loaded: ZeroDivisionError",
    ),
    "module without a rule": (
        {"bad_module.py": ""},
        {"twingen.rules": {"bad": "bad_module"}},
        "plug-in bad: twingen.rules must be a module with rules",
    ),
    "something else than rules": (
        {"bad_module.py": "RULES = [3]\n"},
        {"twingen.rules": {"bad": "bad_module:RULES"}},
        "plug-in bad: twingen.rules must be a module with rules",
    ),
    "a code of twingen's": (
        {"bad_module.py": RULE.format(code="TW999", node="Pass", result=None)},
        {"twingen.rules": {"bad": "bad_module"}},
        "plug-in bad: the code TW999 of bad_module must be 2 to 8 capital letters",
    ),
    "a code of another plug-in": (
        {"bad_module.py": RULE.format(code="ACME101", node="Pass", result=None)},
        {"twingen.rules": {"bad": "bad_module"}},
        "acme and bad both have a rule ACME101",
    ),
    "a rule called like one of twingen's": (
        {"sleep_call.py": RULE.format(code="BAD101", node="Pass", result=None)},
        {"twingen.rules": {"bad": "sleep_call"}},
        "twingen and bad both have a rule sleep_call",
    ),
    "a rule without a manual": (
        {"bad_module.py": "\n".join(RULE.splitlines()[1:]).format(
            code="BAD101", node="Pass", result=None
        )},
        {"twingen.rules": {"bad": "bad_module"}},
        "plug-in bad: the module of bad_module has no docstring",
    ),
    "a rule that raises": (
        {"bad_module.py": RULE.format(code="BAD101", node="Await", result="1 / 0")},
        {"twingen.rules": {"bad": "bad_module"}},
        "bad: bad_module failed: ZeroDivisionError: division by zero (at lib:5)",
    ),
    "a rule that answers with no node": (
        {"bad_module.py": RULE.format(code="BAD101", node="Await", result="'x'")},
        {"twingen.rules": {"bad": "bad_module"}},
        "plug-in bad: bad_module returned 'x', which is not a node (at lib:5)",
    ),
    "tables of another type": (
        {"bad_module.py": "TABLES = 3\n"},
        {"twingen.tables": {"bad": "bad_module:TABLES"}},
        "plug-in bad: twingen.tables must be a mapping",
    ),
    "a table that is not TOML": (
        {"bad_package/__init__.py": "", "bad_package/x.toml": "[x\n"},
        {"twingen.tables": {"bad": "bad_package"}},
        "plug-in bad: x.toml cannot be read",
    ),
    "a row without a verdict": (
        {"bad_module.py": "TABLES = {'x': {'y': {}}}\n"},
        {"twingen.tables": {"bad": "bad_module:TABLES"}},
        "plug-in bad: x.y must have exactly one verdict",
    ),
    "a row of another plug-in": (
        {"bad_module.py": "TABLES = {'acme.aio': {'Client': 'x.Client'}}\n"},
        {"twingen.tables": {"bad": "bad_module:TABLES"}},
        "plug-in acme and plug-in bad both have a row for acme.aio.Client",
    ),
    "a row with a rule that is not there": (
        {"bad_module.py": "TABLES = {'x': {'y': {'rule': 'z'}}}\n"},
        {"twingen.tables": {"bad": "bad_module:TABLES"}},
        'x.y = { rule = "z" }: there is no such rule',
    ),
}  # fmt: skip


@pytest.mark.parametrize("name", BROKEN)
def test_broken_plugin(name: str, place: Place) -> None:
    modules, points, said = BROKEN[name]
    if points:
        install(place.plugins, "twingen-bad", modules, points)
    place.configure("acme", "bad")
    run = place.run("check")
    assert run.code == 2
    assert said in run.err
    assert "Traceback" not in run.err
    assert not (place.root / "out").exists()


def test_two_plugins_of_one_name(place: Place) -> None:
    modules = {"other.py": "TABLES = {}\n"}
    points = {"twingen.tables": {"acme": "other:TABLES"}}
    install(place.plugins, "twingen-other", modules, points)
    run = place.run("check")
    assert run.code == 2
    assert "plug-in acme: twingen-acme and twingen-other both have" in run.err


@pytest.mark.parametrize("value", ["3", "[3]", '"acme"'])
def test_wrong_type_in_the_configuration(place: Place, value: str) -> None:
    file = place.root / "pyproject.toml"
    text = file.read_text(encoding="utf-8").replace('["acme"]', value)
    file.write_text(text, encoding="utf-8")
    run = place.run("check")
    assert run.code == 2
    assert "tool.twingen.plugins must be a list of names" in run.err
