# Compare two signed decimals: first the signs, then the digits from the left. If the numbers have
# equally many digits before the point, the first different digits decide, otherwise the longer one is
# greater in size. A digit that is missing after the last one counts as 0.

import std.reading, std.words

enum sign = plus | minus

class digit = '0'..'9'

tape x, y: digit | '-' | '.' | '$'        # a `$` is written after the last digit
tape place: 'a'..'z' | ' ' word 'a'..'z'  # the names of the places of a number, from the left
tape lead: ' '..'~' word ' '..'}'         # the word before each number in the prompt
tape out: '<' | '>' | '='

main {
    read_first(place)
    read_signed(x, place, lead, "x")  mark_end(x)
    read_signed(y, place, lead, "y")  mark_end(y)
    let p = sign_of(x)
    let q = sign_of(y)
    step sign {
        fetch x "x sign" = {p}, y "y sign" = {q}
        if p == q { fetch first "first" = {place}  solve same "alike" }
        else { if p == minus { out := '<' } else { out := '>' }  solve verdict "x {out} y" }
    }
    compare_whole(p)
    while out == _ step fraction at "{p} {place}" {
        fetch_both(x, y, "x {place}", "y {place}")
        let order = order_of_digits()
        if order != equal { decide(p, order) }
        else if x not in digit and y not in digit { out := '=' }
        if out == _ { solve same "equal" } else { solve verdict "x {out} y" }
        next_place()
    }
    answer "{out}"
}

# Write an end behind the number at whose end the head is, and return to its first cell.
proc mark_end(t) uses place { t := '$'  rewind(place, t) }

# Return the sign of the number at whose first cell the head is, and go to its first digit.
proc sign_of(t) -> sign { if t != '-' { return plus }  right t  return minus }

# Compare the digits before the points.
proc compare_whole(p: sign) uses all {
    let order: less | equal | more = equal
    let is_over = false
    while out == _ and not is_over step whole at "{p} {order} {place}" {
        fetch_both(x, y, "x {place}", "y {place}")
        is_over = x not in digit and y not in digit
        if is_over { if order != equal { decide(p, order) } }
        else if x not in digit { decide(p, less) }
        else if y not in digit { decide(p, more) }
        else if order == equal { order = order_of_digits() }
        if out == _ { solve order "{order}" } else { solve verdict "x {out} y" }
        next_place()
    }
}

proc next_place() uses x, y, place {
    if x != _ { right x }
    if y != _ { right y }
    next_word(place)
}

# Write the sign between x and y, given the order of their sizes.
proc decide(p: sign, order: less | more) uses out {
    if (order == less) == (p == plus) { out := '<' } else { out := '>' }
}

# Return the order of the digits of x and y at the heads; what is no digit counts as 0.
proc order_of_digits() uses x, y -> less | equal | more {
    if digit_of(x) < digit_of(y) { return less }
    if digit_of(x) > digit_of(y) { return more }
    return equal
}

style styled {
    read: ""
    read.lead: "The question says {key}. "
    read.recent: "It goes on {key}. "
    read.first: "The labels begin with {key} = {value}. "
    read.sign: "So {key} = {value}. "
    read.value: "So {key} = {value}. "
    sign: "A negative number is less than any other, so compare the signs first: "
    sign.x: "{key} = {value} "
    sign.y: "and {key} = {value}. "
    sign.same: "They are {key}, so the digits decide. "
    sign.first: "Both numbers begin at {key} = {value}. "
    sign.verdict: "They differ, and so {key}. "
    whole: "Before the points, at {place}, more digits or the first larger digit make a number larger in size: "
    whole.x: "{key} = {value}. "
    whole.y: "{key} = {value}. "
    whole.order: "By its size, x is {key} so far. "
    whole.verdict: "As both are {p}, {key}. "
    fraction: "After the points, at {place}, a digit that is missing counts as 0: "
    fraction.x: "{key} = {value}. "
    fraction.y: "{key} = {value}. "
    fraction.same: "The digits are {key}. "
    fraction.verdict: "As both are {p}, {key}. "
    next: "Next comes {heading}.\n"
    end: "So the order is known.\n"
    answer: "answer: {value}"
}

style plain {
    read: ""
    read.lead: ""
    read.recent: ""
    read.first: ""
    read.sign: ""
    read.value: ""
    sign: ""
    sign.x: "The sign of x is {value} "
    sign.y: "and that of y is {value}. "
    sign.same: "They are {key}. "
    sign.first: ""
    sign.verdict: "This decides that {key}. "
    whole: "In the next place before the point we have "
    whole.x: "{value}. "
    whole.y: "{value}. "
    whole.order: "So far x is {key} in size. "
    whole.verdict: "As the numbers are {p}, that makes {key}. "
    fraction: "In the next place after the point we have "
    fraction.x: "{value}. "
    fraction.y: "{value}. "
    fraction.same: "They are {key}. "
    fraction.verdict: "As the numbers are {p}, that makes {key}. "
    next: ""
    end: "So the order is known.\n"
    answer: "answer: {value}"
}
