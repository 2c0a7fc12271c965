# Derangements by recursion, D(n) = (n - 1)(D(n - 1) + D(n - 2)). The calls go down to D(2) and push
# each n onto a stack. On the way back it is popped, and the sum of the two latest results is
# multiplied by the ones of n - 1 and, one place higher, by the tens.

import std.words
import std.decimal
import std.stack

class letter = 'a'..'z'

tape n: digit
tape stack: digit | ';' | '$' word digit
tape latest, earlier: digit                          # D(n - 1) and D(n - 2), lowest digits first
tape sum, product, higher: digit                     # their sum, its product with the ones, its product with the tens
tape ones, tens, by: digit                           # the digits of n - 1, and the one in use
tape unit, callee, deeper: letter | ' ' word letter  # the names of the calls, each from another one on
tape place, below: letter | ' ' word letter          # the names of the places, from one below the lowest on
tape low: letter word letter
tape out: digit

main {
    open_stack(stack)
    step begin {
        fetch "first" = {unit}, "n" = {n}
        solve given "n {unit}" = {n}
    }
    loop {
        step call at "{unit}" {
            fetch "n {unit}" = {n}
            let least: yes | no = is_two(n)
            if least == yes { break }
            push(stack, n)
            decrement(n)
            solve less "n {callee}" = {n}, "caller {callee}" = {unit}
        }
        next_word(unit)
        next_word(callee)
        next_word(deeper)
    }
    clear(n)
    latest := 1
    earlier := 0
    to_lowest(place, below)
    step base at "{unit}" {
        fetch "low" = {low}
        solve latest "{unit} {place}" = {latest.cell}, earlier "{callee} {place}" = {earlier.cell}
    }
    loop {
        step back at "{unit} {place}" {
            if is_bottom(stack) {
                fetch bottom "caller {unit}" = none
                break
            }
            previous_word(unit)
            previous_word(callee)
            previous_word(deeper)
            pop(stack, n)
            fetch "caller {callee}" = {unit}, "n {unit}" = {n}, "low" = {low}
            decrement(n)
            split(n, ones, tens)
            solve "ones {unit}" = {ones.cell}, "tens {unit}" = {tens.cell}
        }
        add_up(latest, earlier, sum, tens, unit, callee, deeper, place, below, low)
        move(latest, earlier)
        by := ones
        if tens == 0 {
            times(sum, by, latest, tens, unit, place, below, low, "{unit}", "ones")
        } else {
            times(sum, by, product, tens, unit, place, below, low, "m {unit}", "ones")
            if tens == 1 {
                shifted(product, sum, latest, unit, place, below, "s")
            } else {
                by := tens
                times(sum, by, higher, tens, unit, place, below, low, "w {unit}", "tens")
                shifted(product, higher, latest, unit, place, below, "w")
                clear(higher)
            }
            clear(product)
        }
        assume sum in digit
        clear(sum)
    }
    to_blank(latest)
    left latest
    loop {
        previous_word(place)
        step write at "{unit} {place}" {
            fetch digit "{unit} {place}" = {latest.cell|none}
            if latest == _ { break }
            out := latest
            solve "ans {place}" = {out.cell}
            left latest
            right out
        }
    }
    answer "{out.all}"
}

# ------------------------------------------------------------------ digit by digit

# sum = latest + earlier; earlier has no more digits than latest.
proc add_up(latest, earlier, sum, tens, unit, callee, deeper, place, below, low) {
    to_lowest(place, below)
    let carry: zero | one = zero
    loop {
        step sum at "{unit} {place} {carry}" {
            fetch latest "{callee} {place}" = {latest.cell|none},
                earlier "{deeper} {place}" = {earlier.cell|none}
            if latest == _ {
                fetch "low" = {low}, "tens {unit}" = {tens.cell}
                if carry == one {
                    sum := 1
                    solve sum "s {unit} {place}" = {sum.cell}
                }
                break
            }
            let total: 0..19 = latest
            if earlier in digit {
                total = total + earlier
                right earlier
            }
            if carry == one { total = total + 1 }
            sum := total % 10
            carry = over(total)
            solve sum "s {unit} {place}" = {sum.cell}
            right latest, sum
            next_word(place)
        }
    }
    rewind(latest)
    rewind(earlier)
    rewind(sum)
}

# row = sum times the digit of `by`; the text calls them `name` and `key`.
proc times(sum, by, row, tens, unit, place, below, low, name: text, key: text) {
    to_lowest(place, below)
    let carry: 0..8 = 0
    loop {
        step times at "{name} {place} {carry}" {
            if sum == _ {
                fetch sum "s {unit} {place}" = none, "low" = {low}, tens "tens {unit}" = {tens.cell}
                if carry > 0 {
                    row := carry
                    solve row "{name} {place}" = {row.cell}
                    next_word(place)
                }
                break
            }
            fetch sum "s {unit} {place}" = {sum.cell}, by "{key} {unit}" = {by.cell}
            let product: 0..89 = sum * by + carry
            row := product % 10
            carry = product / 10
            solve row "{name} {place}" = {row.cell}
            right sum, row
            next_word(place)
        }
    }
    rewind(sum)
    rewind(row)
}

# row = product + ten times x; the text calls x `name`. By now x is the longer one.
proc shifted(product, x, row, unit, place, below, name: text) {
    to_lowest(place, below)
    left x
    let carry: zero | one = zero
    loop {
        step add at "{unit} {place} {carry}" {
            fetch product "m {unit} {place}" = {product.cell|none},
                higher "{name} {unit} {below}" = {x.cell|none}
            if product == _ and x == _ {
                if carry == one {
                    row := 1
                    solve row "{unit} {place}" = {row.cell}
                    next_word(place)
                }
                break
            }
            let total: 0..19 = 0
            if product in digit {
                total = product
                right product
            }
            if x in digit { total = total + x }
            if carry == one { total = total + 1 }
            row := total % 10
            carry = over(total)
            solve row "{unit} {place}" = {row.cell}
            right x, row
            next_word(place)
            next_word(below)
        }
    }
    rewind(product)
    rewind(x)
    rewind(row)
}

# ------------------------------------------------------------------ parts

# Return the carry of two digits and a carry to the next place.
proc over(total: 0..19) -> zero | one {
    if total > 9 { return one }
    return zero
}

proc is_two(n at first) -> yes | no, n at first {
    if n != 2 { return no }
    right n
    let it_is: yes | no = no
    if n == _ { it_is = yes }
    left n
    return it_is
}

# Read the digits of n, at most two, and erase n.
proc split(n at first, ones, tens) -> n at blank {
    tens := 0
    ones := n
    n := _
    right n
    if n in digit {
        tens := ones
        ones := n
        n := _
        right n
    }
}

proc to_lowest(place, below) {
    rewind(place)
    next_word(place)
    rewind(below)
}

style styled {
    begin: "To begin, "
    begin.first: "{key} = {value} "
    begin.n: "and {key} = {value}. "
    begin.given: "So {key} = {value}. "
    call: "Call {label}, "
    call.n: "where {key} = {value}. "
    call.less: "It needs {key} = {value}, "
    call.caller: "and {key} = {value}. "
    base: "At the base {label} "
    base.low: "we have {key} = {value}. "
    base.latest: "Know {key} = {value} "
    base.earlier: "and {key} = {value}. "
    back: "Return from {label}: "
    back.bottom: "{key} = {value}. "
    back.caller: "{key} = {value} "
    back.n: "with {key} = {value} "
    back.low: "and {key} = {value}. "
    back.ones: "One less has {key} = {value}, "
    back.tens: "{key} = {value}. "
    sum: "Sum at {label}: "
    sum.latest: "{key} = {value} "
    sum.earlier: "and {key} = {value}. "
    sum.low: "Then {key} = {value} "
    sum.tens: "and {key} = {value}. "
    sum.sum: "Write {key} = {value}. "
    times: "Multiply at {label}: "
    times.sum: "{key} = {value} "
    times.by: "by {key} = {value}. "
    times.low: "with {key} = {value} "
    times.tens: "and {key} = {value}. "
    times.row: "Write {key} = {value}. "
    add: "Add at {label}: "
    add.product: "{key} = {value} "
    add.higher: "and {key} = {value}. "
    add.row: "Write {key} = {value}. "
    write: "Copy {label}, "
    write.digit: "{key} = {value}. "
    write.ans: "Now {key} = {value}. "
    next: "Next is {label}.\n"
    end: "All digits are copied.\n"
    answer: "answer: {value}"
}

style plain {
    begin: ""
    begin.first: ""
    begin.n: "We want the number for {value}."
    begin.given: " So we begin with {value}."
    call: ""
    call.n: " To know it for {value}"
    call.less: " we must know it for {value}"
    call.caller: " and for one less again."
    base: ""
    base.low: " we need nothing more."
    base.latest: " The number is {value},"
    base.earlier: " and for one it is {value}."
    back: "\n"
    back.bottom: "Nobody waits for this number."
    back.caller: ""
    back.n: "Now the number for {value} can be found."
    back.low: ""
    back.ones: " One less has the ones {value}"
    back.tens: " and the tens {value}."
    sum: ""
    sum.latest: " The two numbers have {value}"
    sum.earlier: " and {value} in the next place, with {carry} carried."
    sum.low: ""
    sum.tens: " The tens to multiply by later are {value}."
    sum.sum: " Their sum has {value}."
    times: ""
    times.sum: " The sum has {value} in the next place."
    times.by: " We multiply it by {value} and add the carried {carry}."
    times.low: " Carried to it is {carry}."
    times.tens: " The tens to multiply by later are {value}."
    times.row: " So the product has {value}."
    add: ""
    add.product: " The two products have {value}"
    add.higher: " and {value} in the next place, with {carry} carried."
    add.row: " Their sum has {value}."
    write: ""
    write.digit: " The next digit from the top is {value}."
    write.ans: " We write {value}."
    next: ""
    end: "\n"
    answer: "answer: {value}"
}
