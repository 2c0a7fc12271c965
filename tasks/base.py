"""The base class of a task, which poses problems, and of an instance, which is one problem.

A task consists of three files in one folder: the machine ``NAME.tm`` solves an instance, the class
in ``NAME.py`` samples instances and writes them on the machine's tapes, and ``NAME.prompts.txt``
holds the wordings of the prompt. Users' own tasks may be in any folder.
"""

from __future__ import annotations

import inspect
import json
import re
import sys
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from functools import cached_property
from hashlib import blake2b, sha256
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Generic, Self, TypeVar, final

from compiler.reading import reading_facts
from compiler.steps import Decoder
from tasks.answers import AnswerKind, Grade, GradedAnswer, last_answer
from tasks.draws import Draws, Stream
from tasks.modules import load_module
from tasks.places import TooFewNamesError
from tasks.wordings import (
    CAPITALS_FIRST,
    FACTS_LEAD,
    LEAD_END,
    NAMES_LEAD,
    SEEN,
    UNSEEN,
    Wordings,
)
from tm import Limits, Run, Table, load, run
from tm.formats.json_text import from_json
from tm.support.files import read_text

LengthRange = tuple[int, int]
"""The least and the greatest length of a range."""

MAX_LENGTH = 2_000
"""Greatest length that ``Task.greatest_length`` looks for."""

MAX_SAMPLES = 100
"""Number of samples that are drawn until there are enough names."""

_RANGE_NAME = re.compile("[A-Za-z][A-Za-z0-9_]{0,63}")


def ranges(**length_ranges: LengthRange) -> Any:
    """Return the default of a task's field ``ranges``, as in ``ranges(S=(2, 4), M=(5, 6))``."""
    return field(default_factory=lambda: dict(length_ranges), hash=False)


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One problem of a task: a frozen, keyword-only dataclass that checks itself when it is built.

    Its fields are strings, numbers and tuples of these. Fields with ``compare=False`` hold names
    that the text uses; instances that differ only in such names are the same problem.
    """

    __slots__ = ()

    def to_json(self) -> str:
        """Return all fields as one line of JSON; ``from_json`` reads it."""
        return json.dumps({f.name: getattr(self, f.name) for f in fields(self)})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """Return the instance that ``to_json`` wrote.

        Raises
        ------
        ValueError
            If the text is not a JSON object with exactly these fields, or a value is not valid.
        """
        values = json.loads(text)
        names = {f.name for f in fields(cls)}
        if not isinstance(values, dict) or set(values) != names:
            raise ValueError(
                f"{cls.__name__}: the JSON must be an object with exactly the fields "
                f"{', '.join(sorted(names))}"
            )
        try:
            return cls(**{name: _frozen(value) for name, value in values.items()})
        except TypeError as error:
            raise ValueError(f"{cls.__name__}: a field has the wrong type: {error}") from error

    @property
    def digest(self) -> bytes:
        """16 bytes that identify the problem: equal for equal instances, on every machine."""
        problem = [getattr(self, f.name) for f in fields(self) if f.compare]
        return blake2b(json.dumps(problem).encode(), digest_size=16).digest()


def _frozen(value: object) -> object:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


I = TypeVar("I", bound=Instance)  # noqa: E741


@dataclass(frozen=True, kw_only=True)
class Task(ABC, Generic[I]):
    """A family of problems and the machine that solves them; immutable.

    The dataclass fields of a subclass, such as ``ranges``, are the options of the task.

    Attributes
    ----------
    ranges
        The least and the greatest length of each range, by the range's name. The paper's ranges
        are ``S``, ``M`` and ``L``; models are trained on the first one.
    paradigm
        The family of algorithms that the machine belongs to.
    instance
        The class of the task's instances.
    kind
        The form of the task's answers.
    lengths
        The number of lengths that an instance has; each is drawn independently.
    coarse
        Names of steps that process values of more than 8 symbols at once. The text rules *atomic*
        and *answered* exempt them.
    far
        Names of steps that fetch values from a distance that grows with the length of the text.
        The text rule *reach* reports them as a note instead of an error.
    unseen
        Names of steps with labels or results that longer ranges need and the first range cannot
        show. The text rules *covered* and *labels_in_range* report them as notes, not as errors.
    complexity
        The number of operations of the algorithm, for people to read: ``n²``.
    budget
        The maximum number of tokens of a prompt and its completion, with a margin of 5 %, in the
        vocabulary of Qwen2.5.
    beyond
        Names of ranges in which the longest texts exceed the budget in every style. They are not
        used for training or scoring, and the text rules skip them.
    partly
        Names of ranges in which only some of the longest texts exceed the budget.
    machine
        The name of the machine that solves this task if it is another task's machine; its prompts
        are used as well. An empty string means that the machine has the task's own name.
    stored
        The folder of an earlier machine and its wordings, ``NAME.json`` and ``NAME.prompts.txt``,
        as a corpus carries them; None for the present ones.
    """

    ranges: Mapping[str, LengthRange]
    stored: Path | None = None

    paradigm: ClassVar[str]
    instance: ClassVar[type[Any]]
    kind: ClassVar[AnswerKind]
    lengths: ClassVar[int] = 1
    coarse: ClassVar[frozenset[str]] = frozenset()
    far: ClassVar[frozenset[str]] = frozenset()
    unseen: ClassVar[frozenset[str]] = frozenset()
    complexity: ClassVar[str] = ""
    budget: ClassVar[int] = 8_192
    beyond: ClassVar[frozenset[str]] = frozenset()
    partly: ClassVar[frozenset[str]] = frozenset()
    machine: ClassVar[str] = ""

    def __post_init__(self) -> None:
        given: Mapping[str, Any] = self.ranges
        for name, length_range in given.items():
            if not isinstance(length_range, tuple | list) or len(length_range) != 2:
                raise ValueError(
                    f"range {name} must be a pair of its least and greatest length, such as "
                    f"{name}=(2, 4), not {length_range!r}"
                )
        pairs = {name: self.length_range((low, high)) for name, (low, high) in self.ranges.items()}
        object.__setattr__(self, "ranges", MappingProxyType(pairs))

    @abstractmethod
    def sample(self, draws: Draws, *lengths: int) -> I:
        """Return a random instance of these lengths."""

    @abstractmethod
    def tiny(self, draws: Draws) -> I:
        """Return a random instance over the smallest alphabet and sizes, in which steps recur."""

    @abstractmethod
    def length(self, instance: I) -> int:
        """Return the length of an instance; the greatest one if it has several."""

    @abstractmethod
    def words(self, instance: I) -> Mapping[str, str]:
        """Return the operands as the prompt writes them, by the placeholders of the wordings.

        They are in the order in which the machine reads them.
        """

    def names(self, instance: I) -> tuple[str, ...]:
        """Return the names that the prompt gives in its closing clause, in the order of reading.

        They are what an instance draws at random for its text, no part of the problem.
        """
        return ()

    def has_both_cases(self, instance: I) -> bool:
        """Return whether the prompt must say that capital letters come before small ones."""
        return False

    def pose(self, draws: Draws, words: Mapping[str, str]) -> I:
        """Return the instance whose operands are ``words``, with random names.

        Raises
        ------
        ValueError
            If there is no such instance.
        """
        raise ValueError(f"{self.name}: questions cannot be read; define `pose` in its class")

    @abstractmethod
    def tapes(self, instance: I) -> Mapping[str, str]:
        """Return the initial contents of the machine's tapes, by tape name, except ``lead``.

        They are the operands as ``words`` gives them, and sequences of names.
        """

    @final
    def facts(self, instance: I) -> Mapping[str, str]:
        """Return the values that a keyed prompt lists: what the machine's reading phase solves."""
        trace = self.run(instance).trace
        return reading_facts(Decoder(self.table), trace) if trace is not None else {}

    def count(self, *lengths: int) -> int | None:
        """Return the number of different problems of these lengths; None means not known."""
        return None

    def unrank(self, draws: Draws, index: int, *lengths: int) -> I:
        """Return problem ``index`` of the ``count`` problems of these lengths.

        Each problem has exactly one index. Tasks with few problems define this method, so that
        each problem can be assigned to training or to evaluation. ``draws`` may only choose names,
        the fields with ``compare=False``.
        """
        raise NotImplementedError(f"{self.name} does not define `unrank`")

    def held_out(self, instance: I, seed: int) -> bool | None:
        """Return whether a problem is excluded from training; None means the task does not decide.

        A task decides if its problems share long parts of their texts, as overlapping intervals do.
        Evaluation and probes then use the problems that are held out, training uses the others.
        """
        return None

    def shortcuts(self, instance: I) -> Mapping[str, str]:
        """Return the answers of rules that do not solve the problem, by the name of the rule.

        A score means something only above the best of them; see ``ScoreRow.chance``.
        """
        return {}

    def right(self, instance: I, answer: str, gold: str) -> bool:
        """Return whether ``answer`` is correct, given the machine's answer ``gold``.

        Both are in their normal spelling.
        """
        return answer == gold

    @property
    def path(self) -> Path:
        """The Python file of the task."""
        return Path(inspect.getfile(type(self)))

    @property
    def source(self) -> Path:
        """The source file of the machine, in the folder of the Python file."""
        return self.path.with_name(f"{self.machine or self.name}.tm")

    @property
    def prompts_file(self) -> Path:
        """The file of the wordings, beside the machine."""
        if self.stored is None:
            return self.source.with_suffix(".prompts.txt")
        return self.stored / f"{self.name}.prompts.txt"

    @property
    def name(self) -> str:
        """The name of the Python file, without its suffix."""
        return self.path.stem

    @cached_property
    def table(self) -> Table:
        """The transition table of the machine.

        Raises
        ------
        OSError, SourceError, ValueError
            If the machine cannot be read, has errors or has no tape ``out``; the message names
            its file.
        """
        table = self._load_table()
        if all(tape.name != "out" for tape in table.tapes):
            raise ValueError(
                f"{self.source}: the machine of a task must have a tape `out` that holds its answer"
            )
        return table

    def _load_table(self) -> Table:
        if self.stored is None:
            return load(self.source)
        file = self.stored / f"{self.name}.json"
        text = read_text(file)
        try:
            return from_json(text)
        except ValueError as error:
            raise ValueError(
                f"{file}: is not a machine: {error}; copy or build the corpus again"
            ) from None

    @cached_property
    def wordings(self) -> tuple[str, ...]:
        """The wordings of the prompt, 24 for a shipped task; see ``prompt``.

        Each gives all that determines the answer and its form. They are the paragraphs of
        ``prompts_file``; a class may define the attribute ``wordings`` instead.

        Raises
        ------
        ValueError
            If the file does not exist, holds no wording or has a misspelt heading.
        """
        return self._prompts.all

    @cached_property
    def _prompts(self) -> Wordings:
        if type(self).wordings is not Task.wordings:  # a class defines them
            return Wordings(tuple(self.wordings))
        file = self.prompts_file
        wordings = Wordings.parse(read_text(file) if file.is_file() else "", file)
        if not wordings.seen:
            raise ValueError(
                f"{self.name} has no wordings: write them to {file}, with a blank line between "
                "two, or define `wordings` in the class"
            )
        return wordings

    def wording_indices(self, split: str) -> range:
        """Return the indices of the wordings that pose the problems of a split.

        The wordings of ``train`` are other ones than those of ``probe`` and ``eval``, if the
        prompts file holds some out.
        """
        return self._prompts.indices(split)

    def wording_kind(self, wording: int) -> str:
        """Return ``seen`` if training uses a wording, or ``unseen``."""
        return SEEN if wording < len(self._prompts.seen) else UNSEEN

    @property
    def source_digest(self) -> str:
        """SHA-256 of the Python file and, if there is one, of the prompts file."""
        files = [file for file in (self.path, self.prompts_file) if file.is_file()]
        return sha256(b"".join(file.read_bytes() for file in files)).hexdigest()

    def length_range(self, lengths: str | int | LengthRange) -> LengthRange:
        """Return the least and the greatest length of a range.

        Parameters
        ----------
        lengths
            The name of a range, a single length, or a pair of lengths.

        Raises
        ------
        ValueError
            If the task has no range of this name, or the lengths are not in order or below 1.
        """
        if isinstance(lengths, str):
            if lengths not in self.ranges:
                names = ", ".join(self.ranges)
                raise ValueError(f"{self.name} has no range {lengths!r}; its ranges are {names}")
            return self.ranges[lengths]
        low, high = (lengths, lengths) if isinstance(lengths, int) else lengths
        if type(low) is not int or type(high) is not int:
            raise ValueError(f"{low!r}–{high!r} is not a range of lengths; give whole numbers")
        if not 1 <= low <= high:
            raise ValueError(
                f"{low}–{high} is not a range of lengths; it must be 1 ≤ least ≤ greatest"
            )
        return low, high

    def with_ranges(self, ranges: Mapping[str, LengthRange]) -> Self:
        """Return the task with other or further ranges, as ``{"S": (2, 6), "XL": (20, 40)}``.

        Raises
        ------
        ValueError
            If a length is below 1 or above ``greatest_length``, or a name is not a range's name.
        """
        for name, (low, high) in ranges.items():
            if not _RANGE_NAME.fullmatch(name):
                raise ValueError(f"{name!r} is not the name of a range; use letters and digits: XL")
            self.length_range((low, high))
            if high > self.greatest_length:
                raise ValueError(
                    f"{self.name}: the length of range {name} must be at most "
                    f"{self.greatest_length:,}, not {high:,}"
                )
        return replace(self, ranges={**self.ranges, **ranges})

    @cached_property
    def greatest_length(self) -> int:
        """The greatest length that an instance can have, ``MAX_LENGTH`` at most.

        It is limited by the names that a text can use.
        """
        low, high = max(high for _, high in self.ranges.values()), MAX_LENGTH
        while low < high:
            middle = min(2 * low, (low + high + 1) // 2)
            if self._has_length(middle):
                low = middle
            else:
                high = middle - 1
        return low

    def _has_length(self, length: int) -> bool:
        stream = Stream("greatest length", self.name)
        try:
            for index in range(3):
                self.sample(stream.at(index), *[length] * self.lengths)
        except ValueError:
            return False
        return True

    def draw(self, draws: Draws, lengths: str | int | LengthRange) -> I:
        """Return a random instance whose lengths are drawn from a range; see ``length_range``.

        Raises
        ------
        ValueError
            If a length is greater than ``greatest_length``.
        """
        low, high = self.length_range(lengths)
        return self.draw_at(draws, *[draws.between(low, high) for _ in range(self.lengths)])

    def draw_at(self, draws: Draws, *lengths: int) -> I:
        """Return a random instance of these lengths; raises the same error as ``draw``.

        A sample for which there are too few names is drawn again, up to ``MAX_SAMPLES`` times: two
        numbers of many digits, for example, need fewer names if their points are at like places.
        """
        samples = 0
        while True:
            samples += 1
            try:
                return self.sample(draws, *lengths)
            except ValueError as error:
                if max(lengths) > self.greatest_length:
                    raise ValueError(
                        f"{self.name}: a length must be at most {self.greatest_length:,}, not "
                        f"{max(lengths):,}: {error}"
                    ) from error
                if samples == MAX_SAMPLES or not isinstance(error, TooFewNamesError):
                    raise

    def prompt(
        self,
        instance: I,
        wording: int = 0,
        *,
        keyed: bool = False,
        facts: Mapping[str, str] | None = None,
    ) -> str:
        """Return the problem in the words of ``wordings[wording]``, with a final line break.

        Parameters
        ----------
        keyed
            Whether to list what the machine reads, with the keys of its text, as index hints. The
            text of the run then begins after the reading phase (``compiler.render``, ``reading``).
        facts
            The hints, if they are known; otherwise a keyed prompt needs a run of the machine.

        Raises
        ------
        ValueError
            If the wording has a placeholder that ``words`` does not give.
        """
        text = self._fill(self.wordings[wording], self.words(instance), wording)
        if self.has_both_cases(instance):
            text += f" {CAPITALS_FIRST}"
        if names := self.names(instance):
            text += f" {NAMES_LEAD} {', '.join(names)}."
        if facts is None and keyed:
            facts = self.facts(instance)
        if facts:
            hints = ", ".join([f"{key} = {value}" for key, value in facts.items()])
            text += f" {FACTS_LEAD} {hints}."
        return text + "\n"

    def _fill(self, template: str, words: Mapping[str, str], wording: int) -> str:
        try:
            return template.format(**words)
        except (LookupError, ValueError) as error:
            raise ValueError(
                f"wording {wording} of {self.name} cannot be filled in: {error}; its placeholders "
                f"are {', '.join(words)}, and braces are written {{{{ and }}}}"
            ) from None

    def inputs(self, instance: I, wording: int = 0) -> dict[str, str]:
        """Return the contents of all tapes of the machine for a problem in one of the wordings.

        The tape ``lead``, if the machine has one, holds the word before each operand, each
        followed by ``LEAD_END``; see ``leads``.
        """
        tapes = dict(self.tapes(instance))
        if self._has_lead:
            leads = self.leads(wording)
            tapes["lead"] = "".join(leads[name] + LEAD_END for name in self.words(instance))
        return tapes

    def leads(self, wording: int) -> Mapping[str, str]:
        """Return the last word before each operand in one of the wordings, with the marks after it.

        Raises
        ------
        ValueError
            If the machine cannot find an operand by it: there is no word, it is not ASCII, or it is
            before another operand as well.
        """
        try:
            return self._prompts.leads(wording)
        except ValueError as error:
            raise ValueError(f"wording {wording} of {self.name}: {error}") from None

    @cached_property
    def _has_lead(self) -> bool:
        return any(tape.name == "lead" for tape in self.table.tapes)

    def run(
        self,
        instance: I,
        wording: int = 0,
        *,
        trace: bool = True,
        limits: Limits | None = None,
    ) -> Run:
        """Run the machine on a problem in one of the wordings.

        ``limits`` defaults to ``Limits()``.
        """
        inputs = self.inputs(instance, wording)
        return run(self.table, inputs, trace=trace, limits=limits or Limits())

    def answer(self, instance: I) -> str:
        """Return the machine's answer: the text on the tape ``out`` at the end of an accepting run.

        Raises
        ------
        RuntimeError
            If the machine does not accept, which is a defect of the machine.
        """
        result = self.run(instance, trace=False)
        if result.outcome != "accept":
            raise RuntimeError(
                f"{self.name} ended in {result.outcome}: {result.reason}: {instance}"
            )
        return result.text("out")

    def check(self, instance: I, text: str, *, gold: str | None = None) -> GradedAnswer:
        """Grade an output by its final answer alone; ``tasks.answers`` describes the rule.

        Parameters
        ----------
        gold
            The machine's answer; None runs the machine to compute it.
        """
        spelling = last_answer(text)
        if spelling is None:
            return GradedAnswer(Grade.MISSING)
        if spelling == gold:  # the machine's answer is in its normal spelling
            return GradedAnswer(Grade.CORRECT, spelling)
        answer = self.kind.read(spelling)
        if answer is None:
            return GradedAnswer(Grade.MALFORMED)
        if gold is None:
            gold = self.answer(instance)
        right = self.right(instance, answer, gold)
        return GradedAnswer(Grade.CORRECT if right else Grade.WRONG, answer)

    def __reduce__(self) -> tuple[Any, ...]:
        options = {f.name: getattr(self, f.name) for f in fields(self)}
        options["ranges"] = dict(self.ranges)
        return _rebuild, (self.path, type(self).__module__, type(self).__qualname__, options)


AnyTask = Task[Any]


def _rebuild(path: Path, module: str, class_name: str, options: Mapping[str, Any]) -> AnyTask:
    """Return a pickled task: an object of a class of its Python file, which is loaded if needed.

    A forked process has the file as its parent loaded it, even if it has changed since.
    """
    loaded = sys.modules.get(module) or load_module(path)
    task: AnyTask = getattr(loaded, class_name)(**options)
    return task
