# Binary search. The places of the list have numbers, in order from the one that the prompt gives. The two
# bounds lie just outside of the part that is still to be searched; their middle is the middle of the
# places between them. It is computed digit by digit, and so is the index at the end.

import std.decimal, std.reading, std.words

class number = digit | '-'

enum gap = equal | near | far  # distance from the lower bound to the upper bound: 0, 1 or more

tape list: number | ',' | ' ' word number
tape target, out: number
tape place: digit | ' ' word digit  # the numbers of the places, and of the end
tape low, high, letter: 'a'..'z'    # names of the bounds and of the following middles
tape lows, highs, mid, half: digit  # the places of the bounds and of the middle
tape odd: '0' | '1'
tape unit: 'a'..'z' | ' ' word 'a'..'z'  # the names of the digits: `hundreds tens ones`
tape lead: ' '..'~' word ' '..'}'        # the word before the list and before the target in the prompt

main {
    read_first(place)
    step read at "bound" { fetch recent "{place}, {letter.cell}"  solve "bound" = {letter.cell} }
    read_list(list, place, lead, "list", "at {place}", "{list.last_word}")
    copy(place, highs)  to_tens(highs)
    step spell at "{place}" {
        fetch "at {place}" = "end"
        if highs.previous in digit { solve hundreds "end hundreds" = {highs.previous} }
        solve tens "end tens" = {highs.cell}, ones "end ones" = {highs.next}
    }
    rewind(place)
    read_item(target, lead, "target")
    set_bounds()
    write unit "hundreds tens ones"
    left unit  to_first(unit)
    loop {
        if halve() == near {
            # No place is left between the bounds.
            write out "-1"  left out
            step nothing at "{low.cell}{high.cell}" { solve "index" = {out} }
            break
        }
        find_middle()
        let order = look()
        if order == eq { write_index()  break }
        if order == lt { copy(mid, highs)  high := letter }
        else { copy(mid, lows)  low := letter }
        right letter
    }
    answer "{out.all}"
}

# The lower bound is the place before the first one, the upper bound is the end.
proc set_bounds() uses all {
    copy(place, lows)  decrement(lows)  to_tens(place, lows)
    step low at "bound" {
        fetch "first" = {place}, "bound" = {letter.cell}
        if place.previous in digit {
            solve hundreds "first hundreds" = {place.previous}, top "{letter.cell} hundreds" = {lows.previous}
        }
        solve tens "first tens" = {place.cell}, ones "first ones" = {place.next},
            ten "{letter.cell} tens" = {lows.cell}, one "{letter.cell} ones" = {lows.next}
    }
    low := letter  right letter  high := letter
    step high at "{low.cell}{high.cell}" {
        let is_long = highs.previous in digit
        if is_long { fetch top "end hundreds" = {highs.previous} }
        fetch ten "end tens" = {highs.cell}, one "end ones" = {highs.next}
        if is_long { solve hundreds "{high.cell} hundreds" = {highs.previous} }
        solve tens "{high.cell} tens" = {highs.cell}, ones "{high.cell} ones" = {highs.next}
    }
    to_first(lows, highs)  right letter
}

# Halve the sum of the bounds' digits at each place, and return the distance of the bounds. All places have
# the same kind of step, so short lists show all results of this step at the ones.
proc halve() uses all -> gap {
    let apart: gap = equal
    # Begin at the first digit.
    to_last(lows)
    while lows in digit { left_named(lows, unit) }
    right_named(lows, unit)
    while lows in digit step halve at "{low.cell}{high.cell} {unit} {apart}" {
        fetch low "{low.cell} {unit}" = {lows.cell}, high "{high.cell} {unit}" = {highs.cell}
        half := (lows + highs) / 2  odd := (lows + highs) % 2
        if apart == equal and highs == lows { }
        else if apart == equal and lows != 9 and highs == lows + 1 { apart = near }
        else if apart == near and lows == 9 and highs == 0 { }
        else { apart = far }
        solve half "half {letter.cell} {unit}" = {half.cell}, odd "odd {letter.cell} {unit}" = {odd.cell}
        right lows, highs, half, odd  next_word(unit)
    }
    left lows, highs  to_first(lows, highs)  previous_word(unit)
    return apart
}

# Find the place in the middle: an odd sum adds five to the digit below.
proc find_middle() uses all {
    clear(mid)  left half by 2  left odd by 3
    let carry: 0..1 = 0
    step middle at "{low.cell}{high.cell}" {
        let more: 0..5 = 0
        if odd in digit { fetch over "odd {letter.cell} hundreds" = {odd.cell}  more = 5 * odd }
        right odd
        fetch tens "half {letter.cell} tens" = {half.cell}, odd "odd {letter.cell} tens" = {odd.cell}
        let tens: 0..15 = half + more
        more = 5 * odd
        right half  left odd
        fetch ones "half {letter.cell} ones" = {half.cell}
        let ones: 0..14 = half + more
        tens = tens + ones / 10
        carry = tens / 10
        mid := ones % 10  left mid  mid := tens % 10
        solve ten "{letter.cell} tens" = {mid.cell}, one "{letter.cell} ones" = {mid.next}
        if odd in digit { solve carry "carry {letter.cell} hundreds" = {carry} }
    }
    left half by 2
    if half in digit {
        step top at "{low.cell}{high.cell} {mid}" {
            fetch half "half {letter.cell} hundreds" = {half.cell}, carry "carry {letter.cell} hundreds" = {carry}
            left mid  mid := half + carry
            solve digit "{letter.cell} hundreds" = {mid.cell}
        }
    } else { right half, odd }
}

# Compare the target with the number in the middle.
proc look() uses all -> lt | eq | gt {
    rewind(list, place)
    while not equal(place, mid) {
        next_word(place)
        right list until list not in word  right list until list in word
    }
    let order: lt | eq | gt = eq
    step look at "{low.cell}{high.cell} {mid}" {
        fetch target "target" = {target}, number "at {mid}" = {list}
        order = compare_signed(target, list)
        if order == eq { solve same "same" = {target} }
        else if order == lt { solve less "less" = {target}, more "more" = {list} }
        else { solve less "less" = {list}, more "more" = {target} }
    }
    return order
}

# Subtract the first place from the middle, which gives the index.
proc write_index() uses letter, place, mid, unit, out {
    rewind(place)  to_last(place, mid)
    let is_lent = false
    loop {
        step index at "{letter.cell} {unit}" {
            fetch place "{letter.cell} {unit}" = {mid.cell}, first "first {unit}" = {place.cell}
            is_lent = mid < place
            out := (mid - place) % 10
            solve index "index {unit}" = {out.cell}
        }
        left place, out  left_named(mid, unit)
        if mid not in digit { break }
        if is_lent { lend() }
    }
    right out  strip(out)
}

# Lend one to the digit below; a zero borrows one itself.
proc lend() uses letter, mid, place, unit {
    mark place
    loop step lend at "{letter.cell} {unit}" {
        fetch digit "{letter.cell} {unit}" = {mid.cell}
        mid := (mid - 1) % 10
        solve less "{letter.cell} {unit}" = {mid.cell}
        if mid != 9 { break }
        left place  left_named(mid, unit)
    }
    while not marked place { right place  right_named(mid, unit) }
    unmark place
}

# Move from any digit to the tens.
proc to_tens(t) { to_last(t)  left t }

style styled {
    read: ""
    read.lead: "The prompt says {key}. "
    read.first: "The labels begin with {key} = {value}. "
    read.recent: "It goes on {key}. "
    read.value: "So {key} = {value}. "
    read.bound: "The first bound has the name {key} = {value}. "
    spell: "The last place of the list is before place {label}. "
    spell.at: "There is no number, {key} = {value}. "
    spell.hundreds: "The end has {key} = {value}. "
    spell.tens: "The end has {key} = {value} "
    spell.ones: "and {key} = {value}. "
    low: "The lower bound is the place before the first one. "
    low.first: "We have {key} = {value}, "
    low.bound: "and the bound has the name {key} = {value}. "
    low.hundreds: "The first place has {key} = {value}. "
    low.top: "The bound has {key} = {value}. "
    low.tens: "The first place has {key} = {value} "
    low.ones: "and {key} = {value}, "
    low.ten: "so the bound has {key} = {value} "
    low.one: "and {key} = {value}. "
    high: "The upper bound {high} is the end. "
    high.top: "The end has {key} = {value}. "
    high.ten: "The end has {key} = {value} "
    high.one: "and {key} = {value}. "
    high.hundreds: "So the bound has {key} = {value}. "
    high.tens: "So the bound has {key} = {value} "
    high.ones: "and {key} = {value}. "
    halve: "So far the bounds {low} and {high} are {apart}. Halve the sum of their {unit}. "
    halve.low: "For {key} = {value} "
    halve.high: "and {key} = {value} "
    halve.half: "we get {key} = {value}, "
    halve.odd: "and {key} = {value} is left over. "
    middle: "Find the middle of {low} and {high}: what is left over counts five at the next digit. "
    middle.over: "From the hundreds comes {key} = {value}. "
    middle.tens: "Put {key} = {value}, "
    middle.odd: "{key} = {value} "
    middle.ones: "and {key} = {value} together. "
    middle.ten: "The middle has {key} = {value} "
    middle.one: "and {key} = {value}. "
    middle.carry: "We carry {key} = {value}. "
    top: "The middle ends in {mid}. "
    top.half: "From {key} = {value} "
    top.carry: "and {key} = {value}, "
    top.digit: "we get its first digit {key} = {value}. "
    look: "Look at place {mid}, between {low} and {high}. "
    look.target: "We want {key} = {value} "
    look.number: "and find {key} = {value}. "
    look.same: "It is the same number, {key} = {value}. "
    look.less: "The lesser number is {key} = {value}, "
    look.more: "the greater one is {key} = {value}, and we go on where the target must be. "
    index: "Count the places from the first one to {letter}, by their {unit}. "
    index.place: "From {key} = {value} "
    index.first: "subtract {key} = {value}, "
    index.index: "which gives {key} = {value}. "
    lend: "The digit below was too small, so take one from the {unit} of {letter}. "
    lend.digit: "We had {key} = {value} "
    lend.less: "and now have {key} = {value}. "
    nothing: "The bounds {low} and {high} are neighbours: no place is left between them. "
    nothing.index: "The target is not in the list, so {key} = {value}. "
    next: "Next is {heading}.\n"
    end: "The search is over.\n"
    answer: "answer: {value}"
}

style plain {
    read: ""
    read.lead: ""
    read.first: ""
    read.recent: ""
    read.value: ""
    read.bound: ""
    spell: ""
    spell.at: ""
    spell.hundreds: "The hundreds of the end are {value}. "
    spell.tens: "The end has the tens {value} "
    spell.ones: "and the ones {value}.\n"
    low: "We search between the place before the first number and the place behind the last one.\n"
    low.first: "The first place is {value}.\n"
    low.bound: ""
    low.hundreds: "It has the hundreds {value}, "
    low.top: "so that the low bound has {value}. "
    low.tens: "It has the tens {value} "
    low.ones: "and the ones {value}, "
    low.ten: "so the low bound has the tens {value} "
    low.one: "and the ones {value}.\n"
    high: ""
    high.top: "The end has the hundreds {value}. "
    high.ten: "The end has the tens {value} "
    high.one: "and the ones {value}. "
    high.hundreds: "So the high bound has the hundreds {value}. "
    high.tens: "So the high bound has the tens {value} "
    high.ones: "and the ones {value}.\n"
    halve: "To halve the {unit} of the bounds, "
    halve.low: "add {value} "
    halve.high: "to {value}: "
    halve.half: "half of that is {value}, "
    halve.odd: "and {value} is left over. "
    middle: ""
    middle.over: "The {value} left over of the hundreds, "
    middle.tens: "The {value} for the tens, "
    middle.odd: "the {value} left over "
    middle.ones: "and the {value} for the ones "
    middle.ten: "make the tens of the middle {value} "
    middle.one: "and its ones {value}. "
    middle.carry: "We carry {value}. "
    top: ""
    top.half: "The {value} for the hundreds "
    top.carry: "and the {value} that we carried "
    top.digit: "make its first digit {value}. "
    look: ""
    look.target: "We compare the target {value} "
    look.number: "with the number that stands there, {value}. "
    look.same: "Both are {value}, so it is found.\n"
    look.less: "As {value} is less "
    look.more: "than {value}, we go on searching on the target's side.\n"
    index: "Counted by the {unit}, "
    index.place: "from {value} "
    index.first: "back to {value} of the first place "
    index.index: "it is {value}. "
    lend: ""
    lend.digit: "One is lent by the digit {value}, "
    lend.less: "which leaves {value}. "
    nothing: ""
    nothing.index: "Nothing lies between, so the index is {value}. "
    next: ""
    end: "The search is over.\n"
    answer: "answer: {value}"
}
