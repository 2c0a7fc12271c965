# Derangements by recursion, D(n) = (n - 1)(D(n - 1) + D(n - 2)). The calls go down to D(2) and push
# each n onto a stack. On the way back it is popped, and the sum of the two latest results is
# multiplied by the ones of n - 1 and, one place higher, by the tens.

import std.words
import std.decimal
import std.stack

class letter = 'a'..'z'

tape n: digit
tape stack: digit | ';' | '$' word digit
tape latest, earlier: digit                  # D(n - 1) and D(n - 2), lowest digits first
tape sum, product, higher: digit             # their sum, its product with the ones, its product with the tens
tape ones, tens, by: digit                   # the digits of n - 1, and the one in use
tape unit, callee: letter | ' ' word letter  # the names of the calls, from the first and from the second on
tape place: letter | ' ' word letter         # the names of the places, from one below the lowest on
tape low: letter word letter
tape out: digit

main {
    open_stack(stack)
    step begin { fetch "first" = {unit}, "n" = {n}  solve given "n {unit}" = {n} }
    loop {
        step call at "{unit}" {
            fetch "n {unit}" = {n}
            if is_two() { break }
            push(stack, n)
            decrement(n)
            solve less "n {callee}" = {n}, "caller {callee}" = {unit}
        }
        next_word(unit, callee)
    }
    clear(n)
    latest := 1
    earlier := 0
    to_lowest()
    step base at "{unit}" {
        fetch "low" = {low}
        solve latest "{unit} {place}" = {latest.cell}, earlier "{callee} {place}" = {earlier.cell}
    }
    loop {
        step back at "{unit} {place}" {
            if is_bottom(stack) { fetch bottom "caller {unit}" = none  break }
            previous_word(unit, callee)
            pop(stack, n)
            fetch "caller {callee}" = {unit}, "n {unit}" = {n}, "low" = {low}
            decrement(n)
            split()
            solve "ones {unit}" = {ones.cell}, "tens {unit}" = {tens.cell}
        }
        add_up()
        move(latest, earlier)
        by := ones
        if tens == 0 { times(latest, "{unit}", "ones") }
        else {
            times(product, "m {unit}", "ones")
            if tens == 1 { shifted(sum, "s") }
            else {
                by := tens
                times(higher, "w {unit}", "tens")
                shifted(higher, "w")
                clear(higher)
            }
            clear(product)
        }
        assume sum in digit
        clear(sum)
    }
    to_last_cell(latest)
    each left latest {
        previous_word(place)
        step write at "{unit} {place}" {
            fetch digit "{unit} {place}" = {latest.cell|none}
            at end
            out := latest
            solve "ans {place}" = {out.cell}
            right out
        }
    }
    answer "{out.all}"
}

# sum = latest + earlier; earlier has no more digits than latest.
proc add_up() uses all {
    to_lowest()
    let carry: zero | one = zero
    each latest, sum {
        step sum at "{unit} {place} {carry}" {
            fetch latest "{callee} {place}" = {latest.cell|none},
                earlier "{callee.next_word} {place}" = {earlier.cell|none}
            at end {
                fetch "low" = {low}, "tens {unit}" = {tens.cell}
                if carry == one { sum := 1  solve sum "s {unit} {place}" = {sum.cell} }
            }
            let total: 0..19 = latest + (earlier or 0)
            if carry == one { total = total + 1 }
            sum := total % 10
            carry = over(total)
            solve sum "s {unit} {place}" = {sum.cell}
        }
        if earlier in digit { right earlier }
        next_word(place)
    }
    rewind(latest, earlier, sum)
}

# row = sum times the digit of `by`; the text calls them `name` and `key`.
proc times(row, name: text, key: text) uses all {
    to_lowest()
    let carry: 0..8 = 0
    each sum, row {
        step times at "{name} {place} {carry}" {
            fetch sum "s {unit} {place}" = {sum.cell|none}
            at end {
                fetch "low" = {low}, tens "tens {unit}" = {tens.cell}
                if carry > 0 {
                    row := carry
                    solve row "{name} {place}" = {row.cell}
                    next_word(place)
                }
            }
            fetch by "{key} {unit}" = {by.cell}
            let total: 0..89 = sum * by + carry
            row := total % 10
            carry = total / 10
            solve row "{name} {place}" = {row.cell}
        }
        next_word(place)
    }
    rewind(sum, row)
}

# latest = product + ten times x; the text calls x `name`. By now x is the longer one.
proc shifted(x, name: text) uses all {
    to_lowest()
    left x
    let carry: zero | one = zero
    each latest, x until product == _ and x == _ {
        step add at "{unit} {place} {carry}" {
            fetch product "m {unit} {place}" = {product.cell|none},
                higher "{name} {unit} {place.previous_word}" = {x.cell|none}
            at end {
                if carry == one {
                    latest := 1
                    solve row "{unit} {place}" = {latest.cell}
                    next_word(place)
                }
            }
            let total: 0..19 = (product or 0) + (x or 0)
            if carry == one { total = total + 1 }
            latest := total % 10
            carry = over(total)
            solve row "{unit} {place}" = {latest.cell}
        }
        if product in digit { right product }
        next_word(place)
    }
    rewind(product, x, latest)
}

# Return the carry of two digits and a carry to the next place.
proc over(total: 0..19) -> zero | one { if total > 9 { return one } else { return zero } }

proc is_two() uses n -> bool {
    if n != 2 { return false }
    right n
    let is_single = n == _
    left n
    return is_single
}

# Read the digits of n, at most two, and erase n.
proc split() uses n, ones, tens {
    ones := 0
    while n in digit {
        tens := ones
        ones := n
        n := _
        right n
    }
}

proc to_lowest() uses place { rewind(place)  next_word(place) }

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
