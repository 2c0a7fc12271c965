# The 0/1 knapsack problem, top-down with a memo. A cell is an item and a free capacity; its value is
# the greatest total value of the items up to this one. Unless the memo has it, a cell requests two
# cells of the next lower item: one to take its own item, one to skip it. It stores the better choice.
# Capacities 0, 1, 2 are called A, B, C. A choice is named by the cell that made it, by an item if the
# choice is that item alone, or by 0 if it is empty; so it is passed on without its digits.

import std.words
import std.decimal

class letter = 'a'..'z'
class size = 'A'..'P'

enum stage = ask | open | first | store | use
enum reason = take | heavy | alone | sum

# A cell (`item`, `room`) requests another one (`below`, `rest`). The first request comes from an item
# that does not exist.
tape item, below: letter  # the items and one more; `below` holds the next lower item of each
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

tape best: letter | size | '0' word letter | size | '0'  # the last choice that was requested
tape value: digit                                        # and the digits of its value
tape out: digit

main {
    begin(item, below, weight, own, room)
    asked := 'h'  # an item that does not exist cannot be taken
    down(place, maker, spot, memo1, memo10, memo100, rest)
    let now: stage = ask
    loop {
        if now == ask {
            now = ask_for(
                item, below, weight, room, rest, asked,
                maker, spot, memo1, memo10, memo100, best, value
                )
        } elsif now == open or now == first {
            let fits: yes | no = open_cell(item, below, weight, own, room, rest, asked, now)
            if now == first {
                if fits == yes { take_alone(item, own, maker, memo1, memo10, memo100) }
                else { maker := '0' }
                now = store
            } else {
                if fits == yes { asked := 't' } else { asked := 'h' }
                down(place, maker, spot, memo1, memo10, memo100, rest)
                now = ask
            }
        } elsif now == store {
            store_best(
                item, below, weight, own, room, rest, asked,
                maker, spot, memo1, memo10, memo100, best, value
                )
            now = use
        } elsif asked == 't' {
            if best in letter { asked := 's' } else { asked := 'a' }
            widen(room, rest)
            up(place, maker, spot, memo1, memo10, memo100, room)
            if asked == 's' {
                add_digits(item, own, room, maker, spot, memo1, memo10, memo100, best, value)
            } else {
                take_alone(item, own, maker, memo1, memo10, memo100)
            }
            down(place, maker, spot, memo1, memo10, memo100, room)
            now = ask
        } elsif asked != _ {
            up(place, maker, spot, memo1, memo10, memo100, room)
            choose(item, room, asked, maker, spot, memo1, memo10, memo100, best, value)
            now = store
        } else {
            break
        }
    }
    total(best, value, out)
    answer "{out.all}"
}

# Write the tens and hundreds of each value plus a carry; the heads end after the last item.
proc begin(item, below, weight, own, room) {
    step begin { fetch "first" = {item.cell} }
    loop {
        step raise at "{item.cell}" {
            right own
            fetch tens "tens {item.cell}" = {own.cell|none}
            if own == _ {
                left own
                fetch "capacity" = {room.cell}
                break
            }
            let t: 0..9 = own + 1
            right own
            fetch hundreds "hundreds {item.cell}" = {own.cell}
            let h: 0..9 = own + 1
            solve more "more tens {item.cell}" = {t}, much "more hundreds {item.cell}" = {h}
        }
        right item, below, weight, own
    }
}

# Return why a cell makes its request: to take its item, or to skip it. In the second case, also how
# the item was: too heavy, worth taking alone, or worth taking with others, which makes a sum.
proc way_of(asked) -> reason {
    if asked == 't' { return take }
    if asked == 'h' { return heavy }
    if asked == 'a' { return alone }
    return sum
}

# Return whether the answer is known and can be used, or the cell must be opened, which is simple for
# the first item.
proc ask_for(
    item, below, weight, room, rest, asked, maker, spot, memo1, memo10, memo100, best, value
    ) -> stage {
    let way: reason = way_of(asked)
    step ask at "{below.cell}{rest.cell} {item.cell}{room.cell} {way}" {
        if rest != 'A' {
            fetch best "best {below.cell}{rest.cell}" = "{maker.cell|none}{spot.cell|}"
            if maker == _ {
                let next: stage = open
                left weight, below
                left weight
                fetch lower "weight {below.cell}" = {weight.cell|none}
                if weight == _ { next = first }
                right weight, below
                fetch "weight {below.cell}" = {weight.cell}
                right weight
                solve asked "asked {below.cell}{rest.cell}" = "{item.cell}{room.cell}"
                if way != take { solve took "taken {item.cell}{room.cell}" = {way} }
                return next
            }
        }
        read(maker, spot, memo1, memo10, memo100, best, value)
    }
    return use
}

# Copy the choice from the memo as the requested one.
proc read(maker, spot, memo1, memo10, memo100, best at first, value at first)
    -> best at first, value at first {
    value := memo1
    right value
    value := memo10
    right value
    value := memo100
    left value
    left value
    best := maker
    right best
    best := spot
    left best
}

# Move the heads to the requested cell, and `rest` to the capacity left by its item if it fits.
proc open_cell(item, below, weight, own, room, rest, asked, now: stage) -> yes | no {
    while room != rest { right room }
    left weight
    let k: 0..9 = weight
    while k > 0 and rest != _ { right rest  k = k - 1 }
    let fits: yes | no = yes
    if rest == _ { fits = no }
    if now == first or fits == no { widen(room, rest) }
    left item, below
    right asked
    left own
    left own
    left own
    return fits
}

proc widen(room, rest) {
    while rest != room { left rest }
}

# Move in the memo from a requested cell to the nearest cell of the requesting item with its capacity.
proc up(place, maker, spot, memo1, memo10, memo100, room) {
    loop {
        left place, maker, spot
        left memo1, memo10, memo100
        if place == room { return }
    }
}

# Move down to the next requested cell.
proc down(place, maker, spot, memo1, memo10, memo100, rest) {
    loop {
        right place, maker, spot
        right memo1, memo10, memo100
        if place == rest { return }
    }
}

# Move all heads, except those of the memo, back to the requesting cell.
proc store_best(
    item, below, weight, own, room, rest, asked, maker, spot, memo1, memo10, memo100, best, value
    ) {
    asked := _
    left asked
    right item, below, weight
    right own
    right own
    right own
    if asked == 't' {
        let k: 0..9 = weight
        while k > 0 { left room  k = k - 1 }
    }
    step store at "{below.cell}{rest.cell} {maker.cell}{spot.cell|}" {
        if asked == _ {
            fetch asked "asked {below.cell}{rest.cell}" = "none"
        } else {
            let way: reason = way_of(asked)
            fetch asked "asked {below.cell}{rest.cell}" = "{item.cell}{room.cell}"
            if way != take { fetch taken "taken {item.cell}{room.cell}" = {way} }
        }
        read(maker, spot, memo1, memo10, memo100, best, value)
        solve best "best {below.cell}{rest.cell}" = {best}
    }
}

# Choose the item alone.
proc take_alone(item, own, maker, memo1, memo10, memo100) {
    memo1 := own
    right own
    memo10 := own
    right own
    memo100 := own
    left own
    left own
    maker := item
}

# Add the value of the item and the value of the best choice for the rest.
proc add_digits(
    item, own, room, maker, spot, memo1, memo10, memo100, best at first, value at first
    ) -> value at first {
    let c: 0..1 = add_digit(item, own, room, memo1, best, value, 0, "ones", "ones")
    right own, value
    if c == 0 { c = add_digit(item, own, room, memo10, best, value, 0, "tens", "tens") }
    else { c = add_digit(item, own, room, memo10, best, value, 1, "more tens", "tens") }
    right own, value
    if c == 0 { c = add_digit(item, own, room, memo100, best, value, 0, "hundreds", "hundreds") }
    else { c = add_digit(item, own, room, memo100, best, value, 1, "more hundreds", "hundreds") }
    left own, value
    left own, value
    maker := item
    spot := room
}

# Add one digit; return the carry to the next.
proc add_digit(item, own, room, memo, best, value, carry: 0..1, key: text, place: text) -> 0..1 {
    let d: 0..9 = own + carry
    let total: 0..18 = 0
    step add at "{key} {item.cell}{room.cell} {best}" {
        fetch own "{key} {item.cell}" = {d}, best "{place} {best}" = {value.cell}
        total = d + value
        memo := total % 10
        solve sum "{place} {item.cell}{room.cell}" = {memo.cell}
    }
    return total / 10
}

# Compare the choice with the item to the choice without it, highest digit first.
proc choose(
    item, room, asked, maker, spot, memo1, memo10, memo100, best at first, value at first
    ) -> best at first, value at first {
    let order: lt | eq | gt = lt
    if asked != 'h' {
        order = gt
        if best in letter {
            right value
            right value
            order = compare_digit(item, room, asked, maker, spot, memo100, best, value, "hundreds")
            left value
            if order == eq {
                order = compare_digit(item, room, asked, maker, spot, memo10, best, value, "tens")
            }
            left value
            if order == eq {
                order = compare_digit(item, room, asked, maker, spot, memo1, best, value, "ones")
            }
        }
    }
    if order != gt {
        memo1 := value
        right value
        memo10 := value
        right value
        memo100 := value
        left value
        left value
        maker := best
        right best
        spot := best
        left best
    }
}

proc compare_digit(item, room, asked, maker, spot, memo, best, value, place: text)
    -> lt | eq | gt {
    let order: lt | eq | gt = eq
    let way: alone | sum = sum
    if asked == 'a' { way = alone }
    step compare at "{place} {item.cell}{room.cell} {best} {way}" {
        fetch mine "{place} {maker.cell}{spot.cell|}" = {memo.cell},
            best "{place} {best}" = {value.cell}
        if memo < value { order = lt } elsif memo > value { order = gt }
    }
    return order
}

# Write the best value, highest digit first.
proc total(best at first, value at first, out at blank) -> best at first, out at first {
    right value
    right value
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
    ask: "At {item} with room {room} we need {below} with room {rest}. "
    ask.best: "Its best so far is {value}. "
    ask.lower: "The item before weighs {value}, "
    ask.weight: "this one {value}. "
    ask.asked: "We shall return to {value}. "
    ask.took: "We note {item} as {value}. "
    store: ""
    store.asked: "It was needed at {value}. "
    store.taken: "There {item} was noted as {value}. "
    store.best: "So the best of {below} with room {rest} is {value}.\n"
    add: ""
    add.own: "Add the item's {value} "
    add.best: "and {value}: "
    add.sum: "the {place} are {value}. "
    compare: ""
    compare.mine: "With {item} the {place} are {value}, "
    compare.best: "without it {value}. "
    total: ""
    total.value: "The {place} of the value are {value}, "
    total.ans: "so we write {value}. "
    next: ""
    end: "That is the value.\n"
    answer: "answer: {value}"
}
