"""Training: tokenise the records of a corpus, make or load a model, fine-tune it."""

import os

# Hugging Face's libraries would report usage statistics to the hub.
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
