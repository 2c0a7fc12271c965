"""Rule 10, *read*: the machine reads its operands from the prompt, each character once."""

from __future__ import annotations

import re
from collections import Counter
from collections.abc import Iterator, Sequence

from compiler.lint.evidence import Evidence, Sample
from compiler.lint.rule import PerRunRule
from compiler.lint.subject import Case, Finding, Severity
from compiler.reading import reading_steps
from compiler.steps import Step
from tm.speech import (
    END_NAME,
    READ,
    RECENT_KINDS,
    RECENT_WORDS,
    SPACE_NAME,
    UtteranceKind,
    recent_at,
)

MAX_ITEM_SYMBOLS = 8
"""Longest item of a list that a read step may take at once."""

FIRST_NAME_LEAD = "start at"
"""The words before the names in the closing clause of a prompt."""

SPELLED = {SPACE_NAME: " ", "minus": "-", "plus": "", END_NAME: ""}
"""The symbols for which a read step may write a word."""


class Read(PerRunRule):
    """A machine reads the operands of the prompt, in order, each character once.

    **Checks.** A read step is an outermost step named ``read``. Its label begins with the name of
    an operand, and what it solves first is what it reads: a symbol, or an item of at most 8
    symbols. Joined, the reads of an operand must be its characters in the prompt; only separators
    between items may be passed over. The step must copy it with what is before it in the prompt:
    the words before the operand, or the last symbols (four of a sentence, three of others), or the
    last one or two items; as long as it copies all symbols so far, it may copy those words again.
    The last of several steps says ``end``. Other read steps read the names of the text, which the
    closing clause of the prompt gives (errors). A note counts the texts in which a step finds no
    single place, since what it restates is at two places of its operand, before different symbols.

    **Why it matters.** A prompt has no keys, so a model finds the next character by what precedes
    it. A character that is left out, or read twice, makes all that follows wrong.

    **Failing example.** For the operand ``438``, a digit is left out::

        read greater, 4: x f = 4 ->
        read 48: x g = 8 ->

    **Repair.** Use the procs of ``std.reading``, which read a text, a number or a list.

    **Exemption.** None.
    """

    def __init__(self, evidence: Evidence) -> None:
        super().__init__(evidence)
        self.texts: Counter[str] = Counter()
        self.ambiguous: Counter[str] = Counter()

    def check_run(self, sample: Sample) -> Iterator[Finding]:
        reads, of_names = _reads(sample)
        self.texts[sample.range_name] += 1
        self.ambiguous[sample.range_name] += any(map(_is_ambiguous, reads.values()))
        return _check_run(sample.case, reads, of_names)

    def findings(self) -> Iterator[Finding]:
        yield from super().findings()
        if any(self.ambiguous.values()):
            shares = ", ".join(
                f"{self.ambiguous[name]} of {self.texts[name]} texts of {name}"
                for name in self.evidence.subject.ranges
            )
            message = f"what a step restates is at two places of its operand in {shares}"
            yield Finding("read", Severity.NOTE, READ, "", "", message, "place")


Reads = dict[str, list[Step]]
"""The read steps of each operand."""


def _reads(sample: Sample) -> tuple[Reads, list[Step]]:
    """Return the read steps of a run: those of each operand, and all others."""
    reads: Reads = {name: [] for name in sample.case.operands}
    of_names: list[Step] = []
    for step in reading_steps(sample.decoded.steps):
        if step.name == READ:
            reads.get(step.label.partition(" ")[0], of_names).append(step)
    return reads, of_names


def _is_ambiguous(steps: Sequence[Step]) -> bool:
    """Return whether steps restate the same before they read different symbols or items."""
    following: dict[str, str] = {}
    for step in steps:
        value = _read(step)
        for quoted in _quoted(step):
            before = quoted.removesuffix(value).rstrip(" ,")
            if following.setdefault(before, value) != value:
                return True
    return False


def _check_run(case: Case, reads: Reads, of_names: list[Step]) -> Iterator[Finding]:
    misnamed: list[Step] = []
    if not all(reads.values()):
        of_names, misnamed = of_names[: len(case.names)], of_names[len(case.names) :]
    faults = list(_faults_of_names(case, of_names))
    for operand, steps in reads.items():
        faults.extend(_faults_of_operand(case, operand, steps, misnamed))
    for label, what, message in faults:
        yield Finding("read", Severity.ERROR, READ, label, case.name, message, what)


Fault = tuple[str, str, str]
"""Label of the step, a short code and a message."""


def _faults_of_names(case: Case, steps: Sequence[Step]) -> Iterator[Fault]:
    lead, names = FIRST_NAME_LEAD, [_read(step) for step in steps]
    if names != list(case.names):
        given = ", ".join(case.names) or "none"
        message = f"reads the names {', '.join(names) or 'none'}, but the prompt gives {given}"
        yield (steps[0].label if steps else ""), "names", message
        return
    for step, name in zip(steps, names, strict=True):
        yield from _faults_of_quotation(step, {f"{lead} {name}", f"{lead}, {name}"})
        lead = name


def _faults_of_operand(
    case: Case, operand: str, steps: Sequence[Step], misnamed: Sequence[Step]
) -> Iterator[Fault]:
    text, position = case.operands[operand], 0
    starts: list[int] = []
    if not steps:
        repair = "begin with procs of `std.reading`"
        if misnamed:
            name = misnamed[0].label.partition(" ")[0]
            repair = f"its read steps must be named `{operand}`, as in `words`, not `{name}`"
        yield operand, "operand", f"does not read the operand `{operand}`; {repair}"
        return
    for step in steps:
        value = _read(step)
        expected = _windows(case, operand, position, starts, value)
        hint = "" if position else _order(case, operand, step)
        yield from _faults_of_quotation(step, expected, hint)
        symbols = (
            SPELLED.get(value, value) if text[position : position + len(value)] != value else value
        )
        if len(symbols) > MAX_ITEM_SYMBOLS:
            yield (
                step.label,
                "item",
                f"reads {value!r} at once; read at most {MAX_ITEM_SYMBOLS} symbols",
            )
        following = _after(text, position, symbols)
        if following is None:
            message = f"reads {value!r} where `{operand}` continues with {text[position:]!r}"
            yield step.label, "symbol", message
            return
        position = following
        starts.append(following - len(symbols))
    if rest := text[position:].strip(_SEPARATORS):
        message = f"the operand `{operand}` of the prompt is not read to its end: {rest!r} is left"
        yield steps[-1].label, "rest", message
    elif len(steps) > 1 and END_NAME not in {e.value or e.key for e in steps[-1].solved}:
        yield (
            steps[-1].label,
            "end",
            f"does not say that `{operand}` ends; solve `{END_NAME}` for its end",
        )


def _windows(
    case: Case, operand: str, position: int, starts: Sequence[int], value: str
) -> set[str]:
    """Return what a step that reads a value at this position may copy from the prompt.

    ``starts`` are the positions of what has been read.
    """
    text = case.operands[operand]
    rest = text[position:].lstrip(_SEPARATORS)
    item = re.match(r"[^ ,;:()\[\]]*", rest)
    following = {item.group() if item else "", text[position : position + 1]} - {""} or {END_NAME}
    if value and rest.startswith(value):  # an item may have spaces in it
        following |= {value}
    if not position:
        return {f"{case.leads[operand]} {read}" for read in following}
    symbol = text[position : position + 1]
    end = "" if symbol else f" {END_NAME}"
    windows: set[str] = set()
    for count, of_text in RECENT_KINDS:
        window = recent_at(text, position, count, of_text) + end
        windows.add(window)
        if position < count:
            windows.add(f"{case.leads[operand]} {window}")
    if symbol in _SEPARATORS:  # true at the end as well
        windows |= {
            f"{items}{separator}{read}"
            for items in {text[start:position] for start in starts[-RECENT_WORDS:]}
            for read in following
            for separator in (", ", " ")
        }
    return windows


def _quoted(step: Step) -> list[str]:
    """Return what a read step copies from the prompt."""
    return [e.key for e in step.emissions if e.kind is UtteranceKind.FETCH and e.value is None]


def _order(case: Case, operand: str, step: Step) -> str:
    """Return how to repair a step that copies the words before another operand, if it does."""
    for other, lead in case.leads.items():
        if other != operand and any(quoted.startswith(lead) for quoted in _quoted(step)):
            return (
                f"; its words precede `{other}`: the method `words` must list the operands in the "
                "order in which the machine reads them"
            )
    return ""


def _faults_of_quotation(step: Step, expected: set[str], hint: str = "") -> Iterator[Fault]:
    quoted = _quoted(step)
    if len(quoted) != 1 or quoted[0] not in expected:
        message = (
            f"copies {' and '.join(map(repr, quoted)) or 'nothing'} from the prompt, which has "
            f"{' or '.join(sorted(map(repr, expected)))} there{hint}"
        )
        yield step.label, "place", message


def _read(step: Step) -> str:
    """Return what a read step reads: the value of its first result."""
    return next((e.value for e in step.solved if e.value is not None), "")


_SEPARATORS = " ,;:()[]"


def _after(text: str, position: int, symbols: str) -> int | None:
    """Return the position after ``symbols`` in a text, or None if they do not come next.

    Separators in the text, and a dash between two symbols, may be passed over.
    """
    if text.startswith(symbols, position):
        return position + len(symbols)
    for symbol in symbols.replace(" ", ""):
        while position < len(text) and text[position] != symbol:
            dash = text[position] == "-" and text[position - 1 : position].isalnum()
            if text[position] not in _SEPARATORS and not dash:
                return None
            position += 1
        if position == len(text):
            return None
        position += 1
    return position
