"""The debugger on a terminal."""
