# Carries as words: a text that says `carry two` does not take the carry for a digit of a number.

enum carried = zero | one | two | three

# Returns the number that a word means.
proc number_of(carry: carried) -> 0..3 {
    if carry == zero { return 0 }
    if carry == one { return 1 }
    if carry == two { return 2 }
    return 3
}

# Returns the word for a number.
proc word_for(number: 0..3) -> carried {
    if number == 0 { return zero }
    if number == 1 { return one }
    if number == 2 { return two }
    return three
}
