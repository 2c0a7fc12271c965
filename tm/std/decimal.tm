# Arithmetic on natural numbers: words of digits, with the head on the first digit before and after.
# Leading zeros are allowed; an empty word counts as 0. Results have no leading zeros if the
# operands have none. A number that is changed grows to the left, so a blank must be left of it.

class digit = '0'..'9'

# ------------------------------------------------------------------ heads

# Moves both heads from a digit to the last digit.
proc to_lasts(x, y) {
    while x in digit and y in digit { right x, y }
    while x in digit { right x }
    while y in digit { right y }
    left x, y
}

# Erases leading zeros, except a last digit; blanks replace them.
proc strip(t at first) -> t at first {
    if t == 0 {
        while t == 0 { t := _  right t }
        if t not in digit { left t  t := 0 }
    }
}

# ------------------------------------------------------------------ order

# Returns whether x is less than, equal to or greater than y.
proc compare(x at first, y at first) -> lt | eq | gt, x at first, y at first {
    return compare_digits(x, y)
}

# Does the same for numbers that may have a minus sign (`-0` is not allowed).
proc compare_signed(x at first, y at first) -> lt | eq | gt, x at first, y at first {
    if x == '-' and y != '-' { return lt }
    if x != '-' and y == '-' { return gt }
    if x != '-' { return compare_digits(x, y) }
    right x, y
    let order: lt | eq | gt = compare_digits(y, x)
    left x, y
    return order
}

# Does the same for the digits from the heads on; a sign or a point may be left of them.
# The digits are read from the right: the last position where they differ decides.
proc compare_digits(x, y) -> lt | eq | gt {
    to_lasts(x, y)
    let order: lt | eq | gt = eq
    while x in digit or y in digit {
        let d: 0..9 = 0
        let e: 0..9 = 0
        if x in digit { d = x  left x }
        if y in digit { e = y  left y }
        if d < e { order = lt } elsif d > e { order = gt }
    }
    right x, y
    return order
}

# ------------------------------------------------------------------ one more, one less

# Adds 1.
proc increment(t at start) -> t at first {
    while t in digit { right t }
    left t
    while t == 9 { t := 0  left t }
    if t in digit { t := t + 1 } else { t := 1 }
    left t
    while t in digit { left t }
    right t
}

# Subtracts 1 from a number greater than 0.
proc decrement(t at start) -> t at first {
    while t in digit { right t }
    left t
    while t == 0 { t := 9  left t }
    t := t - 1
    left t
    while t in digit { left t }
    right t
    strip(t)
}

# ------------------------------------------------------------------ sums and differences

# z = x + y. The tape of z must be blank.
proc add(x at first, y at first, z at blank) -> x at first, y at first, z at first {
    to_lasts(x, y)
    let carry: 0..1 = 0
    while x in digit or y in digit {
        let sum: 0..19 = carry
        if x in digit { sum = sum + x  left x }
        if y in digit { sum = sum + y  left y }
        z := sum % 10
        carry = sum / 10
        left z
    }
    if carry == 1 { z := 1  left z }
    right x, y, z
}

# x = x + y.
proc increase(x at start, y at first) -> x at first, y at first {
    to_lasts(x, y)
    let carry: 0..1 = 0
    while y in digit {
        let sum: 0..19 = y + carry
        if x in digit { sum = sum + x }
        x := sum % 10
        carry = sum / 10
        left x, y
    }
    if carry == 1 {
        while x == 9 { x := 0  left x }
        if x in digit { x := x + 1 } else { x := 1 }
    }
    while x in digit { left x }
    right x, y
}

# z = x - y, where x is at least y. The tape of z must be blank.
proc subtract(x at first, y at first, z at blank) -> x at first, y at first, z at first {
    to_lasts(x, y)
    let borrow: 0..1 = 0
    while x in digit or y in digit {
        let rest: -10..9 = -borrow
        if x in digit { rest = rest + x  left x }
        if y in digit { rest = rest - y  left y }
        z := rest % 10
        left z
        if rest < 0 { borrow = 1 } else { borrow = 0 }
    }
    assume borrow == 0
    right x, y, z
    strip(z)
}

# x = x - y, where x is at least y. The result has no leading zeros.
proc decrease(x at start, y at first) -> x at first, y at first {
    to_lasts(x, y)
    let borrow: 0..1 = 0
    while y in digit {
        let rest: -10..9 = -y - borrow
        if x in digit { rest = rest + x }
        x := rest % 10
        left x, y
        if rest < 0 { borrow = 1 } else { borrow = 0 }
    }
    if borrow == 1 {
        while x == 0 { x := 9  left x }
        x := x - 1
    }
    while x in digit { left x }
    right x, y
    strip(x)
}

# ------------------------------------------------------------------ products and quotients

# z = x times the digit under the head of d. The tape of z must be blank.
proc multiply_digit(x at first, d, z at blank) -> x at first, z at first {
    while x in digit { right x }
    left x
    let carry: 0..8 = 0
    while x in digit {
        let product: 0..89 = x * d + carry
        z := product % 10
        carry = product / 10
        left x, z
    }
    if carry > 0 { z := carry  left z }
    right x, z
    strip(z)
}

# z = x * y. The tape of z must be blank.
proc multiply(x at first, y at first, z at blank) -> x at first, y at first, z at first {
    local tape row: digit
    while y in digit { right y }
    left y
    while y in digit {
        multiply_digit(x, y, row)
        # Add the row to z, leftwards from the head of z, then move both heads back.
        while row in digit { right row }
        left row
        let carry: 0..1 = 0
        while row in digit {
            let sum: 0..19 = row + carry
            if z in digit { sum = sum + z }
            z := sum % 10
            carry = sum / 10
            left row, z
        }
        if carry == 1 { z := 1 }
        right row, z
        while row in digit { row := _  right row, z }
        # The head of z is one cell right of this row's place; the next row's place is two cells left.
        left z
        left y, z
    }
    right y
    while z in digit { left z }
    right z
    strip(z)
}

# q = x / y and r = x % y by repeated subtraction, y greater than 0. The tapes of q and r must be blank.
proc divide(x at first, y at first, q at blank, r at blank)
    -> x at first, y at first, q at first, r at first {
    while x in digit {
        if r == 0 { r := _ }
        while r in digit { right r }
        r := x
        right x
        left r
        while r in digit { left r }
        right r
        q := 0
        loop {
            let order: lt | eq | gt = compare(r, y)
            if order == lt { break }
            decrease(r, y)
            q := q + 1
        }
        right q
    }
    left x, q
    while x in digit { left x, q }
    right x, q
    strip(q)
}
