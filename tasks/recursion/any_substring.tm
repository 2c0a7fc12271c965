# All substrings of a string: its prefixes from the shortest on, then by recursion all substrings of
# its tail, to which the text passes one sign after the other.

import std.words
import std.stack

class sign = 'a'..'z' | '0'..'9'
class letter = 'a'..'z'

tape string: sign                       # a mark on the last sign of the prefix
tape stack: sign | '$' | ';' word sign  # the strings of the callers
tape level, deeper: letter              # the letters of the strings, by their first places; the tail's
tape final, behind: letter              # of the last place of a prefix, and of the next one
tape place: letter
tape out: sign | ' ' | ','

main {
    open_stack(stack)
    step begin { fetch "first" = {level.cell} }
    right deeper, behind
    loop {
        step call at "{level.cell}" {
            fetch sign "{level.cell}{level.cell}" = {string.cell|none}
            if string == _ { break }
        }
        prefixes(string, level, deeper, final, behind, place, out)
        push(stack, string)
        string := _  # and so it is the tail
        right string, level, deeper
    }
    unwind(stack, string)
    # A comma and a space stand behind the last substring, too.
    left out
    out := _
    left out
    out := _
    answer "{out.all}"
}

# The prefixes of the string, each sign by sign.
proc prefixes(string, level, deeper, final, behind, place, out) {
    mark string
    mark final
    let whole: yes | no = no
    while whole == no {
        prefix(string, level, deeper, final, behind, place, out)
        if string == _ { whole = yes } else { mark string }
        right final, behind
        left string
        while string != _ { left string, place }
        right string, place
    }
    # The first place of the tail comes next.
    while not marked final { left final, behind }
    unmark final
    right final, behind
    right place
}

# One prefix, up to the mark; the string's head ends behind it.
proc prefix(string, level, deeper, final, behind, place, out) {
    loop {
        step put at "{level.cell}{final.cell} {place.cell}" {
            fetch sign "{level.cell}{place.cell}" = {string.cell}
            out := string
            let done: yes | no = no
            if marked string {
                unmark string
                done = yes
                right string
                fetch more "{level.cell}{behind.cell}" = {string.cell|none}
            }
            solve ans "{level.cell}{final.cell} {place.cell}" = {out.cell}
            if done == yes {
                if place != level { solve tail "{deeper.cell}{place.cell}" = {out.cell} }
                break
            }
        }
        right string, place, out
        out := ' '
        right out
    }
    right out
    out := ','
    right out
    out := ' '
    right out
}

# The returns: each gives its string back to the caller, which has no more to do.
proc unwind(stack, string) {
    loop {
        let bottom: yes | no = is_bottom(stack)
        if bottom == yes { break }
        pop(stack, string)
        clear(string)
    }
}

style styled {
    begin: "We begin, "
    begin.first: "the {key} = {value}. "
    call: "Call {label}, "
    call.sign: "whose own sign is {key} = {value}. "
    put: "Put {label}: "
    put.sign: "the sign {key} = {value} "
    put.more: "before {key} = {value} "
    put.ans: "makes {key} = {value}. "
    put.tail: "The tail has {key} = {value}. "
    next: "Now {label}.\n"
    end: "Nothing is left.\n"
    answer: "answer: {value}"
}
