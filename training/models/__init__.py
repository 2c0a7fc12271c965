"""Models to train: adapters, attention within packs, random weights, shapes, a byte tokenizer."""
