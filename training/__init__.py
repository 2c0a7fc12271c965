"""From prompt and completion records to a trained model: the data path, the model, the trainer."""
