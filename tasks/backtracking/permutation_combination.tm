# All permutations by backtracking: choose the first unused element, search all continuations, undo
# the choice and try the next element. If two elements are free, choosing one determines the other.

import std.words

class element = 'A'..'Z' | 'a'..'z'
class digit = '0'..'9'

tape elements: element                                  # used elements are marked
tape path, free, all: element | ' ' word element | ' '  # the chosen elements; the unused ones; one complete permutation
tape count: digit                                       # grows to the left
tape place: 'a'..'z'                                    # names of the places of the count, ones first
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

# Write the unused elements to `free`; the head of `elements` ends on the first of them.
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
    while free != _ { free := _  right free }  # erase the last space and the previous content
    while free == _ { left free }
    to_first(free)
    rewind(elements)
}

# Move from the end of the path to the end of the text before its last element, and back.
proc to_parent(path at blank) {
    left path
    left path
}

proc to_child(path) -> path at blank {
    right path
    right path
}

# Append the element under the head to the path, and mark it as used.
proc choose(elements, path at blank) -> path at blank {
    mark elements
    left path
    if path == _ { right path } else { right path  path := ' '  right path }
    path := elements
    right path
}

# Return whether at most two elements are unused.
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

# Write the path and, if there is one, the element that is not on it.
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

# Increment the count, digit by digit from the ones.
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

# Remove elements from the path until another can replace one: the head of `elements` ends on the
# replacement. Without a replacement, the path is empty.
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

# Move from any element to the one under the head of the path.
proc to_used(elements, path) {
    rewind(elements)
    while elements != path { right elements }
}

# Write the number of permutations, highest digit first.
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
