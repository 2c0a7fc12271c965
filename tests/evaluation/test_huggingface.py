"""Greedy decoding: many at once gives what one at a time gives, and ends are counted."""

import pytest
import torch
from transformers import Qwen2Config, Qwen2ForCausalLM

import tasks
from evaluation.backends import End
from evaluation.huggingface import HuggingFace
from evaluation.items import Item, replay
from evaluation.models import encode, load_model
from tasks import Stream
from training.tokenizer import byte_tokenizer

TASK = tasks.get("compare_numbers", plain=True, ranges={"S": (1, 6)})
TOKENIZER = byte_tokenizer()


def items(count: int) -> list[Item]:
    stream = Stream("generate")
    drawn = [TASK.draw(stream.at(i), "S") for i in range(count)]
    # Prompts of many lengths, so that padding and order matter.
    return replay(TASK, "S", [(str(i), x, TASK.prompt(x, i % 3)) for i, x in enumerate(drawn)])


def model(context: int = 512) -> Qwen2ForCausalLM:
    torch.manual_seed(5)
    return Qwen2ForCausalLM(
        Qwen2Config(
            vocab_size=len(TOKENIZER),
            hidden_size=32,
            intermediate_size=64,
            num_hidden_layers=2,
            num_attention_heads=2,
            num_key_value_heads=1,
            max_position_embeddings=context,
            initializer_range=0.3,
            eos_token_id=TOKENIZER.eos_token_id,
            pad_token_id=TOKENIZER.pad_token_id,
        )
    )


def test_a_batch_gives_what_single_prompts_give() -> None:
    some = items(11)
    together = HuggingFace(model(), TOKENIZER, name="tiny", batch_size=4).generate(
        some, 24, lambda done: None
    )
    alone = HuggingFace(model(), TOKENIZER, name="tiny", batch_size=1)
    for item, output in zip(some, together, strict=True):
        assert [output] == alone.generate([item], 24, lambda done: None)
    assert len({output.text for output in together}) > 5


def test_an_output_ends_at_its_eos_and_one_without_is_cut() -> None:
    backend = HuggingFace(model(), TOKENIZER, name="tiny")
    (cut,) = backend.generate(items(1), 9, lambda done: None)
    assert (cut.end, cut.tokens) == (End.LENGTH, 9)
    # A character that the model writes on its way is made an end token.
    character = next(c for c in cut.text[1:] if c.isascii())
    ending = model()
    ending.generation_config.eos_token_id = [
        TOKENIZER.eos_token_id,
        *encode(TOKENIZER, [character])[0],
    ]
    backend = HuggingFace(ending, TOKENIZER, name="tiny")
    (ended,) = backend.generate(items(1), 9, lambda done: None)
    assert ended.end is End.STOP
    assert ended.text == cut.text[: cut.text.index(character)]
    assert 1 < ended.tokens < 9


def test_what_is_longer_than_the_context_is_not_asked() -> None:
    some = items(6)
    lengths = [len(item.prompt) for item in some]
    context = sorted(lengths)[2] + 10
    backend = HuggingFace(model(context), TOKENIZER, name="tiny")
    outputs = backend.generate(some, 10, lambda done: None)
    fits = [output.end is not End.NO_FIT for output in outputs]
    assert fits == [length + 10 <= context for length in lengths]
    assert 0 < sum(fits) < 6


def test_a_models_own_sampling_defaults_are_not_used() -> None:
    sampling = model()
    sampling.generation_config.do_sample = True
    sampling.generation_config.temperature = 5.0
    sampling.generation_config.repetition_penalty = 1.9
    backend = HuggingFace(sampling, TOKENIZER, name="tiny")
    plain = HuggingFace(model(), TOKENIZER, name="tiny")
    some = items(3)
    nothing = lambda done: None  # noqa: E731
    assert backend.generate(some, 12, nothing) == plain.generate(some, 12, nothing)


def test_progress_is_told_for_every_item() -> None:
    told: list[int] = []
    HuggingFace(model(400), TOKENIZER, name="tiny", batch_size=2).generate(items(5), 4, told.append)
    assert sum(told) == 5


def test_models_that_cannot_be_used_are_named(tmp_path) -> None:  # type: ignore[no-untyped-def]
    with pytest.raises(ValueError, match=r"there is no config\.json"):
        load_model(str(tmp_path / "none"))
    with pytest.raises(ValueError, match=r"there is no config\.json"):
        load_model("./none")
    folder = tmp_path / "pickled"
    TOKENIZER.save_pretrained(folder)
    model().config.save_pretrained(folder)
    torch.save(model().state_dict(), folder / "pytorch_model.bin")
    with pytest.raises(ValueError, match="cannot be loaded"):
        load_model(str(folder))


def test_a_saved_model_loads_with_a_pad_token_of_its_own(tmp_path) -> None:  # type: ignore[no-untyped-def]
    saved = model()
    tokenizer = byte_tokenizer()
    tokenizer.pad_token = tokenizer.eos_token
    saved.save_pretrained(tmp_path)
    tokenizer.save_pretrained(tmp_path)
    loaded, padded = load_model(str(tmp_path))
    assert padded.pad_token_id not in (None, padded.eos_token_id)
    assert loaded.get_input_embeddings().num_embeddings >= len(padded)
    assert padded.padding_side == "left"
