"""Small tasks, sampled instances and corpora."""
