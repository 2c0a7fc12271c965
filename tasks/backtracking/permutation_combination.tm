# All permutations by backtracking: choose the first unused element, search all continuations, undo
# the choice and try the next element. If two elements are free, choosing one determines the other.

import std.words, std.writing

class element = 'A'..'Z' | 'a'..'z'
class digit = '0'..'9'

tape list: element | ',' | ' ' word element                     # the elements as the prompt writes them
tape lead: ' '..'~' word ' '..'}'                               # the word before them
tape elements: element                                          # used elements are marked
tape path, free, all: element | ' ' word element | ' '          # the chosen elements; the unused ones; one complete permutation
tape count: digit                                               # grows to the left
tape place: 'a'..'z' | '0'..'9' | ' ' word 'a'..'z' | '0'..'9'  # names of the places of the count, ones first
tape out: element | digit | ' ' | ',' | ';'

main {
    read_elements()
    write place "ones tens hundreds thousands 10000s 100000s 1000000s"
    rewind(place)
    loop {
        # Append the element under the head to the path.
        mark elements
        if path.previous != _ { write path ' ' }
        write path elements
        if at_most_two() {
            step full at "{path.before}" {
                fetch_free()
                complete()
                solve permutation "permutation {path.before}" = {all}
            }
            append(all, out)  write out ", "
            tally()
            if not undo() { break }
        } else {
            step choose at "{path.before}" { fetch_free()  gather()  solve left "{path.before}" = {free} }
        }
        right elements until not marked elements
    }
    left out by 2  write out "; "
    write_count()
    answer "{out.all}"
}

# Read the elements; each step also states the list of those read so far.
proc read_elements() uses list, elements, free, lead {
    elements := list  free := list
    step read at "elements" {
        fetch lead "{lead} {list}"
        solve first "first" = {list}, list "list {list}" = {free}
    }
    loop {
        right list  right list until list in word or list == _
        step read at "elements {elements.cell}" {
            fetch recent "{elements.cell}, {list|end}", before "list {elements.cell}" = {free}
            solve item "next {elements.cell}" = {list|end}
            if list == _ { solve list "all" = {free}  break }
            right elements  elements := list  to_end(free)  write free ' '
            free := list  to_first(free)
            solve list "list {list}" = {free}
        }
    }
    rewind(elements)
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
    left free until free != _  to_first(free)  rewind(elements)
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
    left path  to_first(path)
    each path, all { all := path }
    rewind(elements)  right elements until not marked elements
    if elements != _ { write all ' '  write all elements }
    left all  to_first(all)
}

# Increment the count, digit by digit from the ones.
proc tally() uses count, place, path {
    loop step count at "{path.before}, {place}" {
        fetch before "{place}" = {count.cell|none}
        count := ((count or 0) + 1) % 10
        solve after "{place}" = {count.cell}
        if count != 0 { break }
        left count  next_word(place)
    }
    rewind(place)  to_last_cell(count)
}

# Remove elements from the path until another can replace one: the head of `elements` ends on the
# replacement. Without a replacement, the path is empty.
proc undo() uses elements, path, free -> bool {
    loop {
        step undo at "{path.before}" {
            left path  to_used()  unmark elements
            gather()
            to_used()  left path
            fetch free "{path.before|all}" = {free}
            right path  path := _  left path
            if path == _ { right path } else { path := _ }
            right elements  right elements until not marked elements
        }
        if elements != _ { return true }
        if path.previous == _ { return false }
    }
}

# Move from any element to the one under the head of the path.
proc to_used() uses elements, path { rewind(elements)  seek_like(elements, path) }

# Write the number of permutations, highest digit first.
proc write_count() uses count, place, out {
    while count != _ { left count  next_word(place) }
    right count
    each count { previous_word(place)  write_total(count, out, "{place}", "") }
}

style styled {
    read: ""
    read.lead: "We choose one letter after the other, always the first in the list that is free and not yet tried at its place. As soon as the rest is fixed, we have a permutation, count it, and undo the last choice to try the next letter. We read \"{key}\":"
    read.item: " and {key} = {value}."
    read.first: " {key} = {value}."
    read.list: " This makes {key} = {value}."
    read.recent: "We read \"{key}\"."
    read.before: " So far {key} = {value}"
    choose: "Choose {label}"
    choose.free: " out of {key} = {value};"
    choose.left: " {key} = {value} is left."
    full: "Choose {label}"
    full.free: " out of {key} = {value};"
    full.permutation: " {key} = {value} is complete."
    count: "Count {label}:"
    count.before: " {key} = {value}"
    count.after: " becomes {key} = {value}."
    undo: "Undo {label};"
    undo.free: " free again: {key} = {value}."
    total: "No choice is left. Of the number, the {label} digit is"
    total.digit: " {key} = {value},"
    total.ans: " so {key} = {value}."
    next: " Next {heading}.\n"
    end: " That is all.\n"
    answer: "answer: {value}"
}

style plain {
    read: ""
    read.lead: ""
    read.item: ""
    read.first: ""
    read.list: ""
    read.recent: ""
    read.before: ""
    choose: ""
    choose.free: "Of {value} "
    choose.left: "we choose one, so that {value} is left. "
    full: ""
    full.free: "Of {value} we choose one, which settles the rest: "
    full.permutation: "the permutation is {value}. "
    count: ""
    count.before: "We had counted {value} "
    count.after: "and now count {value}. "
    undo: "Take the last one back: "
    undo.free: "free again is {value}.\n"
    total: ""
    total.digit: "The count has the digit {value}, "
    total.ans: "so we write {value}. "
    next: ""
    end: "No permutation is left.\n"
    answer: "answer: {value}"
}
