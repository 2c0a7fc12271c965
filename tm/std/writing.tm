# Writing: a machine writes a long answer a symbol in each step. Such a step is named `write`. It quotes
# what is written so far from the third symbol before the new one on, so that the answer can be copied
# from the quotes: the symbols before each symbol are beside it.

# Copies the symbol at the head of t to the end of the answer and quotes it. The head of out moves on.
proc write_symbol(t, out) {
    out := t
    solve ans "{out.recent}"
    right out
}
