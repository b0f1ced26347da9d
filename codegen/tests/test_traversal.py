"""What is not visited, not made anew and not looked at again must not matter.

Every source here is converted twice: as it is always done, and the slow way, by
libcst's own `visit` of the whole tree. Both must give the same twin, or refuse the
same.
"""

from __future__ import annotations

import gc
import sys
from collections.abc import Sequence
from pathlib import Path

import libcst as cst
import pytest
from hypothesis import given, settings, strategies as st
from test_properties import _PROFILE

from support.case_files import CASES, Case
from twingen.analysis.sides.side_configuration import side_table
from twingen.analysis.symbols.definitions import Definitions
from twingen.analysis.symbols.renames import Renames
from twingen.conversion.convert import Settings, convert
from twingen.conversion.rewriting import Rewriter
from twingen.diagnostics.diagnostic import ConversionError
from twingen.formatting.formatter import NoFormatter
from twingen.project.batch import Batch
from twingen.project.config import Config
from twingen.syntax.nodes import Nodes, find
from twingen.syntax.source import Source
from twingen.syntax.traversal import EVERYTHING

# Layouts that black does not leave, and that a tree must carry all the same.
ODD = {
    "one line": ("async def f(x):\n    if x: await x.g(); return 1\n    else: pass\n"),
    "tabs": (
        "async def f(x):\n"
        "\tasync with x as y :\n"
        "\t\tawait y\n"
        "\treturn  await x\n"
    ),
    "line ends": ("import asyncio\r\nasync def f():\r\n    await asyncio.sleep(0)\r\n"),
    "mixed ends": ("async def f(x):\n    await x\r\n    await x.y\n"),
    "form feed": ("import os\n\x0c\nasync def f(x):\n    await x\n\x0c\nx = 1\n"),
    "backslash": (
        "async def f(x):\n"
        "    y = await \\\n"
        "        x.g() + \\\n"
        "        1\n"
        "    return y\n"
    ),
    "semicolons": ("async def f(x): await x; await x.y ; return x;\n"),
    "comments": (
        "async def f(  # one\n"
        "    x,  # two\n"
        "):  # three\n"
        "    # four\n"
        "    await x  # five\n"
        "# six\n"
    ),
    "no end": ("async def f(x):\n    await x"),
    "marker": (
        "x = [\n"
        "    1,  # twingen: async-only\n"
        "    2,\n"
        "]\n"
        "\n"
        "# twingen: async-only\n"
        "y = 1\n"
        "z = 2\n"
    ),
    "markers": (
        "import asyncio\n"
        "\n"
        "if x:  # twingen: async-only\n"
        "    import a\n"
        "elif y:\n"
        "    import b\n"
        "else:\n"
        "    import c\n"
        "\n"
        "\n"
        "class A:\n"
        "\n"
        "    # twingen: async-only\n"
        "    def f(self): ...\n"
        "\n"
        "    async def g(self): ...\n"
    ),
    "opening": (
        "f(  # twingen: async-only\n"
        "    1,\n"
        ")\n"
        "\n"
        "@d(  # twingen: async-only\n"
        "    2,\n"
        ")\n"
        "async def g(x): await x\n"
    ),
    "decorators": ("@a . b\n@c ( 1 )\nasync   def f ( x ) : await   x\n"),
    "strings": (
        "async def f(x):\n    return f'{await x!r:>{await x.y}} {x}' \"it\" 'self'\n"
    ),
    "lines of a string": (
        "async def f(x):\n"
        '    """One.\n'
        "\n"
        "        Two.\n"
        '    """\n'
        "    await x\n"
    ),
    "parentheses": ("async def f(x):\n    return ((await x)), (  await (x.y) ,)\n"),
    "lambda": ("f = lambda x : [y async  for y in x]\n\nasync def g(): return f\n"),
    "nested": (
        "class A:\n"
        "  class B:\n"
        "    async def f(self):\n"
        "      async def g(): await self\n"
        "      await g()\n"
    ),
}


class _Slow(cst.CSTTransformer):
    """Offers every node of a tree as libcst comes by it."""

    def __init__(self, rewriter: Rewriter) -> None:
        super().__init__()
        self._rewriter = rewriter

    def on_leave(  # type: ignore[override]
        self, original_node: cst.CSTNode, updated_node: cst.CSTNode
    ) -> cst.CSTNode | cst.RemovalSentinel | cst.FlattenSentinel[cst.CSTNode]:
        return self._rewriter._rewritten(original_node, updated_node)


def _visited(rewriter: Rewriter) -> cst.Module:
    return rewriter._names.tree.visit(_Slow(rewriter))


def _slow_way(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("twingen.conversion.rewriting.Rewriter.converted", _visited)
    patch.setattr(
        "twingen.analysis.sides.side_trees._around_markers", lambda nodes: EVERYTHING
    )
    patch.setattr(
        "twingen.analysis.symbols.library_tables.Libraries.may_rename", lambda *_: True
    )
    patch.setattr(
        "twingen.analysis.symbols.library_tables.Libraries.has_row_of_member",
        lambda *_: True,
    )


def _settings() -> Settings:
    settings = Settings(tasks="turns", formatter=NoFormatter())
    settings.libraries.renames = Renames({"Async*": "*"}, settings.definitions, {})
    return settings


def _result(text: str) -> tuple[str, Sequence[object]]:
    try:
        twin = convert(text, settings=_settings())
    except ConversionError as error:
        return "", error.diagnostics
    return twin.text, [twin.changed, twin.runtime_modules, *twin.warnings]


def _both_ways(text: str) -> None:
    expected = _result(text)
    with pytest.MonkeyPatch.context() as patch:
        _slow_way(patch)
        assert _result(text) == expected


@pytest.mark.one_python
@pytest.mark.parametrize("case", [pytest.param(case, id=case.name) for case in CASES])
def test_examples_are_converted_as_in_the_slow_way(
    case: Case, monkeypatch: pytest.MonkeyPatch
) -> None:
    """What the fast way makes of them is what they say: see `test_cases`."""
    _slow_way(monkeypatch)
    assert case.result(case.source) == (case.kind, case.expected)


@pytest.mark.parametrize("name", ODD)
def test_odd_layouts_are_converted_as_in_the_slow_way(name: str) -> None:
    _both_ways(ODD[name])


_AIO = Path(__file__).parents[2] / "async_src" / "pgtwin" / "aio"
_OWN = sorted(_AIO.rglob("*.py"))


@pytest.mark.one_python
@pytest.mark.parametrize("path", _OWN[::4], ids=lambda path: path.stem)
def test_own_sources(path: Path) -> None:
    _both_ways(path.read_text(encoding="utf-8"))


@settings(_PROFILE)
@given(
    pieces=st.lists(st.sampled_from(sorted(ODD)), min_size=1, max_size=5),
    indent=st.sampled_from(["    ", "\t", "  "]),
    end=st.sampled_from(["\n", "\r\n", "  \n", "\n\x0c\n"]),
    around=st.sampled_from(["", "if x:\n", "class A:\n", "async def h(x):\n"]),
)
def test_odd_layouts_together(
    pieces: list[str], indent: str, end: str, around: str
) -> None:
    text = "".join(ODD[piece].rstrip() + "\n" for piece in pieces)
    text = text.replace("    ", indent)
    if around and '"""' not in text:
        lines = text.split("\n")
        text = around + "\n".join(f"{indent}{line}" if line else line for line in lines)
    _both_ways(text.replace("\n", end))


def test_nodes_come_with_what_is_in_them_first() -> None:
    tree = cst.parse_module("f(a, g(b))\nh[c] = d\n")
    nodes = Nodes(tree)
    calls = [each for each in nodes if isinstance(each, cst.Call)]
    only = {id(tree)}
    for call in calls:
        around: cst.CSTNode | None = call
        while around is not None:
            only.add(id(around))
            around = nodes.parent(around)
    order = list(nodes.innermost_first(only))
    assert {id(each) for each in order} == only
    assert [each for each in order if isinstance(each, cst.Call)] == calls[::-1]
    assert order[-1] is tree


def test_found_nodes_are_those_of_libcst_in_order() -> None:
    class Finder(cst.CSTVisitor):
        def __init__(self) -> None:
            self.found: list[cst.CSTNode] = []

        def visit_Name(self, node: cst.Name) -> None:
            self.found.append(node)

    for text in ODD.values():
        tree, finder = cst.parse_module(text), Finder()
        tree.visit(finder)
        found = find(tree, cst.Name)
        assert [id(each) for each in found] == [id(each) for each in finder.found]


def _batch() -> Batch:
    return Batch(
        Config(
            root=Path(),
            trees=(),
            renames={},
            methods={},
            strings=(),
            libraries={},
            tables=(),
            runtime="runtime",
            black={},
            requires_python=None,
            plugins=(),
            side=side_table(None, "side"),
        )
    )


@pytest.mark.skipif(
    sys.implementation.name != "cpython", reason="only CPython counts references"
)
@pytest.mark.parametrize("kept", [0, 1_000_000], ids=["parsed twice", "kept"])
def test_a_source_is_let_go_without_the_collector(
    kept: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("twingen.project.batch._KEPT", kept)
    text = (
        "class A:\n    def f(self, unheard_of):\n        return len(unheard_of)\n\n\n"
        "async def g():\n    unheard_of = [x for x in A().f(1)]\n    await unheard_of\n"
    )
    batch = _batch()
    source = Source(text)
    gc.collect()
    gc.disable()
    try:
        batch.learn(batch.read(source))
        batch.convert(source, "turns")
        batch.forget(source)
        left = [
            each
            for each in gc.get_objects()
            if type(each) is cst.Name and each.value == "unheard_of"
        ]
    finally:
        gc.enable()
        gc.unfreeze()
    assert left == []


def test_definitions_are_sorted_anew_when_there_are_more() -> None:
    known, other = Definitions(lost={"m.A.f"}), Definitions(lost={"m.B.f"})
    assert known.losing("f") == {"m.A"}
    known.lost.add("m.C.f")
    assert known.losing("f") == {"m.A", "m.C"}
    with known.also(other):
        assert known.losing("f") == {"m.A", "m.B", "m.C"}
    assert known.losing("f") == {"m.A", "m.C"}
    assert known.losing("g") == set()


def test_names_that_were_handed_out_outlive_the_source() -> None:
    batch, source = _batch(), Source("import os\n\n\nasync def f(): os.getpid()\n")
    batch.learn(batch.read(source))
    names = batch.names(source)
    batch.convert(source, "turns")
    batch.forget(source)
    assert names.bound()["os"] == {"os"}
    gc.unfreeze()
