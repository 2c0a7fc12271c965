# A stack of words on a tape: `$12;7;30;`, with the top at the right. Between calls its head is on the
# blank after the top. The alphabet needs `$` (the bottom), `;` (the end of a word) and the letters.

import std.words

# Makes an empty stack on a blank tape.
proc open_stack(s at empty) -> s at blank {
    write s '$'
}

# Returns whether the stack is empty.
proc is_bottom(s at blank) -> bool, s at blank {
    return s.previous == '$'
}

# Copies the word of x to the top.
proc push(s at blank, x at first) -> s at blank, x at first {
    while x in word { s := x  right s, x }
    write s ';'
    to_first(x)
}

# Moves the word at the top to x, which must be empty. If the stack is empty, the run is stuck.
proc pop(s at blank, x at blank) -> s at blank, x at first {
    left s
    assume s == ';'
    s := _
    left s
    while s in word { x := s  s := _  left s, x }
    right s, x
}
