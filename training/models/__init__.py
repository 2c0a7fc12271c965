"""Models to train: random weights, shapes, adapters, attention within packs, a byte tokenizer."""
