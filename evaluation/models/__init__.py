"""Language models and texts as tokens: the same for training and scoring."""
