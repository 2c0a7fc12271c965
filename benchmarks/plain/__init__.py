"""Generators as a user would write them: plain Python that appends strings, no machine.

Each module makes the very text of the task that it is named after. ``sample`` draws a problem with
``random``, of lengths in low … high; ``write`` gives its text and its answer; ``problem`` takes an
instance of ours to what ``write`` takes, so that the two texts can be compared.
"""
