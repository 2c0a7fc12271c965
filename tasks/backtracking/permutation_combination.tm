# All permutations by backtracking: choose the first element that is not used, search what can follow,
# undo the choice and go on to the next. Where two elements are free, choosing one settles the other.

import std.words

class element = 'A'..'Z' | 'a'..'z'
class digit = '0'..'9'

tape elements: element                                  # a used one is marked
tape path, free, all: element | ' ' word element | ' '  # chosen; not used; a whole permutation
tape count: digit                                       # grows to the left
tape place: 'a'..'z'                                    # what its digits are called, the ones first
tape out: element | digit | ' ' | ',' | ';'

main {
    gather(elements, free)
    loop {
        choose(elements, path)
        let settled: yes | no = at_most_two(free)
        if settled == no {
            step choose at "{path.before}" {
                to_parent(path)
                fetch free "{path.before|all}" = {free}
                to_child(path)
                gather(elements, free)
                solve left "{path.before}" = {free}
            }
        } else {
            step full at "{path.before}" {
                to_parent(path)
                fetch free "{path.before|all}" = {free}
                to_child(path)
                complete(elements, path, all)
                solve permutation "permutation {path.before}" = {all}
            }
            append(all, out)
            out := ','  right out
            out := ' '  right out
            tally(count, place, path)
            let more: yes | no = undo(elements, path, free)
            if more == no { break }
        }
        while marked elements { right elements }
    }
    left out
    left out
    out := ';'
    right out
    right out
    state_count(count, place, out)
    answer "{out.all}"
}

# Lists the elements that are not used; the head of `elements` ends on the first of all.
proc gather(elements, free at first) -> elements at start, free at first {
    rewind(elements)
    while elements != _ {
        if not marked elements {
            free := elements
            right free
            free := ' '
            right free
        }
        right elements
    }
    left free
    while free != _ { free := _  right free }  # the last space, and what stood there before
    while free == _ { left free }
    to_first(free)
    rewind(elements)
}

# From the end of the path to the end of what stands before its last element, and back.
proc to_parent(path at blank) {
    left path
    left path
}

proc to_child(path) -> path at blank {
    right path
    right path
}

# Puts the element under the head at the end of the path, and marks it as used.
proc choose(elements, path at blank) -> path at blank {
    mark elements
    left path
    if path == _ { right path } else { right path  path := ' '  right path }
    path := elements
    right path
}

# Whether no more than two elements are listed.
proc at_most_two(free at first) -> yes | no, free at first {
    right free
    right free
    right free
    let few: yes | no = yes
    if free != _ { few = no }
    left free
    left free
    left free
    return few
}

# The path, and the element that is not on it, if there is one.
proc complete(elements, path at blank, all at first) -> path at blank, all at first {
    left path
    to_first(path)
    while path != _ { all := path  right path, all }
    rewind(elements)
    while marked elements { right elements }
    if elements != _ {
        all := ' '
        right all
        all := elements
        right all
    }
    left all
    to_first(all)
}

# Counts one more, digit by digit from the ones.
proc tally(count, place, path) {
    loop {
        step count at "{path.before}, {place.cell}" {
            fetch before "digit {place.cell}" = {count.cell|none}
            if count == _ { count := 1 } else { count := (count + 1) % 10 }
            solve after "digit {place.cell}" = {count.cell}
        }
        if count != 0 { break }
        left count
        right place
    }
    rewind(place)
    to_blank(count)
    left count
}

# Takes elements back from the path until another can stand in the place of one: the head of
# `elements` ends on that; without one the path is empty.
proc undo(elements, path at blank, free) -> yes | no, path at blank {
    let next: yes | no = no
    loop {
        step undo at "{path.before}" {
            left path
            to_used(elements, path)
            unmark elements
            gather(elements, free)
            to_used(elements, path)
            left path
            fetch free "{path.before|all}" = {free}
            right path
            path := _
            left path
            if path == _ { right path } else { path := _ }
            right elements
            while marked elements { right elements }
        }
        if elements != _ { next = yes  break }
        left path
        if path == _ { right path  break }
        right path
    }
    return next
}

# From any element to that under the head of the path.
proc to_used(elements, path) {
    rewind(elements)
    while elements != path { right elements }
}

# Writes the number of permutations from its highest digit on.
proc state_count(count, place, out) {
    while count != _ { left count  right place }
    right count
    left place
    while count != _ {
        step total at "{place.cell}" {
            fetch digit "digit {place.cell}" = {count.cell}
            out := count
            solve ans "ans {place.cell}" = {out.cell}
        }
        right count, out
        left place
    }
}

style styled {
    choose: "Choose {label}. "
    choose.free: "Of {key} = {value} "
    choose.left: "there are left {key} = {value}. "
    full: "Choose {label}. "
    full.free: "Of {key} = {value}; "
    full.permutation: "so the {key} = {value} is complete. "
    count: "Count at {label}: "
    count.before: "{key} = {value} "
    count.after: "becomes {key} = {value}. "
    undo: "Undo {label}. "
    undo.free: "Free again: {key} = {value}. "
    total: "The number's {label}: "
    total.digit: "{key} = {value}, "
    total.ans: "so {key} = {value}. "
    next: "Next {label}.\n"
    end: "That is all.\n"
    answer: "answer: {value}"
}

style plain {
    choose: ""
    choose.free: "Of {value} "
    choose.left: "we choose one, so that we have {path} and {value} is left. "
    full: ""
    full.free: "Of {value} we choose one, which makes {path} and settles the rest: "
    full.permutation: "the permutation is {value}. "
    count: ""
    count.before: "We had counted {value} "
    count.after: "and now count {value}. "
    undo: "Take the last of {path} back: "
    undo.free: "free again is {value}.\n"
    total: ""
    total.digit: "The count has the digit {value}, "
    total.ans: "so we write {value}. "
    next: ""
    end: "No permutation is left.\n"
    answer: "answer: {value}"
}
