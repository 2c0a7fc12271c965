"""Language models and their tokens, for training and scoring alike."""
