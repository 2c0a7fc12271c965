# Add two decimals, place by place from the lowest, with the points aligned and a carry. Zeros at the
# end of the fraction are dropped, and so is a point without a fraction.

import std.words

enum part = tail | body  # whether only such zeros have occurred so far

class digit = '0'..'9'

tape x, y, sum, out: digit | '.'          # an integer ends in a point; the sum grows to the left
tape place: 'a'..'z' | ' ' word 'a'..'z'  # the names of the places, from one below the lowest on

main {
    # Move both heads from the first digits to the lowest place of the two numbers.
    right x until x == '.'
    right y until y == '.'
    right x, y
    right x, y until x == _ and y == _
    left x, y
    next_word(place)
    step begin { fetch "first" = {place}  solve "carry {place}" = "0" }
    let p: part = tail
    let carry: 0..1 = 0
    loop {
        step add at "{p} {place}" {
            if x == '.' {
                fetch x "x {place}" = "point", y "y {place}" = "point", "carry {place}" = {carry}
                if p == body { solve sum "sum {place}" = "point"  sum := '.'  left sum }
                p = body
            } else {
                fetch x "x {place}" = {x.cell|none}, y "y {place}" = {y.cell|none}, "carry {place}" = {carry}
                if x == _ and y == _ and carry == 0 { break }
                let total: 0..19 = (x or 0) + (y or 0) + carry
                let d: 0..9 = total % 10
                carry = total / 10
                if d > 0 { p = body }
                if p == body { solve "sum {place}" = {d}  sum := d  left sum }
                if x == _ and y == _ { next_word(place)  break }
            }
            left x, y
            next_word(place)
            solve passed "carry {place}" = {carry}
        }
    }
    right sum
    each sum, out {
        left place
        to_first(place)
        step write at "{place}" {
            if sum == '.' {
                fetch "sum {place}" = "point"
                out := '.'
                solve "ans {place}" = "point"
            } else {
                fetch "sum {place}" = {sum.cell|none}
                at end
                out := sum
                solve "ans {place}" = {out.cell}
            }
        }
    }
    answer "{out.all}"
}

style styled {
    begin: "We begin at the lowest place, "
    begin.first: "{key} = {value}, "
    begin.carry: "with {key} = {value}. "
    add: "Add {label}: "
    add.x: "{key} = {value} "
    add.y: "and {key} = {value}, "
    add.carry: "with {key} = {value}. "
    add.sum: "Hence {key} = {value}. "
    add.passed: "Pass on {key} = {value}. "
    write: "Copy {label}, "
    write.sum: "where {key} = {value}. "
    write.ans: "Now {key} = {value}. "
    next: "Go on to {label}.\n"
    end: "That is all.\n"
    answer: "answer: {value}"
}

style plain {
    begin: "We add place by place, "
    begin.first: "beginning with {value}, "
    begin.carry: "where {value} is carried. "
    add: ""
    add.x: "The next digits are {value} "
    add.y: "and {value}, "
    add.carry: "and {value} is carried to them. "
    add.sum: "So the digit of the sum is {value}. "
    add.passed: "We carry {value} on. "
    write: ""
    write.sum: "From the top, the next digit of the sum is {value}"
    write.ans: ", so we write {value}. "
    next: ""
    end: ". That is the sum.\n"
    answer: "answer: {value}"
}
