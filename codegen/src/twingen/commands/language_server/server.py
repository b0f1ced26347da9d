"""`twingen lsp`: the answers of `editor_requests` in the Language Server Protocol.

Sources are looked at as they are in the editor, a moment after each change. This
module needs pygls, which the extra `twingen[lsp]` brings.
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from pathlib import Path

from lsprotocol import types
from pygls.lsp.server import LanguageServer
from pygls.uris import from_fs_path, to_fs_path

from ...diagnostics.diagnostic import Diagnostic
from ...reports.explain import page
from ...syntax.source import lines_of
from ...version import __version__
from .editor_requests import Editing
from .quick_fixes import Remedy

# Seconds without a keystroke after which a source is looked at.
_PAUSE = 0.2


class Server(LanguageServer):
    """One editor's session; files are converted one after the other, in a thread."""

    def __init__(self) -> None:
        # pygls finds the place of a change by `str.splitlines()`, which editors do not.
        super().__init__(
            "twingen",
            __version__,
            text_document_sync_kind=types.TextDocumentSyncKind.Full,
        )
        self.editing = Editing()
        self._one_by_one = asyncio.Lock()
        self._waiting: dict[str, asyncio.Task[None]] = {}

    def changed(self, uri: str, pause: float = _PAUSE) -> None:
        """Look at a file after a pause, unless it changes again before."""
        path = _path(uri)
        if path is None:
            return
        self.editing.texts[path] = self.workspace.get_text_document(uri).source
        if waiting := self._waiting.pop(uri, None):
            waiting.cancel()
        self._waiting[uri] = asyncio.ensure_future(self._look(uri, path, pause))

    def look_at_all(self) -> None:
        """Look at every open file: one may have changed what another means."""
        for uri in list(self.workspace.text_documents):
            self.changed(uri, pause=0)

    def closed(self, uri: str) -> None:
        path = _path(uri)
        if waiting := self._waiting.pop(uri, None):
            waiting.cancel()
        if path is not None:
            self.editing.texts.pop(path, None)
        self._publish(uri, None, [])

    async def place(
        self,
        uri: str,
        line: int,
        look_up: Callable[[Path, int], tuple[Path, int] | None],
    ) -> types.Location | None:
        """Return the place in another file for a line, which counts from 0."""
        path = _path(uri)
        if path is None:
            return None
        async with self._one_by_one:
            found = await asyncio.to_thread(look_up, path, line + 1)
        there = from_fs_path(str(found[0])) if found else None
        if found is None or there is None:
            return None
        start = types.Position(found[1] - 1, 0)
        return types.Location(there, types.Range(start, start))

    async def actions(self, uri: str, line: int) -> list[types.CodeAction]:
        """Return what can be inserted for what is refused at a line, from 0."""
        path = _path(uri)
        if path is None:
            return []
        async with self._one_by_one:
            found = await asyncio.to_thread(self.editing.remedies, path, line + 1)
        return [self._action(remedy) for remedy in found]

    async def hover(self, uri: str, line: int) -> types.Hover | None:
        """Explain a line, which counts from 0."""
        path = _path(uri)
        if path is None:
            return None
        async with self._one_by_one:
            text = await asyncio.to_thread(self.editing.explained, path, line + 1)
        if text is None:
            return None
        return types.Hover(types.MarkupContent(types.MarkupKind.Markdown, text))

    def _action(self, remedy: Remedy) -> types.CodeAction:
        lines = lines_of(self.editing.text(remedy.path))
        last = remedy.line > len(lines)
        text = "" if last else lines[remedy.line - 1]
        column = _units(text) if remedy.at_end else 0
        where = types.Position(remedy.line - 1, column)
        edit = types.TextEdit(types.Range(where, where), remedy.text)
        uri = from_fs_path(str(remedy.path))
        changes = {uri: [edit]} if uri else {}
        kind = types.CodeActionKind.QuickFix
        return types.CodeAction(
            remedy.title, kind, edit=types.WorkspaceEdit(changes=changes)
        )

    async def _look(self, uri: str, path: Path, pause: float) -> None:
        await asyncio.sleep(pause)
        version = self.workspace.get_text_document(uri).version
        async with self._one_by_one:
            shown = await asyncio.to_thread(self._shown, path)
        self._publish(uri, version, shown)

    def _publish(
        self, uri: str, version: int | None, shown: list[types.Diagnostic]
    ) -> None:
        self.text_document_publish_diagnostics(
            types.PublishDiagnosticsParams(uri, shown, version)
        )

    def _shown(self, path: Path) -> list[types.Diagnostic]:
        written = self.editing.written(path)
        if written is None:
            lines = lines_of(self.editing.texts.get(path, ""))
            return [_of(finding, lines) for finding in self.editing.findings(path)]
        code: str | None = None
        if written.edited:
            message = f"this twin was edited by hand: move the edit to {written.origin}"
            severity, code = types.DiagnosticSeverity.Warning, "TW013"
        else:
            message = f"written by twingen from {written.origin}: edit that instead"
            severity = types.DiagnosticSeverity.Information
        first = types.Range(types.Position(0, 0), types.Position(0, 1))
        return [_diagnostic(first, message, severity, code)]


def serve() -> None:
    """Answer an editor on standard input and output until it ends the session."""
    server().start_io()


def server() -> Server:
    """Return a server with all that it answers."""
    made = Server()

    @made.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def opened(ls: Server, params: types.DidOpenTextDocumentParams) -> None:
        ls.changed(params.text_document.uri, pause=0)

    @made.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(ls: Server, params: types.DidChangeTextDocumentParams) -> None:
        ls.changed(params.text_document.uri)

    @made.feature(types.TEXT_DOCUMENT_DID_SAVE)
    async def saved(ls: Server, params: types.DidSaveTextDocumentParams) -> None:
        ls.look_at_all()

    @made.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    async def closed(ls: Server, params: types.DidCloseTextDocumentParams) -> None:
        ls.closed(params.text_document.uri)

    @made.feature(types.TEXT_DOCUMENT_DEFINITION)
    async def source(
        ls: Server, params: types.DefinitionParams
    ) -> types.Location | None:
        uri, line = params.text_document.uri, params.position.line
        return await ls.place(uri, line, ls.editing.source_place)

    @made.feature(types.TEXT_DOCUMENT_IMPLEMENTATION)
    async def twin(
        ls: Server, params: types.ImplementationParams
    ) -> types.Location | None:
        uri, line = params.text_document.uri, params.position.line
        return await ls.place(uri, line, ls.editing.twin_place)

    @made.feature(
        types.TEXT_DOCUMENT_CODE_ACTION,
        types.CodeActionOptions([types.CodeActionKind.QuickFix]),
    )
    async def actions(
        ls: Server, params: types.CodeActionParams
    ) -> list[types.CodeAction]:
        return await ls.actions(params.text_document.uri, params.range.start.line)

    @made.feature(types.TEXT_DOCUMENT_HOVER)
    async def hover(ls: Server, params: types.HoverParams) -> types.Hover | None:
        return await ls.hover(params.text_document.uri, params.position.line)

    return made


def _path(uri: str) -> Path | None:
    name = to_fs_path(uri)
    return None if name is None else Path(name).resolve()


def _of(finding: Diagnostic, lines: list[str]) -> types.Diagnostic:
    line = min(finding.line - 1, max(len(lines) - 1, 0))
    text = lines[line] if lines else ""
    start = finding.column - 1
    stop = min(start + max(finding.width, 1), max(len(text), start))
    where = types.Range(
        types.Position(line, _units(text[:start])),
        types.Position(line, _units(text[:stop])),
    )
    message = finding.message + (f"\nhelp: {finding.help}" if finding.help else "")
    return _diagnostic(where, message, types.DiagnosticSeverity.Error, finding.code)


def _units(text: str) -> int:
    """Return how many units the protocol counts in a text (UTF-16)."""
    return len(text.encode("utf-16-le", "surrogatepass")) // 2


def _diagnostic(
    where: types.Range,
    message: str,
    severity: types.DiagnosticSeverity,
    code: str | None,
) -> types.Diagnostic:
    found = page(code) if code else None
    href = types.CodeDescription(found.as_uri()) if found else None
    return types.Diagnostic(
        where, message, severity, code, code_description=href, source="twingen"
    )
