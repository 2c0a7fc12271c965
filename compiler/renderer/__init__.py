"""The stages of rendering: list events, compile the style, write bytes, unpack the spans."""
