# Lists and tables on one tape. A list is words, each followed by one symbol that is no letter,
# and ends at the first blank: `12,7,30,`. A table is a list whose words come in records, the last
# word of each followed by a symbol of its own: `7=12,3;8=4,1;`. Its first words are its keys.

import std.words

# From the first word of a list to word n, counted from 0.
proc nth(t at first, n at first) -> t at first, n at first {
    local tape rest like n
    copy(n, rest)
    while rest in word { right rest }
    left rest
    # Count down: where a digit is used up the one left of it lends, and all 9s are the end.
    loop {
        if rest == 0 {
            while rest == 0 { rest := 9  left rest }
            if rest == _ { break }
            rest := rest - 1
            while rest in word { right rest }
            left rest
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

# From a record to the first one from there on whose key is `key`, on its second word; without
# one, to the blank past the table. `c` ends a record; the key is not empty.
proc find(t at first, key at first, c: printable) -> yes | no, t at first, key at first {
    while t != _ {
        let found: yes | no = begins(t, key)
        if found == yes { right t  return yes }
        seek(t, c)
        right t
    }
    return no
}

# The same for a table whose first two words are its keys, to the third word.
proc find_pair(t at first, key at first, other at first, c: printable)
    -> yes | no, t at first, key at first, other at first {
    while t != _ {
        let found: yes | no = begins(t, key)
        if found == yes {
            right t
            found = begins(t, other)
            if found == yes { right t  return yes }
        }
        seek(t, c)
        right t
    }
    return no
}

# Whether the word under t's head is `key`, which is not empty; t's head ends past it if so.
proc begins(t at first, key at first) -> yes | no, key at first {
    assume key in word
    if t != key { return no }
    while t in word and t == key { right t, key }
    let same: yes | no = yes
    if t in word or key in word { same = no }
    to_first(key)
    return same
}

# ------------------------------------------------------------------ shifting

# What stands right of the place is shifted to the next blank; marks there are lost.

# Puts word w and the symbol c before the word under the head, which ends on the blank past
# the list.
proc insert(t at first, w at first, c: printable) -> t at blank, w at first {
    local tape rest like t
    lift(t, rest)
    append(w, t)
    t := c
    right t
    lower(rest, t)
}

# Takes out the word under the head and the symbol behind it; the head ends on the blank past
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

# Writes word w in place of the word under the head, which ends on the blank past the list, or
# past the word if the two are of one length.
proc replace(t at first, w at first) -> t at end, w at first {
    local tape rest like t
    while t in word and w in word { t := w  right t, w }
    if w in word {
        lift(t, rest)
        while w in word { t := w  right t, w }
        lower(rest, t)
    } elsif t in word {
        # Walk the surplus to its end, then back over it and the letters already written.
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

# Moves all from the head to the next blank to `rest`; the head stays, on a blank then.
proc lift(t, rest at empty) -> t at blank, rest at start {
    while t != _ { rest := t  t := _  right t, rest }
    left t, rest
    while rest != _ { left t, rest }
    right t, rest
}

# Moves it back to where the head stands, which ends past it.
proc lower(rest at start, t at blank) -> rest at empty, t at blank {
    while rest != _ { t := rest  rest := _  right t, rest }
}
