# Bubble sort. A pass carries the greatest number so far through the list. The numbers that it passes
# form the list of the next pass, under new names; the number that it carries to the end is settled.

import std.decimal, std.reading, std.words

class number = digit | '-'
class letter = 'a'..'z' | 'A'..'Z'

tape list, spare: number | ',' | ' ' word number  # the numbers of this pass and of the next, alternating
tape carry, settled: number                       # `settled` grows to the left, with a blank between two numbers
tape place, fresh: letter | ' ' word letter       # the names of the numbers, of this pass and of the next
tape ends: letter | ' ' word letter               # the names of the ends of the lists
tape lead: ' '..'~' word ' '..'}'                 # the word before the list in the prompt
tape out: number | ',' | ' ' word number

main {
    read_first(place)
    read_list(list, place, lead, "list", "{place}", "{list.last_word}")
    # The next list follows behind the end of this one.
    next_word(fresh)
    each left place { if place == ' ' { next_word(fresh) } }
    right place  rewind(list)
    step begin at "{fresh}" { fetch "first" = {place} }
    while sweep(list, spare) and sweep(spare, list) { }
    loop {
        previous_word(ends)
        step list at "{ends}" {
            fetch "top {ends}" = {settled}, "before {ends}" = {ends.previous_word|none}
            take(settled, out)
            solve "ans {ends}" = {out.before}
            right settled
            if settled == _ { break }
        }
        write out ", "
    }
    answer "{out.all}"
}

# Make one pass, unless no number is left: the numbers of `now` go to `next`, except the greatest.
proc sweep(now, next) uses carry, settled, place, fresh, ends -> bool {
    if now in word { take(now, carry)  to_first(carry) }
    loop {
        while now == ',' or now == ' ' { now := _  right now }
        step compare at "{place} {fresh}" {
            if carry == _ {
                fetch empty "{place}" = "end", last "before {place}" = {ends.last_word}
                return false
            }
            fetch number "{place}" = {carry}
            if now == _ {
                fetch no_more "{place.next_word}" = "end"
                solve top "top {place.next_word}" = {carry}, end "{fresh}" = "end",
                    before "before {fresh}" = {place.next_word}
                break
            }
            fetch other "{place.next_word}" = {now}
            if compare_signed(carry, now) == gt { take(now, next) }
            else { take(carry, next)  take(now, carry)  to_first(carry) }
            solve larger "{place.next_word}" = {carry}, smaller "{fresh}" = {next.before}
        }
        write next ','  next_word(place, fresh)
    }
    # The name after the place is that of the end.
    next_word(place, fresh)  append(place, ends)  write ends ' '  next_word(place)
    rewind(next)
    # Put the carried number before the settled ones, from right to left.
    to_last(carry)
    if settled in number { left settled by 2 }
    while carry in number { settled := carry  carry := _  left carry, settled }
    right settled
    return true
}

style styled {
    read: ""
    read.lead: "The prompt says {key}. "
    read.first: "The labels begin with {key} = {value}. "
    read.recent: "It goes on {key}. "
    read.value: "So {key} = {value}. "
    begin: "The list is read, and {label} is the first free label. "
    begin.first: "We go to the first number, at {key} = {value}. "
    compare: "Compare {place} with its right neighbour; {fresh} is free. "
    compare.number: "We have {key} = {value} "
    compare.other: "and {key} = {value}. "
    compare.larger: "The larger one moves right, {key} = {value}, "
    compare.smaller: "and the smaller one stays behind, {key} = {value}. "
    compare.no_more: "and {key} = {value}. "
    compare.top: "So the greatest number is settled, {key} = {value}. "
    compare.end: "The list of the next pass ends with {key} = {value}, "
    compare.before: "and the end before it is {key} = {value}. "
    compare.empty: "There is no number, {key} = {value}, so all are settled. "
    compare.last: "The smallest one was settled at {key} = {value}. "
    list: "Write the number that was settled at {label}. "
    list.top: "It is {key} = {value}, "
    list.before: "and the next greater one was settled at {key} = {value}. "
    list.ans: "We write {key} = {value}. "
    next: "Next is {heading}.\n"
    end: "All numbers are written.\n"
    answer: "answer: {value}"
}

style plain {
    read: ""
    read.lead: ""
    read.first: ""
    read.recent: ""
    read.value: ""
    begin: ""
    begin.first: ""
    compare: ""
    compare.number: "We have {value}. "
    compare.other: "The next number is {value}. "
    compare.larger: "The larger one, {value}, moves to the right, "
    compare.smaller: "and the smaller one, {value}, stays behind. "
    compare.no_more: ""
    compare.top: "So {value} has come to its place.\n"
    compare.end: ""
    compare.before: ""
    compare.empty: "Now no number is left, "
    compare.last: "so all have come to their places.\n"
    list: ""
    list.top: "Of the sorted numbers, {value} comes next. "
    list.before: ""
    list.ans: "We write {value}. "
    next: ""
    end: "That is the list.\n"
    answer: "answer: {value}"
}
