"""The stages of rendering: events, op arrays, the compiled byte loop, spans."""
