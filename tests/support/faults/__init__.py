"""Faults that production knows: kills, damaged files, full disks, clocks that jump."""
