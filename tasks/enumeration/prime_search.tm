# All primes from p to q <= 300 by trial division: each odd number is tested with 3, 5, 7, 11, 13 and
# 17, since the squares of all other odd primes are greater. For each divisor d the machine keeps a
# wait: how many odd numbers come before the next odd multiple of d other than d itself. From number to
# number it goes down by one; at 0, d divides the number, and the wait begins again with d - 1. For the
# first number it follows from what is left of p after all sixties; each sixty is 30 odd numbers, by
# which the waits for 7, 11, 13 and 17 change, while 3 and 5 divide it. A number is written as a name
# for its tens and its last digit. The names are in order, from the one that the prompt gives: first
# one for each sixty, then one for each ten from p on.

import std.reading, std.words, std.writing

class small = 'a'..'z'
class digit = '0'..'9'

tape p, q: digit word digit
tape lead: ' '..'~' word ' '..'}'                                   # the word before p and before q in the prompt
tape tens, ahead, place: small | ' ' word small                     # names: of these tens; of the next number's; of a digit
tape hundred, ten, one, next_one: digit                             # the digits of a number; the last one of the next odd number
tape last_hundred, last_ten, last_one: digit                        # the digits of q
tape sixties, sixes, rest_ten, rest: digit                          # p = 60 sixties + 10 rest_ten + one, also 60 sixties + 6 sixes + rest
tape left_tens: digit                                               # how many tens come after these
tape of3, of5, of7, of11, of13, of17: digit | ' ' | ':' word digit  # the waits; the head is on the present one
tape out: digit | ',' | ' ' | 'n' | 'o' | 'e' word digit

main {
    write_waits()
    read_first(place)
    read_text(p, place, lead, "p")
    spell(p, "p", hundred, ten, one)
    rewind(place)
    read_text(q, place, lead, "q")
    spell(q, "q", last_hundred, last_ten, last_one)
    rewind(place)
    make_odd()
    divide_by_six()
    begin(of7, "7")  begin(of11, "11")  begin(of13, "13")  begin(of17, "17")
    if leap_sixties() {
        pass_own(of7, 7, "7")  pass_own(of11, 11, "11")  pass_own(of13, 13, "13")  pass_own(of17, 17, "17")
        own_five("5")
        next_word(tens, ahead)
    } else { begin_five("5") }
    begin_three("3")
    name_tens()
    seek_word(place, tens)
    loop {
        step within at "{tens}{one}" {
            fetch after "left {tens}" = {left_tens.cell}
            if left_tens == 0 { fetch last "q ones" = {last_one.cell} }
            if left_tens == 0 and last_one < one { solve outside "beyond"  break }
            solve inside "within"
        }
        if one == 9 { next_one := 1  next_word(ahead) } else { next_one := one + 2 }
        let is_composite = try(of3, false, "3")
        is_composite = try(of5, is_composite, "5")
        is_composite = try(of7, is_composite, "7")
        is_composite = try(of11, is_composite, "11")
        is_composite = try(of13, is_composite, "13")
        is_composite = try(of17, is_composite, "17")
        if not is_composite { write_number() }
        if one == 9 {
            step count at "tens {tens}" {
                fetch digit "left {tens}" = {left_tens.cell}
                if left_tens == 0 { break }
                left_tens := left_tens - 1
                solve less "left {ahead}" = {left_tens.cell}
            }
            add_ten()
            next_word(tens, place)
        }
        one := next_one
    }
    if out.previous == _ { write out "none" }
    answer "{out.all}"
}

# Write the possible waits for each divisor: before `:` the longest ones, for numbers up to the divisor.
proc write_waits() uses of3, of5, of7, of11, of13, of17 {
    write of3 ":2 1 0"
    write of5 "5:4 3 2 1 0"
    write of7 "8 7:6 5 4 3 2 1 0"
    write of11 "14 13 12 11:10 9 8 7 6 5 4 3 2 1 0"
    write of13 "17 16 15 14 13:12 11 10 9 8 7 6 5 4 3 2 1 0"
    write of17 "23 22 21 20 19 18 17:16 15 14 13 12 11 10 9 8 7 6 5 4 3 2 1 0"
    up(of3, 2)  up(of5, 3)  up(of7, 4)  up(of11, 6)  up(of13, 7)  up(of17, 9)
}

# Go to a longer wait.
proc up(k, count: 2..17) { repeat count { left k  to_first(k) } }

# Advance by this many odd numbers.
proc down(k, count: 0..29) {
    repeat count { to_end(k)  if k == _ { left k  seek_back(k, ':') }  right k }
}

# Say the digits of the number that has just been read, with a 0 for a missing one.
proc spell(t, name: text, h, u, o) {
    left t by 3
    spell_digit(t, name, 3, h, "hundreds")
    spell_digit(t, name, 2, u, "tens")
    spell_digit(t, name, 1, o, "ones")
}

# Say the digit at the head of t, whose name is so many names before the end.
proc spell_digit(t, name: text, count: 1..3, d, unit: text) uses tens, place {
    step spell at "{name} {place} {unit}" {
        if t in digit {
            repeat count { previous_word(place) }
            fetch digit "{name} {place}" = {t.cell}
            d := t
            repeat count { next_word(place) }
        } else { fetch first "first" = {tens}  d := 0 }
        solve value "{name} {unit}" = {d.cell}
    }
    right t
}

# Find the first odd number from p on: its last digit.
proc make_odd() uses tens, one, next_one {
    step odd {
        fetch ones "p ones" = {one.cell}, first "first" = {tens}
        if one % 2 == 0 { next_one := one + 1 } else { next_one := one }
        solve odd "odd ones" = {next_one.cell}
    }
}

# Divide p by 6, digit by digit. The first digit of the quotient counts the sixties.
proc divide_by_six() uses tens, hundred, ten, one, next_one, sixties, sixes, rest_ten, rest {
    step divide at "{tens}{next_one} tens" {
        fetch before "p hundreds" = {hundred.cell}, digit "p tens" = {ten.cell}
        assume hundred <= 2
        let number: 0..29 = hundred * 10 + ten
        sixties := number / 6  rest_ten := number % 6
        solve quotient "sixties {tens}" = {sixties.cell}, rest "rest tens" = {rest_ten.cell}
    }
    step divide at "{tens}{next_one} ones" {
        fetch before "rest tens" = {rest_ten.cell}, digit "p ones" = {one.cell}
        assume rest_ten <= 5
        let number: 0..59 = rest_ten * 10 + one
        sixes := number / 6  rest := number % 6
        solve quotient "sixes" = {sixes.cell}, rest "rest" = {rest.cell}
    }
    one := next_one
}

# Compute the wait for d from the number without its sixties.
proc begin(k, d: text) uses tens, one, rest_ten {
    step begin at "{tens}{one} {d}" {
        fetch rest "rest tens" = {rest_ten.cell}
        assume rest_ten <= 5
        down(k, rest_ten * 5 + one / 2)
        solve wait "wait {tens}{one} {d}" = {k}
    }
}

# Leap over all sixties. Return whether the number is below sixty.
proc leap_sixties() uses tens, ahead, place, one, sixties, of7, of11, of13, of17 -> bool {
    let is_small = true
    loop {
        step count at "sixties {tens}{one}" {
            fetch digit "sixties {tens}" = {sixties.cell}
            if sixties == 0 {
                fetch first "first" = {place}
                if is_small { solve small "none" } else { solve large "over" }
                return is_small
            }
            sixties := sixties - 1
            solve less "sixties {tens.next_word}" = {sixties.cell}
        }
        is_small = false
        leap(of7, 2, "7")  leap(of11, 8, "11")  leap(of13, 4, "13")  leap(of17, 13, "17")
        next_word(tens, ahead)
    }
}

# Advance by a sixty: 30 odd numbers, of which so many are left after the last multiple of d.
proc leap(k, count: 2..13, d: text) uses tens, one {
    step leap at "{tens}{one} {d}" {
        fetch wait "wait {tens}{one} {d}" = {k}
        down(k, count)
        solve after "wait {tens.next_word}{one} {d}" = {k}
    }
}

# If d is not less than the number, which has no sixties, wait for the next multiple after d itself.
proc pass_own(k, number: 7..17, d: text) uses tens, ten, one {
    step own at "{tens}{one} {d}" {
        fetch tens "p tens" = {ten.cell}, wait "wait {tens}{one} {d}" = {k}
        if ten * 10 + one <= number { up(k, number) }
        solve after "wait {tens.next_word}{one} {d}" = {k}
    }
}

proc own_five(d: text) uses tens, ten, one, of5 {
    step own at "{tens}{one} {d}" {
        fetch tens "p tens" = {ten.cell}
        down(of5, one / 2)
        if ten == 0 and one == 5 { up(of5, 5) }
        solve after "wait {tens.next_word}{one} {d}" = {of5}
    }
}

# Compute the wait for 5, which divides 10, from the last digit.
proc begin_five(d: text) uses tens, one, of5 {
    step begin at "{tens}{one} {d}" { down(of5, one / 2)  solve wait "wait {tens}{one} {d}" = {of5} }
}

# Compute the wait for 3, which divides 6, from the rest of p.
proc begin_three(d: text) uses tens, one, rest, of3 {
    step begin at "{tens}{one} {d}" {
        fetch rest "rest" = {rest.cell}
        assume rest <= 5
        down(of3, rest / 2)
        solve wait "wait {tens}{one} {d}" = {of3}
    }
}

# Say the tens of the first number, and how many tens follow.
proc name_tens() uses tens, one, hundred, ten, last_ten, left_tens {
    step name at "{tens}{one}" {
        fetch p_hundreds "p hundreds" = {hundred.cell}, p_tens "p tens" = {ten.cell}
        solve hundreds "hundreds {tens}" = {hundred.cell}, tens "tens {tens}" = {ten.cell}
    }
    step follow at "{tens}{one}" {
        fetch last "q tens" = {last_ten.cell}, tens "p tens" = {ten.cell}
        left_tens := (last_ten + 10 - ten) % 10
        solve after "left {tens}" = {left_tens.cell}
    }
}

# Add one to the tens.
proc add_ten() uses tens, ahead, hundred, ten {
    step add at "{tens} tens" {
        fetch digit "tens {tens}" = {ten.cell}
        ten := (ten + 1) % 10
        solve more "tens {ahead}" = {ten.cell}
    }
    if ten == 0 {
        step add at "{tens} hundreds" {
            fetch digit "hundreds {tens}" = {hundred.cell}
            assume hundred <= 8
            hundred := hundred + 1
            solve more "hundreds {ahead}" = {hundred.cell}
        }
    } else {
        step same at "{tens}" {
            fetch hundreds "hundreds {tens}" = {hundred.cell}
            solve carried "hundreds {ahead}" = {hundred.cell}
        }
    }
}

# Test one divisor, unless one was found already, and count on for it; return whether one is found.
proc try(k, is_composite: bool, d: text) uses tens, one, ahead, next_one -> bool {
    if not is_composite step try at "{tens}{one} {d}" {
        fetch wait "wait {tens}{one} {d}" = {k}
        if k != 0 { down(k, 1)  solve after "wait {ahead}{next_one} {d}" = {k}  return false }
        solve "divides"
    }
    step update at "{tens}{one} {d}" {
        fetch wait "wait {tens}{one} {d}" = {k}
        down(k, 1)
        solve after "wait {ahead}{next_one} {d}" = {k}
    }
    return true
}

# Write a prime; its digits are named from its tens on. Zeros before the first digit are left out: until
# then, a label ends in `no` instead of `on`.
proc write_number() uses tens, place, hundred, ten, one, out {
    if out.previous in digit { write out ", " }
    let shown = write_digit(hundred, "hundreds {tens}", no)
    shown = write_digit(ten, "tens {tens}", shown)
    step write at "{tens}{one} {place} {shown}" { write_keyed(one, out, "ans {tens}{one} {place}") }
    repeat 2 { previous_word(place) }
}

proc write_digit(t, key: text, shown: no | on) uses tens, one, place, out -> no | on {
    let next: no | on = shown
    step write at "{tens}{one} {place} {shown}" {
        fetch digit "{key}" = {t.cell}
        if t != 0 or shown == on { next = on  write_keyed(t, out, "ans {tens}{one} {place}") }
    }
    next_word(place)
    return next
}

style styled {
    read: ""
    read.lead: "The question says {key}. "
    read.recent: "It goes on {key}. "
    read.first: "Our labels begin with {key} = {value}. "
    read.value: "So {key} = {value}. "
    spell: "Now we split the number that ended at {place} into its digits. "
    spell.digit: "The next one is {key} = {value}, "
    spell.first: "There is no digit before {key} = {value}, "
    spell.value: "so {key} = {value}. "
    odd: "Even numbers cannot be prime here, so we begin with an odd one. "
    odd.ones: "After {key} = {value} "
    odd.first: "at {key} = {value} "
    odd.odd: "we take {key} = {value}. "
    divide: "We divide p by 6, digit by digit, because tens of sixes are sixties. "
    divide.before: "Put together {key} = {value} "
    divide.digit: "and {key} = {value}; "
    divide.quotient: "6 goes into it {key} = {value} times "
    divide.rest: "and leaves {key} = {value}. "
    begin: "How many odd numbers come before the next odd multiple of {d}? "
    begin.rest: "What is left of p is {key} = {value}, and the last digit is {one}. "
    begin.wait: "So {key} = {value}. "
    count: "We count down by one. "
    count.digit: "After {key} = {value} "
    count.less: "comes {key} = {value}. "
    count.first: "there are no more; we began at {key} = {value}. "
    count.small: "So the number is below sixty. "
    count.large: "So we have arrived. "
    leap: "A sixty further on, 30 odd numbers have passed; we leave out whole rounds of {d}. "
    leap.wait: "After {key} = {value} "
    leap.after: "comes {key} = {value}. "
    own: "A prime does not count as a multiple of itself, so look whether the number is at most {d}. "
    own.tens: "With {key} = {value} "
    own.wait: "and {key} = {value}, "
    own.after: "we have {key} = {value}. "
    name: "We call these tens {tens}. "
    name.p_hundreds: "As {key} = {value} "
    name.p_tens: "and {key} = {value}, "
    name.hundreds: "we have {key} = {value} "
    name.tens: "and {key} = {value}. "
    follow: "How many tens follow? "
    follow.last: "From {key} = {value} "
    follow.tens: "take away {key} = {value}: "
    follow.after: "{key} = {value}. "
    within: "Is {label} in the range? "
    within.after: "We have {key} = {value}. "
    within.last: "These are the last tens, and {key} = {value}. "
    within.inside: "So it is {key}. "
    within.outside: "So it is {key}. "
    add: "The next tens are one more. "
    add.digit: "After {key} = {value} "
    add.more: "comes {key} = {value}. "
    same: "Nothing is carried, so the hundreds stay. "
    same.hundreds: "As before, {key} = {value}, "
    same.carried: "we have {key} = {value}. "
    try: "Test {d}: "
    try.wait: "{key} = {value}, "
    try.divides: "so it {key}, no prime. "
    try.after: "so not yet; then {key} = {value}. "
    update: "Count on: "
    update.wait: "{key} = {value}, "
    update.after: "then {key} = {value}. "
    write: "It is prime, so write its next digit. "
    write.digit: "It is {key} = {value}. "
    write.ans: "So {key} = {value}. "
    next: "Next, {heading}.\n"
    end: "That is all.\n"
    answer: "answer: {value}"
}

style plain {
    read: ""
    read.lead: ""
    read.recent: ""
    read.first: ""
    read.value: ""
    spell: ""
    spell.digit: "The digit {value} "
    spell.first: "A digit before {value} is missing and "
    spell.value: "counts as {value}. "
    odd: ""
    odd.ones: "The last digit is {value}, "
    odd.first: ""
    odd.odd: "so the first odd number ends in {value}.\n"
    divide: "We divide by 6: "
    divide.before: "{value} before "
    divide.digit: "and the digit {value} give "
    divide.quotient: "{value} "
    divide.rest: "and leave {value}. "
    begin: "For {d}, "
    begin.rest: "from the rest of {value} we get "
    begin.wait: "a wait of {value}. "
    count: "We count down"
    count.digit: " from {value}"
    count.less: " to {value}. "
    count.first: " and are done. "
    count.small: "There was nothing to leap over. "
    count.large: "That was the last leap. "
    leap: "Sixty further on, for {d}, "
    leap.wait: "the wait of {value} "
    leap.after: "becomes {value}. "
    own: "Beyond {d} itself, "
    own.tens: "with {value} tens, "
    own.wait: "the wait of {value} "
    own.after: "becomes {value}. "
    name: ""
    name.p_hundreds: "So we begin with {value} hundreds "
    name.p_tens: "and {value} tens.\n"
    name.hundreds: ""
    name.tens: ""
    follow: ""
    follow.last: "From {value} tens "
    follow.tens: "to {value} before, "
    follow.after: "{value} more tens are to come.\n"
    within: ""
    within.after: "There are {value} more tens. "
    within.last: "The last number ends in {value}. "
    within.inside: "So {tens}{one} is {key} the range.\n"
    within.outside: "So {tens}{one} is {key} the range.\n"
    add: "The digit after "
    add.digit: "{value} "
    add.more: "is {value}. "
    same: ""
    same.hundreds: "The hundreds stay {value}. "
    same.carried: ""
    try: "Is {tens}{one} a multiple of {d}? "
    try.wait: "It has to wait {value} for one"
    try.divides: ", so it is. "
    try.after: ", so it is not, and the next number has to wait {value}. "
    update: "We go on counting for {d}: "
    update.wait: "the wait of {value} at this number "
    update.after: "becomes one of {value} at the next. "
    write: ""
    write.digit: "Of the prime {tens}{one}, the next digit is {value}. "
    write.ans: "We write {value}. "
    next: ""
    end: "These are all.\n"
    answer: "answer: {value}"
}
