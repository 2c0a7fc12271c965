# Reading: a machine reads its operands from the prompt, a character or a short item in each step. Such
# a step is named `read`. It copies what it reads together with what precedes it in the prompt, by which
# the place is found, and gives it a key. The tape `lead` holds the word before each operand in the
# prompt; the words of `place` are names in order, from the one that the prompt gives.

import std.words

# Reads the name at which the labels start.
proc read_first(place) {
    step read at "first" { fetch lead "start at {place}"  solve "first" = {place} }
}

# Reads a name of one letter; `before` is what precedes it in the prompt.
proc read_letter(t, key: text, before: text) {
    step read at "{key}" { fetch lead "{before} {t.cell}"  solve name "{key}" = {t.cell} }
}

# Reads a text, from its first character to the blank after it, which is the `end`. The key of a
# character is `NAME PLACE`; the heads of t and place move along. A block of the caller may say more of
# each character and of the end.
proc read_text(t, place, lead, name: text) each() {
    read_spelled(t, place, lead, name, "{name} {place}") each() { each { body } }
}

# Reads a text like `read_text`, with keys of another form, such as `PLACE`.
proc read_spelled(t, place, lead, name: text, key: text) each() {
    step read at "{name}" {
        fetch lead "{lead} {t.cell|end}", first "first" = {place}
        each { say_symbol(t, key) }
    }
    next_word(lead)
    read_rest(t, place, name, key) each() { each { body } }
}

# Reads a text like `read_text`, with names of one letter that follow each other on `place` without
# spaces. The letter at the head of place, whose key is `border`, is that of the place before the text.
# The word before the text is restated with its first three characters, since two texts of few
# different characters often share two of them.
proc read_bordered(t, place, lead, name: text, border: text) {
    step read at "{name}" {
        fetch lead "{lead} {t.cell}", first "{border}" = {place.cell}
        say_symbol(t, "{name} {place.next}")
    }
    right place
    while t != _ {
        right t, place
        step read at "{name} {place.cell}" {
            left t by 3
            let follows: bool = t == _
            right t by 3
            if follows { fetch lead "{lead} {t.recent}" } else { fetch recent "{t.recent}" }
            say_symbol(t, "{name} {place.cell}")
        }
    }
    next_word(lead)
}

# Reads a sign, if there is one, and a text after it. The key of the sign is `NAME sign`.
proc read_signed(t, place, lead, name: text) {
    let is_negative: bool = false
    step read at "{name} sign" {
        fetch lead "{lead} {t.cell|end}"
        if t == '-' { is_negative = true  solve sign "{name} sign" = "minus" }
        else { solve sign "{name} sign" = "plus" }
    }
    if is_negative { right t }
    step read at "{name}" {
        if is_negative { fetch lead "{t.recent}" } else { fetch lead "{lead} {t.cell|end}" }
        fetch first "first" = {place}
        say_symbol(t, "{name} {place}")
    }
    next_word(lead)
    read_rest(t, place, name, "{name} {place}")
}

# Reads the characters after the one at the head, and the end.
proc read_rest(t, place, name: text, key: text) each() {
    while t != _ {
        right_named(t, place)
        step read at "{name} {place}" {
            fetch recent "{t.recent}"
            each { say_symbol(t, key) }
        }
    }
}

# Solves the symbol at the head of t, or the `end`; a space is called `space`.
proc say_symbol(t, key: text) {
    if t == ' ' { solve value "{key}" = "space" } else { solve value "{key}" = {t.cell|end} }
}

# Fetches the digits of x and y at the heads, each under its key; a `$` after a number is its `end`.
proc fetch_both(x, y, x_key: text, y_key: text) {
    if x == '$' { fetch x "{x_key}" = "end" } else { fetch x "{x_key}" = {x.cell|none} }
    if y == '$' { fetch y "{y_key}" = "end" } else { fetch y "{y_key}" = {y.cell|none} }
}

# Reads a list, an item in each step. An item is a word of t; what is between two items is passed over.
# After the last one is the `end`. The heads of t and place move along; `key` is the key of an item at
# the head of place, such as "x {place}". `last` is what a step restates of the items before its own:
# "{t.last_word}", or "{t.last_words}" if the same short item often occurs more than once. A block of
# the caller may say more of each item and of the end.
proc read_list(t, place, lead, name: text, key: text, last: text) each() {
    step read at "{name}" {
        fetch lead "{lead} {t}", first "first" = {place}
        each { solve value "{key}" = {t} }
    }
    next_word(lead)
    while t != _ {
        right t until t not in word
        right t until t in word or t == _
        next_word(place)
        step read at "{name} {place}" {
            fetch recent "{last}, {t|end}"
            each { solve value "{key}" = {t|end} }
        }
    }
}

# Reads a single item, the word of t, such as a short number. Its key is `NAME`.
proc read_item(t, lead, name: text) {
    step read at "{name}" { fetch lead "{lead} {t}"  solve value "{name}" = {t} }
    next_word(lead)
}
