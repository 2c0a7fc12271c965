# Arithmetic on natural numbers: words of digits, with the head on the first digit before and after.
# Leading zeros are allowed; an empty word counts as 0. Results have no leading zeros if the
# operands have none. A number that is changed grows to the left, so a blank must be left of it.
#
# A proc with `each(…)` lets its caller speak for each digit: the block after the call runs around the
# work on one digit, with the heads on it, the lowest digit first.

class digit = '0'..'9'

# ------------------------------------------------------------------ heads

# Moves both heads from a digit to the last digit.
proc to_lasts(x, y) {
    right x, y until x not in digit or y not in digit
    right x until x not in digit
    right y until y not in digit
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
    let order = compare_digits(y, x)
    left x, y
    return order
}

# Does the same for the digits from the heads on; a sign or a point may be left of them.
# The digits are read from the right: the last position where they differ decides.
proc compare_digits(x, y) each(order) -> lt | eq | gt {
    to_lasts(x, y)
    let order: lt | eq | gt = eq
    while x in digit or y in digit {
        each {
            let d: 0..9 = 0
            let e: 0..9 = 0
            if x in digit { d = x }
            if y in digit { e = y }
            if d < e { order = lt } elsif d > e { order = gt }
        }
        if x in digit { left x }
        if y in digit { left y }
    }
    right x, y
    return order
}

# ------------------------------------------------------------------ one more, one less

# Adds 1. The register that is exported is 1 while there is more to add.
proc increment(t at start) each(carry) -> t at first {
    right t until t not in digit
    left t
    let carry: 0..1 = 1
    while carry == 1 {
        each {
            if t == 9 { t := 0 } else { t := (t or 0) + 1  carry = 0 }
        }
        left t
    }
    left t until t not in digit
    right t
}

# Subtracts 1 from a number greater than 0.
proc decrement(t at start) each(borrow) -> t at first {
    right t until t not in digit
    left t
    let borrow: 0..1 = 1
    while borrow == 1 {
        each {
            if t == 0 { t := 9 } else { t := t - 1  borrow = 0 }
        }
        left t
    }
    left t until t not in digit
    right t
    strip(t)
}

# ------------------------------------------------------------------ sums and differences

# z = x + y. The tape of z must be blank.
proc add(x at first, y at first, z at blank) each(carry) -> x at first, y at first, z at first {
    to_lasts(x, y)
    let carry: 0..1 = 0
    while x in digit or y in digit {
        each {
            let sum: 0..19 = carry
            if x in digit { sum = sum + x }
            if y in digit { sum = sum + y }
            z := sum % 10
            carry = sum / 10
        }
        if x in digit { left x }
        if y in digit { left y }
        left z
    }
    if carry == 1 { z := 1  left z }
    right x, y, z
}

# x = x + y.
proc increase(x at start, y at first) each(carry) -> x at first, y at first {
    to_lasts(x, y)
    let carry: 0..1 = 0
    while y in digit {
        each {
            let sum: 0..19 = (x or 0) + y + carry
            x := sum % 10
            carry = sum / 10
        }
        left x, y
    }
    while carry == 1 {
        each {
            if x == 9 { x := 0 } else { x := (x or 0) + 1  carry = 0 }
        }
        left x
    }
    left x until x not in digit
    right x, y
}

# z = x - y, where x is at least y. The tape of z must be blank.
proc subtract(x at first, y at first, z at blank) each(borrow) -> x at first, y at first, z at first {
    to_lasts(x, y)
    let borrow: 0..1 = 0
    while x in digit or y in digit {
        each {
            let rest: -10..9 = -borrow
            if x in digit { rest = rest + x }
            if y in digit { rest = rest - y }
            z := rest % 10
            if rest < 0 { borrow = 1 } else { borrow = 0 }
        }
        if x in digit { left x }
        if y in digit { left y }
        left z
    }
    assume borrow == 0
    right x, y, z
    strip(z)
}

# x = x - y, where x is at least y. The result has no leading zeros.
proc decrease(x at start, y at first) each(borrow) -> x at first, y at first {
    to_lasts(x, y)
    let borrow: 0..1 = 0
    while y in digit {
        each {
            let rest: -10..9 = (x or 0) - y - borrow
            x := rest % 10
            if rest < 0 { borrow = 1 } else { borrow = 0 }
        }
        left x, y
    }
    while borrow == 1 {
        each {
            if x == 0 { x := 9 } else { x := x - 1  borrow = 0 }
        }
        left x
    }
    left x until x not in digit
    right x, y
    strip(x)
}

# ------------------------------------------------------------------ products and quotients

# z = x times the digit under the head of d. The tape of z must be blank.
proc multiply_digit(x at first, d, z at blank) each(carry) -> x at first, z at first {
    right x until x not in digit
    left x
    let carry: 0..8 = 0
    while x in digit {
        each {
            let product: 0..89 = x * d + carry
            z := product % 10
            carry = product / 10
        }
        left x, z
    }
    if carry > 0 { z := carry  left z }
    right x, z
    strip(z)
}

# z = x * y. The tape of z must be blank.
proc multiply(x at first, y at first, z at blank) -> x at first, y at first, z at first {
    local tape row: digit
    right y until y not in digit
    left y
    while y in digit {
        multiply_digit(x, y, row)
        # Add the row to z, leftwards from the head of z, then move both heads back.
        right row until row not in digit
        left row
        let carry: 0..1 = 0
        while row in digit {
            let sum: 0..19 = (z or 0) + row + carry
            z := sum % 10
            carry = sum / 10
            left row, z
        }
        if carry == 1 { z := 1 }
        right row, z
        while row in digit { row := _  right row, z }
        # The head of z is one cell right of this row's place; the next row's place is two cells left.
        left z by 2
        left y
    }
    right y
    left z until z not in digit
    right z
    strip(z)
}

# q = x / y and r = x % y by repeated subtraction, y greater than 0. The tapes of q and r must be blank.
proc divide(x at first, y at first, q at blank, r at blank)
    -> x at first, y at first, q at first, r at first {
    while x in digit {
        if r == 0 { r := _ }
        right r until r not in digit
        r := x
        right x
        left r
        left r until r not in digit
        right r
        q := 0
        while compare(r, y) != lt {
            decrease(r, y)
            q := q + 1
        }
        right q
    }
    left x, q
    left x, q until x not in digit
    right x, q
    strip(q)
}
