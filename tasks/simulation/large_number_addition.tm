# Add two decimals. Both are walked from their points to the lowest place of the two; from there they are
# added place by place, with a carry. Zeros at the end of the fraction are dropped, and so is a point
# without a fraction.

import std.reading, std.words, std.writing

class digit = '0'..'9'

tape x, y: digit | '.' | '$'                         # a `$` is written after the last digit
tape x_place, y_place: 'a'..'z' | ' ' word 'a'..'z'  # the names of the places of each, from the left
tape first: 'a'..'z' word 'a'..'z'                   # the name of the first place of each
tape lead: ' '..'~' word ' '..'}'                    # the word before each number in the prompt
tape sum, out: digit | '.'                           # the sum grows to the left
group column = x, y

main {
    # The places of one number may begin before those of the other.
    seek_word(x_place, first)  seek_word(y_place, first)
    read_first(x_place)
    read_number(x, x_place, "x")
    read_number(y, y_place, "y")
    step begin at "points" { fetch_point(x, x_place, "x")  fetch_point(y, y_place, "y") }
    align()
    add_places(drop_zeros())
    right sum  next_word(x_place)
    each sum step write at "{x_place}" {
        fetch "sum {x_place}" = {sum.cell|none}
        at end
        write_symbol(sum, out)
        next_word(x_place)
    }
    answer "{out.all}"
}

# Read a number, say where its point and its end are, and go to the point, or to the end of an integer.
proc read_number(t, place, name: text) uses lead {
    read_text(t, place, lead, name) each() {
        body
        if t == '.' { solve point "{name} point" = {place} }
        if t == _ { solve last "{name} end" = {place} }
    }
    t := '$'
    while t != '.' and t != _ { left_named(t, place) }
    if t == _ { while t != '$' { right_named(t, place) } }
}

proc fetch_point(t, place, name: text) {
    if t == '.' { fetch point "{name} point" = {place} }
    else { fetch point "{name} point" = none, last "{name} end" = {place} }
}

# Walk from the points to the right until both numbers have ended, and back by one place.
proc align() uses all {
    step point at "{x_place} {y_place}" { fetch_both(x, y, "x {x_place}", "y {y_place}") }
    loop {
        right column  next_word(x_place, y_place)
        step align at "{x_place} {y_place}" {
            fetch_both(x, y, "x {x_place}", "y {y_place}")
            if x not in digit and y not in digit { solve carry "carry {x_place.previous_word}" = "0"  break }
        }
    }
    go_left()
}

# Add the lowest places until a digit is not zero or the points are reached. Return the carry.
# A carry is said before the digit, which is then the difference of the sum and 10 or 0.
proc drop_zeros() uses all -> 0..1 {
    let carry: 0..1 = 0
    let is_zero = true
    while is_zero step drop at "{x_place} {y_place}" {
        fetch_column(carry)
        if is_point() { is_zero = false  pass(carry) }
        else {
            let total: 0..19 = digit_of(x) + digit_of(y) + carry
            carry = total / 10
            pass(carry)
            if total % 10 == 0 { solve zero "drop 0" } else { is_zero = false  put_digit(total) }
        }
        go_left()
    }
    return carry
}

# Add the places to the left of the heads.
proc add_places(carry: 0..1) uses all {
    loop step add at "{x_place} {y_place}" {
        fetch_column(carry)
        if is_point() { pass(carry)  solve sum "sum {x_place}" = "."  sum := '.'  left sum }
        else {
            if x == _ and y == _ and carry == 0 { break }
            let total: 0..19 = digit_of(x) + digit_of(y) + carry
            if x == _ and y == _ { put_digit(total)  go_left()  break }
            carry = total / 10
            pass(carry)
            put_digit(total)
        }
        go_left()
    }
}

proc fetch_column(carry: 0..1) uses all {
    fetch_both(x, y, "x {x_place}", "y {y_place}")
    fetch "carry {x_place}" = {carry}
}

proc is_point() uses x, y -> bool { return x in '.' | '$' and y in '.' | '$' }

proc pass(carry: 0..1) uses x_place { solve passed "carry {x_place.previous_word}" = {carry} }

proc put_digit(total: 0..19) uses sum, x_place {
    sum := total % 10
    solve sum "sum {x_place}" = {sum.cell}
    left sum
}

proc go_left() uses column, x_place, y_place { left column  previous_word(x_place, y_place) }

style styled {
    read: ""
    read.lead: "We read what follows {key}."
    read.first: " The places are named from {key} = {value} on."
    read.recent: "After {key} we read on."
    read.value: " So {key} = {value}."
    read.point: " That is the point, hence {key} = {value}."
    read.last: " The number is complete, hence {key} = {value}."
    begin: "We write the numbers one below the other, with their {label} in line."
    begin.point: " Here, {key} = {value}."
    begin.last: " An integer ends where its point would be, so we take {key} = {value}."
    point: "In the column of places {label}, "
    point.x: "{key} = {value} "
    point.y: "and {key} = {value}. From there we go right to the last digit."
    align: "In the column of places {label}, "
    align.x: "{key} = {value} "
    align.y: "and {key} = {value}."
    align.carry: " Both numbers are over, so we add from here to the left. Nothing is carried yet: {key} = {value}."
    drop: "The fraction ends in the column of places {label}. There we add "
    drop.x: "{key} = {value}, "
    drop.y: "{key} = {value} "
    drop.carry: "and what was carried, {key} = {value}."
    drop.passed: " To the left we carry {key} = {value}."
    drop.zero: " Here is a zero at the end, so we {key}."
    drop.sum: " Here the sum ends in {key} = {value}."
    add: "In the column of places {label} we add "
    add.x: "{key} = {value}, "
    add.y: "{key} = {value} "
    add.carry: "and what was carried, {key} = {value}."
    add.passed: " To the left we carry {key} = {value}."
    add.sum: " Here the sum has {key} = {value}."
    write: "We write the sum from its highest place. At place {label}, "
    write.sum: "{key} = {value}"
    write.ans: ". We have now written {key}."
    next: " Next: {heading}.\n"
    end: ". So the sum is written.\n"
    answer: "answer: {value}"
}

style plain {
    read: ""
    read.lead: ""
    read.first: ""
    read.recent: ""
    read.value: ""
    read.point: ""
    read.last: ""
    begin: "First we line the numbers up at their points."
    begin.point: ""
    begin.last: ""
    point: ""
    point.x: ""
    point.y: ""
    align: " "
    align.x: "To the right there is {value} above "
    align.y: "{value}."
    align.carry: " Both are over. Now we add from the right, and the carry is {value}."
    drop: ""
    drop.x: "\nIn this column we take {value} "
    drop.y: "and {value} "
    drop.carry: "and {value} carried."
    drop.passed: " We carry {value}."
    drop.zero: " The digit is 0, which we leave out."
    drop.sum: " The sum ends in {value}."
    add: ""
    add.x: "\nIn the next column we take {value} "
    add.y: "and {value} "
    add.carry: "and {value} carried."
    add.passed: " We carry {value}."
    add.sum: " The sum gets {value}."
    write: ""
    write.sum: "\nFrom the left, the sum has {value}"
    write.ans: ", so we write {sum}."
    next: ""
    end: ". That is the sum.\n"
    answer: "answer: {value}"
}
