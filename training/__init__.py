"""From prompt and completion records to a trained model: the data path, the model, the trainer."""

import os

# Hugging Face's libraries would report their use to the hub.
os.environ.setdefault("HF_HUB_DISABLE_TELEMETRY", "1")
