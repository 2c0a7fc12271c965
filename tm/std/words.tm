# Words: runs of letters (what a tape calls `word`) between symbols that are no letters.
# A head is "on a word" when it stands on its first letter; an empty word has none.

class printable = ' '..'~'

# ------------------------------------------------------------------ heads

# From a letter of a word, or the cell past its last one, to its first letter.
proc to_first(t) -> t at first {
    left t
    while t in word { left t }
    right t
}

# From a letter of a word to its last letter.
proc to_last(t) -> t at last {
    while t in word { right t }
    left t
}

# From a letter of a word to the cell past its last letter.
proc to_end(t) -> t at end {
    while t in word { right t }
}

# From a letter of a word, or the cell past it, over one symbol to the next word.
proc next_word(t) -> t at first {
    while t in word { right t }
    right t
}

# From a cell of a stretch without blanks, or the cell past it, to its first cell.
proc rewind(t) -> t at start {
    left t
    while t != _ { left t }
    right t
}

# From a cell of a stretch without blanks to the blank past it.
proc to_blank(t) -> t at blank {
    while t != _ { right t }
}

# To the nearest `c` at the head or right of it, or to a blank that comes before.
proc seek(t, c: printable) {
    while t != c and t != _ { right t }
}

# To the nearest `c` at the head or left of it, or to a blank that comes before.
proc seek_back(t, c: printable) {
    while t != c and t != _ { left t }
}

# ------------------------------------------------------------------ whole words

# Erases the word; the head ends on the blank past it.
proc clear(t at first) -> t at first {
    while t in word { t := _  right t }
}

# The word of y becomes that of x. On y's tape the word may move: no other word stands there.
proc copy(x at first, y at first) -> x at first, y at first {
    clear(y)
    while x in word { y := x  right x, y }
    left x, y
    while x in word { left x, y }
    right x, y
}

# The word of y becomes that of x, and x's becomes empty. No other word stands on y's tape.
proc move(x at first, y at first) -> x at first, y at first {
    clear(y)
    take(x, y)
    to_first(y)
}

# Moves the word of x to the head of t; both heads end past it.
proc take(x at first, t) -> x at end, t at end {
    while x in word { t := x  x := _  right x, t }
}

# Writes the word of x from the head of t on; t's head ends past it.
proc append(x at first, t) -> x at first, t at end {
    while x in word { t := x  right x, t }
    to_first(x)
}

# Whether the words of x and y are the same.
proc equal(x at first, y at first) -> yes | no, x at first, y at first {
    while x in word and x == y { right x, y }
    let same: yes | no = yes
    if x in word or y in word { same = no }
    left x, y
    while x in word { left x, y }
    right x, y
    return same
}
