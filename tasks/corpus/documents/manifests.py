"""Manifests: their text, and the form of one that comes from another person or a damaged disk."""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from hashlib import sha256
from pathlib import Path
from typing import Any

from tasks.corpus.records.forms import Form
from tasks.corpus.zones import SPLITS
from tasks.wordings import SEEN, UNSEEN
from tm.support.strict_json import content_digest, read_json

DIGEST = "digest"
"""Key of a digest of all other keys."""

DOCUMENTS = "documents"
"""Key of the SHA-256 of all files without records, except the manifest and the request."""

_NAME = re.compile(r"[A-Za-z][A-Za-z0-9_]{0,63}")
_FILE = re.compile(r"data/[a-z][a-z0-9_]{0,63}/[a-z]+-[A-Za-z0-9_]+-[0-9]+-[0-9a-f]+\.parquet")
"""Files of a corpus, none of which is outside its folder."""
_DOCUMENT = re.compile(
    r"README\.md|croissant\.json|machines/[a-z][a-z0-9_]{0,63}\.(json|prompts\.txt|py)"
)
_SHA256 = re.compile(r"[0-9a-f]{64}")

_PART_COUNTS = ("asked", "items", "problems", "records", "refused")


def files_digest(manifest: Mapping[str, Any]) -> str:
    """Return the SHA-256 of all file digests, hexadecimal: equal for equal files."""
    return sha256(json.dumps(manifest["files"], sort_keys=True).encode()).hexdigest()


def manifest_text(manifest: Mapping[str, Any]) -> str:
    """Return the text of a manifest file, with the digest of its content."""
    content = {key: value for key, value in manifest.items() if key != DIGEST}
    return json.dumps({**content, DIGEST: content_digest(content)}, indent=1) + "\n"


def read_manifest(path: Path) -> dict[str, Any]:
    """Read a manifest and check its form and its digest.

    Raises
    ------
    ValueError
        If it is not JSON, does not have the form that ``build`` writes, or was changed.
    """
    manifest = read_json(path)
    content = {key: value for key, value in manifest.items() if key != DIGEST}
    try:
        check_manifest(content)
        if manifest.get(DIGEST) != content_digest(content):
            raise ValueError("the manifest was changed, as its digest differs; build it again")
    except ValueError as error:
        raise ValueError(f"{path}: {error}") from None
    return manifest


def check_manifest(manifest: Mapping[str, Any]) -> None:
    """Check the form of a manifest: its keys, the types of its values, and the names in it.

    Raises
    ------
    ValueError
        If the manifest does not have the form that ``build`` writes; the message names the entry.
    """
    for key, kind in (("request", dict), ("parts", list), ("files", dict)):
        if key not in manifest:
            raise ValueError(f"the key `{key}` is missing; build the corpus again")
        _require(isinstance(manifest[key], kind), key, manifest[key])
    for file, digest in manifest["files"].items():
        _require(_FILE.fullmatch(file), "files", file)
        _require(isinstance(digest, str) and _SHA256.fullmatch(digest), f"files[{file}]", digest)
    documents = manifest.get(DOCUMENTS, {})  # corpora of earlier versions list none
    _require(isinstance(documents, dict), DOCUMENTS, documents)
    for file, digest in documents.items():
        _require(_DOCUMENT.fullmatch(file), DOCUMENTS, file)
        is_digest = isinstance(digest, str) and _SHA256.fullmatch(digest)
        _require(is_digest, f"{DOCUMENTS}[{file}]", digest)
    for number, part in enumerate(manifest["parts"]):
        _require(isinstance(part, dict), f"parts[{number}]", part)
        _check_part(part, f"parts[{number}]", manifest["files"])
    names = [(part["task"], part["range"], part["split"]) for part in manifest["parts"]]
    _require(len(set(names)) == len(names), "parts", names)
    listed = [file for part in manifest["parts"] for file in part["files"]]
    _require(sorted(listed) == sorted(manifest["files"]), "files", listed)
    _check_request(manifest["request"])
    keys = ("task", "range", "split", "asked")
    present = [[part[key] for key in keys] for part in manifest["parts"]]
    requested = manifest["request"].get("parts")
    valid = isinstance(requested, list) and all(isinstance(part, dict) for part in requested)
    _require(valid, "request.parts", requested)
    if present != [[part.get(key) for key in keys] for part in manifest["request"]["parts"]]:
        raise ValueError("`parts` are not those of `request`; build the corpus again")


def _check_part(part: Mapping[str, Any], name: str, files: Mapping[str, Any]) -> None:
    for key in ("task", "range"):
        _require(_is_name(part.get(key)), f"{name}.{key}", part.get(key))
    _require(part.get("split") in SPLITS, f"{name}.split", part.get("split"))
    _require(part.get("wordings") in (SEEN, UNSEEN), f"{name}.wordings", part.get("wordings"))
    for key in _PART_COUNTS:
        _require(_is_count(part.get(key)), f"{name}.{key}", part.get(key))
    present = part["records"] + part["refused"]
    _require(present == part["items"], f"{name}.records", part["records"])
    _require(_is_pair(part.get("lengths")), f"{name}.lengths", part.get("lengths"))
    for key in ("mean", "longest"):
        figures = part.get(key)
        valid = isinstance(figures, dict) and all(
            type(figure) in (int, float) and figure >= 0 for figure in figures.values()
        )
        _require(valid, f"{name}.{key}", figures)
    shortcuts = part.get("shortcuts", {})  # only parts that are scored have them
    valid = isinstance(shortcuts, dict) and all(
        type(rate) in (int, float) and 0 <= rate <= 1 for rate in shortcuts.values()
    )
    _require(valid, f"{name}.shortcuts", shortcuts)
    listed = part.get("files")
    _require(isinstance(listed, list), f"{name}.files", listed)
    for file in part["files"]:
        _require(isinstance(file, str) and file in files, f"{name}.files", file)


def _check_request(request: Mapping[str, Any]) -> None:
    seed = request.get("seed")
    _require(type(seed) is int and abs(seed) < 10**19, "request.seed", seed)
    form = request.get("form")
    _require(_is_form(form), "request.form", form)
    tasks = request.get("tasks")
    _require(isinstance(tasks, list), "request.tasks", tasks)
    for number, task in enumerate(request["tasks"]):
        name = f"request.tasks[{number}]"
        _require(isinstance(task, dict), name, task)
        for key in ("name", "machine", "source"):
            _require(isinstance(task.get(key), str), f"{name}.{key}", task.get(key))
        options = task.get("options")
        ranges = options.get("ranges") if isinstance(options, dict) else None
        valid = isinstance(ranges, dict) and all(
            _is_name(key) and _is_pair(lengths) for key, lengths in ranges.items()
        )
        _require(valid, f"{name}.options.ranges", ranges)


def _is_form(value: object) -> bool:
    try:
        return isinstance(value, dict) and Form.from_json(value) is not None
    except (KeyError, TypeError, AttributeError):
        return False


def _is_name(value: object) -> bool:
    return isinstance(value, str) and _NAME.fullmatch(value) is not None


def _is_count(value: object) -> bool:
    return type(value) is int and value >= 0


def _is_pair(value: object) -> bool:
    return isinstance(value, list) and len(value) == 2 and all(map(_is_count, value))


def _require(valid: object, name: str, value: object) -> None:
    if not valid:
        shown = ascii(value)
        raise ValueError(
            f"`{name}` has a value that no corpus has: {shown[:60]}; build the corpus again"
        )
