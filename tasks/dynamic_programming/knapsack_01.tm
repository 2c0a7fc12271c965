# The 0/1 knapsack from the top down. A cell is an item with some room: the greatest value of the
# items up to that one. It asks for the item before it twice, without its own and with it. A stack
# holds who asks, a memo what is known. Rooms of 0, 1, 2 go by A, B, C. A best choice goes by the
# cell that made it, or by its item if that is all of it; so it is passed on without its digits.

import std.words
import std.decimal
import std.lists
import std.stack

class name = 'a'..'z' | 'A'..'P'
class way = 's' | 't'  # a cell is asked for to skip the item above it, or to take that

enum stage = ask | take | weigh | store

tape item, below: 'a'..'z'  # the items and one more; before each, the next lower
tape first: 'a'..'z'
tape weight: '1'..'9'
tape ones: digit  # of the value of each item
tape tens, hundreds: '0'..'2'
tape capacity: 'A'..'P'
tape room, rest: 'A'..'P'                                    # one head at the room of the cell, one at what its item leaves
tape cell: name word name                                    # what is asked for, or looked up
tape memo: name | digit | '=' | ',' | ';' word name | digit  # cell=way,best,digits;
tape stack: '$' | ';' | way word way
tape asked: way word way
tape part, best: name word name      # best choices: for what was asked, for the cell
tape added, value: digit word digit  # their digits, the ones first
tape sum: digit word digit           # those of the cell with its item
tape out: digit

main {
    begin(item, below, first, weight, ones, tens, hundreds, capacity)
    while room != capacity { right room, rest }
    open_stack(stack)
    asked := 's'
    let now: stage = ask
    loop {
        if now == ask {
            now = weigh
            let new: yes | no =
                ask_for(item, below, weight, room, rest, cell, memo, asked, part, added)
            if new == yes {
                now = ask
                push(stack, asked)
                asked := 's'
                left item, below, weight
                left ones, tens, hundreds
                while room != rest { left room }
            } elsif asked == 's' {
                now = take
            }
        } elsif now == store {
            step store at "{item.cell}{room.cell} {best|none}" {
                name_cell(item, room, cell)
                let bottom: yes | no = is_bottom(stack)
                if bottom == yes {
                    fetch asked "asked {cell}" = "none"
                    break
                }
                clear(asked)
                pop(stack, asked)
                remember(memo, cell, asked, best, value)
                right item, below, weight
                right ones, tens, hundreds
                while rest != room { right rest }
                if asked == 's' {
                    fetch asked "asked {cell}" = "skip"
                    now = take
                } else {
                    fetch asked "asked {cell}" = "take", "weight {item.cell}" = {weight.cell}
                    let k: 0..9 = weight
                    while k > 0 { right room  k = k - 1 }
                    copy(best, part)
                    copy(value, added)
                    now = weigh
                }
                solve "best {cell}" = {best|none}
            }
        } else {
            look_up(below, room, cell, memo, best, value)
            if now == take {
                now = store
                step take at "{item.cell}{room.cell}" {
                    fetch "weight {item.cell}" = {weight.cell}
                    let k: 0..9 = weight
                    while k > 0 and rest != _ { left rest  k = k - 1 }
                    if rest != _ {
                        asked := 't'
                        now = ask
                    } else {
                        right rest
                        while rest != room { right rest }
                        fetch "best {cell}" = {best|none}
                    }
                }
            } else {
                now = store
                step weigh at "{item.cell}{room.cell} {below.cell}{rest.cell}" {
                    fetch part "best {below.cell}{rest.cell}" = {part|none},
                        best "best {cell}" = {best|none}
                }
                clear(sum)
                if best == _ {
                    best := item
                    copy_value(ones, tens, hundreds, value)
                } else {
                    if part == _ { copy_digits(item, room, best, ones, tens, hundreds, sum) }
                    else { add_digits(item, room, part, added, best, ones, tens, hundreds, sum) }
                    choose(item, room, cell, sum, best, value)
                }
            }
        }
    }
    total(best, value, out)
    answer "{out.all}"
}

# What the tens and hundreds of each value are with a carry; the heads end at the last item.
proc begin(item, below, first, weight, ones, tens, hundreds, capacity) {
    step begin { fetch "first" = {first.cell} }
    loop {
        step raise at "{item.cell}" {
            fetch tens "tens {item.cell}" = {tens.cell|none}
            if tens == _ {
                fetch "capacity" = {capacity.cell}
                break
            }
            fetch hundreds "hundreds {item.cell}" = {hundreds.cell}
            let t: 0..9 = tens + 1
            let h: 0..9 = hundreds + 1
            solve more "more tens {item.cell}" = {t}, much "more hundreds {item.cell}" = {h}
        }
        right item, below, weight
        right ones, tens, hundreds
    }
    left item, below, weight
    left ones, tens, hundreds
}

# Asks for the item below with the rest of the room, and whether that is new: no if there is no such
# item, no room, or the best is known.
proc ask_for(item, below, weight, room, rest, cell, memo, asked, part, added)
    -> yes | no {
    name_cell(below, rest, cell)
    clear(part)
    clear(added)
    rewind(memo)
    step ask at "{cell} {item.cell}{room.cell}" {
        let found: yes | no = find(memo, cell, ';')
        if found == yes {
            if memo == 's' { fetch asked "asked {cell}" = "skip" }
            else { fetch asked "asked {cell}" = "take" }
            read(memo, part, added)
            return no
        }
        fetch asked "asked {cell}" = "none"
        left weight
        fetch "weight {below.cell}" = {weight.cell|none}
        if weight == _ {
            right weight
            return no
        }
        right weight
        if rest == 'A' { return no }
        if asked == 's' { solve way "asked {cell}" = "skip" }
        else { solve way "asked {cell}" = "take" }
    }
    return yes
}

# The best choice without the item; there is none below the first.
proc look_up(below, room, cell, memo, best, value) {
    name_cell(below, room, cell)
    clear(best)
    clear(value)
    rewind(memo)
    let found: yes | no = find(memo, cell, ';')
    if found == yes { read(memo, best, value) }
}

# Reads a record of the memo from its second word on.
proc read(memo at first, best at first, value at first) -> best at first, value at first {
    next_word(memo)
    copy(memo, best)
    next_word(memo)
    copy(memo, value)
}

proc remember(memo, cell at first, asked at first, best at first, value at first)
    -> memo at blank, cell at first, asked at first, best at first, value at first {
    to_blank(memo)
    append(cell, memo)
    memo := '='
    right memo
    append(asked, memo)
    memo := ','
    right memo
    append(best, memo)
    memo := ','
    right memo
    append(value, memo)
    memo := ';'
    right memo
}

proc name_cell(item, room, cell at first) -> cell at first {
    clear(cell)
    cell := item
    right cell
    cell := room
    left cell
}

# The value of the item is the sum, where nothing fits beside it.
proc copy_digits(item, room, best, ones, tens, hundreds, sum at first) -> sum at first {
    copy_digit(item, room, best, ones, sum, "ones")
    copy_digit(item, room, best, tens, sum, "tens")
    copy_digit(item, room, best, hundreds, sum, "hundreds")
    left sum
    to_first(sum)
}

proc copy_digit(item, room, best, own, sum, place: text) {
    step copy at "{place} {item.cell}{room.cell} {best}" {
        fetch own "{place} {item.cell}" = {own.cell}
        sum := own
        solve sum "{place} {item.cell}{room.cell}" = {sum.cell}
    }
    right sum
}

# The same without a word, where there is no other choice.
proc copy_value(ones, tens, hundreds, value at first) -> value at first {
    value := ones
    right value
    value := tens
    right value
    value := hundreds
    to_first(value)
}

# The value of the item and of what is best beside it.
proc add_digits(
    item, room, part at first, added at first, best, ones, tens, hundreds, sum at first
    ) -> part at first, added at first, sum at first {
    let c: 0..1 = add_digit(item, room, part, added, best, ones, sum, 0, "ones", "ones")
    if c == 0 { c = add_digit(item, room, part, added, best, tens, sum, 0, "tens", "tens") }
    else { c = add_digit(item, room, part, added, best, tens, sum, 1, "more tens", "tens") }
    if c == 0 { c = add_digit(item, room, part, added, best, hundreds, sum, 0, "hundreds", "hundreds") }
    else { c = add_digit(item, room, part, added, best, hundreds, sum, 1, "more hundreds", "hundreds") }
    left added, sum
    to_first(added)
    to_first(sum)
}

# One digit; whether there is a carry to the next.
proc add_digit(item, room, part, added, best, own, sum, carry: 0..1, key: text, place: text)
    -> 0..1 {
    let d: 0..9 = own + carry
    let total: 0..18 = 0
    step add at "{key} {item.cell}{room.cell} {part} {best}" {
        fetch own "{key} {item.cell}" = {d}, part "{place} {part}" = {added.cell}
        total = d + added
        sum := total % 10
        solve sum "{place} {item.cell}{room.cell}" = {sum.cell}
    }
    right added, sum
    return total / 10
}

# Sets the sum against what is best without the item, from the highest digit down.
proc choose(item, room, cell at first, sum at first, best at first, value at first)
    -> cell at first, sum at first, best at first, value at first {
    to_last(sum)
    to_last(value)
    let order: lt | eq | gt = compare_digit(item, room, sum, best, value, "hundreds")
    if order == eq {
        left sum, value
        order = compare_digit(item, room, sum, best, value, "tens")
        if order == eq {
            left sum, value
            order = compare_digit(item, room, sum, best, value, "ones")
        }
    }
    to_first(sum)
    to_first(value)
    if order == gt {
        name_cell(item, room, cell)
        copy(cell, best)
        copy(sum, value)
    }
}

proc compare_digit(item, room, sum, best, value, place: text) -> lt | eq | gt {
    let order: lt | eq | gt = eq
    step compare at "{place} {item.cell}{room.cell} {best}" {
        fetch sum "{place} {item.cell}{room.cell}" = {sum.cell},
            best "{place} {best}" = {value.cell}
        if sum < value { order = lt } elsif sum > value { order = gt }
    }
    return order
}

# Writes the best value, from the highest digit down.
proc total(best at first, value at first, out at blank) -> best at first, out at first {
    to_last(value)
    total_digit(best, value, out, "hundreds")
    total_digit(best, value, out, "tens")
    total_digit(best, value, out, "ones")
    left out
    to_first(out)
    strip(out)
}

proc total_digit(best, value, out, place: text) {
    step total at "{place} {best}" {
        fetch value "{place} {best}" = {value.cell}
        out := value
        solve "ans {place}" = {out.cell}
    }
    left value
    right out
}

style styled {
    begin: "The items start with "
    begin.first: "{key} = {value}. "
    raise: "For {label} we see "
    raise.tens: "{key} = {value} "
    raise.capacity: "and {key} = {value}. "
    raise.hundreds: "and {key} = {value}. "
    raise.more: "A carry makes it {key} = {value} "
    raise.much: "or {key} = {value}. "
    ask: "Ask for {label}. "
    ask.asked: "So far {key} = {value}. "
    ask.way: "Now {key} = {value}. "
    ask.weight: "Note {key} = {value}. "
    weigh: "Weigh up {label}: "
    weigh.part: "{key} = {value} beside the item, "
    weigh.best: "{key} = {value} without it. "
    store: "Store {label}. "
    store.asked: "It was asked, {key} = {value}. "
    store.weight: "There {key} = {value}. "
    store.best: "Keep {key} = {value}. "
    take: "Try to take {label}. "
    take.weight: "It needs {key} = {value}. "
    take.best: "That is too much, so {key} = {value} stays. "
    copy: "Copy {label}: "
    copy.own: "{key} = {value} "
    copy.sum: "gives {key} = {value}. "
    add: "Add {label}: "
    add.own: "{key} = {value} "
    add.part: "and {key} = {value}, "
    add.sum: "hence {key} = {value}. "
    compare: "Compare {label}: "
    compare.sum: "{key} = {value} "
    compare.best: "meets {key} = {value}. "
    total: "Read {label}: "
    total.value: "{key} = {value} "
    total.ans: "gives {key} = {value}. "
    next: "Next is {label}.\n"
    end: "That is the value.\n"
    answer: "answer: {value}"
}

style plain {
    begin: "We begin with the item "
    begin.first: "{value}. "
    raise: ""
    raise.tens: "The value of {item} has the tens {value} "
    raise.hundreds: "and the hundreds {value}. "
    raise.capacity: "and the capacity is {value}.\n"
    raise.more: "With a carry the tens would be {value} "
    raise.much: "and the hundreds {value}. "
    ask: "At {item} with room {room} we need {cell}. "
    ask.asked: "So far it is noted as {value}. "
    ask.weight: "The item before weighs {value}. "
    ask.way: "We note it as {value}. "
    weigh: ""
    weigh.part: "Beside the item we could have {value}, "
    weigh.best: "and without it {value}. "
    store: ""
    store.asked: "It was noted as {value}. "
    store.weight: "The item above weighs {value}. "
    store.best: "So the best of {item} with room {room} is {value}.\n"
    take: "Can {item} be taken with room {room}? "
    take.weight: "It weighs {value}. "
    take.best: "That is too much, and {value} stays the best. "
    copy: ""
    copy.own: "The {place} of the item are {value}, "
    copy.sum: "so those of the sum are {value}. "
    add: ""
    add.own: "Add the item's {value} "
    add.part: "and {value}: "
    add.sum: "the {place} are {value}. "
    compare: ""
    compare.sum: "The sum has the {place} {value}, "
    compare.best: "the best so far {value}. "
    total: ""
    total.value: "The {place} of the value are {value}, "
    total.ans: "so we write {value}. "
    next: ""
    end: "That is the value.\n"
    answer: "answer: {value}"
}
