# A growing population: in each unit of time, a multiple of its size some units ago is added to its
# size one unit ago, digit by digit from the lowest, with a carry. Two counters end the units whose size
# is given and the units before the one that the question is about.

import std.carries, std.reading, std.words, std.writing

class digit = '0'..'9'
class letter = 'a'..'z'

tape n, x, y: digit word digit  # n and x are counted down
tape z: '1'..'3' word '1'..'3'
tape queue: digit | ';' word digit           # the sizes that are still to be multiplied, lowest digits first
tape turned, rest: digit word digit          # a number's digits, lowest first, and those still to be said
tape row: digit                              # the latest size, lowest digit first
tape low: letter word letter                 # the name of the lowest place
tape unit, source: letter | ' ' word letter  # the names of the units: the latest, and the one x units before
tape place: letter | ' ' word letter         # the names of the places, from one below the lowest on
tape level: letter | ' ' word letter         # the names of the places of the counters, from the lowest on
tape lead: ' '..'~' word ' '..'}'            # the word before each number in the prompt
tape out: digit

main {
    read_item(n, lead, "n")  read_item(x, lead, "x")  read_item(y, lead, "y")  read_item(z, lead, "z")
    read_first(low)
    turn(n, "n")  spell("n", "n")
    turn(x, "x")  spell("x", "x")
    turn(y, "y")
    while count(x, "x", "x {unit}") {
        spell("y", "{unit}")
        append(turned, queue)  write queue ";"
        assume count(n, "n", "n {unit}")
        next_word(unit)
    }
    append(turned, row)
    rewind(row, queue)  next_word(place)
    loop {
        grow()
        if not count(n, "n", "n {unit} {source} {place}") { break }
        rewind(row)  to_blank(queue)  append(row, queue)  queue := ';'
        rewind(queue, place)  next_word(unit, source, place)
    }
    left row
    write_back(row, place, out, "{unit} {place}")
    answer "{out.all}"
}

# Say the digits of a number, at most three, in reverse. The head of t ends on the lowest one.
proc turn(t, name: text) uses turned, low {
    clear(turned)
    to_last(t)
    each left t { write turned t }
    to_first(turned)
    right t
    step turn at "{name}" {
        fetch number "{name}" = {t}, "first" = {low}
        solve turned "turned {name}" = {turned}
    }
    to_last(t)
}

# Say the digits of the number that was turned last, in their order, each at its place.
proc spell(name: text, key: text) uses turned, rest, low, level {
    append(turned, rest)  to_first(rest)
    step digits at "{key} {level}" {
        fetch turned "turned {name}" = {rest}
        solve digit "{key} {level}" = {rest.cell}
    }
    rest := _  right rest  next_word(level)
    while rest != _ {
        step digits at "{rest} {key} {low} {level}" { solve digit "{key} {level}" = {rest.cell} }
        rest := _  right rest  next_word(level)
    }
    rewind(level)
}

# Count down the counter at whose lowest digit the head is, and return whether it was above 0.
proc count(t, name: text, label: text) uses low, level -> bool {
    let state: counted | borrowed | over = counted
    step count at "{label} {low}" { state = lower(t, "{name} {level}") }
    while state == borrowed {
        left t  next_word(level)
        step count at "{label} {low} {level}" { state = lower(t, "{name} {level}") }
    }
    right t  to_last_cell(t)  rewind(level)
    return state == counted
}

# Count down one digit. A 0 becomes a 9, and one is borrowed from the next digit.
proc lower(t, key: text) -> counted | borrowed | over {
    if t == _ { fetch no_digit "{key}" = none  return over }
    fetch digit "{key}" = {t.cell}
    if t == 0 { t := 9  solve nine "{key}" = {t.cell}  return borrowed }
    t := t - 1
    solve less "{key}" = {t.cell}
    return counted
}

# Take the first number from the queue and add z times it to the row. If it has no digit where the row
# has one and there is a carry, it gets a 0: long numbers then need no kind of sum that short numbers
# do not show.
proc grow() uses all {
    let carry: carried = zero
    loop {
        let padded = false
        step add at "{unit} {source} {place} {carry}" {
            fetch earlier "{source} {place}" = {queue.letter|none}
            if queue not in digit and row in digit and carry != zero {
                fetch before "{unit.previous_word} {place}" = {row.cell}
                padded = true
                solve nought "{source} {place}" = "0"
            } else {
                let sum: 0..39 = number_of(carry)
                if queue in digit {
                    if queue != 0 { fetch "z" = {z.cell}  sum = sum + queue * z }
                    queue := _  right queue
                }
                fetch before "{unit.previous_word} {place}" = {row.cell|none}
                if row == _ and sum == 0 { fetch "first" = {low}  break }
                carry = add_row(sum)
            }
        }
        if padded step add at "{unit} {source} {place} {carry} 0" {
            fetch earlier "{source} {place}" = "0", before "{unit.previous_word} {place}" = {row.cell}
            carry = add_row(number_of(carry))
        }
        right_named(row, place)
    }
    queue := _  right queue
}

# Add a number to the digit of the row, and return the carry to the next place. It is said before the
# digit, which is then a difference.
proc add_row(number: 0..30) uses row, unit, place -> carried {
    let sum: 0..39 = number + (row or 0)
    let carry = word_for(sum / 10)
    row := sum % 10
    solve carry "carry {carry}", sum "{unit} {place}" = {row.cell}
    return carry
}

style styled {
    read: ""
    read.lead: "The prompt says {key}."
    read.value: " So {key} = {value}."
    read.first: " So units and places have labels from {key} = {value} on."
    turn: "We turn a number round to begin with its lowest digit."
    turn.number: " From {key} = {value}, with labels from"
    turn.first: " {key} = {value} on,"
    turn.turned: " we get {key} = {value}."
    digits: "We write the digits of a number down for {label}, the lowest place first."
    digits.turned: " As {key} = {value}, we have"
    digits.digit: " {key} = {value}."
    count: "We count down by one in unit {unit}."
    count.digit: " The digit is {key} = {value}."
    count.less: " One less is {key} = {value}."
    count.nine: " It becomes {key} = {value}, and we borrow one from the next digit."
    count.no_digit: " There is no digit, {key} = {value}, so the counter has run out."
    add: "We add in unit {unit} at place {place}; {carry} was carried."
    add.earlier: " The growth comes from {key} = {value} of unit {source}."
    add.z: " It is multiplied by {key} = {value}."
    add.before: " The unit before has {key} = {value}."
    add.nought: " A missing digit counts as 0, so {key} = {value}."
    add.carry: " We have {key}."
    add.sum: " The new size has {key} = {value}."
    add.first: " So the new size is complete; its places began at {key} = {value}."
    write: "We write unit {unit} from its highest place."
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
    turn: ""
    turn.number: "The number {value} "
    turn.first: ""
    turn.turned: "has the digits {value}, lowest first. "
    digits: ""
    digits.turned: "Of the digits {value} "
    digits.digit: "the next is {value}. "
    count: ""
    count.digit: "Counting down, the digit {value} "
    count.less: "becomes {value}.\n"
    count.nine: "becomes {value}, and one is lent.\n"
    count.no_digit: "turns out to be {value}.\n"
    add: ""
    add.earlier: "The next digit of the earlier number is {value}. "
    add.z: "We multiply it by {value}. "
    add.before: "The number just before has {value}, and {carry} was carried. "
    add.nought: "For the first we take {value}.\n"
    add.sum: "So the new digit is {value}.\n"
    add.carry: ""
    add.first: "So the new number is complete.\n"
    write: ""
    write.char: "The next digit from the top is {value}. "
    write.ans: "We write {char}. "
    next: ""
    end: "That is the number.\n"
    answer: "answer: {value}"
}
