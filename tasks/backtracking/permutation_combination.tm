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
    gather()
    loop {
        # Append the element under the head to the path.
        mark elements
        left path
        if path == _ { right path } else { right path  write path ' ' }
        write path elements
        if at_most_two() {
            step full at "{path.before}" {
                fetch_free()
                complete()
                solve permutation "permutation {path.before}" = {all}
            }
            append(all, out)
            write out ", "
            tally()
            if not undo() { break }
        } else {
            step choose at "{path.before}" {
                fetch_free()
                gather()
                solve left "{path.before}" = {free}
            }
        }
        right elements until not marked elements
    }
    left out by 2
    write out "; "
    write_count()
    answer "{out.all}"
}

# Fetch the elements that were free before the last one was chosen.
proc fetch_free() uses path, free {
    left path by 2
    fetch free "{path.before|all}" = {free}
    right path by 2
}

# Write the unused elements to `free`; the head of `elements` ends on the first of them.
proc gather() uses elements, free {
    rewind(elements)
    each elements { if not marked elements { write free elements  write free ' ' } }
    left free
    while free != _ { free := _  right free }  # erase the last space and the previous content
    left free until free != _
    to_first(free)
    rewind(elements)
}

# Return whether at most two elements are unused.
proc at_most_two() uses free -> bool {
    right free by 3
    let is_short = free == _
    left free by 3
    return is_short
}

# Write the path and, if there is one, the element that is not on it.
proc complete() uses elements, path, all {
    left path
    to_first(path)
    each path, all { all := path }
    rewind(elements)
    right elements until not marked elements
    if elements != _ { write all ' '  write all elements }
    left all
    to_first(all)
}

# Increment the count, digit by digit from the ones.
proc tally() uses count, place, path {
    loop {
        step count at "{path.before}, {place.cell}" {
            fetch before "digit {place.cell}" = {count.cell|none}
            count := ((count or 0) + 1) % 10
            solve after "digit {place.cell}" = {count.cell}
        }
        if count != 0 { break }
        left count
        right place
    }
    rewind(place)
    to_last_cell(count)
}

# Remove elements from the path until another can replace one: the head of `elements` ends on the
# replacement. Without a replacement, the path is empty.
proc undo() uses elements, path, free -> bool {
    loop {
        step undo at "{path.before}" {
            left path
            to_used()
            unmark elements
            gather()
            to_used()
            left path
            fetch free "{path.before|all}" = {free}
            right path
            path := _
            left path
            if path == _ { right path } else { path := _ }
            right elements
            right elements until not marked elements
        }
        if elements != _ { return true }
        left path
        if path == _ { right path  return false }
        right path
    }
}

# Move from any element to the one under the head of the path.
proc to_used() uses elements, path { rewind(elements)  seek_like(elements, path) }

# Write the number of permutations, highest digit first.
proc write_count() uses count, place, out {
    while count != _ { left count  right place }
    right count
    left place
    each count, out {
        step total at "{place.cell}" {
            fetch digit "digit {place.cell}" = {count.cell}
            out := count
            solve ans "ans {place.cell}" = {out.cell}
        }
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
