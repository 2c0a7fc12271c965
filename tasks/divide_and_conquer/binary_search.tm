# Binary search. The names of the places are two-digit numbers with the letters A to J as digits, so
# the middle of two places is computed letter by letter. The two bounds lie just outside of the part
# that is still to be searched; their middle is the middle of the places between them.

import std.words
import std.decimal
import std.lists

class name = 'A'..'J'
class number = digit | '-'

enum gap = same | near | far  # distance from the lower bound to the upper bound: 0, 1 or more

tape list: name | number | '=' | ',' word name | number  # `AB=-7,AC=12,`
tape target, out: number
tape low, high, letter: 'a'..'z'              # names of the bounds and of the following middles
tape lows, highs, mid, first: name word name  # the places of the bounds, of the middle and of the first number
tape half: name
tape odd: '0' | '1'

main {
    step begin { fetch "low" = {low.cell}, "high" = {high.cell} }
    mark list
    loop {
        let tens = halve(same, "tens")
        right lows, highs, half, odd
        let ones = halve(tens, "ones")
        left lows, highs, half, odd
        if ones == near {
            # No place is left between the bounds.
            write out "-1"
            left out
            step nothing at "{low.cell}{high.cell}" { solve "index" = {out} }
            break
        }
        find_middle()
        let order = look()
        if order == eq { write_index()  break }
        if order == lt {
            copy(mid, highs)
            high := letter
            left list until marked list  # return to the lower bound
        } else { copy(mid, lows)  low := letter  mark list }
        right letter
    }
    answer "{out.all}"
}

# Compute half the sum of the bounds' letters at one place, and the distance of the letters. `above`
# is the distance at the next higher place. The ones have a remainder too, which is not used: it gives
# both places the same kind of step, and short lists show all results of this step at the ones.
proc halve(above: gap, place: text) uses low, high, lows, highs, half, odd -> gap {
    let apart: gap = far
    step halve at "{low.cell}{high.cell} {place} {above}" {
        fetch low "{low.cell} {place}" = {lows.cell}, high "{high.cell} {place}" = {highs.cell}
        let a: 0..9 = lows - 'A'
        let b: 0..9 = highs - 'A'
        half := 'A' + (a + b) / 2
        odd := (a + b) % 2
        if above == same and b == a { apart = same }
        else if above == same and b == a + 1 or above == near and b + 9 == a { apart = near }
        solve half "half {low.cell}{high.cell} {place}" = {half.cell},
            odd "odd {low.cell}{high.cell} {place}" = {odd.cell}
    }
    return apart
}

# Find the place in the middle: an odd sum of the tens adds five to the ones.
proc find_middle() uses all {
    step middle at "{low.cell}{high.cell}" {
        fetch tens "half {low.cell}{high.cell} tens" = {half.cell},
            odd "odd {low.cell}{high.cell} tens" = {odd.cell}
        let more: 0..5 = 5 * odd
        let tens: 0..9 = half - 'A'
        right half, mid
        fetch ones "half {low.cell}{high.cell} ones" = {half.cell}
        let ones: 0..14 = half - 'A' + more
        mid := 'A' + ones % 10
        tens = tens + ones / 10
        left half, mid
        mid := 'A' + tens
        solve top "{letter.cell} tens" = {mid.cell}, unit "{letter.cell} ones" = {mid.next}
    }
}

# Compare the target with the number in the middle.
proc look() uses all -> lt | eq | gt {
    assume find(list, mid, ',')
    let order: lt | eq | gt = eq
    step look at "{low.cell}{high.cell} {mid}" {
        fetch target "target" = {target}, number "{mid}" = {list}
        order = compare_signed(target, list)
        if order == eq { solve same "same {letter.cell}" = {target} }
        else if order == lt { solve less "less {letter.cell}" = {target}, more "more {letter.cell}" = {list} }
        else { solve less "less {letter.cell}" = {list}, more "more {letter.cell}" = {target} }
    }
    return order
}

# Compute the distance of the place from the first place, by ones and tens.
proc write_index() uses all {
    right mid, first
    let is_lent = subtract_letter("ones")
    left mid, first
    if is_lent {
        step lend at "{letter.cell}" {
            fetch tens "{letter.cell} tens" = {mid.cell}
            mid := mid - 1
            right letter
            solve less "{letter.cell} tens" = {mid.cell}
        }
    }
    left out
    subtract_letter("tens")
    strip(out)
}

# Subtract the letter of the first place from that of the middle; return whether a ten is borrowed.
proc subtract_letter(place: text) uses letter, mid, first, out -> bool {
    let is_lent = false
    step index at "{letter.cell} {place}" {
        fetch place "{letter.cell} {place}" = {mid.cell}, first "first {place}" = {first.cell}
        is_lent = mid - first < 0
        out := (mid - first) % 10
        solve index "index {place}" = {out.cell}
    }
    return is_lent
}

style styled {
    begin: "We search between two bounds, "
    begin.low: "{key} = {value} "
    begin.high: "and {key} = {value}. "
    halve: "Halve {label}: "
    halve.low: "add {key} = {value} "
    halve.high: "to {key} = {value}, "
    halve.half: "and half of that is {key} = {value}. "
    halve.odd: "It leaves {key} = {value}. "
    middle: "So the middle of {label} follows: "
    middle.tens: "{key} = {value}, "
    middle.odd: "{key} = {value} "
    middle.ones: "and {key} = {value} "
    middle.top: "make {key} = {value} "
    middle.unit: "and {key} = {value}. "
    look: "Look there, {label}: "
    look.target: "we want {key} = {value} "
    look.number: "and find {key} = {value}. "
    look.same: "That is it, {key} = {value}. "
    look.less: "The lesser is {key} = {value}, "
    look.more: "the greater {key} = {value}. "
    index: "How far from the first is {label}? "
    index.place: "From {key} = {value} "
    index.first: "take {key} = {value}: "
    index.index: "{key} = {value}. "
    lend: "Lend a ten for {label}: "
    lend.tens: "{key} = {value} "
    lend.less: "goes down to {key} = {value}. "
    nothing: "Nothing lies between {label}, "
    nothing.index: "so {key} = {value}. "
    next: "Then comes {label}.\n"
    end: "The search is over.\n"
    answer: "answer: {value}"
}

style plain {
    begin: "We search between the bounds "
    begin.low: "{value} "
    begin.high: "and {value}.\n"
    halve: "To halve the {place} of the bounds, "
    halve.low: "add {value} "
    halve.high: "to {value}: "
    halve.half: "half of that is {value}, "
    halve.odd: "and {value} is left over. "
    middle: ""
    middle.tens: "The {value} for the tens, "
    middle.odd: "the {value} left over "
    middle.ones: "and the {value} for the ones "
    middle.top: "make the middle {value}"
    middle.unit: "{value}. "
    look: ""
    look.target: "We compare the target {value} "
    look.number: "with the number that stands there, {value}. "
    look.same: "Both are {value}, so it is found.\n"
    look.less: "As {value} is less "
    look.more: "than {value}, we go on searching on the target's side.\n"
    index: "Counted by the {place}, "
    index.place: "from {value} "
    index.first: "back to {value} of the first place "
    index.index: "it is {value}. "
    lend: ""
    lend.tens: "One is lent by the tens, {value}, "
    lend.less: "which leaves {value}. "
    nothing: ""
    nothing.index: "Nothing lies between, so the index is {value}. "
    next: ""
    end: "The search is over.\n"
    answer: "answer: {value}"
}
