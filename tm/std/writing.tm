# Writing: a machine writes a long answer, a symbol in each step. The step quotes the new symbol with the
# three written before it (four of a sentence, the item before it in a list), by which the last line can be
# copied from the quotes.

import std.words

# Copies the symbol at the head of t to the end of the answer and quotes it. The head of out moves on.
proc write_symbol(t, out) {
    out := t
    solve ans "{out.recent}"
    right out
}

# Writes the digit at the head of t, if there is one, in a step of its own: `unit` is its place in the
# answer, such as "tens"; its key is `unit`, followed by `rest`, which says of which number it is.
proc write_total(t, out, unit: text, rest: text) {
    step total at "{unit}{rest}" {
        fetch digit "{unit}{rest}" = {t.cell|none}
        if t != _ { write_keyed(t, out, "ans {unit}") }
    }
}

# Writes the cells of t from the head to the left, each in a step; the last step shows that none is left.
# Before each, the head of place moves to the name before; `key` is both the label and the key of a cell.
proc write_back(t, place, out, key: text) {
    each left t {
        previous_word(place)
        step write at "{key}" {
            if t == ' ' { fetch char "{key}" = "space" } else { fetch char "{key}" = {t.cell|none} }
            at end
            write_symbol(t, out)
        }
    }
}

# Copies the symbol at the head of t to the end of the answer, a list, and quotes its last two items, which
# are words of out, as far as they are written. The head of out moves on.
proc write_listed(t, out) {
    out := t
    right out
    solve ans "{out.last_words}"
}

# Copies the symbol at the head of t to the end of the answer under a key. The head of out moves on.
proc write_keyed(t, out, key: text) {
    out := t
    solve ans "{key}" = {out.cell}
    right out
}
