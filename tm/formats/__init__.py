"""Tables as text: TSV for people and spreadsheets, JSON for storage, busy-beaver standard text."""

from tm.formats.busy_beaver import parse_busy_beaver, to_busy_beaver
from tm.formats.errors import FormatError
from tm.formats.json_text import from_json, to_json
from tm.formats.tsv import to_tsv

__all__ = [
    "FormatError",
    "from_json",
    "parse_busy_beaver",
    "to_busy_beaver",
    "to_json",
    "to_tsv",
]
