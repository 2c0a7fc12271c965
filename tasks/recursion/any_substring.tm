# All substrings of a string: its prefixes, shortest first, then by recursion all substrings of its
# tail, to which the text passes one character after the other.

import std.words
import std.stack

class sign = 'a'..'z' | '0'..'9'
class letter = 'a'..'z'

tape string: sign                       # the last character of the prefix is marked
tape stack: sign | '$' | ';' word sign  # the strings of the callers
tape level, deeper: letter              # the letters of the strings, by their first places; those of the tails
tape final, behind: letter              # the letters of the last place of a prefix; of the next place
tape place, from: letter                # the letters of a character; of the first of up to three in a row
tape three: sign | ' ' word sign | ' '
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
        prefixes(string, level, deeper, final, behind, place, from, three, out)
        push(stack, string)
        string := _  # what remains is the tail
        from := _
        right string, level, deeper, from
    }
    unwind(stack, string)
    # A comma and a space follow the last substring, too.
    left out
    out := _
    left out
    out := _
    answer "{out.all}"
}

# Write the prefixes of the string, up to three characters of each at a time.
proc prefixes(string, level, deeper, final, behind, place, from, three, out) {
    mark string
    mark final
    let whole: yes | no = no
    while whole == no {
        prefix(string, level, deeper, final, behind, place, from, three, out)
        if string == _ { whole = yes } else { mark string }
        right final, behind
        left string, place
        while string != _ { left string, place }
        right string, place
        while from != _ { left from }
        right from
    }
    # The first place of the tail is next.
    while not marked final { left final, behind }
    unmark final
    right final, behind
    right place
}

# Write one prefix, up to the mark; the head of the string ends behind it.
proc prefix(string, level, deeper, final, behind, place, from, three, out) {
    loop {
        let done: yes | no = no
        step put at "{level.cell}{final.cell} {from.cell}" {
            fetch one "{level.cell}{place.cell}" = {string.cell}
            done = note(string, place, three)
            if done == no {
                fetch two "{level.cell}{place.cell}" = {string.cell}
                space(three)
                done = note(string, place, three)
                if done == no {
                    fetch three "{level.cell}{place.cell}" = {string.cell}
                    space(three)
                    done = note(string, place, three)
                }
            }
            if done == yes { fetch more "{level.cell}{behind.cell}" = {string.cell|none} }
            solve piece "{level.cell}{final.cell} {from.cell}" = {three}
            if done == yes and final != level { solve tail "{deeper.cell}{final.cell}" = {three.cell} }
        }
        to_first(three)
        take(three, out)
        if done == yes { break }
        out := ' '
        right out
        right from
        right from
        right from
    }
    out := ','
    right out
    out := ' '
    right out
}

proc space(three) {
    right three
    three := ' '
    right three
}

# Write the character; return whether it is the last of the prefix.
proc note(string, place, three) -> yes | no {
    three := string
    let last: yes | no = no
    if marked string { unmark string  last = yes }
    right string, place
    return last
}

# Return: each call gives its string back to its caller, which has nothing else to do.
proc unwind(stack, string) {
    loop {
        if is_bottom(stack) { break }
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
    put.one: "{key} = {value}"
    put.two: ", {key} = {value}"
    put.three: ", {key} = {value}"
    put.more: " before {key} = {value}"
    put.piece: ", so {key} = {value}. "
    put.tail: "The tail has {key} = {value}. "
    next: "Now {label}.\n"
    end: "Nothing is left.\n"
    answer: "answer: {value}"
}

style plain {
    begin: "We list what the string begins with, and then do the same with its tail."
    begin.first: ""
    call: "\n"
    call.sign: "The string begins with {value}."
    put: ""
    put.one: " Next comes {value}"
    put.two: ", then {value}"
    put.three: ", then {value}"
    put.more: "; it ends there, before {value}"
    put.piece: ". We write {value}."
    put.tail: " The tail has this last sign, {value}, too."
    next: ""
    end: "\n"
    answer: "answer: {value}"
}
