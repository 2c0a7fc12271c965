# Long division of decimals: x / y truncated to k decimal places.

import std.decimal, std.words

tape x, y: digit | '.'
tape k: digit
tape divisor, r: digit  # y without its point; what is left
tape place: digit       # counts the digits brought down
tape out: digit | '.'

main {
    point_at_end(x)
    whole_divisor(y, divisor, x)
    rewind(x)
    step begin {
        solve "divisor" = {divisor}, "dividend" = {x}
    }
    while x != '.' {
        increment(place)
        divide_digit(x, divisor, r, place, out)
        right x, out
    }
    rewind(out)
    strip(out)
    to_end(out)
    out := '.'
    right x, out
    while k != 0 {
        decrement(k)
        increment(place)
        if x == _ { x := 0 }
        divide_digit(x, divisor, r, place, out)
        right x, out
    }
    answer "{out.all}"
}

# Append a point to a number without one; the head ends on the point.
proc point_at_end(x at start) {
    while x in digit { right x }
    if x == _ { x := '.' }
}

# Copy the digits of y, and move the point of x right by the number of decimal places of y.
proc whole_divisor(y at start, divisor at empty, x) -> divisor at start {
    while y in digit { divisor := y  right y, divisor }
    if y == '.' {
        right y
        while y in digit {
            divisor := y
            right y, divisor
            move_point(x)
        }
    }
    to_first(divisor)
    strip(divisor)
}

# Swap the point under the head with the digit right of it.
proc move_point(x) {
    right x
    let d: 0..9 = 0
    if x in digit { d = x }
    x := '.'
    left x
    x := d
    right x
}

# Bring down the digit of x and divide the remainder; append the quotient digit to `out`.
proc divide_digit(x, divisor at first, r at start, place, out at blank) {
    step bring at "{place}" {
        fetch "left" = {r|0}, "digit {place}" = {x.cell}
        if r == 0 { r := _ }
        while r in digit { right r }
        r := x
        to_first(r)
        solve "left" = {r}
    }
    out := 0
    loop {
        let order: lt | eq | gt = compare(r, divisor)
        if order == lt { break }
        step subtract at "{place}.{out.cell}" {
            fetch "left" = {r}, "divisor" = {divisor}
            decrease(r, divisor)
            solve "left" = {r}
            out := out + 1
        }
    }
    step digit at "{place}" {
        fetch "left" = {r}, "divisor" = {divisor}
        solve "q {place}" = {out.cell}
    }
}
