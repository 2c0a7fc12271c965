# Words: runs of letters (the `word` symbols of a tape) between other symbols.
# A head is "on a word" if it is on its first letter; an empty word has no letters.

class printable = ' '..'~'

# ------------------------------------------------------------------ heads

# Moves from a letter of a word, or the cell after its last one, to its first letter.
proc to_first(t) -> t at first {
    left t
    left t until t not in word
    right t
}

# Moves from a letter of a word to its last letter.
proc to_last(t) -> t at last {
    right t until t not in word
    left t
}

# Moves from a letter of a word to the cell after its last letter.
proc to_end(t) -> t at end { right t until t not in word }

# Moves from a letter of a word, or the cell after it, past one symbol to the next word.
proc next_word(t) -> t at first {
    right t until t not in word
    right t
}

# Moves from the first letter of a word past one symbol to the word before.
proc previous_word(t at first) -> t at first {
    left t
    to_first(t)
}

# Moves t to the next cell, and place from the name of one cell to that of the next.
proc right_named(t, place) { right t  next_word(place) }

# Moves t to the cell before, and place to the name before.
proc left_named(t, place at first) -> place at first { left t  previous_word(place) }

# Moves from a cell of a run without blanks, or the cell after it, to its first cell.
proc rewind(t) -> t at start {
    left t
    left t until t == _
    right t
}

# Does the same, and moves place back with t, to the name of the first cell.
proc rewind_named(t, place at first) -> t at start, place at first {
    left_named(t, place)
    while t != _ { left_named(t, place) }
    right_named(t, place)
}

# Moves from a cell of a run without blanks to the blank after it.
proc to_blank(t) -> t at blank { right t until t == _ }

# Moves from a cell of a run without blanks to its last cell.
proc to_last_cell(t) {
    right t until t == _
    left t
}

# Moves right to the nearest `c`, starting at the head, or to a blank if that comes first.
proc seek(t, c: printable) { right t until t == c or t == _ }

# Moves left to the nearest `c`, starting at the head, or to a blank if that comes first.
proc seek_back(t, c: printable) { left t until t == c or t == _ }

# Moves t right to the nearest symbol that stands under the head of u, or to a blank.
proc seek_like(t, u) { right t until t == u or t == _ }

# Moves t left to the nearest symbol that stands under the head of u, or to a blank.
proc seek_back_like(t, u) { left t until t == u or t == _ }

# ------------------------------------------------------------------ whole words

# Erases the word; the head ends on the blank after it.
proc clear(t at first) -> t at first {
    while t in word { t := _  right t }
}

# Replaces the word of y by that of x. The tape of y must hold no other word.
proc copy(x at first, y at first) -> x at first, y at first {
    clear(y)
    while x in word { y := x  right x, y }
    left x, y
    left x, y until x not in word
    right x, y
}

# Replaces the word of y by that of x and erases the word of x. The tape of y must hold no other word.
proc move(x at first, y at first) -> x at first, y at first {
    clear(y)
    take(x, y)
    to_first(y)
}

# Moves the word of x to the head of t; both heads end after it.
proc take(x at first, t) -> x at end, t at end {
    while x in word { t := x  x := _  right x, t }
}

# Writes the word of x at the head of t; the head of t ends after it.
proc append(x at first, t) -> x at first, t at end {
    while x in word { t := x  right x, t }
    to_first(x)
}

# Moves t right, starting at the head, to the nearest word that is equal to that of y.
proc seek_word(t at first, y at first) -> t at first, y at first {
    while not equal(t, y) { next_word(t) }
}

# Returns whether the word has one letter.
proc is_single(t at first) -> bool, t at first {
    return t.next not in word
}

# Returns the digit at the head; any other symbol and a blank count as 0.
proc digit_of(t) -> 0..9 {
    if t in '0'..'9' { return t }
    return 0
}

# Returns whether the words of x and y are equal.
proc equal(x at first, y at first) -> bool, x at first, y at first {
    while x in word and x == y { right x, y }
    let same = x not in word and y not in word
    left x, y
    left x, y until x not in word
    right x, y
    return same
}
