"""Oracles of the tasks in enumeration."""
