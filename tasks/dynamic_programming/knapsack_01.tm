# The 0/1 knapsack problem, top-down with a memo. A cell is an item and a free capacity; its value is
# the greatest total value of the items up to this one. Unless the memo has it, a cell requests two
# cells of the next lower item: one to take its own item, one to skip it. It stores the better choice.
# Capacities 0, 1, 2 are called A, B, C. A choice is named by the cell that made it, by an item if the
# choice is that item alone, or by 0 if it is empty; so it is passed on without its digits.

import std.words
import std.decimal

class letter = 'a'..'z'
class size = 'A'..'P'

# A cell (`item`, `room`) requests another one: the item before it, with the capacity `rest`. The first
# request comes from an item that does not exist.
tape item: letter  # the items, after and before one that does not exist
tape weight: '1'..'9'
tape own: digit                    # the digits of the value of each item, ones first
tape room, rest: size              # capacities, greatest first
tape asked: 't' | 'h' | 'a' | 's'  # a stack: why each cell makes its request, see `way_of`

# The memo has a cell with the full capacity for the item that does not exist and for the last item,
# and a row of cells, smallest capacity first, for each lower item. The heads are at the requested cell.
tape place: size                    # the free capacity of each cell
tape maker: letter | '0'            # its best choice: the item of the cell that made it, or 0
tape spot: size                     # and the capacity, unless the choice is that item alone
tape memo1, memo10, memo100: digit  # and the value of the choice
group memo = place, maker, spot, memo1, memo10, memo100

tape best: letter | size | '0' word letter | size | '0'  # the last choice that was requested
tape value: digit                                        # and the digits of its value
tape out: digit

main {
    begin()
    asked := 'h'  # an item that does not exist cannot be taken
    down()
    loop {
        let cell = ask()
        if cell != known {
            let fits = open_cell(cell)
            if cell == unknown {
                if fits { asked := 't' } else { asked := 'h' }
                down()
                continue
            }
            if fits { take_alone() } else { maker := '0' }
        }
        loop {
            if cell == first { store() }
            # The requested cell is known.
            if asked == 't' or asked == _ { break }
            up()
            choose()
            cell = first
        }
        if asked == _ { break }
        if best in letter { asked := 's' } else { asked := 'a' }
        widen()
        up()
        if asked == 's' { add_digits() } else { take_alone() }
        down()
    }
    right value by 2
    total("hundreds")
    total("tens")
    total("ones")
    left out
    to_first(out)
    strip(out)
    answer "{out.all}"
}

# Write the tens and hundreds of each value plus a carry; the heads end after the last item.
proc begin() uses all {
    right item
    step begin { fetch "first" = {item.cell} }
    loop {
        step raise at "{item.cell}" {
            right own
            fetch tens "tens {item.cell}" = {own.cell|none}
            if own == _ { left own  fetch "capacity" = {room.cell}  break }
            let t: 0..9 = own + 1
            right own
            fetch hundreds "hundreds {item.cell}" = {own.cell}
            let h: 0..9 = own + 1
            solve more "more tens {item.cell}" = {t}, much "more hundreds {item.cell}" = {h}
        }
        right item, weight, own
    }
}

# Return why a cell makes its request: to take its item, or to skip it. In the second case, also how
# the item was: too heavy, worth taking alone, or worth taking with others, which makes a sum.
proc way_of() uses asked -> take | heavy | alone | sum {
    if asked == 't' { return take } else if asked == 'h' { return heavy }
    if asked == 'a' { return alone } else { return sum }
}

# Request a cell. Unless it is known, it must be opened, which is simple for the first item.
proc ask() uses all -> known | unknown | first {
    let way = way_of()
    step ask at "{item.previous}{rest.cell} {item.cell}{room.cell} {way}" {
        if rest != 'A' {
            fetch best "best {item.previous}{rest.cell}" = "{maker.cell|none}{spot.cell|}"
            if maker == _ {
                left weight by 2
                left item
                fetch lower "weight {item.previous}" = {weight.cell|none}
                let is_first = weight == _
                right weight, item
                fetch "weight {item.previous}" = {weight.cell}
                right weight
                solve asked "asked {item.previous}{rest.cell}" = "{item.cell}{room.cell}"
                if way != take { solve took "taken {item.cell}{room.cell}" = {way} }
                if is_first { return first } else { return unknown }
            }
        }
        read()
    }
    return known
}

# Copy the choice from the memo as the requested one.
proc read() uses all {
    value := memo1
    right value
    value := memo10
    right value
    value := memo100
    left value by 2
    best := maker
    right best
    best := spot
    left best
}

# Move the heads to the requested cell, and `rest` to the capacity left by its item; return whether
# the item fits.
proc open_cell(cell: known | unknown | first) uses all -> bool {
    right room until room == rest
    left weight
    let k: 0..9 = weight
    while k > 0 and rest != _ { right rest  k = k - 1 }
    let fits = rest != _
    if cell == first or not fits { widen() }
    left item
    right asked
    left own by 3
    return fits
}

proc widen() uses room, rest { left rest until rest == room }

# Move in the memo from a requested cell to the nearest cell of the requesting item with its capacity.
proc up() uses memo, room { loop { left memo  if place == room { break } } }

# Move down to the next requested cell.
proc down() uses memo, rest { loop { right memo  if place == rest { break } } }

# Move all heads, except those of the memo, back to the requesting cell, and copy the choice.
proc store() uses all {
    asked := _
    left asked
    right item, weight
    right own by 3
    if asked == 't' { repeat weight { left room } }
    step store at "{item.previous}{rest.cell} {maker.cell}{spot.cell|}" {
        if asked == _ { fetch asked "asked {item.previous}{rest.cell}" = "none" }
        else {
            let way = way_of()
            fetch asked "asked {item.previous}{rest.cell}" = "{item.cell}{room.cell}"
            if way != take { fetch taken "taken {item.cell}{room.cell}" = {way} }
        }
        read()
        solve best "best {item.previous}{rest.cell}" = {best}
    }
}

# Choose the item alone.
proc take_alone() uses all {
    memo1 := own
    right own
    memo10 := own
    right own
    memo100 := own
    left own by 2
    maker := item
}

# Add the value of the item and the value of the best choice for the rest.
proc add_digits() uses all {
    let c = add_digit(memo1, 0, "", "ones")
    if c == 0 { c = add_digit(memo10, 0, "", "tens") } else { c = add_digit(memo10, 1, "more ", "tens") }
    if c == 0 { c = add_digit(memo100, 0, "", "hundreds") }
    else { c = add_digit(memo100, 1, "more ", "hundreds") }
    left own, value by 3
    maker := item
    spot := room
}

# Add one digit; return the carry to the next.
proc add_digit(cell, carry: 0..1, more: text, unit: text) uses item, own, room, best, value -> 0..1 {
    let d: 0..9 = own + carry
    let total: 0..18 = 0
    step add at "{more}{unit} {item.cell}{room.cell} {best}" {
        fetch own "{more}{unit} {item.cell}" = {d}, best "{unit} {best}" = {value.cell}
        total = d + value
        cell := total % 10
        solve sum "{unit} {item.cell}{room.cell}" = {cell.cell}
    }
    right own, value
    return total / 10
}

# Compare the choice with the item to the choice without it, highest digit first.
proc choose() uses all {
    let order: lt | eq | gt = lt
    if asked != 'h' {
        order = gt
        if best in letter {
            right value by 2
            order = compare_digit(memo100, "hundreds")
            left value
            if order == eq { order = compare_digit(memo10, "tens") }
            left value
            if order == eq { order = compare_digit(memo1, "ones") }
        }
    }
    if order != gt {
        memo1 := value
        right value
        memo10 := value
        right value
        memo100 := value
        left value by 2
        maker := best
        right best
        spot := best
        left best
    }
}

proc compare_digit(mine, unit: text) uses all -> lt | eq | gt {
    let order: lt | eq | gt = eq
    let way: alone | sum = sum
    if asked == 'a' { way = alone }
    step compare at "{unit} {item.cell}{room.cell} {best} {way}" {
        fetch mine "{unit} {maker.cell}{spot.cell|}" = {mine.cell}, best "{unit} {best}" = {value.cell}
        if mine < value { order = lt } else if mine > value { order = gt }
    }
    return order
}

# Write one digit of the best value.
proc total(unit: text) uses best, value, out {
    step total at "{unit} {best}" {
        fetch value "{unit} {best}" = {value.cell}
        out := value
        solve "ans {unit}" = {out.cell}
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
    ask.best: "The memo says {key} = {value}. "
    ask.lower: "Below is {key} = {value}, "
    ask.weight: "here {key} = {value}. "
    ask.asked: "Now {key} = {value}. "
    ask.took: "Also {key} = {value}. "
    store: "Store {label}. "
    store.asked: "With {key} = {value} "
    store.taken: "and {key} = {value} "
    store.best: "keep {key} = {value}. "
    add: "Add {label}: "
    add.own: "{key} = {value} "
    add.best: "and {key} = {value}, "
    add.sum: "hence {key} = {value}. "
    compare: "Compare {label}: "
    compare.mine: "{key} = {value} "
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
    ask: "At {item} with room {room} we need {item.previous} with room {rest}. "
    ask.best: "Its best so far is {value}. "
    ask.lower: "The item before weighs {value}, "
    ask.weight: "this one {value}. "
    ask.asked: "We shall return to {value}. "
    ask.took: "We note {item} as {value}. "
    store: ""
    store.asked: "It was needed at {value}. "
    store.taken: "There {item} was noted as {value}. "
    store.best: "So the best of {item.previous} with room {rest} is {value}.\n"
    add: ""
    add.own: "Add the item's {value} "
    add.best: "and {value}: "
    add.sum: "the {unit} are {value}. "
    compare: ""
    compare.mine: "With {item} the {unit} are {value}, "
    compare.best: "without it {value}. "
    total: ""
    total.value: "The {unit} of the value are {value}, "
    total.ans: "so we write {value}. "
    next: ""
    end: "That is the value.\n"
    answer: "answer: {value}"
}
