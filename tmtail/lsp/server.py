"""The features of the language server, each a call of what finds the answer."""

from __future__ import annotations

from pathlib import Path
from typing import Any

from lsprotocol import types
from pygls.exceptions import JsonRpcInvalidParams
from pygls.lsp.server import LanguageServer
from pygls.uris import to_fs_path

import tmtail
from tm.language.diagnostics import SourceError
from tm.language.index.descriptions import describe
from tm.language.index.symbols import BUILT_IN, Occurrence
from tmtail.lsp import edits
from tmtail.lsp.outline import Outline
from tmtail.lsp.positions import to_range
from tmtail.lsp.reports import to_diagnostics
from tmtail.lsp.session import Session


class Server(LanguageServer):
    """A language server for ``.tm`` files; whole texts are exchanged, since files are small."""

    def __init__(self) -> None:
        super().__init__("tmtail", tmtail.__version__, types.TextDocumentSyncKind.Full)
        self.session = Session(self.publish)

    def publish(self, uri: str, diagnostics: list[dict[str, Any]]) -> None:
        """Send the diagnostics of a document to the client."""
        converted = to_diagnostics(self.session, uri, diagnostics)
        parameters = types.PublishDiagnosticsParams(uri, converted)
        self.text_document_publish_diagnostics(parameters)

    def occurrence(
        self, params: types.HoverParams | types.DefinitionParams | types.ReferenceParams
    ) -> Occurrence | None:
        """Return the name at a position of a document."""
        uri = params.text_document.uri
        index = self.session.index(uri)
        return None if index is None else index.at(self.session.offset(uri, params.position))


def create_server() -> Server:
    """Return a server with all features."""
    server = Server()
    _add_documents(server)
    _add_navigation(server)
    _add_edits(server)
    return server


def _add_documents(server: Server) -> None:
    session = server.session

    @server.feature(types.INITIALIZED)
    def initialized(params: types.InitializedParams) -> None:
        session.codec = server.workspace.position_codec
        folders = [to_fs_path(uri) for uri in server.workspace.folders]
        session.project.roots = [Path(folder) for folder in folders if folder is not None]

    @server.feature(types.TEXT_DOCUMENT_DID_OPEN)
    async def opened(params: types.DidOpenTextDocumentParams) -> None:
        session.change(params.text_document.uri, params.text_document.text)

    @server.feature(types.TEXT_DOCUMENT_DID_CHANGE)
    async def changed(params: types.DidChangeTextDocumentParams) -> None:
        uri = params.text_document.uri
        session.change(uri, server.workspace.get_text_document(uri).source)

    @server.feature(types.TEXT_DOCUMENT_DID_CLOSE)
    def closed(params: types.DidCloseTextDocumentParams) -> None:
        session.close(params.text_document.uri)
        server.publish(params.text_document.uri, [])

    @server.feature(types.SHUTDOWN)
    async def shut_down(params: None) -> None:
        await session.stop()

    @server.feature(types.TEXT_DOCUMENT_DOCUMENT_SYMBOL)
    def symbols(params: types.DocumentSymbolParams) -> list[types.DocumentSymbol]:
        index = session.index(params.text_document.uri)
        return [] if index is None else Outline(session.codec).symbols(index.module.file)


def _add_navigation(server: Server) -> None:
    session = server.session

    @server.feature(types.TEXT_DOCUMENT_HOVER)
    def hover(params: types.HoverParams) -> types.Hover | None:
        occurrence = server.occurrence(params)
        if occurrence is None:
            return None
        code, text = describe(occurrence.symbol)
        value = f"```tmtail\n{code}\n```" + (f"\n\n{text}" if text else "")
        contents = types.MarkupContent(types.MarkupKind.Markdown, value)
        return types.Hover(contents, to_range(session.codec, occurrence.location))

    @server.feature(types.TEXT_DOCUMENT_DEFINITION)
    def definition(params: types.DefinitionParams) -> types.Location | None:
        occurrence = server.occurrence(params)
        if occurrence is None or occurrence.symbol.kind in BUILT_IN:
            return None
        return session.location(occurrence.symbol.location)

    @server.feature(types.TEXT_DOCUMENT_REFERENCES)
    def references(params: types.ReferenceParams) -> list[types.Location]:
        occurrence = server.occurrence(params)
        if occurrence is None:
            return []
        locations = [
            session.location(other.location)
            for other in session.project.occurrences(occurrence.symbol.key)
            if params.context.include_declaration or not other.is_declaration
        ]
        return [location for location in locations if location is not None]


def _add_edits(server: Server) -> None:
    session = server.session

    @server.feature(types.TEXT_DOCUMENT_FORMATTING)
    def format_document(params: types.DocumentFormattingParams) -> list[types.TextEdit] | None:
        return edits.format_document(session, params.text_document.uri)

    @server.feature(
        types.TEXT_DOCUMENT_COMPLETION, types.CompletionOptions(trigger_characters=["{", ".", '"'])
    )
    def completion(params: types.CompletionParams) -> list[types.CompletionItem]:
        try:
            return edits.completions(session, params.text_document.uri, params.position)
        except SourceError:  # a file that cannot be read
            return []

    @server.feature(types.TEXT_DOCUMENT_PREPARE_RENAME)
    def prepare_rename(
        params: types.PrepareRenameParams,
    ) -> types.PrepareRenamePlaceholder | None:
        try:
            occurrence = edits.renamable(session, params.text_document.uri, params.position)
        except ValueError as error:
            raise JsonRpcInvalidParams(str(error)) from None
        if occurrence is None:
            return None
        range_ = to_range(session.codec, occurrence.location)
        return types.PrepareRenamePlaceholder(range_, occurrence.symbol.name)

    @server.feature(types.TEXT_DOCUMENT_RENAME, types.RenameOptions(prepare_provider=True))
    async def rename(params: types.RenameParams) -> types.WorkspaceEdit | None:
        uri = params.text_document.uri
        try:
            return await edits.rename(session, uri, params.position, params.new_name)
        except ValueError as error:
            raise JsonRpcInvalidParams(str(error)) from None
