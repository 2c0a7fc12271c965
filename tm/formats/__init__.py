"""Tables as text, and machines of other simulators; ``docs/formats.md`` compares the formats."""

from tm.formats.busy_beaver import parse_busy_beaver, parse_busy_beavers, to_busy_beaver
from tm.formats.catalogue import (
    FORMAT_OF_SUFFIX,
    FORMATS,
    MAX_FILE_BYTES,
    parse_machines,
    read_machines,
)
from tm.formats.errors import FormatError
from tm.formats.json_text import from_json, to_json
from tm.formats.machine import Machine
from tm.formats.tsv import from_tsv, to_tsv

__all__ = [
    "FORMATS",
    "FORMAT_OF_SUFFIX",
    "MAX_FILE_BYTES",
    "FormatError",
    "Machine",
    "from_json",
    "from_tsv",
    "parse_busy_beaver",
    "parse_busy_beavers",
    "parse_machines",
    "read_machines",
    "to_busy_beaver",
    "to_json",
    "to_tsv",
]
