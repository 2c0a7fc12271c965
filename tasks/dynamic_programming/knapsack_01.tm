# The 0/1 knapsack problem, top-down with a memo. A cell is an item and a free capacity, such as q12; its
# value is the greatest total value of the items up to this one. Unless the memo has it, a cell asks for
# two cells of the item before: one with the capacity that is left if it takes its own item, and one with
# its full capacity. It stores the better choice. A choice is named by the cell that made it, by an item
# if it is that item alone, or by 0 if it is empty; so it is passed on without its digits.

import std.reading, std.words, std.writing

class letter = 'a'..'z'
class digit = '0'..'9'

tape weights, values: digit | ',' | ' ' word digit  # as the prompt gives them
tape capacity: digit word digit
tape item: letter | ' ' word letter  # names of the items, and of the end of the lists
tape lead: ' '..'~' word ' '..'}'    # the word before each operand in the prompt

# The heads are at the item that asks, or after the last one.
tape name: letter  # the name of each item
tape weight: '1'..'9'
tape own10: '1'..'2'  # the digits of its value
tape own1: digit
group items = name, weight, own10, own1

# Capacities, greatest first: `room` is that of the cell that asks, `rest` that of the requested cell.
tape room10, room1, rest10, rest1: digit
group room = room10, room1
group rest = rest10, rest1

# The memo has a row of cells, greatest capacity first, for each item, the last item's first. The heads
# are at the requested cell.
tape way: 'h' | 't' | 'a' | 's'     # why a cell asks: its item is too heavy, is tried, or was tried
tape maker: letter | '0'            # its best choice: the item of the cell that made it, or 0
tape spot10, spot1: digit           # and the capacity, unless the choice is that item alone
tape memo100, memo10, memo1: digit  # and the digits of its value
group memo = way, maker, spot10, spot1, memo100, memo10, memo1

tape best: letter | digit word letter | digit  # the last choice that was requested
tape value: digit                              # the digits of its value, ones first
tape gap: '1'..'9'                             # the weight that the last request allowed for, if any
tape out: digit

main {
    name := item  # the item before the first one, which has no weight
    right items  next_word(item)
    read_first(item)
    read_items()
    read_capacity()
    let next: lower | known | over = lower
    while next != over {
        if next == lower {
            if way != _ { down() }
            next = ask()
        } else { next = back() }
    }
    right value by 2
    write_total(value, out, "hundreds", " {best}")  left value
    write_total(value, out, "tens", " {best}")  left value
    write_total(value, out, "ones", " {best}")
    answer "{out.all}"
}

# Read the weights and the values; the digits of a value are said, too. Note both for each item.
proc read_items() uses all {
    read_list(weights, item, lead, "weights", "weight {item}", "{weights.last_words}") each() {
        body
        if weights != _ { name := item  weight := weights  right name, weight }
    }
    rewind(item)  next_word(item)
    read_list(values, item, lead, "values", "value {item}", "{values.last_words}") each() {
        body
        if values != _ {
            while values in digit { own10 := own1  own1 := values  right values }
            to_first(values)
            if own10 != _ { solve tens "tens {item}" = {own10.cell} }
            solve ones "ones {item}" = {own1.cell}
            right own10, own1
        }
    }
}

# Read the capacity, and write it and all smaller ones; the last item's cell of this capacity is asked for.
proc read_capacity() uses all {
    step read at "capacity" {
        fetch lead "{lead} {capacity}", end "weight {item}" = "end"
        solve value "capacity" = {capacity}
    }
    let size: 0..19 = capacity
    right capacity
    if capacity != _ { size = 10 * size + capacity }
    loop {
        if size > 9 { room10 := 1  rest10 := 1 }
        room1 := size % 10  rest1 := size % 10  right room, rest
        if size == 0 { break }
        size = size - 1
    }
    left room, rest  left room, rest until rest1 == _  right rest
}

# Ask for a cell. If the memo does not have it, it asks itself, except for the first item's cells.
proc ask() uses all -> lower | known | over {
    let is_new: bool = false
    let is_open: bool = false
    step ask at "{name.previous}{rest10.cell|}{rest1.cell} {name.cell|end}{room10.cell|}{room1.cell|}" {
        left items
        if rest10 == _ and rest1 == 0 {
            solve empty "empty"
            maker := '0'
        } else {
            fetch best "best {name.cell}{rest10.cell|}{rest1.cell}" = "{maker.cell|none}{spot10.cell|}{spot1.cell|}"
            if maker == _ {
                fetch lower "weight {name.previous}" = {weight.previous|none}
                if weight.previous != _ { is_open = true } else {
                    fetch weight "weight {name.cell}" = {weight.cell}
                    is_new = true
                    let fits = has_room()
                    to_mark()
                    if fits { take_alone() } else { maker := '0' }
                }
            }
        }
        if not is_open {
            recall()
            if is_new { solve stored "best {name.cell}{rest10.cell|}{rest1.cell}" = {best} }
            right items
            if name == _ { return over }
            left memo until way != _
        }
    }
    if not is_open { return known }
    # Move the heads to the requested cell.
    if room1 == _ { right room }
    repeat (gap or 0) { right room }
    step weigh at "{name.cell}{room10.cell|}{room1.cell}" { open_cell() }
    return lower
}

# Let a cell ask for another one: with the capacity that its item leaves, or with its own.
proc open_cell() uses all {
    fetch weight "weight {name.cell}" = {weight.cell}
    if has_room() {
        way := 't'  gap := weight
        solve left "taken {name.cell}{room10.cell|}{room1.cell}" = "{rest10.cell|}{rest1.cell}"
        solve asked "asked {name.previous}{rest10.cell|}{rest1.cell}" = "{name.cell}{room10.cell|}{room1.cell}"
    } else {
        way := 'h'  gap := _
        solve taken "taken {name.cell}{room10.cell|}{room1.cell}" = "heavy"
        ask_again()
    }
    to_mark()
}

# Say that the cell asks for the one with the same capacity.
proc ask_again() uses name, room {
    solve again "asked {name.previous}{room10.cell|}{room1.cell}" = "{name.cell}{room10.cell|}{room1.cell}"
}

# Move `rest` to the capacity that the item leaves, after marking its place; return whether there is one.
proc has_room() uses weight, rest -> bool {
    mark rest1
    repeat weight { if rest1 != _ { right rest } }
    return rest1 != _
}

proc to_mark() uses rest { left rest until marked rest1  unmark rest1 }

# Move from the memo's cell to the requested one, a row further.
proc down() uses memo, rest, gap {
    mark rest1
    right memo, rest until rest1 == _
    left rest  left rest until rest1 == _  right rest
    right memo, rest until marked rest1
    unmark rest1
    repeat (gap or 0) { right memo, rest }
}

# Copy the choice from the memo as the last one that was requested.
proc recall() uses all {
    best := maker  right best
    if spot10 != _ { best := spot10  right best  best := spot1 }
    else { best := spot1  right best  best := _ }
    left best by 2
    write value memo1  write value memo10  write value memo100  left value by 3
}

# Choose the item alone.
proc take_alone() uses all { maker := name  memo10 := own10  memo1 := own1 }

# Return to a cell with the choice that it asked for.
proc back() uses all -> lower | known | over {
    step back at "{name.cell}{room10.cell|}{room1.cell} {rest10.cell|}{rest1.cell} {best}" {
        if way == 't' { fetch taken "taken {name.cell}{room10.cell|}{room1.cell}" = "{rest10.cell|}{rest1.cell}" }
        repeat (gap or 0) { left rest }
        if way == 'h' { fetch taken "taken {name.cell}{room10.cell|}{room1.cell}" = "heavy" }
        else if way == 'a' { fetch taken "taken {name.cell}{room10.cell|}{room1.cell}" = "alone" }
        else if way == 's' { fetch taken "taken {name.cell}{room10.cell|}{room1.cell}" = "sum" }
        if way == 't' {
            if best == '0' {
                solve take "taken {name.cell}{room10.cell|}{room1.cell}" = "alone"
                ask_again()
                way := 'a'  gap := _  take_alone()
                return lower
            }
            solve take "taken {name.cell}{room10.cell|}{room1.cell}" = "sum"
            ask_again()
        } else if way == 'h' or best == '0' { choose(way != 'h')  return store() }
    }
    if way != 't' { return compare() }
    way := 's'  gap := _
    add_up()
    maker := name  spot10 := room10  spot1 := room1
    return lower
}

# Make the choice with the item, or the one without it, that of the cell and the last one.
proc choose(with_item: bool) uses all {
    way := _
    if with_item { recall() } else {
        maker := best  right best  spot1 := best  right best
        if best == _ { spot10 := _ } else { spot10 := spot1  spot1 := best }
        left best by 2
        memo1 := value  right value  memo10 := value  right value  memo100 := value  left value by 2
    }
}

# Store the choice, and move back to the cell that asked, if there is one.
proc store() uses all -> known | over {
    right weight
    if weight == _ {
        fetch asked "asked {name.cell}{room10.cell|}{room1.cell}" = none
        solve best "best {name.cell}{room10.cell|}{room1.cell}" = {best}
        return over
    }
    left memo until way != _  gap := _
    if way == 't' { gap := weight  repeat weight { left rest } }
    fetch asked "asked {name.cell}{room10.cell|}{room1.cell}" = "{name.next}{rest10.cell|}{rest1.cell}"
    solve best "best {name.cell}{room10.cell|}{room1.cell}" = {best}
    repeat (gap or 0) { left room  right rest }
    right name, own10, own1
    return known
}

# Add the value of the item and the value of the best choice for the rest, digit by digit.
proc add_up() uses all {
    let unit: ones | tens | hundreds = ones
    let more: 0..3 = 0
    let to: carry | over = carry  # the carry to the tens, and to the hundreds
    loop step add at "{unit} {name.cell}{room10.cell|}{room1.cell} {best}" {
        if unit == ones { fetch own "value {name.cell}" = "{own10.cell|}{own1.cell}" }
        else if more == 0 { fetch more "{to} {name.cell}{room10.cell|}{room1.cell}" = none }
        else { fetch more "{to} {name.cell}{room10.cell|}{room1.cell}" = {more} }
        fetch best "{unit} {best}" = {value.cell|none}
        if unit != ones and more == 0 and value == _ { break }
        let total: 0..18 = more + (value or 0)
        if unit == ones { total = total + own1 }
        let last: 0..9 = total % 10
        more = total / 10
        if unit == ones { more = more + (own10 or 0) } else { to = over }
        if more > 0 { solve carry "{to} {name.cell}{room10.cell|}{room1.cell}" = {more} }
        solve digit "{unit} {name.cell}{room10.cell|}{room1.cell}" = {last}
        if unit == ones { memo1 := last  unit = tens }
        else if unit == tens { memo10 := last  unit = hundreds }
        else { memo100 := last  break }
        right value
    }
    left value
    if unit == hundreds { left value }
}

# Compare the choice with the item to the choice without it, highest digit first.
proc compare() uses all -> known | over {
    right value by 2
    let order = compare_digit(memo100, "hundreds")
    if order == eq { order = compare_digit(memo10, "tens") } else { left value }
    if order == eq { order = compare_digit(memo1, "ones") } else { left value }
    right value
    choose(order == gt)
    step store at "{name.cell}{room10.cell|}{room1.cell} {best}" { return store() }
}

# Compare a digit of the memo to one of the last choice; a digit that is missing counts as 0.
proc compare_digit(mine, unit: text) uses all -> lt | eq | gt {
    let taken: alone | sum = sum
    if way == 'a' { taken = alone }
    let order: lt | eq | gt = eq
    step compare at "{unit} {name.cell}{room10.cell|}{room1.cell} {best} {taken}" {
        fetch mine "{unit} {maker.cell}{spot10.cell|}{spot1.cell|}" = {mine.cell|none},
            best "{unit} {best}" = {value.cell|none}
        if (mine or 0) < (value or 0) { order = lt  solve order "less" }
        else if (mine or 0) > (value or 0) { order = gt  solve order "greater" }
        else { solve order "equal" }
    }
    left value
    return order
}

style styled {
    read: ""
    read.lead: "The prompt says {key}. "
    read.first: "The labels begin with {key} = {value}. "
    read.recent: "It goes on with {key}. "
    read.end: "All items are read, as {key} = {value}. "
    read.value: "So {key} = {value}. "
    read.tens: "Its tens are {key} = {value}. "
    read.ones: "Its ones are {key} = {value}. "
    ask: "What is the best choice up to item {name.previous} with capacity {rest10}{rest1}? "
    ask.empty: "Nothing fits into no capacity, so the choice is {key}. "
    ask.best: "The memo says {key} = {value}. "
    ask.lower: "The item before has {key} = {value}. "
    ask.weight: "This one has {key} = {value}. "
    weigh: "Does the item fit? "
    weigh.weight: "It has {key} = {value}. "
    weigh.taken: "It does not fit, {key} = {value}. "
    weigh.left: "It may fit; the rest is then {key} = {value}. "
    weigh.asked: "So we need the item before with this rest, {key} = {value}. "
    weigh.again: "So we need the item before with the same capacity, {key} = {value}. "
    ask.stored: "As there is no item before, we store {key} = {value}. "
    back: "Return to item {name} with capacity {room10}{room1}; the choice that it asked for is {best}. "
    back.taken: "So far {key} = {value}. "
    back.take: "Taking the item is now {key} = {value}. "
    back.again: "To skip it, we also need {key} = {value}. "
    back.asked: "This cell is needed by {key} = {value}. "
    back.best: "Its best choice is {key} = {value}. "
    add: "Add the {unit} of the value of item {name} and of choice {best}. "
    add.own: "The item has {key} = {value}. "
    add.more: "The carry is {key} = {value}. "
    add.best: "The choice has {key} = {value}. "
    add.carry: "We carry {key} = {value}. "
    add.digit: "The sum has {key} = {value}. "
    compare: "Compare the {unit} of taking item {name} and of skipping it. "
    compare.mine: "Taking it gives {key} = {value}, "
    compare.best: "and skipping it gives {key} = {value}. "
    compare.order: "So the former is {key}. "
    store: "The better choice is {best}. "
    store.asked: "This cell is needed by {key} = {value}. "
    store.best: "The memo says from now on {key} = {value}. "
    total: "Write the {unit} of the greatest value. "
    total.digit: "It has {key} = {value}. "
    total.ans: "We write {key} = {value}. "
    next: "Next comes {heading}.\n"
    end: "That is the greatest value.\n"
    answer: "answer: {value}"
}

style plain {
    read: ""
    read.lead: ""
    read.first: ""
    read.recent: ""
    read.end: ""
    read.value: ""
    read.tens: ""
    read.ones: ""
    ask: "We need the best choice up to item {name.previous} within {rest10}{rest1}. "
    ask.empty: "Nothing fits. "
    ask.best: "It is known to be {value} so far. "
    ask.lower: "The item before weighs {value}. "
    ask.weight: "This one weighs {value}. "
    weigh: ""
    weigh.weight: "This one weighs {value}. "
    weigh.taken: "It is too {value}. "
    weigh.left: "Beside it, {value} is left. "
    weigh.asked: "We first look at the items before it within this, for {value}. "
    weigh.again: "We look at the items before it, for {value}. "
    ask.stored: "So the choice is {value}.\n"
    back: "Back at item {name} within {room10}{room1}, the other choice is {best}. "
    back.taken: "The item was noted as {value}. "
    back.take: "With the item, the value is its own {value}. "
    back.again: "Now we skip it, for {value}. "
    back.asked: "It was needed for {value}, "
    back.best: "and its best choice is {value}.\n"
    add: ""
    add.own: "We add its value {value} "
    add.more: "We add the carry {value} "
    add.best: "and the digit {value} of the choice. "
    add.carry: "We carry {value}. "
    add.digit: "The {unit} are {value}. "
    compare: ""
    compare.mine: "With the item the {unit} are {value}, "
    compare.best: "without it {value}. "
    compare.order: "The former is {key}. "
    store: ""
    store.asked: "It was needed for {value}, "
    store.best: "and its best choice is {value}.\n"
    total: ""
    total.digit: "The {unit} of the greatest value are {value}. "
    total.ans: "We write {value}. "
    next: ""
    end: "That is the value.\n"
    answer: "answer: {value}"
}
