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
tape target: number
tape low, high, letter: 'a'..'z'              # names of the bounds and of the following middles
tape lows, highs, mid, first: name word name  # the places of the bounds, of the middle and of the first number
tape half: name
tape odd: '0' | '1'
tape out: number

main {
    step begin { fetch "low" = {low.cell}, "high" = {high.cell} }
    mark list
    loop {
        let tens: gap = halve(low, high, lows, highs, half, odd, same, "tens")
        right lows, highs, half
        right odd
        let ones: gap = halve(low, high, lows, highs, half, odd, tens, "ones")
        left lows, highs, half
        left odd
        if ones == near {
            nothing(low, high, out)
            break
        }
        middle(low, high, letter, half, odd, mid)
        assume find(list, mid, ',')
        let order: lt | eq | gt = look(low, high, letter, target, list, mid)
        if order == eq {
            index(letter, mid, first, out)
            break
        } elsif order == lt {
            copy(mid, highs)
            high := letter
            while not marked list { left list }  # return to the lower bound
        } else {
            copy(mid, lows)
            low := letter
            mark list
        }
        right letter
    }
    answer "{out.all}"
}

# Compute half the sum of the bounds' letters at one place, and the distance of the letters. `above`
# is the distance at the next higher place. The ones have a remainder too, which is not used: it gives
# both places the same kind of step, and short lists show all results of this step at the ones.
proc halve(low, high, lows, highs, half, odd, above: gap, place: text) -> gap {
    let apart: gap = far
    step halve at "{low.cell}{high.cell} {place} {above}" {
        fetch low "{low.cell} {place}" = {lows.cell}, high "{high.cell} {place}" = {highs.cell}
        let a: 0..9 = worth(lows)
        let b: 0..9 = worth(highs)
        name_of((a + b) / 2, half)
        odd := (a + b) % 2
        if above == same and b == a { apart = same }
        elsif above == same and b == a + 1 or above == near and b + 9 == a { apart = near }
        solve half "half {low.cell}{high.cell} {place}" = {half.cell}
        solve odd "odd {low.cell}{high.cell} {place}" = {odd.cell}
    }
    return apart
}

# Compute the place in the middle: an odd sum of the tens adds five to the ones.
proc middle(low, high, letter, half, odd, mid) {
    step middle at "{low.cell}{high.cell}" {
        fetch tens "half {low.cell}{high.cell} tens" = {half.cell}
        fetch odd "odd {low.cell}{high.cell} tens" = {odd.cell}
        let more: 0..5 = 5 * odd
        let tens: 0..9 = worth(half)
        right half, mid
        fetch ones "half {low.cell}{high.cell} ones" = {half.cell}
        let ones: 0..14 = worth(half)
        ones = ones + more
        name_of(ones % 10, mid)
        left half, mid
        name_of(tens + ones / 10, mid)
        solve top "{letter.cell} tens" = {mid.cell}
        right mid
        solve unit "{letter.cell} ones" = {mid.cell}
        left mid
    }
}

# Compare the target with the number in the middle.
proc look(low, high, letter, target, list, mid) -> lt | eq | gt {
    let order: lt | eq | gt = eq
    step look at "{low.cell}{high.cell} {mid}" {
        fetch target "target" = {target}, number "{mid}" = {list}
        order = compare_signed(target, list)
        if order == eq {
            solve same "same {letter.cell}" = {target}
        } elsif order == lt {
            solve less "less {letter.cell}" = {target}, more "more {letter.cell}" = {list}
        } else {
            solve less "less {letter.cell}" = {list}, more "more {letter.cell}" = {target}
        }
    }
    return order
}

# Compute the distance of the place from the first place, by ones and tens.
proc index(letter, mid, first, out) {
    right mid, first
    let lent: yes | no = subtract_letter(letter, mid, first, out, "ones")
    left mid, first
    if lent == yes {
        step lend at "{letter.cell}" {
            fetch tens "{letter.cell} tens" = {mid.cell}
            let tens: 0..9 = worth(mid)
            name_of(tens - 1, mid)
            right letter
            solve less "{letter.cell} tens" = {mid.cell}
        }
    }
    left out
    subtract_letter(letter, mid, first, out, "tens")
    strip(out)
}

# Subtract the letter of x from the letter of y; return whether a ten must be borrowed.
proc subtract_letter(letter, x, y, out, place: text) -> yes | no {
    let lent: yes | no = no
    step index at "{letter.cell} {place}" {
        fetch place "{letter.cell} {place}" = {x.cell}, first "first {place}" = {y.cell}
        let a: 0..9 = worth(x)
        let b: 0..9 = worth(y)
        out := (a - b) % 10
        if a < b { lent = yes }
        solve index "index {place}" = {out.cell}
    }
    return lent
}

# No place is left between the bounds.
proc nothing(low, high, out) {
    right out
    out := 1
    left out
    out := '-'
    step nothing at "{low.cell}{high.cell}" { solve "index" = {out} }
}

# Return the digit that a letter represents.
proc worth(t) -> 0..9 {
    if t == 'A' { return 0 }
    if t == 'B' { return 1 }
    if t == 'C' { return 2 }
    if t == 'D' { return 3 }
    if t == 'E' { return 4 }
    if t == 'F' { return 5 }
    if t == 'G' { return 6 }
    if t == 'H' { return 7 }
    if t == 'I' { return 8 }
    return 9
}

# Return the letter that represents a digit.
proc name_of(n: 0..9, t) {
    if n == 0 { t := 'A' }
    elsif n == 1 { t := 'B' }
    elsif n == 2 { t := 'C' }
    elsif n == 3 { t := 'D' }
    elsif n == 4 { t := 'E' }
    elsif n == 5 { t := 'F' }
    elsif n == 6 { t := 'G' }
    elsif n == 7 { t := 'H' }
    elsif n == 8 { t := 'I' }
    else { t := 'J' }
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
