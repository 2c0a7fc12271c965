"""Measurements and pages of tasks, and the view of a task that the lint rules take."""
