"""Helpers that several test modules import, one file per concern."""
