"""`twingen lsp`, spoken to as an editor does: a process, over its standard streams."""

from __future__ import annotations

import asyncio
import json
import re
import subprocess
import sys
from collections.abc import AsyncIterator, Callable
from contextlib import asynccontextmanager
from pathlib import Path
from urllib.parse import unquote, urlparse

if sys.version_info >= (3, 11):
    import tomllib
else:
    import tomli as tomllib

import pytest

from support.sample_project import Project

pytest.importorskip("pygls", reason="twingen[lsp] is not installed")

from lsprotocol import types
from pygls.lsp.client import LanguageClient

SOURCE = "src/pkg/client.py"
TWIN = "out/pkg_sync/client.py"
# Seconds: far more than an answer takes, on a machine that does other things too.
PATIENCE = 120


class Editor:
    """An editor with one project open, and what it shows of each file."""

    def __init__(self, project: Project, client: LanguageClient) -> None:
        self.project = project
        self.client = client
        self.shown: dict[str, list[types.Diagnostic]] = {}
        self._news = asyncio.Event()
        self._version = 0

        @client.feature(  # type: ignore[untyped-decorator]
            types.TEXT_DOCUMENT_PUBLISH_DIAGNOSTICS
        )
        def published(params: types.PublishDiagnosticsParams) -> None:
            self.shown[params.uri] = list(params.diagnostics)
            self._news.set()

    def uri(self, name: str) -> str:
        return (self.project.root / name).resolve().as_uri()

    def open(self, name: str) -> None:
        item = types.TextDocumentItem(
            self.uri(name), "python", 0, self.project.read(name)
        )
        self.client.text_document_did_open(types.DidOpenTextDocumentParams(item))

    def type(self, name: str, text: str) -> None:
        """Change the whole text of a file, without saving it."""
        self._version += 1
        self.client.text_document_did_change(
            types.DidChangeTextDocumentParams(
                types.VersionedTextDocumentIdentifier(self._version, self.uri(name)),
                [types.TextDocumentContentChangeWholeDocument(text)],
            )
        )

    def save(self, name: str) -> None:
        document = types.TextDocumentIdentifier(self.uri(name))
        self.client.text_document_did_save(types.DidSaveTextDocumentParams(document))

    def close(self, name: str) -> None:
        document = types.TextDocumentIdentifier(self.uri(name))
        self.client.text_document_did_close(types.DidCloseTextDocumentParams(document))

    async def shows(
        self, name: str, wanted: Callable[[list[types.Diagnostic]], bool]
    ) -> list[types.Diagnostic]:
        """Wait until what is shown of a file is as wanted."""

        async def until() -> list[types.Diagnostic]:
            while True:
                self._news.clear()
                found = self.shown.get(self.uri(name))
                if found is not None and wanted(found):
                    return found
                await self._news.wait()

        return await asyncio.wait_for(until(), PATIENCE)

    async def source_of(self, name: str, line: int) -> tuple[str, int] | None:
        """Go to the definition from a line, counted from 1."""
        where = types.Position(line - 1, 0)
        document = types.TextDocumentIdentifier(self.uri(name))
        params = types.DefinitionParams(document, where)
        return self._place(await self.client.text_document_definition_async(params))

    async def twin_of(self, name: str, line: int) -> tuple[str, int] | None:
        """Go to the implementation from a line, counted from 1."""
        where = types.Position(line - 1, 0)
        document = types.TextDocumentIdentifier(self.uri(name))
        params = types.ImplementationParams(document, where)
        return self._place(await self.client.text_document_implementation_async(params))

    def _place(self, found: object) -> tuple[str, int] | None:
        if found is None:
            return None
        assert isinstance(found, types.Location)
        path = Path(unquote(urlparse(found.uri).path))
        name = path.relative_to(self.project.root.resolve()).as_posix()
        return name, found.range.start.line + 1


@asynccontextmanager
async def editor_on(project: Project) -> AsyncIterator[Editor]:
    client = LanguageClient("test", "1")
    editor = Editor(project, client)
    await client.start_io(sys.executable, "-m", "twingen", "lsp", "--stdio")
    root = project.root.resolve().as_uri()
    params = types.InitializeParams(types.ClientCapabilities(), root_uri=root)
    result = await asyncio.wait_for(client.initialize_async(params), PATIENCE)
    assert result.server_info is not None
    assert result.server_info.name == "twingen"
    # pygls would put the change of a part where it counts lines, not the editor.
    sync = result.capabilities.text_document_sync
    assert isinstance(sync, types.TextDocumentSyncOptions)
    assert sync.change is types.TextDocumentSyncKind.Full
    assert result.capabilities.definition_provider
    assert result.capabilities.implementation_provider
    assert result.capabilities.code_action_provider
    assert result.capabilities.hover_provider
    client.initialized(types.InitializedParams())
    try:
        yield editor
    finally:
        await asyncio.wait_for(client.shutdown_async(None), PATIENCE)
        client.exit(None)
        await asyncio.wait_for(client.stop(), PATIENCE)  # type: ignore[no-untyped-call]


def nothing(found: list[types.Diagnostic]) -> bool:
    return found == []


def something(found: list[types.Diagnostic]) -> bool:
    return bool(found)


def test_refusals_as_one_types(project: Project) -> None:
    async def session() -> None:
        before = project.snapshot()
        async with editor_on(project) as editor:
            editor.open(SOURCE)
            assert await editor.shows(SOURCE, nothing) == []
            text = project.read(SOURCE)
            editor.type(
                SOURCE, f"{text}\n\nasync def f(x):\n    '\U0001f600'; await x\n"
            )
            (found,) = await editor.shows(SOURCE, something)
            assert found.code == "TW102"
            assert found.source == "twingen"
            assert found.severity is types.DiagnosticSeverity.Error
            assert "\nhelp: await the call itself" in found.message
            # Columns are counted in UTF-16.
            assert found.range.start == types.Position(18, 10)
            assert found.range.end == types.Position(18, 17)
            assert found.code_description is not None
            page = Path(unquote(urlparse(found.code_description.href).path))
            assert page.read_text(encoding="utf-8").startswith("# TW102 ")
            editor.type(SOURCE, f"{text}\ndef g(:\n")
            (found,) = await editor.shows(
                SOURCE, lambda shown: [each.code for each in shown] == ["TW001"]
            )
            editor.type(SOURCE, f"{text}\n# mended\n")
            await editor.shows(SOURCE, nothing)
            editor.type(SOURCE, f"{text}\nasync def f(x): await x\n")
            await editor.shows(SOURCE, something)
            editor.close(SOURCE)
            await editor.shows(SOURCE, nothing)
        assert project.snapshot() == before

    asyncio.run(session())


def test_lines_end_where_editors_end_them(project: Project) -> None:
    """A form feed begins a page, and no line."""

    async def session() -> None:
        async with editor_on(project) as editor:
            text = "x = '\x0c \u2028'\n\x0c\nasync def f(x):\n    await x\n"
            project.write("src/pkg/pages.py", text)
            editor.open("src/pkg/pages.py")
            (found,) = await editor.shows("src/pkg/pages.py", something)
            assert found.range.start == types.Position(3, 4)
            assert found.range.end == types.Position(3, 11)

    asyncio.run(session())


def test_unsaved_definition_counts_in_other_files(project: Project) -> None:
    """What one file defines, and has not saved, is known in the others."""
    deep = "src/pkg/sub/deep.py"
    project.append(
        deep, "\n\nasync def more(client: AsyncClient):\n    await client.x\n"
    )

    async def session() -> None:
        async with editor_on(project) as editor:
            editor.open(deep)
            editor.open(SOURCE)
            (found,) = await editor.shows(deep, something)
            assert found.code == "TW102"
            with_property = (
                "    @property\n    async def x(self) -> int:\n        return 1\n"
            )
            editor.type(SOURCE, f"{project.read(SOURCE)}\n{with_property}")
            editor.save(SOURCE)
            await editor.shows(deep, nothing)

    asyncio.run(session())


def test_from_twin_to_source_and_back(project: Project) -> None:
    lines = project.read(TWIN).splitlines()
    twin = next(n for n, line in enumerate(lines, 1) if "sleep(delay" in line)
    lines = project.read(SOURCE).splitlines()
    source = next(n for n, line in enumerate(lines, 1) if "wait_for" in line)

    async def session() -> None:
        async with editor_on(project) as editor:
            assert await editor.source_of(TWIN, twin) == (SOURCE, source)
            assert await editor.twin_of(SOURCE, source) == (TWIN, twin)
            # The header has no source line, and a source no source.
            assert await editor.source_of(TWIN, 1) is None
            assert await editor.source_of(SOURCE, source) is None
            assert await editor.twin_of(TWIN, twin) is None
            # Lines move while one types; the twin on the disk does not.
            editor.open(SOURCE)
            editor.type(SOURCE, '"""A client."""\n# more\n' + "\n".join(lines[1:]))
            assert await editor.source_of(TWIN, twin) == (SOURCE, source + 1)
            assert await editor.twin_of(SOURCE, source + 1) == (TWIN, twin)
            editor.type(SOURCE, "def g(:\n")
            assert await editor.source_of(TWIN, twin) is None

    asyncio.run(session())


def test_remedies_and_explanations(project: Project) -> None:
    """A quick fix, as the editor applies it, settles what is underlined."""
    text = (
        "import acmeweb\n\n\nasync def f(x):\n    '\U0001f600'; await acmeweb.get(x)\n"
    )
    project.write("src/pkg/web.py", text)

    async def session() -> None:
        async with editor_on(project) as editor:
            editor.open("src/pkg/web.py")
            (found,) = await editor.shows("src/pkg/web.py", something)
            document = types.TextDocumentIdentifier(editor.uri("src/pkg/web.py"))
            hover = await editor.client.text_document_hover_async(
                types.HoverParams(document, found.range.start)
            )
            assert hover is not None
            assert isinstance(hover.contents, types.MarkupContent)
            assert hover.contents.value.startswith("**TW109 unknown_library_call**\n")
            actions = await editor.client.text_document_code_action_async(
                types.CodeActionParams(
                    document, found.range, types.CodeActionContext([found])
                )
            )
            assert actions is not None
            row, marker = actions
            assert isinstance(row, types.CodeAction)
            assert isinstance(marker, types.CodeAction)
            assert row.edit is not None
            assert list(row.edit.changes or {}) == [editor.uri("pyproject.toml")]
            assert marker.edit is not None
            (edit,) = (marker.edit.changes or {})[document.uri]
            # Columns are counted in UTF-16.
            assert edit.range.start == types.Position(4, 30)
            assert edit.new_text == "  # twingen: async-only"
            editor.type("src/pkg/web.py", text[:-1] + edit.new_text + "\n")
            await editor.shows("src/pkg/web.py", nothing)

    asyncio.run(session())


def test_hint_on_what_twingen_wrote(project: Project) -> None:
    async def session() -> None:
        async with editor_on(project) as editor:
            for name, origin in [
                (TWIN, SOURCE),
                ("out/pkg_sync/runtime/deadline.py", "twingen.runtime.deadline"),
            ]:
                editor.open(name)
                (found,) = await editor.shows(name, something)
                assert found.severity is types.DiagnosticSeverity.Information
                assert found.message == (
                    f"written by twingen from {origin}: edit that instead"
                )
                assert found.range.start == types.Position(0, 0)
            editor.type(TWIN, project.read(TWIN) + "# mine\n")
            (found,) = await editor.shows(
                TWIN, lambda shown: [each.code for each in shown] == ["TW013"]
            )
            assert found.severity is types.DiagnosticSeverity.Warning
            assert SOURCE in found.message

    asyncio.run(session())


def test_pages_and_files_of_nobody(project: Project, tmp_path: Path) -> None:
    project.write("src/pkg/guide.md", "```python\nawait x\n```\n")
    project.write("notes.py", "async def f(x):\n    await x\n")

    async def session() -> None:
        async with editor_on(project) as editor:
            editor.open("src/pkg/guide.md")
            (found,) = await editor.shows("src/pkg/guide.md", something)
            assert (found.code, found.range.start.line) == ("TW102", 1)
            editor.open("notes.py")
            assert await editor.shows("notes.py", lambda _: True) == []
            project.remove("pyproject.toml")
            editor.type("src/pkg/guide.md", "```python\nawait y\n```\n")
            await editor.shows("src/pkg/guide.md", nothing)

    asyncio.run(session())


def test_ends_with_its_editor(project: Project) -> None:
    command = [sys.executable, "-m", "twingen", "lsp"]
    run = subprocess.run(
        command, cwd=project.root, input=b"", capture_output=True, timeout=PATIENCE
    )
    assert (run.returncode, run.stdout) == (0, b"")


def test_a_session_ends_well(project: Project) -> None:
    """With 0 after `shutdown` and `exit`, as the protocol wants it."""
    said = b""
    for number, method in enumerate(("initialize", "shutdown", "exit")):
        message: dict[str, object] = {"jsonrpc": "2.0", "method": method}
        if method != "exit":
            message["id"] = number
        if method == "initialize":
            message["params"] = {"processId": None, "rootUri": None, "capabilities": {}}
        body = json.dumps(message).encode()
        said += b"Content-Length: %d\r\n\r\n%s" % (len(body), body)
    command = [sys.executable, "-m", "twingen", "lsp"]
    run = subprocess.run(
        command, cwd=project.root, input=said, capture_output=True, timeout=PATIENCE
    )
    assert (run.returncode, run.stderr) == (0, b"")


def test_without_pygls(project: Project, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.delitem(
        sys.modules, "twingen.commands.language_server.server", raising=False
    )
    monkeypatch.setitem(sys.modules, "pygls.lsp.server", None)
    run = project.run("lsp")
    assert run.code == 2
    assert 'python -m pip install "twingen[lsp]"' in run.err


PAGE = (Path(__file__).parents[1] / "docs" / "editors.md").read_text(encoding="utf-8")


def test_recipes_start_this_command() -> None:
    (settings,) = re.findall(r"^```json\n(.*?)^```", PAGE, re.M | re.S)
    found = json.loads(settings)
    command = [found["glspc.server.command"], *found["glspc.server.commandArguments"]]
    assert command == ["twingen", "lsp"]
    (languages,) = re.findall(r"^```toml\n(.*?)^```", PAGE, re.M | re.S)
    server = tomllib.loads(languages)["language-server"]["twingen"]
    assert [server["command"], *server["args"]] == command
    assert PAGE.count('"twingen" "lsp"') == 2  # lsp-mode and Eglot
    assert '{ "twingen", "lsp" }' in PAGE
