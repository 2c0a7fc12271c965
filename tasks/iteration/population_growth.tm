# A growing population: in each unit of time, a multiple of its size some units ago is added to its
# size one unit ago, digit by digit from the lowest, with a carry.

import std.words

class digit = '0'..'9'
class letter = 'a'..'z'

tape queue: digit | ';' word digit  # the sizes that are still to be multiplied, lowest digits first
tape row: digit                     # the latest size, lowest digit first
tape z: '1'..'3'
tape last, low: letter word letter           # the unit that the question is about, the lowest place
tape unit, source: letter | ' ' word letter  # the names of the units: from the latest size on, from its source on
tape place: letter | ' ' word letter         # the names of the places, from one below the lowest on
tape out: digit

main {
    next_word(unit)
    step begin { fetch "first" = {unit}, "last" = {last}  solve stop "last {unit}" = {last} }
    step since at "{unit}" {
        fetch "start" = {source}, "low" = {low}, "z" = {z.cell}
        solve lowest "low {unit}" = {low}
    }
    loop {
        next_word(place)
        grow()
        step unit at "{unit} {source} {place} {z.cell}" {
            fetch "last {unit}" = {last}
            if equal(unit, last) { break }
            fetch "low {unit}" = {low}
            solve stop "last {unit.next_word}" = {last}, lowest "low {unit.next_word}" = {low}
        }
        rewind(row)
        to_blank(queue)
        append(row, queue)
        queue := ';'
        rewind(queue, place)
        next_word(unit, source)
    }
    left row
    loop {
        left place
        to_first(place)
        step write at "{unit} {place}" {
            fetch digit "{unit} {place}" = {row.cell|none}
            if row == _ { break }
            out := row
            solve "ans {place}" = {out.cell}
            left row
            right out
        }
    }
    answer "{out.all}"
}

# Take the first number from the queue and add z times it to the row. If it has no digit where the row
# has one and there is a carry, it gets a 0: long numbers then need no kind of sum that short numbers
# do not show.
proc grow() uses all {
    let carry: 0..3 = 0
    loop {
        let padded = false
        step add at "{unit} {source} {place} {z.cell}{carry}" {
            fetch earlier "{source} {place}" = {queue.letter|none}
            let sum: 0..39 = carry
            if queue in digit { sum = queue * z + carry  queue := _  right queue }
            else { padded = row in digit and carry > 0 }
            fetch before "{unit.previous_word} {place}" = {row.cell|none}
            if padded { solve nought "{source} {place}" = "0" }
            else {
                sum = sum + (row or 0)
                if row == _ and sum == 0 { break }
                row := sum % 10
                carry = sum / 10
                solve sum "{unit} {place}" = {row.cell}
            }
        }
        if padded {
            step add at "{unit} {source} {place} {z.cell}{carry} 0" {
                fetch earlier "{source} {place}" = "0", before "{unit.previous_word} {place}" = {row.cell}
                let sum: 0..39 = row + carry
                row := sum % 10
                carry = sum / 10
                solve sum "{unit} {place}" = {row.cell}
            }
        }
        right row
        next_word(place)
    }
    queue := _
    right queue
}

style styled {
    begin: "We begin "
    begin.first: "with {key} = {value} "
    begin.last: "and stop at {key} = {value}. "
    begin.stop: "So {key} = {value}. "
    since: "Unit {label} looks back "
    since.start: "at {key} = {value}, "
    since.low: "with {key} = {value} "
    since.z: "and {key} = {value}. "
    since.lowest: "So {key} = {value}. "
    add: "Add at {label}: "
    add.earlier: "multiply {key} = {value} "
    add.before: "and add {key} = {value}. "
    add.nought: "Put {key} = {value} there. "
    add.sum: "Write {key} = {value}. "
    unit: "After {label} "
    unit.last: "we ask for {key} = {value}. "
    unit.low: "The digits start at {key} = {value}. "
    unit.stop: "Hence {key} = {value} "
    unit.lowest: "and {key} = {value}. "
    write: "Copy {label}, "
    write.digit: "{key} = {value}. "
    write.ans: "Now {key} = {value}. "
    next: "Next is {label}.\n"
    end: "All digits are copied.\n"
    answer: "answer: {value}"
}

style plain {
    begin: ""
    begin.first: "The first number to find is {value}, "
    begin.last: "the last is {value}. "
    begin.stop: ""
    since: ""
    since.start: "It is the one before and a multiple of {value}, "
    since.low: "both of which have their lowest digit at {value}. "
    since.z: "The multiple is {value}.\n"
    since.lowest: ""
    add: ""
    add.earlier: "The next digit of the earlier number {source} is {value}, "
    add.before: "that of the number just before is {value}. "
    add.nought: "For the first we take {value}. "
    add.sum: "With {z} times the first and the carried {carry} the new digit is {value}. "
    unit: ""
    unit.last: "So this number, {unit}, is complete, and the last is {value}. "
    unit.low: "The next one begins at {value} again.\n"
    unit.stop: ""
    unit.lowest: ""
    write: ""
    write.digit: "The next digit from the top is {value}. "
    write.ans: "We write {value}. "
    next: ""
    end: "That is the number.\n"
    answer: "answer: {value}"
}
