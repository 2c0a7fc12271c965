"""Croissant metadata of a corpus: JSON-LD by which data catalogues and loaders know its files.

Format: Croissant 1.0 of MLCommons. Each Parquet file is listed with its SHA-256. Each task has a
record set, which reads all files of the task; ``split`` and ``range`` are columns.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from typing import Any

import pyarrow as pa

from tasks.corpus.documents.manifests import files_digest
from tasks.corpus.records.spans import SPANS
from tasks.corpus.records.table import SCHEMA

CONFORMS_TO = "http://mlcommons.org/croissant/1.0"

PARQUET = "application/x-parquet"

_CONTEXT = {
    "@language": "en",
    "@vocab": "https://schema.org/",
    "citeAs": "cr:citeAs",
    "column": "cr:column",
    "conformsTo": "dct:conformsTo",
    "cr": "http://mlcommons.org/croissant/",
    "rai": "http://mlcommons.org/croissant/RAI/",
    "data": {"@id": "cr:data", "@type": "@json"},
    "dataType": {"@id": "cr:dataType", "@type": "@vocab"},
    "dct": "http://purl.org/dc/terms/",
    "equivalentProperty": "cr:equivalentProperty",
    "examples": {"@id": "cr:examples", "@type": "@json"},
    "extract": "cr:extract",
    "field": "cr:field",
    "fileProperty": "cr:fileProperty",
    "fileObject": "cr:fileObject",
    "fileSet": "cr:fileSet",
    "format": "cr:format",
    "includes": "cr:includes",
    "isLiveDataset": "cr:isLiveDataset",
    "jsonPath": "cr:jsonPath",
    "key": "cr:key",
    "md5": "cr:md5",
    "parentField": "cr:parentField",
    "path": "cr:path",
    "recordSet": "cr:recordSet",
    "references": "cr:references",
    "regex": "cr:regex",
    "repeated": "cr:repeated",
    "replace": "cr:replace",
    "samplingRate": "cr:samplingRate",
    "sc": "https://schema.org/",
    "separator": "cr:separator",
    "source": "cr:source",
    "subField": "cr:subField",
    "transform": "cr:transform",
}
"""The context that Croissant 1.0 prescribes."""

_COLUMNS = {
    "id": "Task, range, split, seed and index, which determine the record",
    "task": "Name of the task",
    "paradigm": "Family of algorithms of the task",
    "range": "Name of the range of lengths",
    "length": "Length of the problem",
    "split": "train, probe or eval",
    "style": "Form of the completion",
    "prompt": "The problem in words, ending in a line break",
    "completion": "The text that the machine wrote; its last line gives the answer",
    "answer": "The answer that the machine left on its output tape",
    "instance": "The problem, as JSON",
    "atomic_states": "Atomic states (steps) of the completion",
    "transitions": "Transitions of the Turing machine",
    "bytes": "UTF-8 bytes of prompt and completion",
    "tokens": "Tokens of prompt and completion; null if their bytes are within the budget",
    "spans": "Typed stretches of the completion",
    "start": "First character of each span",
    "end": "Character after the last one of each span",
    "role": "Role of each span",
    "step": "Step of each span",
}


def croissant(manifest: Mapping[str, Any]) -> str:
    """Return the metadata as JSON text, a function of the manifest alone."""
    request = manifest["request"]
    tasks = [task["name"] for task in request["tasks"]]
    files = manifest["files"].items()
    content = {
        "@context": _CONTEXT,
        "@type": "sc:Dataset",
        "conformsTo": CONFORMS_TO,
        "name": f"tmtail-{files_digest(manifest)[:16]}",
        "description": (
            f"Problems in words and the texts that Turing machines write while they solve them "
            f"(tasks: {', '.join(tasks)}; seed {request['seed']}; style {request['style']})."
        ),
        "license": "https://www.apache.org/licenses/LICENSE-2.0",
        "inLanguage": "en",
        "keywords": ["chain of thought", "Turing machine", "length generalization", "synthetic"],
        "citeAs": "Method: TAIL, arXiv 2507.13332",
        "version": "1.0.0",
        "distribution": [
            *({"@type": "cr:FileObject", "@id": file, "name": file, "contentUrl": file,
               "encodingFormat": PARQUET, "sha256": digest} for file, digest in files),
            *({"@type": "cr:FileSet", "@id": _files(task), "name": _files(task),
               "encodingFormat": PARQUET, "includes": f"data/{task}/*.parquet"} for task in tasks),
        ],
        "recordSet": [
            {"@type": "cr:RecordSet", "@id": task, "name": task, "key": {"@id": f"{task}/id"},
             "field": [_field(task, column) for column in _columns(request)]}
            for task in tasks
        ],
    }  # fmt: skip
    return json.dumps(content, indent=1) + "\n"


def _columns(request: Mapping[str, Any]) -> list[pa.Field]:
    tokens = [pa.field("tokens", pa.int32())] if request["tokenizer"] else []
    spans = [pa.field("spans", SPANS)] if request["spans"] else []
    return [*SCHEMA, *tokens, *spans]


def _files(task: str) -> str:
    return f"{task}/files"


def _field(task: str, column: pa.Field) -> dict[str, Any]:
    field: dict[str, Any] = _node(f"{task}/{column.name}", column.name)
    if pa.types.is_struct(column.type):
        return field | {"subField": [_part(task, column.name, each) for each in column.type]}
    return field | {"dataType": _data_type(column.type), "source": _source(task, column.name)}


def _part(task: str, column: str, part: pa.Field) -> dict[str, Any]:
    """Return the field of one list of a column of lists."""
    source = _source(task, column) | {"transform": {"jsonPath": part.name}}
    field = _node(f"{task}/{column}/{part.name}", part.name)
    return field | {
        "dataType": _data_type(part.type.value_type),
        "repeated": True,
        "source": source,
    }


def _node(name: str, column: str) -> dict[str, Any]:
    return {"@type": "cr:Field", "@id": name, "name": name, "description": _COLUMNS[column]}


def _source(task: str, column: str) -> dict[str, Any]:
    return {"fileSet": {"@id": _files(task)}, "extract": {"column": column}}


def _data_type(kind: pa.DataType) -> str:
    return "sc:Integer" if pa.types.is_integer(kind) else "sc:Text"
