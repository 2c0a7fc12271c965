# Bubble sort. A pass carries the greatest number so far through the list. The numbers that it passes
# form the list of the next pass; the number that it carries to the end is settled.

import std.words
import std.decimal

class number = digit | '-'

tape list, spare: number | ',' word number  # the numbers of this pass and of the next, alternating
tape carry, settled: number                 # `settled` grows to the left, with a blank between two numbers
tape place, pass: 'a'..'z'                  # the letters of the places; of the passes
tape out: number | ',' | ' ' word number

main {
    while sweep(list, spare) and sweep(spare, list) { }
    loop {
        step list at "{place.cell}" {
            fetch "top {place.cell}" = {settled|none}
            if settled == _ { break }
            take(settled, out)
            solve "ans {place.cell}" = {out.before}
        }
        right settled, place
        if settled != _ { write out ", " }
    }
    answer "{out.all}"
}

# Make one pass, unless no number is left: the numbers of `now` go to `next`, except the greatest.
proc sweep(now, next) uses carry, settled, place, pass -> bool {
    step pass at "{pass.cell}" {
        fetch "first" = {place.cell}, number "{pass.cell}{place.cell}" = {now|none}
        if now == _ { return false }
        take(now, carry)
        to_first(carry)
        solve "carry {pass.cell}{place.cell}" = {carry}
    }
    loop {
        now := _  # the comma
        right now
        step compare at "{pass.cell}{place.cell}" {
            fetch carry "carry {pass.cell}{place.cell}" = {carry},
                other "{pass.cell}{place.next}" = {now|none}
            if now == _ { solve "top {place.cell}" = {carry}  break }
            if compare_signed(carry, now) == gt { take(now, next) }
            else { take(carry, next)  take(now, carry)  to_first(carry) }
            solve larger "carry {pass.cell}{place.next}" = {carry},
                smaller "{pass.next}{place.cell}" = {next.before}
        }
        write next ','
        right place
    }
    right pass
    rewind(place, next)
    # Put the carried number before the settled ones, from right to left.
    to_last(carry)
    if settled in number { left settled by 2 }
    while carry in number { settled := carry  carry := _  left carry, settled }
    right settled
    return true
}

style styled {
    pass: "Pass {label} starts. "
    pass.first: "Its leading place is {key} = {value}, "
    pass.number: "where it finds {key} = {value}. "
    pass.carry: "Pick that up: {key} = {value}. "
    compare: "At {label} "
    compare.carry: "we hold {key} = {value} "
    compare.other: "and meet {key} = {value}. "
    compare.larger: "The larger goes on, {key} = {value}, "
    compare.smaller: "the smaller falls back, {key} = {value}. "
    compare.top: "Nothing is left to meet, so it stays: {key} = {value}. "
    list: "Place {label} "
    list.top: "has {key} = {value}. "
    list.ans: "Note {key} = {value}. "
    next: "Next is {label}.\n"
    end: "Every place is noted.\n"
    answer: "answer: {value}"
}

style plain {
    pass: ""
    pass.first: ""
    pass.number: "The first number of the list is {value}. "
    pass.carry: "We take {value} along. "
    compare: ""
    compare.carry: "Compare {value} "
    compare.other: "with the next number, which is {value}. "
    compare.larger: "The larger, {value}, goes on, "
    compare.smaller: "and the smaller, {value}, stays behind. "
    compare.top: "So {value} has come to its place.\n"
    list: ""
    list.top: "Of the sorted numbers the next is {value}. "
    list.ans: "We write {value}. "
    next: ""
    end: "That is the list.\n"
    answer: "answer: {value}"
}
