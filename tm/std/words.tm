# Words: runs of letters (the `word` symbols of a tape) between other symbols.
# A head is "on a word" if it is on its first letter; an empty word has no letters.

class printable = ' '..'~'

# ------------------------------------------------------------------ heads

# Moves from a letter of a word, or the cell after its last one, to its first letter.
proc to_first(t) -> t at first {
    left t
    while t in word { left t }
    right t
}

# Moves from a letter of a word to its last letter.
proc to_last(t) -> t at last {
    while t in word { right t }
    left t
}

# Moves from a letter of a word to the cell after its last letter.
proc to_end(t) -> t at end {
    while t in word { right t }
}

# Moves from a letter of a word, or the cell after it, past one symbol to the next word.
proc next_word(t) -> t at first {
    while t in word { right t }
    right t
}

# Moves from a cell of a run without blanks, or the cell after it, to its first cell.
proc rewind(t) -> t at start {
    left t
    while t != _ { left t }
    right t
}

# Moves from a cell of a run without blanks to the blank after it.
proc to_blank(t) -> t at blank {
    while t != _ { right t }
}

# Moves right to the nearest `c`, starting at the head, or to a blank if that comes first.
proc seek(t, c: printable) {
    while t != c and t != _ { right t }
}

# Moves left to the nearest `c`, starting at the head, or to a blank if that comes first.
proc seek_back(t, c: printable) {
    while t != c and t != _ { left t }
}

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
    while x in word { left x, y }
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

# Returns whether the words of x and y are equal.
proc equal(x at first, y at first) -> yes | no, x at first, y at first {
    while x in word and x == y { right x, y }
    let same: yes | no = yes
    if x in word or y in word { same = no }
    left x, y
    while x in word { left x, y }
    right x, y
    return same
}
