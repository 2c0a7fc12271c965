# Writing: a machine writes a long answer, a symbol in each step. Such a step is named `write`. It quotes
# the new symbol with the three written before it, by which the last line can be copied from the quotes.

# Copies the symbol at the head of t to the end of the answer and quotes it. The head of out moves on.
proc write_symbol(t, out) {
    out := t
    solve ans "{out.recent}"
    right out
}

# Copies the symbol at the head of t to the end of the answer under a key. The head of out moves on.
proc write_keyed(t, out, key: text) {
    out := t
    solve ans "{key}" = {out.cell}
    right out
}
