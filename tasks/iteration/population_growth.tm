# A population that grows: in each unit of time a multiple of what it was some units ago is added to
# what it was a unit ago, digit by digit from the lowest, with a carry for the multiple and one for
# the sum.

import std.words

class digit = '0'..'9'
class letter = 'a'..'z'

tape queue: digit | ';' word digit  # the populations still to be multiplied, lowest digits first
tape row: digit                     # the latest one, likewise
tape born: digit                    # one digit of what is added to it
tape z: '1'..'3'
tape last, low: letter word letter                            # the unit asked for, the lowest place
tape previous, unit, later, source: letter | ' ' word letter  # the names of units, from several on
tape place: letter | ' ' word letter                          # of places, from below the lowest
tape out: digit

main {
    step begin {
        fetch "first" = {unit}, "last" = {last}
        solve stop "last {unit}" = {last}
    }
    step since at "{unit}" {
        fetch "start" = {source}, "low" = {low}, "z" = {z.cell}
        solve lowest "low {unit}" = {low}, multiple "z {unit}" = {z.cell}
    }
    loop {
        next_word(place)
        grow(queue, row, born, z, unit, previous, later, source, place)
        step unit at "{unit} {source} {place}" {
            fetch "last {unit}" = {last}
            let over: yes | no = equal(unit, last)
            if over == yes { break }
            fetch "low {unit}" = {low}
            solve stop "last {later}" = {last}, lowest "low {later}" = {low}
        }
        rewind(row)
        store(row, queue)
        rewind(place)
        next_word(previous)
        next_word(unit)
        next_word(later)
        next_word(source)
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

# Takes the first number from the queue and adds z times as much to the row.
proc grow(queue, row, born, z, unit, previous, later, source, place) {
    let over: 0..2 = 0
    let carry: 0..1 = 0
    loop {
        step times at "{unit} {source} {place} {over}{carry}" {
            if queue in digit {
                fetch digit "{source} {place}" = {queue.cell}, "z {unit}" = {z.cell}
                let product: 0..29 = queue * z + over
                queue := _
                right queue
                born := product % 10
                over = product / 10
            } else {
                fetch digit "{source} {place}" = none
                born := over
                over = 0
            }
            solve "born {unit} {place}" = {born.cell}
        }
        step add at "{unit} {source} {place} {over}{carry}" {
            fetch digit "{previous} {place}" = {row.cell|none}, "born {unit} {place}" = {born.cell}
            if row == _ and born == 0 and carry == 0 {
                fetch "z {unit}" = {z.cell}
                solve later "z {later}" = {z.cell}
                break
            }
            let sum: 0..19 = born + carry
            if row in digit { sum = sum + row }
            row := sum % 10
            carry = sum / 10
            solve sum "{unit} {place}" = {row.cell}
            right row
            next_word(place)
        }
    }
    queue := _
    right queue
}

# The row goes to the end of the queue, too.
proc store(row, queue) {
    to_blank(queue)
    append(row, queue)
    queue := ';'
    rewind(queue)
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
    since.lowest: "So {key} = {value} "
    since.multiple: "and {key} = {value}. "
    times: "Multiply at {label}: "
    times.digit: "{key} = {value} "
    times.z: "with {key} = {value} "
    times.born: "gives {key} = {value}. "
    add: "Add at {label}: "
    add.digit: "{key} = {value} "
    add.born: "and {key} = {value}. "
    add.sum: "Write {key} = {value}. "
    add.z: "Keep {key} = {value}, "
    add.later: "so {key} = {value}. "
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
