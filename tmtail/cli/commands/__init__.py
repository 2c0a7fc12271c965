"""Commands of ``tmtail``, one module for each group."""
