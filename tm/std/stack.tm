# A stack of words on a tape: `$12;7;30;`, the top at the right. Its head rests on the blank past the
# top. The tape holds `$`, the mark at the bottom, `;`, which ends a word, and the letters of its words.

# Makes an empty stack of a blank tape.
proc open_stack(s at empty) -> s at blank {
    s := '$'
    right s
}

# Whether nothing stands on the stack.
proc is_bottom(s at blank) -> yes | no, s at blank {
    let bottom: yes | no = no
    left s
    if s == '$' { bottom = yes }
    right s
    return bottom
}

# Puts the word of x on top; x keeps it.
proc push(s at blank, x at first) -> s at blank, x at first {
    while x in word { s := x  right s, x }
    s := ';'
    right s
    left x
    while x in word { left x }
    right x
}

# Takes the word from the top to x, which is empty before. From the bottom nothing is taken: the run is stuck.
proc pop(s at blank, x at blank) -> s at blank, x at first {
    left s
    assume s == ';'
    s := _
    left s
    while s in word { x := s  s := _  left s, x }
    right s, x
}
