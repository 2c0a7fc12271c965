"""The byte-level tokenizer: lossless, a token for each digit, no special tokens from texts."""

import subprocess
import sys
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st
from transformers import AutoTokenizer, PreTrainedTokenizerFast, Qwen2Config

from evaluation.models.tokens import encode
from tasks.corpus import Form, RecordOptions, record_table
from tasks.registry import get
from training.models.random import tokens_alike
from training.models.tokenizer import EOS, MIN_VOCABULARY, PAD, byte_tokenizer

TEXTS = ["place k: x k = 12 y k = 7 ; equal -> place l\n", "answer: <"] * 3
PLAIN = byte_tokenizer()
WORDS = byte_tokenizer(TEXTS, 320)


def test_sizes() -> None:
    assert len(PLAIN) == MIN_VOCABULARY
    assert MIN_VOCABULARY < len(WORDS) <= 320
    assert sorted(WORDS.get_vocab().values()) == list(range(len(WORDS)))
    with pytest.raises(ValueError, match="`vocabulary` must be at least 258"):
        byte_tokenizer(size=100)


@given(st.text() | st.sampled_from([EOS, PAD, f"a{PAD}b"]))
def test_decoding_inverts_encoding(text: str) -> None:
    for tokenizer in (PLAIN, WORDS):
        (ids,) = encode(tokenizer, [text])
        assert tokenizer.decode(ids) == text
        assert tokenizer.eos_token_id not in ids
        assert tokenizer.pad_token_id not in ids


def test_without_words_each_byte_is_a_token() -> None:
    (ids,) = encode(PLAIN, ["aé 1"])
    assert len(ids) == 5
    assert len(set(encode(PLAIN, ["".join(map(chr, range(128)))])[0])) == 128


def test_words_and_digits_are_tokens() -> None:
    tokens = [WORDS.decode([i]) for i in encode(WORDS, ["place k: x k = 12 y"])[0]]
    assert tokens == ["place", " k", ":", " x", " k", " =", " 1", "2", " y"]


def test_what_precedes_an_operand_does_not_show_how_it_begins() -> None:
    texts = ['sorted([4, -5]) is "e4" -> e 4: -5 ->\n', 'sorted([-4, 5]) is "4e" -> 4 e: 5 ->\n']
    tokenizer = byte_tokenizer(texts * 50, 400)
    first, second = ([tokenizer.decode([i]) for i in ids] for ids in encode(tokenizer, texts))
    assert first[:10] == ["sorted", "([", "4", ",", " -", "5", "])", " i", "s", ' "']
    assert second[:10] == ["sorted", "([", "-", "4", ",", " 5", "])", " i", "s", ' "']
    assert first[10:] == ["e", "4", '"', " ->", " e", " 4", ":", " -", "5", " ->\n"]
    assert second[10:] == ["4", "e", '"', " ->", " 4", " e", ":", " 5", " ->\n"]


def test_a_rare_word_is_spelled() -> None:
    texts = [f'text "jor" {n}' if n < 2 else f'text "{n}"' for n in range(4000)]
    tokenizer = byte_tokenizer(texts, 320)
    tokens = [tokenizer.decode([i]) for i in encode(tokenizer, ['text "jor"'])[0]]
    assert tokens == ["text", ' "', "j", "o", "r", '"']


def test_saving_and_loading_preserves_the_tokenizer(tmp_path: Path) -> None:
    WORDS.save_pretrained(tmp_path)
    loaded = AutoTokenizer.from_pretrained(tmp_path)
    assert encode(loaded, TEXTS) == encode(WORDS, TEXTS)
    assert (loaded.eos_token, loaded.pad_token) == (EOS, PAD)
    assert loaded.padding_side == "left"


def test_auto_tokenizer_changes_the_tokens_beside_a_model(tmp_path: Path) -> None:
    # Model cards and docs/training.md say so; remove that when it is no longer true.
    WORDS.save_pretrained(tmp_path)
    Qwen2Config().save_pretrained(tmp_path)
    assert encode(AutoTokenizer.from_pretrained(tmp_path), TEXTS) != encode(WORDS, TEXTS)
    assert encode(PreTrainedTokenizerFast.from_pretrained(tmp_path), TEXTS) == encode(WORDS, TEXTS)


def test_the_vocabulary_is_the_same_in_another_process() -> None:
    code = (
        "from training.models.tokenizer import byte_tokenizer as b\n"
        f"print(sorted(b({TEXTS!r}, 320).get_vocab().items()))"
    )
    other = subprocess.run(
        [sys.executable, "-c", code], capture_output=True, text=True, check=True
    ).stdout
    assert other.strip() == str(sorted(WORDS.get_vocab().items()))


def test_letters_of_a_label_are_tokens() -> None:
    texts = [f"first = {a}{b} {a}{b} = 4 ->" for a in "abcdefgh" for b in "abcdefgh"]
    tokenizer = byte_tokenizer(texts, 400)
    tokens = [tokenizer.decode([i]) for i in encode(tokenizer, ["first = gm gm"])[0]]
    assert tokens == ["first", " =", " g", "m", " g", "m"]


def test_names_are_spelled_even_if_common() -> None:
    tokenizer = byte_tokenizer(["Reply to it: ee to = 4 ->"] * 100, 400)
    tokens = [tokenizer.decode([i]) for i in encode(tokenizer, ["Reply to it: ee to = 4 ->"])[0]]
    assert tokens[:6] == ["Reply", " t", "o", " i", "t", ":"]
    assert tokens[6:] == [" e", "e", " t", "o", " =", " 4", " ->"]


def test_words_and_marks_of_operands_are_spelled() -> None:
    texts = ['Reverse "the end?". read d ?: end'] * 100
    tokenizer = byte_tokenizer(texts, 400, {"the", "?", "d"})
    tokens = [tokenizer.decode([i]) for i in encode(tokenizer, texts[:1])[0]]
    assert tokens[:10] == ["Reverse", ' "', "t", "h", "e", " end", "?", '"', ".", " read"]
    assert tokens[10:] == [" d", " ?", ":", " end"]


def test_a_hyphen_between_two_characters_belongs_to_the_second_one() -> None:
    prompt = "The 0-based x-axis: B-C 15, C-D -3. 9-12, -4 - 5"
    tokenizer = byte_tokenizer([prompt] * 100, 400, {"-"})
    tokens = [tokenizer.decode([i]) for i in encode(tokenizer, [prompt])[0]]
    edges = tokens[tokens.index(" B") :]
    assert edges[:10] == [" B", "-C", " 1", "5", ",", " C", "-D", " -", "3", "."]
    assert edges[10:] == [" 9", "-1", "2", ",", " -", "4", " -", " 5"]
    assert not {"-a", "-b"} & {*tokens}
    numbers = {tokenizer.decode([i]): i for i in range(len(tokenizer))}
    alike = tokens_alike(tokenizer)
    assert [alike[numbers[token]] for token in ("-C", "-1")] == [numbers["C"], numbers["1"]]


def test_a_space_within_quotes_is_a_token_if_operands_have_spaces() -> None:
    prompt = 'Read "It is up, Al!" and "a b"'
    tokenizer = byte_tokenizer([prompt] * 100, 400, {"It", "is", "up", "Al", ",", "!", "b", " "})
    tokens = [tokenizer.decode([i]) for i in encode(tokenizer, [prompt])[0]]
    assert tokens[:10] == ["Read", ' "', "I", "t", " ", "i", "s", " ", "u", "p"]
    assert tokens[10:] == [",", " ", "A", "l", "!", '"', " and", ' "', "a", " ", "b", '"']
    numbers = 'Sort "4, 15, 3" now. read 4, 15'
    tokenizer = byte_tokenizer([numbers] * 100, 400)
    tokens = [tokenizer.decode([i]) for i in encode(tokenizer, [numbers])[0]]
    assert tokens[:9] == ["Sort", ' "', "4", ",", " 1", "5", ",", " 3", '"']


def test_a_space_in_an_answer_is_a_token_if_operands_have_spaces() -> None:
    answer = "write b: b = space ; space u p -> end\nanswer: It is up"
    tokenizer = byte_tokenizer([answer] * 100, 400, {"It", " "})
    tokens = [tokenizer.decode([i]) for i in encode(tokenizer, [answer])[0]]
    assert tokens[-10:] == ["answer", ":", " I", "t", " ", "i", "s", " ", "u", "p"]
    (ids,) = encode(tokenizer, [" space\nanswer: u p\n = space\nanswer:  p "])
    tokens = [tokenizer.decode([i]) for i in ids]
    assert tokens[:8] == [" space", "\n", "answer", ":", " u", " ", "p", "\n"]
    assert tokens[8:] == [" =", " space", "\n", "answer", ":", " ", " ", "p", " "]
    numbers = "list b: b = 4 -> end\nanswer: 4 5 6"
    tokenizer = byte_tokenizer([numbers] * 100, 400)
    tokens = [tokenizer.decode([i]) for i in encode(tokenizer, [numbers])[0]]
    assert tokens[-5:] == ["answer", ":", " 4", " 5", " 6"]


def test_a_space_before_a_quoted_letter_of_a_read_step_is_no_token() -> None:
    completion = 'read text " I: first = gm gm = I ->'
    tokenizer = byte_tokenizer([completion] * 100, 400, {"I"})
    tokens = [tokenizer.decode([i]) for i in encode(tokenizer, [completion])[0]]
    assert tokens[:5] == ["read", " text", ' "', " I", ":"]


LISTS = ("bubble_sort", "dijkstra", "knapsack_01", "multi_machine_schedule", "binary_search")


@pytest.mark.parametrize("name", ["any_substring", "large_number_addition", *LISTS])
def test_tokens_of_what_a_step_quotes_are_those_of_the_prompt(name: str) -> None:
    table = record_table(get(name), "S", "train", 7, range(40), RecordOptions(form=Form()))
    rows = table.select(["prompt", "completion"]).to_pylist()
    tokenizer = byte_tokenizer((row["prompt"] + row["completion"] for row in rows), 1024)
    alike = tokens_alike(tokenizer)
    number = 0
    for row in rows:
        # Neither the first line of an operand, which quotes words, nor its last.
        lines = [line for line in row["completion"].splitlines() if "first =" not in line]
        quotes = [line.rsplit(": ")[0] for line in lines if line.startswith("read ")]
        quotes = [quote for quote in quotes if not quote.endswith(" end")]
        if name in LISTS:
            quotes = [quote for quote in quotes if ", " in quote]
        prompt, *codes = (
            "".join(f"<{alike.get(token, token)}>" for token in ids)
            for ids in encode(tokenizer, [row["prompt"], *quotes])
        )
        number += len(codes)
        pairs = zip(quotes, codes, strict=True)
        lost = [quote for quote, code in pairs if code[code.index(">") + 1 :] not in prompt]
        assert lost == []
    assert number > 70
