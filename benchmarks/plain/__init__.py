"""Plain generators: Python functions that append strings, as one writes them without a machine.

Each module makes the same text as the task it is named after. ``sample`` draws a problem with
``random``, with a length from ``low`` to ``high``; ``write`` returns its text and answer;
``problem`` converts an instance of the task to the arguments of ``write``, so that the two texts
can be compared.
"""
