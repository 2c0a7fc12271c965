# Derangements by recursion, D(n) = (n - 1)(D(n - 1) + D(n - 2)). The calls go down to D(2) and push
# each n onto a stack. On the way back to a call, the sum of the two latest results is multiplied by
# the number of the call before, n - 1: by its ones and, one place higher, by its tens. A carry is said
# before its digit, which is then a difference.

import std.carries, std.decimal, std.reading, std.stack, std.words, std.writing

class letter = 'a'..'z'

tape n: digit word digit
tape stack: digit | ';' | '$' word digit
tape latest, earlier: digit                  # D(n - 1) and D(n - 2), lowest digits first
tape sum, product, higher: digit             # their sum, its product with the ones, its product with the tens
tape ones, tens, by: digit                   # the digits of n - 1, and the one in use
tape unit, callee: letter | ' ' word letter  # the names of the calls, from the first and from the second on
tape place: letter | ' ' word letter         # the names of the places, from one below the lowest on
tape low: letter word letter                 # the name of the lowest place
tape lead: ' '..'~' word ' '..'}'            # the word before n in the prompt
tape out: digit

main {
    read_item(n, lead, "n")
    read_first(low)
    open_stack(stack)
    step begin at "{unit}" { fetch "n" = {n}  solve given "n {unit}" = {n} }
    loop step call at "{unit}" {
        fetch "n {unit}" = {n}
        if n == 2 and is_single(n) { break }
        push(stack, n)  decrement(n)
        solve less "n {callee}" = {n}, "caller {callee}" = {unit}
        next_word(unit, callee)
    }
    latest := 1  earlier := 0
    to_lowest()
    step base at "{unit}" {
        fetch "first" = {low}
        solve latest "{unit} {place}" = {latest.cell}, earlier "{callee} {place}" = {earlier.cell}
    }
    loop {
        step back at "{unit} {place}" {
            if is_bottom(stack) { fetch bottom "caller {unit}" = none  break }
            previous_word(unit, callee)
            fetch "caller {callee}" = {unit}, "n {callee}" = {n}, "first" = {low}
            split()
            solve "ones {unit}" = {ones.cell}, "tens {unit}" = {tens.cell}
        }
        pop(stack, n)
        add_up()
        move(latest, earlier)  by := ones
        if tens == 0 { times(latest, "{unit}", "ones") }
        else {
            times(product, "m {unit}", "ones")
            if tens == 1 { shifted(sum, "s") }
            else { by := tens  times(higher, "w {unit}", "tens")  shifted(higher, "w")  clear(higher) }
            clear(product)
        }
        assume sum in digit
        clear(sum)
    }
    to_last_cell(latest)
    write_back(latest, place, out, "{unit} {place}")
    answer "{out.all}"
}

# sum = latest + earlier; earlier has no more digits than latest.
proc add_up() uses all {
    to_lowest()
    let carry: carried = zero
    each latest, sum step sum at "{unit} {place} {carry}" {
        fetch latest "{callee} {place}" = {latest.cell|none},
            earlier "{callee.next_word} {place}" = {earlier.cell|none}
        at end {
            fetch "first" = {low}, "tens {unit}" = {tens.cell}
            if carry == one { sum := 1  solve sum "s {unit} {place}" = {sum.cell} }
        }
        let total: 0..19 = number_of(carry) + latest + (earlier or 0)
        carry = word_for(total / 10)
        sum := total % 10
        solve carry "carry {carry}", sum "s {unit} {place}" = {sum.cell}
        if earlier in digit { right earlier }
        next_word(place)
    }
    rewind(latest, earlier, sum)
}

# row = sum times the digit of `by`; the text calls them `name` and `key`.
proc times(row, name: text, key: text) uses all {
    to_lowest()
    let carry: 0..8 = 0
    each sum, row step times at "{name} {place} {carry}" {
        fetch sum "s {unit} {place}" = {sum.cell|none}
        at end {
            fetch "first" = {low}, tens "tens {unit}" = {tens.cell}
            if carry > 0 { row := carry  solve row "{name} {place}" = {row.cell}  next_word(place) }
        }
        fetch by "{key} {unit}" = {by.cell}
        let total: 0..89 = sum * by + carry
        carry = total / 10
        row := total % 10
        solve carry "carry {carry}", row "{name} {place}" = {row.cell}
        next_word(place)
    }
    rewind(sum, row)
}

# latest = product + ten times x; the text calls x `name`. By now x is the longer one.
proc shifted(x, name: text) uses all {
    to_lowest()  left x
    let carry: carried = zero
    each latest, x until product == _ and x == _ step add at "{unit} {place} {carry}" {
        fetch product "m {unit} {place}" = {product.cell|none},
            higher "{name} {unit} {place.previous_word}" = {x.cell|none}
        at end {
            if carry == one { latest := 1  solve row "{unit} {place}" = {latest.cell}  next_word(place) }
        }
        let total: 0..19 = number_of(carry) + (product or 0) + (x or 0)
        carry = word_for(total / 10)
        latest := total % 10
        solve carry "carry {carry}", row "{unit} {place}" = {latest.cell}
        if product in digit { right product }
        next_word(place)
    }
    rewind(product, x, latest)
}

# Take the digits of n, at most two, and erase n.
proc split() uses n, ones, tens {
    ones := 0
    while n in digit { tens := ones  ones := n  n := _  right n }
}

proc to_lowest() uses place { rewind(place)  next_word(place) }

style styled {
    read: ""
    read.lead: "The prompt says {key}."
    read.value: " So {key} = {value}."
    read.first: " So calls and places have labels from {key} = {value} on."
    begin: "Call {unit} is the first one, for all elements."
    begin.n: " As {key} = {value},"
    begin.given: " we have {key} = {value}."
    call: "Call {unit} is worked out."
    call.n: " It is for {key} = {value} elements."
    call.less: " It needs the result for one less, {key} = {value},"
    call.caller: " in a call that returns here: {key} = {value}."
    base: "Two elements have one order without a fixed place, and one element has none."
    base.first: " The places of all results begin at {key} = {value}."
    base.latest: " So {key} = {value}"
    base.earlier: " and {key} = {value}."
    back: "Call {unit} is complete."
    back.bottom: " Nothing called it, {key} = {value}, so its result is the answer."
    back.caller: " It returns to {key} = {value}."
    back.n: " We will multiply by {key} = {value}, which is one less than the number there."
    back.first: " The lowest place is {key} = {value}."
    back.ones: " Its digits are {key} = {value}"
    back.tens: " and {key} = {value}."
    sum: "For call {unit} we add the two latest results at place {place}, with {carry} carried."
    sum.latest: " They have {key} = {value}"
    sum.earlier: " and {key} = {value}."
    sum.first: " Both are over, so we go to the lowest place, {key} = {value}, to multiply."
    sum.tens: " The tens of the multiplier are {key} = {value}."
    sum.carry: " We have {key}."
    sum.sum: " The sum has {key} = {value}."
    times: "For call {unit} we multiply the sum at place {place}, with {carry} carried."
    times.sum: " It has {key} = {value}."
    times.by: " We multiply by {key} = {value}."
    times.first: " The sum is over, so we go to the lowest place, {key} = {value}."
    times.tens: " The tens of the multiplier are {key} = {value}."
    times.carry: " We have {key}."
    times.row: " The product has {key} = {value}."
    add: "For call {unit} we add the products at place {place}, with {carry} carried."
    add.product: " The one with the ones has {key} = {value},"
    add.higher: " and the one with the tens, moved by one place, has {key} = {value}."
    add.carry: " We have {key}."
    add.row: " The result has {key} = {value}."
    write: "We write the result of call {unit} from the top."
    write.char: " At place {place}, {key} = {value}."
    write.ans: " We have now written {key}."
    next: " Next: {heading}.\n"
    end: " So all digits are written.\n"
    answer: "answer: {value}"
}

style plain {
    read: ""
    read.lead: ""
    read.value: ""
    read.first: ""
    begin: ""
    begin.n: "We want the number for {value}."
    begin.given: " So we begin with {value}."
    call: ""
    call.n: " To know it for {value}"
    call.less: " we must know it for {value}"
    call.caller: " and for one less again."
    base: ""
    base.first: " we need nothing more."
    base.latest: " The number is {value},"
    base.earlier: " and for one it is {value}."
    back: "\n"
    back.bottom: "Nobody waits for this number."
    back.caller: ""
    back.n: "Now we multiply by {value}."
    back.first: ""
    back.ones: " It has the ones {value}"
    back.tens: " and the tens {value}."
    sum: ""
    sum.latest: " The two numbers have {value}"
    sum.earlier: " and {value} in the next place, and {carry} was carried."
    sum.first: ""
    sum.tens: " The tens to multiply by later are {value}."
    sum.sum: " Their sum has {value}."
    sum.carry: ""
    times: ""
    times.sum: " The sum has {value} in the next place, and {carry} was carried."
    times.by: " We multiply it by {value}."
    times.first: ""
    times.tens: " The tens to multiply by later are {value}."
    times.row: " So the product has {value}."
    times.carry: ""
    add: ""
    add.product: " The two products have {value}"
    add.higher: " and {value} in the next place, and {carry} was carried."
    add.row: " Their sum has {value}."
    add.carry: ""
    write: ""
    write.char: " The next digit from the top is {value}."
    write.ans: " We write {char}."
    next: ""
    end: "\n"
    answer: "answer: {value}"
}
