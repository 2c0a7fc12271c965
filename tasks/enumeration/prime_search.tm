# All primes from p to q <= 300 by trial division: each odd number is tested with 3, 5, 7, 11, 13 and
# 17, since the squares of all other odd primes are greater. For each divisor the machine keeps how
# many odd numbers remain to its next odd multiple (at first to three times the divisor) and decrements
# this from number to number: at 0 it divides. For the first number it follows from the last digit, by
# leaps of ten. The text writes a number as a name for its tens and a digit. The names begin at a
# random one, so that short problems show all of them.

import std.words

class small = 'a'..'z'
class digit = '0'..'9'

tape tens, ahead: small | ' ' word small                            # names from no tens on; from the tens of p on
tape worth: digit | ' ' word digit                                  # the values of the names, from the tens of p on
tape p, q: small                                                    # the names for their tens; q is made odd
tape p_ones, q_ones, ones, after: digit                             # the last digits; of a number and of the next odd number
tape of3, of5, of7, of11, of13, of17: digit | ' ' | ':' word digit  # the head is on the remaining number
tape out: digit | ',' | ' ' | 'n' | 'o' | 'e' word digit

main {
    step until { fetch tens "q tens" = {q}, ones "q ones" = {q_ones} }
    step finish at "{q}{q_ones}" { make_odd()  solve "last {q}{q_ones}" = "yes" }
    if p_ones % 2 == 0 { ones := p_ones + 1 } else { ones := p_ones }
    approach(of3, of5, of7, "low", "3", "5", "7")
    rewind(tens)
    approach(of11, of13, of17, "high", "11", "13", "17")
    loop {
        if ones == 9 { after := 1  next_word(ahead) } else { after := ones + 2 }
        let is_composite = try(of3, false, "3")
        is_composite = try(of5, is_composite, "5")
        is_composite = try(of7, is_composite, "7")
        is_composite = try(of11, is_composite, "11")
        is_composite = try(of13, is_composite, "13")
        is_composite = try(of17, is_composite, "17")
        if not is_composite { write_number() }
        step pass at "{tens}{ones}" {
            if equal(tens, q) and ones == q_ones { fetch "last {tens}{ones}" = "yes"  break }
            fetch "last {tens}{ones}" = none
        }
        ones := after
        if ones == 1 { next_word(tens, worth) }
    }
    left out
    if out == _ { write out "none" }
    answer "{out.all}"
}

# Change an even q to the odd number before it.
proc make_odd() uses q, q_ones, ahead {
    if q_ones == 0 {
        while not equal(ahead, q) { next_word(ahead) }
        previous_word(ahead)
        copy(ahead, q)
        rewind(ahead)
        q_ones := 9
    } else if q_ones % 2 == 0 { q_ones := q_ones - 1 }
}

# Compute for three divisors how many odd numbers remain before the first number's next multiple.
proc approach(k, l, m, three: text, d: text, e: text, f: text) uses tens, p, p_ones, ones {
    step begin at "{three}" {
        fetch zero "zero" = {tens}, tens "p tens" = {p}, ones "p ones" = {p_ones}
        down(k, ones / 2)
        down(l, ones / 2)
        down(m, ones / 2)
    }
    loop {
        step leap at "{three} {tens} {p}{ones} {k} {l} {m}" {
            if equal(tens, p) { solve "wait {tens}{ones} {d}" = {k}  break }
            down(k, 5)
            down(l, 5)
            down(m, 5)
            next_word(tens)
        }
    }
    step also at "{tens}{ones} {e} {l} {m}" { solve "wait {tens}{ones} {e}" = {l} }
    step also at "{tens}{ones} {f} {m}" { solve "wait {tens}{ones} {f}" = {m} }
}

# Advance by this many odd numbers.
proc down(k, count: 0..5) {
    repeat count {
        to_end(k)
        if k == _ { left k  seek_back(k, ':') }
        right k
    }
}

# Test one divisor, unless one was found already, and count on for it; return whether one is found.
proc try(k, is_composite: bool, d: text) uses tens, ones, ahead, after -> bool {
    if not is_composite {
        step try at "{tens}{ones} {d}" {
            fetch "wait {tens}{ones} {d}" = {k}
            if k != 0 { down(k, 1)  solve after "wait {ahead}{after} {d}" = {k}  return false }
            solve "divides"
        }
    }
    step count at "{tens}{ones} {d}" {
        fetch "wait {tens}{ones} {d}" = {k}
        down(k, 1)
        solve after "wait {ahead}{after} {d}" = {k}
    }
    return true
}

proc write_number() uses tens, worth, ones, out {
    left out
    if out in digit { right out  write out ", " } else { right out }
    step tens at "{tens}{ones}" {
        if worth == 0 { fetch digits "{tens}" = none }
        else {
            fetch digits "{tens}" = {worth}
            append(worth, out)
            solve ans "ans tens {tens}{ones}" = {out.before}
        }
    }
    step ones at "{tens}{ones}" { out := ones  solve ans "ans ones {tens}{ones}" = {out.cell} }
    right out
}

style styled {
    until: "We go up to "
    until.tens: "{key} = {value} "
    until.ones: "and {key} = {value}. "
    finish: "Of {label} and before: "
    finish.last: "{key} = {value}. "
    begin: "For the {label} divisors "
    begin.zero: "count tens from {key} = {value} "
    begin.tens: "to {key} = {value}, "
    begin.ones: "beginning with {key} = {value}. "
    leap: "Leap {label}. "
    leap.wait: "So {key} = {value}. "
    also: "Also {label}: "
    also.wait: "{key} = {value}. "
    try: "Try {label}: "
    try.wait: "as {key} = {value} "
    try.divides: "it divides. "
    try.after: "not yet, {key} = {value}. "
    count: "Count {label}: "
    count.wait: "after {key} = {value} "
    count.after: "comes {key} = {value}. "
    pass: "Pass {label}: "
    pass.last: "we see {key} = {value}. "
    tens: "The tens of {label}: "
    tens.digits: "{key} = {value}. "
    tens.ans: "Write {key} = {value}. "
    ones: "The ones of {label}: "
    ones.ans: "write {key} = {value}. "
    next: "Go on to {heading}.\n"
    end: "That is all.\n"
    answer: "answer: {value}"
}

style plain {
    until: "We go up to the number "
    until.tens: "{value}"
    until.ones: "{value}. "
    finish: ""
    finish.last: "For {q}{q_ones} we note that it is the last odd number: {value}.\n"
    begin: "For the {three} divisors the tens are counted "
    begin.zero: "from {value} "
    begin.tens: "to {value}, "
    begin.ones: "beginning with the last digit {value}. "
    leap: "When we are at {tens}, they still wait {k}, {l} and {m}. "
    leap.wait: "So {d} waits {value} at the first number. "
    also: ""
    also.wait: "Another one waits {value}. "
    try: "Is {tens}{ones} a multiple of {d}? "
    try.wait: "It has to wait {value} for one"
    try.divides: ", so it is. "
    try.after: ", so it is not, and the next number has to wait {value}. "
    count: "We go on counting for {d}: "
    count.wait: "the wait of {value} at this number "
    count.after: "becomes one of {value} at the next. "
    pass: ""
    pass.last: "Is {tens}{ones} the last number? Our note says {value}.\n"
    tens: "Now {tens}{ones} is prime. "
    tens.digits: "Its tens are {value}. "
    tens.ans: "We write {value}. "
    ones: ""
    ones.ans: "Its last digit is {value}. "
    next: ""
    end: "These are all.\n"
    answer: "answer: {value}"
}
