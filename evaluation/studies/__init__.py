"""Results of studies: rows that compare trained models, by arm, task, range and seed."""
