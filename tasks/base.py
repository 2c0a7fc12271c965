"""What a task is: a machine, and the small Python file beside it that poses its problems.

The machine ``NAME.tm`` solves an instance; the class in ``NAME.py`` samples one, words it and
writes it onto the tapes. A task of one's own is these two files, in any folder.
"""

from __future__ import annotations

import inspect
import json
from abc import ABC, abstractmethod
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from functools import cached_property, partial
from hashlib import blake2b
from pathlib import Path
from types import MappingProxyType
from typing import Any, ClassVar, Generic, Self, TypeVar

from tasks.answers import AnswerKind, Grade, GradedAnswer, last_answer
from tasks.draws import Draws
from tm import Limits, Run, Table, load, run

LengthRange = tuple[int, int]
"""The least and the greatest length of a range."""


def ranges(**spans: LengthRange) -> Any:
    """The default of ``Task.ranges`` in a task's class, as in ``ranges(S=(2, 4), M=(5, 6))``."""
    return field(default_factory=lambda: dict(spans), hash=False)


def paragraphs(text: str) -> tuple[str, ...]:
    """The paragraphs of a text, each as one line."""
    return tuple(" ".join(paragraph.split()) for paragraph in text.strip().split("\n\n"))


def listed(facts: Mapping[str, str]) -> str:
    """Named values as a prompt gives them, ``pk = 12, pl = -4``: the way the machine says them."""
    return ", ".join([f"{key} = {value}" for key, value in facts.items()])


@dataclass(frozen=True, kw_only=True)
class Instance:
    """One problem of a task: a frozen, keyword-only dataclass that checks itself when it is built.

    Its fields are texts, numbers and tuples of such. Fields with ``compare=False`` are names that
    the text uses and no part of the problem: instances that differ in nothing else are one problem.
    """

    __slots__ = ()

    def to_json(self) -> str:
        """All fields, as one line of JSON that ``from_json`` reads."""
        return json.dumps({f.name: getattr(self, f.name) for f in fields(self)})

    @classmethod
    def from_json(cls, text: str) -> Self:
        """The instance that ``to_json`` wrote.

        Raises
        ------
        ValueError
            When the text is no JSON object with just these fields, or the fields are no instance.
        """
        values = json.loads(text)
        names = {f.name for f in fields(cls)}
        if not isinstance(values, dict) or set(values) != names:
            raise ValueError(f"{cls.__name__} has the fields {', '.join(sorted(names))}")
        try:
            return cls(**{name: _frozen(value) for name, value in values.items()})
        except TypeError as error:
            raise ValueError(f"{cls.__name__}: a field of another type: {error}") from error

    @property
    def digest(self) -> bytes:
        """16 bytes that stand for the problem: equal for equal instances, on every machine."""
        problem = [getattr(self, f.name) for f in fields(self) if f.compare]
        return blake2b(json.dumps(problem).encode(), digest_size=16).digest()


def _frozen(value: object) -> object:
    return tuple(map(_frozen, value)) if isinstance(value, list) else value


I = TypeVar("I", bound=Instance)  # noqa: E741


@dataclass(frozen=True, kw_only=True)
class Task(ABC, Generic[I]):
    """A task; immutable. A class's own fields are its options, as ``ranges`` is.

    Attributes
    ----------
    ranges
        The lengths of each range, by its name; those of the paper are ``S``, ``M`` and ``L``.
    paradigm
        The family of algorithms that the task's machine belongs to.
    instance
        The class of its instances.
    kind
        What its answers look like.
    wordings
        At least 20 ways to pose it, each with all that fixes the answer; see ``prompt``.
    lengths
        How many lengths an instance has, drawn independently.
    coarse
        Names of steps that work on values of more than 8 symbols in one go, owned up to.
    far
        Names of steps whose fetches reach as far back as the text is long, owned up to.
    unseen
        Names of steps whose labels or results S cannot show in full, owned up to.
    complexity
        How many operations the algorithm itself takes, for people: ``n²``.
    budget
        Tokens that prompt and completion, and 5 % more, may take, in Qwen2.5's vocabulary.
    beyond
        Ranges whose longest texts, however they are written, take more; owned up to.
    partly
        Ranges of whose longest texts only some take more; owned up to.
    machine
        The name of the machine's file, where it is another task's.
    """

    ranges: Mapping[str, LengthRange]

    paradigm: ClassVar[str]
    instance: ClassVar[type[Instance]]
    kind: ClassVar[AnswerKind]
    wordings: ClassVar[tuple[str, ...]]
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
        object.__setattr__(self, "ranges", MappingProxyType(dict(self.ranges)))
        for span in self.ranges.values():
            self.length_range(span)

    @abstractmethod
    def sample(self, draws: Draws, *lengths: int) -> I:
        """A random instance of these lengths."""

    @abstractmethod
    def tiny(self, draws: Draws) -> I:
        """A random instance over the smallest alphabet and sizes, so that steps soon recur."""

    @abstractmethod
    def length(self, instance: I) -> int:
        """The length of an instance; the greatest where there are several."""

    @abstractmethod
    def facts(self, instance: I) -> Mapping[str, str]:
        """The named values that the prompt gives, in its order."""

    @abstractmethod
    def tapes(self, instance: I) -> Mapping[str, str]:
        """What stands on the machine's tapes before it starts, by tape."""

    def count(self, *lengths: int) -> int | None:
        """How many different problems there are of these lengths; None where nobody has counted."""
        return None

    def unrank(self, draws: Draws, index: int, *lengths: int) -> I:
        """Problem ``index`` of the ``count`` ones of these lengths, each of which has one index.

        Tasks with few problems define it, so that training and evaluation can share them out.
        ``draws`` chooses no more than names: the fields with ``compare=False``.
        """
        raise NotImplementedError(f"{self.name} does not number its problems")

    def held_out(self, instance: I, seed: int) -> bool | None:
        """Whether a problem is kept from training, where the task itself must decide.

        A task whose problems share whole stretches of text, as overlapping intervals do, says so of
        each: evaluation and probes are made of those that are held out, training of the others.
        None, for all problems alike, where any may be in any split.
        """
        return None

    def words(self, instance: I) -> Mapping[str, str]:
        """The holes of the wordings, by name; between them they must give every fact."""
        return {"facts": listed(self.facts(instance))}

    def right(self, instance: I, answer: str, gold: str) -> bool:
        """Whether ``answer``, in its normal spelling, is right when the machine's is ``gold``."""
        return answer == gold

    @property
    def path(self) -> Path:
        """The Python file of the task."""
        return Path(inspect.getfile(type(self)))

    @property
    def source(self) -> Path:
        """The source of its machine, beside the Python file."""
        return self.path.with_name(f"{self.machine or self.name}.tm")

    @property
    def name(self) -> str:
        return self.path.stem

    @cached_property
    def table(self) -> Table:
        """The machine."""
        return load(self.source)

    def length_range(self, where: str | int | LengthRange) -> LengthRange:
        """The lengths that ``where`` means: a range's name, one length, or a span itself.

        Raises
        ------
        ValueError
            For a range that the task does not have, or a span that is none.
        """
        if isinstance(where, str):
            if where not in self.ranges:
                names = ", ".join(self.ranges)
                raise ValueError(f"{self.name} has no range {where!r}; its ranges are {names}")
            return self.ranges[where]
        low, high = (where, where) if isinstance(where, int) else where
        if not 1 <= low <= high:
            raise ValueError(f"no range of lengths: {low}–{high}; it must be 1 ≤ least ≤ greatest")
        return low, high

    def draw(self, draws: Draws, where: str | int | LengthRange) -> I:
        """A random instance with its lengths drawn from a range; see ``span``."""
        low, high = self.length_range(where)
        return self.sample(draws, *[draws.between(low, high) for _ in range(self.lengths)])

    def prompt(self, instance: I, wording: int = 0) -> str:
        """The problem in the words of one of ``wordings``, ending in a line break.

        Raises
        ------
        ValueError
            When the wording has a hole that ``words`` does not fill.
        """
        template, words = self.wordings[wording], self.words(instance)
        try:
            return template.format(**words) + "\n"
        except (LookupError, ValueError) as error:
            raise ValueError(
                f"wording {wording} of {self.name} cannot be filled in: {error}; its holes are "
                f"{', '.join(words)}, and {{{{ and }}}} are braces"
            ) from None

    def run(self, instance: I, *, trace: bool = True, limits: Limits | None = None) -> Run:
        """Run the machine on an instance, within ``Limits()`` where there are none given."""
        return run(self.table, self.tapes(instance), trace=trace, limits=limits or Limits())

    def answer(self, instance: I) -> str:
        """The machine's answer: what stands on its tape ``out`` when it has accepted.

        Raises
        ------
        RuntimeError
            When it does not accept, which is a fault of the machine.
        """
        result = self.run(instance, trace=False)
        if result.outcome != "accept":
            raise RuntimeError(
                f"{self.name} ended in {result.outcome}: {result.reason}: {instance}"
            )
        return result.text("out")

    def check(self, instance: I, text: str, *, gold: str | None = None) -> GradedAnswer:
        """Grade an output by its final answer alone; see ``tasks.answers`` for the rule.

        Parameters
        ----------
        gold
            The machine's answer, where it is known; otherwise the machine is run.
        """
        said = last_answer(text)
        if said is None:
            return GradedAnswer(Grade.MISSING)
        if said == gold:  # which is in its normal spelling
            return GradedAnswer(Grade.CORRECT, said)
        answer = self.kind.read(said)
        if answer is None:
            return GradedAnswer(Grade.MALFORMED)
        if gold is None:
            gold = self.answer(instance)
        right = self.right(instance, answer, gold)
        return GradedAnswer(Grade.CORRECT if right else Grade.WRONG, answer)

    def __reduce__(self) -> tuple[Any, ...]:
        from tasks.registry import from_file  # which imports this file

        options = {f.name: getattr(self, f.name) for f in fields(self)}
        return partial(from_file, self.path, **options | {"ranges": dict(self.ranges)}), ()


AnyTask = Task[Any]
