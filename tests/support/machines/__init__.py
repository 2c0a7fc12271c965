"""Machines, random programs, and independent ways to run and render them."""
