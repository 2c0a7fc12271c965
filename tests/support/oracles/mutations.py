"""Outputs that a model could write in place of the machine's text: every kind of damage."""

from __future__ import annotations

from collections.abc import Callable
from random import Random

LOOK_ALIKES = {
    "0": "О٠０", "1": "l１١", "2": "２²", "5": "５５", "a": "аａ", "e": "еｅ", "A": "АΑＡ",
    "B": "ВΒ", "C": "СⅭ", "D": "ⅮＤ", ":": "：ː", ",": "，‚", "-": "−–－", "(": "（",
    ";": "；;", " ": "\u00a0\u2009\u3000",
    "<": "＜‹", ">": "＞›", "=": "＝", ".": "．。",
}  # fmt: skip
"""Characters that look like those of our texts."""

CHARACTERS = (
    "0123456789abcxyzABC ,;.:=<>-()\n\t\r\x00\x0b\x0c\x1b\x85\u200b\u2028\u2029\ufeffé\U0001f600"
)
SURROGATES = ("\ud800", "\udfff", "\udc80")
INSERTIONS = (
    "answer: ", "\nanswer: 1", "\nanswer: none", " -> end", "none", "\n\n", "</pre>", "answer:",
    "<think>", "</think>", "<think>\nanswer: 1\n</think>\n", "\\boxed{1}", "**", "\r", "\u2028",
    "\n```\n", "<|im_end|>", "\x00", "Answer: ", " answer: 2",
)  # fmt: skip

Mutation = Callable[[str, str, Random], str]


def edit(text: str, other: str, random: Random) -> str:
    """Replace, insert, delete, double or exchange some characters."""
    for _ in range(random.choice((1, 1, 1, 2, 5))):
        offset, end = sorted(random.choices(range(len(text) + 1), k=2))
        kind = random.randrange(7)
        if kind == 0:
            text = text[:offset] + random.choice(CHARACTERS) + text[offset + 1 :]
        elif kind == 1:
            text = text[:offset] + random.choice(CHARACTERS) + text[offset:]
        elif kind == 2:
            text = text[:offset] + text[offset + 1 :]
        elif kind == 3:
            text = text[:offset] + text[offset : offset + random.randint(1, 9)] * 2 + text[offset:]
        elif kind == 4:
            text = text[:offset] + text[end:]
        elif kind == 5:
            text = text[:offset] + random.choice(INSERTIONS) + text[offset:]
        else:
            text = text[:offset] + other[offset:]
    return text


def cut_short(text: str, other: str, random: Random) -> str:
    return text[: random.randrange(len(text) + 1)]


def continue_after_the_end(text: str, other: str, random: Random) -> str:
    tail = random.choice(("\n", " ", "\n\n \t\r\n", "1", "x", ", 5", "\nBye.", other, "\n" + text))
    return text + tail


def drop_a_line(text: str, other: str, random: Random) -> str:
    lines = text.split("\n")
    del lines[random.randrange(len(lines))]
    return "\n".join(lines)


def double_a_line(text: str, other: str, random: Random) -> str:
    lines = text.split("\n")
    row = random.randrange(len(lines))
    lines.insert(row, lines[random.choice((row, random.randrange(len(lines))))])
    return "\n".join(lines)


def reorder_lines(text: str, other: str, random: Random) -> str:
    lines = text.split("\n")
    for _ in range(random.randint(1, 3)):
        a, b = random.choices(range(len(lines)), k=2)
        lines[a], lines[b] = lines[b], lines[a]
    return "\n".join(lines)


def split_answer(text: str) -> tuple[str, str]:
    """Return what comes before the answer, with its label, and the answer."""
    start = text.rfind("\n") + 1
    start += len("answer: ") if text.startswith("answer: ", start) else 0
    return text[:start], text[start:]


def several_answers(text: str, other: str, random: Random) -> str:
    answers = [f"answer: {split_answer(t)[1]}" for t in (text, other, text)]
    chosen = random.choices(answers, k=random.randint(1, 3))
    where = random.choice(("", text + "\n", text[: random.randrange(len(text) + 1)]))
    return where + random.choice(("\n", " ", "\n\n", "\r\n", "\r")).join(chosen)


def answer_of_another(text: str, other: str, random: Random) -> str:
    return split_answer(text)[0] + split_answer(other)[1]


def think_tags(text: str, other: str, random: Random) -> str:
    before, answer = split_answer(text)
    body = random.choice((text, other, f"answer: {answer}"))
    return random.choice((
        f"<think>{body}</think>\n{text}", f"<think>{body}", f"{body}</think>", f"<think>\n{text}\n",
        f"<think>\n{before}\n</think>\nanswer: {answer}", f"<think>{body}</think>",
        f"<thinking>\n{body}\n</thinking>\nanswer:{answer}", f"{text}\n</think>",
    ))  # fmt: skip


def look_alikes(text: str, other: str, random: Random) -> str:
    """Exchange characters for others that look the same, all or some, everywhere or at the end."""
    before, answer = split_answer(text)
    share = random.choice((0.05, 1.0))

    def exchange(part: str) -> str:
        return "".join(
            random.choice(LOOK_ALIKES[c]) if c in LOOK_ALIKES and random.random() < share else c
            for c in part
        )

    if random.random() < 0.3:
        before = exchange(before)
    return before + exchange(answer)


def line_ends(text: str, other: str, random: Random) -> str:
    end = random.choice(("\r\n", "\r", "\n\n", "\u2028", "\x0b", " \n", "\n\t"))
    return text.replace("\n", end) + random.choice(("", end))


def spaces(text: str, other: str, random: Random) -> str:
    before, answer = split_answer(text)
    kind = random.randrange(5)
    if kind == 0:
        answer = answer.replace(" ", "")
    elif kind == 1:
        answer = answer.replace(", ", ",").replace("; ", ";")
    elif kind == 2:
        answer = " ".join(answer)
    elif kind == 3:
        answer = answer.replace(" ", "  ", random.randint(0, 2))
    else:
        before = before[:-1] if before.endswith("answer: ") else before
    return before + random.choice(("", " ", "\t", "  ")) + answer + random.choice(("", " ", "\t "))


def number_forms(text: str, other: str, random: Random) -> str:
    """Write a number of the answer in another form."""
    before, answer = split_answer(text)
    starts = [i for i, c in enumerate(answer) if c.isdigit()] or [len(answer)]
    offset = random.choice(starts)
    head, tail = answer[:offset], answer[offset:]
    return before + random.choice((
        f"{head}+{tail}", f"{head}-{tail}", f"{head}0{tail}", answer + ".0", answer + ".",
        answer + "0", answer + "e3", f"{head}1,0{tail}", f"{head}1_0{tail}", f"0x{answer}", "-0",
        "inf", "nan", "NaN", "½", "Ⅷ", "٣", answer.replace(".", ","), f"-{answer}", "10" * 3000,
        f"{answer} 000", answer.replace(",", ""), answer.replace(",", " "), "none", "None", "",
    ))  # fmt: skip


def markup(text: str, other: str, random: Random) -> str:
    before, answer = split_answer(text)
    before = before.removesuffix("answer: ")
    line = f"answer: {answer}"
    return before + random.choice((
        f"**{line}**", f"**answer:** {answer}", f"answer: **{answer}**", f"answer: `{answer}`",
        f"`{line}`", f"# {line}", f"- {line}", f"> {line}", f"answer: \\boxed{{{answer}}}",
        f"\\boxed{{{line}}}", f"answer: ${answer}$", f"```\n{line}\n```", f"answer: {answer}.",
        f'answer: "{answer}"', f"Answer: {answer}", f"ANSWER: {answer}", f"answer : {answer}",
        f"answer {answer}", f"The answer: {answer}", f"answer: {answer} (I am sure)",
        f"answer: the answer is {answer}", f"answer:\n{answer}", f"answer: answer: {answer}",
        f"<b>{line}</b>", f"answer:{answer}", f"answer:\t{answer}", f"answer: {answer}\x1b[0m",
        f"=HYPERLINK({answer})", f"{line} or {split_answer(other)[1]}",
    ))  # fmt: skip


def odd_characters(text: str, other: str, random: Random) -> str:
    offset = random.choice((0, len(text), random.randrange(len(text) + 1)))
    odd = random.choice(
        ("\x00", "\ufeff", "\u202e", "\U0010ffff", *SURROGATES, "".join(SURROGATES))
    )
    return text[:offset] + odd * random.choice((1, 1, 3)) + text[offset:]


def whole_texts(text: str, other: str, random: Random) -> str:
    return random.choice(
        ("", "\n", text, other, text.upper(), text[::-1], "answer:", "answer: ", " ")
    )


def huge(text: str, other: str, random: Random) -> str:
    size = random.choice((100_000, 300_000))
    filler = random.choice(("\n", "1", "answer: 1\n", "\U0001f600", text + "\n", " ", "a, "))
    long = filler * (size // len(filler))
    return random.choice((long, text + long, long + text, text + "\n" + long + "\n" + text))


MUTATIONS: dict[Mutation, int] = {
    edit: 300, cut_short: 50, continue_after_the_end: 50, drop_a_line: 50, double_a_line: 50,
    reorder_lines: 50, several_answers: 50, answer_of_another: 50, think_tags: 50,
    look_alikes: 50, line_ends: 40, spaces: 60, number_forms: 100, markup: 100,
    odd_characters: 50, whole_texts: 20,
}  # fmt: skip
"""Weight of each kind of damage; ``huge`` is chosen apart, since it takes long."""


def mutate(text: str, other: str, random: Random) -> tuple[str, str]:
    """Return a damaged text, and the kind of its damage; some texts are damaged twice.

    Parameters
    ----------
    other
        The machine's text for another problem of the same task.
    """
    if random.random() < 1 / 5000:
        return huge(text, other, random), "huge"
    kinds = random.choices(list(MUTATIONS), list(MUTATIONS.values()), k=random.choice((1, 1, 1, 2)))
    for mutation in kinds:
        text = mutation(text, other, random)
    return text, " and ".join(mutation.__name__ for mutation in kinds)
