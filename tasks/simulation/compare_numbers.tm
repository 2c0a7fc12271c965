# Compare two signed decimals: first the signs, then digit by digit from the highest place, with the
# points aligned. A missing digit counts as 0.

import std.words

enum sign = plus | minus

class digit = '0'..'9'

tape x, y: digit | '-' | '.'
tape place: 'a'..'z' | ' ' word 'a'..'z'  # the names of the places, highest first
tape out: '<' | '>' | '='

main {
    let p = take_sign(x)
    let q = take_sign(y)
    line_up()
    step sign {
        fetch x "x sign" = {p}, y "y sign" = {q}
        if p == q { fetch first "first" = {place}  solve same "alike" }
        else {
            if p == minus { out := '<' } else { out := '>' }
            solve verdict "x {out} y"
        }
    }
    while out == _ {
        step place at "{p} {place}" {
            fetch x "x {place}" = {x.cell|none}, y "y {place}" = {y.cell|none}
            if x == _ and y == _ { out := '=' }
            else if (x or 0) != (y or 0) {
                if (x or 0) < (y or 0) and p == plus or (x or 0) > (y or 0) and p == minus { out := '<' }
                else { out := '>' }
            }
            if out == _ { solve same "equal" } else { solve verdict "x {out} y" }
        }
        # Move one place down, over the point.
        right x, y
        if x == '.' { right x }
        if y == '.' { right y }
        next_word(place)
    }
    answer "{out}"
}

proc take_sign(t) -> sign {
    if t != '-' { return plus }
    t := _
    right t
    return minus
}

# Move both heads from the first digits to the highest place of the two numbers.
proc line_up() uses x, y {
    right x until x not in digit
    right y until y not in digit
    left x, y
    left x, y until x == _ and y == _
    right x, y
}

style styled {
    sign: "Look at the signs: "
    sign.x: "{key} = {value} "
    sign.y: "and {key} = {value}. "
    sign.first: "The highest place is {key} = {value}. "
    sign.same: "The signs are {key}. "
    sign.verdict: "The signs decide: {key}. "
    place: "Place {label} "
    place.x: "has {key} = {value} "
    place.y: "and {key} = {value}. "
    place.same: "They are {key}. "
    place.verdict: "Therefore {key}. "
    next: "Go on to {label}.\n"
    end: "That is all.\n"
    answer: "answer: {value}"
}

style plain {
    sign: ""
    sign.x: "The sign of x is {value} "
    sign.y: "and that of y is {value}. "
    sign.first: "We start in place {value}. "
    sign.same: "The signs are {key}. "
    sign.verdict: "The signs decide that {key}. "
    place: ""
    place.x: "In the next place x has {value} "
    place.y: "and y has {value}. "
    place.same: "They are {key}. "
    place.verdict: "As both numbers are {p}, that makes {key}. "
    next: ""
    end: "So it is decided.\n"
    answer: "answer: {value}"
}
