# All substrings of a string: its prefixes, shortest first, then by recursion all substrings of its
# tail, to which the text passes one character after the other.

import std.words
import std.stack

class sign = 'a'..'z' | '0'..'9'
class letter = 'a'..'z'

tape string: sign                       # the last character of the prefix is marked
tape stack: sign | '$' | ';' word sign  # the strings of the callers
tape level: letter                      # the letters of the strings, by their first places
tape final: letter                      # the letter of the last place of a prefix
tape place, from: letter                # the letters of a character; of the first of up to three in a row
tape three: sign | ' ' word sign | ' '
tape out: sign | ' ' | ','

main {
    step begin { fetch "first" = {level.cell} }
    open_stack(stack)
    loop {
        step call at "{level.cell}" {
            fetch sign "{level.cell}{level.cell}" = {string.cell|none}
            if string == _ { break }
        }
        prefixes()
        push(stack, string)
        string := _  # what remains is the tail
        from := _
        right string, level, from
        left final until marked final  # the first place of the tail is next
        unmark final
        right final, place
    }
    # Each call gives its string back to its caller, which has nothing else to do.
    while not is_bottom(stack) { pop(stack, string)  clear(string) }
    # A comma and a space follow the last substring, too.
    repeat 2 { left out  out := _ }
    answer "{out.all}"
}

# Write the prefixes of the string, up to three characters of each at a time.
proc prefixes() uses all {
    mark string
    mark final
    let is_whole = false
    while not is_whole {
        prefix()
        is_whole = string == _
        if not is_whole { mark string }
        right final
        left string, place
        left string, place until string == _
        right string, place
        left from until from == _
        right from
    }
}

# Write one prefix, up to the mark; the head of the string ends behind it.
proc prefix() uses all {
    loop {
        let is_done = false
        step put at "{level.cell}{final.cell} {from.cell}" {
            fetch one "{level.cell}{place.cell}" = {string.cell}
            is_done = note()
            if not is_done {
                fetch two "{level.cell}{place.cell}" = {string.cell}
                space()
                is_done = note()
            }
            if not is_done {
                fetch three "{level.cell}{place.cell}" = {string.cell}
                space()
                is_done = note()
            }
            if is_done { fetch more "{level.cell}{final.next}" = {string.cell|none} }
            solve piece "{level.cell}{final.cell} {from.cell}" = {three}
            if is_done and final != level { solve tail "{level.next}{final.cell}" = {three.cell} }
        }
        to_first(three)
        take(three, out)
        if is_done { break }
        write out ' '
        right from by 3
    }
    write out ", "
}

proc space() uses three { right three  write three ' ' }

# Write the character; return whether it is the last of the prefix.
proc note() uses string, place, three -> bool {
    three := string
    let is_last = marked string
    if is_last { unmark string }
    right string, place
    return is_last
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
