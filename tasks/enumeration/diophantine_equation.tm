# All a, b >= 0 with x*a + y*b = n, by enumeration of a. The rest n - x*a is kept as b times y plus a
# remainder below y, so no a needs a division. The text writes a number as a letter for its tens and
# a digit. The letters begin at a random one, so that short problems show all of them.

import std.words
import std.decimal

class capital = 'A'..'Z'

tape x, y, ten: digit
tape zero, last: capital  # the letter for no tens, and the letter for the tens of n
tape tens, a, b: capital  # all letters between these two; the heads count
tape a_ones, b_ones: digit
tape a_worth, b_worth: digit | ' ' word digit  # the values of the letters: 0 1 2 ...
tape rest: digit                               # the last digit of n at first
tape out: '(' | ')' | ',' | ' ' | 'n' | 'o' | 'e' | digit word digit

main {
    step begin { fetch "zero" = {zero.cell}, tens "n tens" = {last.cell}, ones "n ones" = {rest} }
    a_ones := 0
    b_ones := 0
    while tens != last {
        step count at "{zero.cell} {tens.cell} {last.cell} {b.cell}{b_ones} {rest}" {
            fetch "y" = {y}
            increase(rest, ten)
            right tens
            while compare(rest, y) != lt { decrease(rest, y)  up(b, b_ones, b_worth) }
        }
    }
    loop {
        if rest == 0 { write_pair() }
        step try at "{zero.cell} {a.cell}{a_ones} {b.cell}{b_ones} {rest}" {
            fetch "x" = {x}, "y" = {y}
            if not lend() { break }
            decrease(rest, x)
            up(a, a_ones, a_worth)
        }
    }
    left out
    if out == _ { write out "none" }
    answer "{out.all}"
}

# Add y to the rest until it is at least x, and subtract one from b each time; return whether b sufficed.
proc lend() uses all -> bool {
    while compare(rest, x) == lt {
        if b == zero and b_ones == 0 { return false }
        increase(rest, y)
        if b_ones == 0 { b_ones := 9  left b  previous_word(b_worth) } else { b_ones := b_ones - 1 }
    }
    return true
}

proc up(letter, ones, worth) {
    if ones == 9 { ones := 0  right letter  next_word(worth) } else { ones := ones + 1 }
}

proc write_pair() uses all {
    left out
    if out == ')' { right out  write out ", " } else { right out }
    write out '('
    write_number(a, a_ones, a_worth, "a", "{zero.cell} {a.cell}{a_ones} {b.cell}{b_ones} a")
    write out ", "
    write_number(b, b_ones, b_worth, "b", "{zero.cell} {a.cell}{a_ones} {b.cell}{b_ones} b")
    write out ')'
}

# Write the digits of a number: the value of its letter, unless that is zero, then the last digit.
proc write_number(letter, ones, worth, name: text, label: text) uses zero, out {
    step tens at "{label}" {
        if letter == zero { fetch digit "{letter.cell}" = none }
        else {
            fetch digit "{letter.cell}" = {worth}
            append(worth, out)
            solve ans "{name} tens {letter.cell}{ones}" = {out.before}
        }
    }
    step ones at "{label}" { out := ones  solve ans "{name} ones {letter.cell}{ones}" = {out.cell} }
    right out
}

style styled {
    begin: "We count tens from "
    begin.zero: "{key} = {value} "
    begin.tens: "up to {key} = {value}, "
    begin.ones: "beginning with {key} = {value}. "
    count: "At {label} we add ten to the rest, "
    count.y: "of which every {key} = {value} makes one b. "
    try: "At {label} we take one more "
    try.x: "{key} = {value}, "
    try.y: "and if need be give back {key} = {value}. "
    tens: "At {label}: "
    tens.digit: "for {key} = {value} "
    tens.ans: "write {key} = {value}. "
    ones: "At {label}: "
    ones.ans: "write {key} = {value}. "
    next: "Go on to {heading}.\n"
    end: "There is not enough.\n"
    answer: "answer: {value}"
}

style plain {
    begin: "The tens of n are counted "
    begin.zero: "from {value} "
    begin.tens: "to {value}, "
    begin.ones: "and {value} ones are to be counted as well.\n"
    count: "At {tens} tens b is {b}{b_ones} and {rest} is left. Add ten more, "
    count.y: "and take {value} away while we can, counting b up.\n"
    try: "With a at {a}{a_ones} and b at {b}{b_ones} there is {rest} left. "
    try.x: "One more a takes {value}, "
    try.y: "and b gives back {value} while that is needed.\n"
    tens: "As nothing is left, this is a solution. "
    tens.digit: "The tens are {value}. "
    tens.ans: "We write {value}. "
    ones: ""
    ones.ans: "The last digit of {name} is {value}. "
    next: ""
    end: "There is no more to give back.\n"
    answer: "answer: {value}"
}
