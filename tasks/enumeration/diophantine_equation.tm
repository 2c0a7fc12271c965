# All a, b >= 0 with x*a + y*b = n, by enumeration of a. The rest n - x*a is kept as b times y plus a
# remainder below y, so no a needs a division. The digits of n, a and b have named places, so that long
# numbers need no kind of step that short ones do not show. Each turn moves a ten of n to the rest, or
# tries the next a.

import std.decimal, std.reading, std.words, std.writing

class letter = 'a'..'z'

tape x, y: digit
tape n, a, b: digit                   # below each other; the tens of n are counted down
tape ten, rest: digit                 # the rest is the remainder alone
tape times: digit                     # how often y is added to the rest, or subtracted from it
tape first, low: letter word letter   # the names of the highest and of the lowest place
tape place: letter | ' ' word letter  # the names of the places, from one above the highest on
tape turn: letter | ' ' word letter   # the names of the turns
tape lead: ' '..'~' word ' '..'}'     # the word before each number in the prompt
tape out: '(' | ')' | ',' | ' ' | 'n' | 'o' | 'e' | digit

main {
    next_word(place)
    read_item(x, lead, "x")
    read_item(y, lead, "y")
    read_first(first)
    read_text(n, place, lead, "n")
    begin()
    write ten "10"  left ten by 2
    while count_ten() { add_ten()  next_word(turn) }
    loop {
        if rest == 0 {
            if out.previous == ')' { write out ", " }
            write out '('
            write_number(a, "a")
            write out ", "
            write_number(b, "b")
            write out ')'
        }
        if not subtract_x() { break }
        up(a, "a")  next_word(turn)
    }
    left out
    if out == _ { write out "none" }
    answer "{out.all}"
}

# Give a and b a 0 at each place of n. The ones of n are the rest at first, the other digits are t.
proc begin() uses all {
    left_named(n, place)  append(place, low)  to_first(low)
    each left n, a, b step begin at "{low} {place}" {
        fetch digit "n {place}" = {n.cell|none}
        at end
        if equal(place, low) { rest := n  solve "rest" = {rest.cell} }
        else { solve t "t {place}" = {n.cell} }
        a := 0  b := 0
        solve a "a {place}" = {a.cell}, b "b {place}" = {b.cell}
        previous_word(place)
    }
    right a, b  to_last_cell(a, b)
    to_lowest(n)
}

# Count the tens of n down, and return whether there was one left.
proc count_ten() uses all -> bool { left_named(n, place)  return down(n, "t", true) }

# Add ten to the rest, and to b how often y is in it.
proc add_ten() uses all {
    clear(times)  times := 0
    step add at "{turn} {low}" {
        fetch "y" = {y}, "rest" = {rest}
        increase(rest, ten)
        while compare(rest, y) != lt { decrease(rest, y)  increment(times) }
        solve left "rest" = {rest}, "times" = {times}
    }
    if times == 1 { up(b, "b") } else if times != 0 {
        let carried = b + times > 9
        step more at "{turn} {low}" {
            fetch "times" = {times}, digit "b {place}" = {b.cell}
            b := (b + times) % 10
            solve result "b {place}" = {b.cell}
            if carried { solve carry "carry" }
        }
        if carried { left_named(b, place)  up(b, "b") }
    }
}

# Subtract x from the rest. If the rest is too small, y is added to it some times, and b is reduced by as
# many. Return whether b sufficed.
proc subtract_x() uses all -> bool {
    clear(times)  times := 0
    step try at "{turn} {low}" {
        fetch "x" = {x}, "rest" = {rest}
        if compare(rest, x) == lt {
            fetch "y" = {y}
            while compare(rest, x) == lt { increase(rest, y)  increment(times) }
        }
        decrease(rest, x)
        solve left "rest" = {rest}
        if times != 0 { solve "times" = {times} }
    }
    if times == 0 { return true }
    let borrowed = times == 1
    right times
    if borrowed and times == _ { left times  return down(b, "b", false) }
    step less at "{turn} {low}" {
        left times
        fetch "times" = {times}, digit "b {place}" = {b.cell}
        # From a ten, only one is borrowed; the digit stays as it is.
        if not borrowed { borrowed = b < times  b := (b - times) % 10 }
        if borrowed { solve borrow "borrow" }
        solve result "b {place}" = {b.cell}
    }
    if borrowed { left_named(b, place)  return down(b, "b", false) }
    return true
}

# Add one to the digit at the head, and to the next one if it was a 9. The heads end on the lowest place.
proc up(t, name: text) uses rest, turn, low, place {
    loop step up at "{turn} {low} {name} {place}" {
        fetch digit "{name} {place}" = {t.cell}
        if t == 9 { t := 0 } else { fetch "rest" = {rest}  t := t + 1 }
        solve result "{name} {place}" = {t.cell}
        if t != 0 { break }
        left_named(t, place)
    }
    to_lowest(t)
}

# Subtract one from the digit at the head. A 0 becomes a 9, and one is subtracted from the next digit.
# Return whether there was a digit other than 0. The heads end on the lowest place.
proc down(t, name: text, is_tens: bool) uses rest, turn, low, place -> bool {
    loop step down at "{turn} {low} {name} {place}" {
        if t == _ {
            fetch no_digit "{name} {place}" = none
            if is_tens { fetch "rest" = {rest} }
            break
        }
        fetch digit "{name} {place}" = {t.cell}
        t := (t - 1) % 10
        solve result "{name} {place}" = {t.cell}
        if t != 9 { break }
        left_named(t, place)
    }
    let is_counted = t != _
    to_lowest(t)
    return is_counted
}

# Write the digits of a number without leading zeros.
proc write_number(t, name: text) uses turn, first, low, place, out {
    while t != _ { left_named(t, place) }
    right_named(t, place)
    step number at "{turn} {low} {name}" { fetch first "first" = {first} }
    let is_leading = true
    while is_leading step drop at "{turn} {low} {name} {place}" {
        fetch digit "{name} {place}" = {t.cell}
        if t != 0 or equal(place, low) { is_leading = false  write_keyed(t, out, "ans {name} {place}") }
        right_named(t, place)
    }
    each t step write at "{turn} {low} {name} {place}" {
        fetch digit "{name} {place}" = {t.cell}
        write_keyed(t, out, "ans {name} {place}")
        next_word(place)
    }
    left_named(t, place)
}

# Move to the lowest place from a place above it or from the blank before the highest.
proc to_lowest(t) uses place {
    right_named(t, place)
    while t != _ { right_named(t, place) }
    left_named(t, place)
}

style styled {
    read: ""
    read.lead: "The question says {key}."
    read.value: " So {key} = {value}."
    read.first: " The places are named from {key} = {value} on."
    read.recent: "The question goes on with {key}."
    begin: "We split n into its ones at place {low} and its tens, and look at place {place}. "
    begin.digit: "There, {key} = {value}."
    begin.rest: " The ones are the rest at first, {key} = {value}."
    begin.t: " It belongs to t, the tens to be divided, {key} = {value}."
    begin.a: " We begin with {key} = {value}"
    begin.b: " and {key} = {value}."
    add: "In turn {turn} we add ten to the rest and subtract y as often as we can; each y is one more b. "
    add.y: "We have {key} = {value}"
    add.rest: " and {key} = {value}."
    add.left: " So the new rest is {key} = {value},"
    add.times: " and the count of y is {key} = {value}."
    more: "We add as many to b, at its lowest place {low}. "
    more.times: "The count is {key} = {value}"
    more.digit: " and {key} = {value}."
    more.result: " So {key} = {value}."
    more.carry: " We {key} one to the next place."
    try: "We try one more a in turn {turn}, so we subtract x from the rest. "
    try.x: "We have {key} = {value}"
    try.rest: " and {key} = {value}."
    try.y: " The rest is too small, so first we add {key} = {value} until it is not; each y is one b less."
    try.left: " So the new rest is {key} = {value}."
    try.times: " The count of y is {key} = {value}."
    less: "We subtract as many from b, at its lowest place {low}. "
    less.times: "The count is {key} = {value}"
    less.digit: " and {key} = {value}."
    less.borrow: " We {key} one from the next place."
    less.result: " So {key} = {value}."
    up: "In turn {turn} we count {name} up at {place}; a 9 becomes a 0. "
    up.digit: "We have {key} = {value}"
    up.rest: " and {key} = {value}"
    up.result: ", so {key} = {value}."
    down: "In turn {turn} we count {name} down at {place}; a 0 becomes a 9. "
    down.digit: "We have {key} = {value},"
    down.result: " so {key} = {value}."
    down.no_digit: "There, {key} = {value}, so nothing is left."
    down.rest: " All tens are divided, and {key} = {value}."
    number: "The rest is 0, so a and b are a solution. "
    number.first: "We write {name} from place {key} = {value} on."
    drop: "We leave out zeros in front of {name}, except at {low}, and look at {place}. "
    drop.digit: "There, {key} = {value}."
    drop.ans: " We write {key} = {value}."
    write: "We write the digit of {name} at place {place}. "
    write.digit: "There, {key} = {value}."
    write.ans: " We write {key} = {value}."
    next: " Next: {heading}.\n"
    end: " There is no b to give back, so all pairs are found.\n"
    answer: "answer: {value}"
}

style plain {
    read: ""
    read.lead: ""
    read.value: ""
    read.first: ""
    read.recent: ""
    begin: ""
    begin.digit: "The next digit of n, from the right, is {value}. "
    begin.rest: "The rest begins with {value}. "
    begin.t: "The tens have {value} there. "
    begin.a: "There, a begins with {value} "
    begin.b: "and b with {value}. "
    add: ""
    add.y: "Ten more are divided by {value}. "
    add.rest: "The rest was {value}. "
    add.left: "{value} is left. "
    add.times: "The number b grows by {value}.\n"
    more: ""
    more.times: "Add {value} to b. "
    more.digit: "Its last digit was {value}. "
    more.result: "Now it is {value}.\n"
    more.carry: "One is carried.\n"
    try: ""
    try.x: "One more a takes {value}. "
    try.rest: "The rest is {value}. "
    try.y: "We add {value} while that is needed. "
    try.left: "Then {value} is left.\n"
    try.times: "That costs {value} of b.\n"
    less: ""
    less.times: "Take {value} from b. "
    less.digit: "Its last digit was {value}. "
    less.borrow: "One is borrowed. "
    less.result: "Now it is {value}.\n"
    up: ""
    up.digit: "Counting up by one, the digit {value} at this place "
    up.result: "becomes {value}.\n"
    up.rest: "(with {value} left) "
    down: ""
    down.digit: "Counting down by one, the digit {value} at this place "
    down.result: "becomes {value}.\n"
    down.no_digit: "Of further digits there is {value}.\n"
    down.rest: "The rest is {value}.\n"
    number: "As nothing is left, this is a solution.\n"
    number.first: ""
    drop: ""
    drop.digit: "The next digit from the left is {value}. "
    drop.ans: "We write {value}.\n"
    write: ""
    write.digit: "The digit is {value}. "
    write.ans: "We write {value}.\n"
    next: ""
    end: "That was the last pair.\n"
    answer: "answer: {value}"
}
