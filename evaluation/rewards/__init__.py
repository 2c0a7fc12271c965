"""Rewards by replay: outputs graded from record ids alone, for trainers of other libraries."""
