# Lists and tables on one tape. A list is a run of words, each followed by one symbol that is not a
# letter; it ends at the first blank: `12,7,30,`. A table is a list of records; a symbol of its own
# ends each record: `7=12,3;8=4,1;`. The first words of a record are its keys.

import std.words

# Moves from the first word of a list to word n, counted from 0.
proc nth(t at first, n at first) -> t at first, n at first {
    local tape rest like n
    copy(n, rest)
    right rest until rest not in word
    left rest
    # Count down: a digit 0 borrows from the digit on its left; if all digits were 0, stop.
    loop {
        if rest == 0 {
            while rest == 0 { rest := 9  left rest }
            if rest == _ { break }
            rest := rest - 1
            to_last(rest)
        } elsif rest == _ {
            break
        } else {
            rest := rest - 1
        }
        next_word(t)
    }
    right rest
    clear(rest)
}

# ------------------------------------------------------------------ tables

# Moves from a record to the second word of the first record from there on whose key is `key`, or to
# the blank after the table; returns whether there is one. `c` ends a record; `key` is not empty.
proc find(t at first, key at first, c: printable) -> bool, t at first, key at first {
    each t {
        if begins(t, key) { right t  return true }
        seek(t, c)
    }
    return false
}

# Does the same for a table with two keys; the head ends on the third word of the record.
proc find_pair(t at first, key at first, other at first, c: printable)
    -> bool, t at first, key at first, other at first {
    each t {
        if begins(t, key) {
            right t
            if begins(t, other) { right t  return true }
        }
        seek(t, c)
    }
    return false
}

# Returns whether the word at the head of t is `key`, which is not empty; if so, t ends after it.
proc begins(t at first, key at first) -> bool, key at first {
    assume key in word
    if t != key { return false }
    right t, key until t not in word or t != key
    let same = t not in word and key not in word
    to_first(key)
    return same
}

# ------------------------------------------------------------------ shifting

# Everything from the place to the next blank is shifted; marks there are lost.

# Inserts word w and the symbol c before the word at the head; the head ends on the blank after
# the list.
proc insert(t at first, w at first, c: printable) -> t at blank, w at first {
    local tape rest like t
    lift(t, rest)
    append(w, t)
    write t c
    lower(rest, t)
}

# Deletes the word at the head and the symbol after it; the head ends on the blank after
# the list.
proc delete(t at first) -> t at blank {
    local tape rest like t
    next_word(t)
    lift(t, rest)
    left t
    t := _
    left t
    while t in word { t := _  left t }
    right t
    lower(rest, t)
}

# Replaces the word at the head by word w; the head ends on the blank after the list, or after
# the word if both words have the same length.
proc replace(t at first, w at first) -> t at end, w at first {
    local tape rest like t
    while t in word and w in word { t := w  right t, w }
    if w in word {
        lift(t, rest)
        while w in word { t := w  right t, w }
        lower(rest, t)
    } elsif t in word {
        # Move to the end of the surplus letters, then back over them and the letters already written.
        to_end(t)
        lift(t, rest)
        left t
        while t in word { t := _  left t }
        right t
        to_first(w)
        while w in word { t := w  right t, w }
        lower(rest, t)
    }
    to_first(w)
}

# Moves everything from the head to the next blank to `rest`; the head ends where it was, on a blank.
proc lift(t, rest at empty) -> t at blank, rest at start {
    while t != _ { rest := t  t := _  right t, rest }
    left t, rest
    left t, rest until rest == _
    right t, rest
}

# Moves it back to the tape, starting at the head, which ends after it.
proc lower(rest at start, t at blank) -> rest at empty, t at blank {
    while rest != _ { t := rest  rest := _  right t, rest }
}
