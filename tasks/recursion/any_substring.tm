# All substrings of a string: its prefixes, shortest first, then by recursion all substrings of its
# tail, to which the text passes one character after the other.

import std.reading, std.stack, std.words

class character = 'a'..'z' | '0'..'9'
class letter = 'a'..'z'

tape string: character                            # the last character of the prefix is marked
tape stack: character | '$' | ';' word character  # the strings of the callers
tape place: letter | ' ' word letter              # the letters of the characters
tape level: letter                                # the letters of the strings, by their first places
tape final: letter                                # the letter of the last place of a prefix
tape from: letter                                 # the letter of the first of up to three characters in a row
tape lead: ' '..'~' word ' '..'}'                 # the word before the string in the prompt
tape three: character | ' ' word character | ' '
tape out: character | ' ' | ','

main {
    read_first(place)
    read_spelled(string, place, lead, "text", "{place}")
    rewind(string, place)  open_stack(stack)
    pass_string()
    loop {
        step call at "{level.cell}" {
            fetch sign "{level.cell}{level.cell}" = {string.cell|end}
            if string == _ { break }
        }
        prefixes()
        push(stack, string)
        # What remains is the tail, which begins at the next place.
        string := _  from := _  right string, level, from
        left final until marked final  unmark final  right final  next_word(place)
    }
    # Each call gives its string back to its caller, which has nothing else to do.
    while not is_bottom(stack) { pop(stack, string)  clear(string) }
    # A comma and a space follow the last substring, too.
    repeat 2 { left out  out := _ }
    answer "{out.all}"
}

# Pass the whole string to the first call. While it is read, nothing shows how many characters it has.
proc pass_string() uses string, place, level {
    step begin { fetch first "first" = {level.cell} }
    loop step pass at "{place}" {
        fetch first "first" = {level.cell}, char "{place}" = {string.cell|end}
        solve passed "{level.cell}{place}" = {string.cell|end}
        if string == _ { break }
        right_named(string, place)
    }
    rewind_named(string, place)
}

# Write the prefixes of the string, up to three characters of each at a time.
proc prefixes() uses all {
    mark string  mark final
    let is_whole = false
    while not is_whole {
        prefix()
        is_whole = string == _
        if not is_whole { mark string }
        rewind_named(string, place)
        right final  left from until from == _  right from
    }
}

# Write one prefix, up to the mark; the head of the string ends behind it.
proc prefix() uses all {
    loop {
        let is_done = false
        step put at "{level.cell}{final.cell} {from.cell}" {
            fetch one "{level.cell}{place}" = {string.cell}
            is_done = note()
            if not is_done { fetch two "{level.cell}{place}" = {string.cell}  space()  is_done = note() }
            if not is_done { fetch three "{level.cell}{place}" = {string.cell}  space()  is_done = note() }
            if is_done { fetch more "{level.cell}{place}" = {string.cell|end} }
            solve piece "{level.cell}{final.cell} {from.cell}" = {three}
            if is_done {
                if final != level { solve tail "{level.next}{final.cell}" = {three.cell} }
                if string == _ { solve close "{level.next}{place}" = "end" }
            }
        }
        to_first(three)  take(three, out)
        if is_done { break }
        write out ' '  right from by 3
    }
    write out ", "
}

proc space() uses three { right three  write three ' ' }

# Write the character; return whether it is the last of the prefix.
proc note() uses string, place, three -> bool {
    three := string
    let is_last = marked string
    if is_last { unmark string }
    right_named(string, place)
    return is_last
}

style styled {
    read: ""
    read.lead: "We read what follows {key}."
    read.first: " The {key} = {value}."
    read.recent: "After {key} we read on."
    read.value: " So {key} = {value}."
    begin: "The string is read, and the first call gets all of it,"
    begin.first: " from {key} = {value} on."
    pass: "The call at"
    pass.first: " {key} = {value}"
    pass.char: " gets {key} = {value}"
    pass.passed: " as {key} = {value}."
    call: "Call {label} is given the string that begins at {label}."
    call.sign: " Its first character is {key} = {value}."
    put: "Prefix {label}"
    put.one: " takes {key} = {value}"
    put.two: ", {key} = {value}"
    put.three: ", {key} = {value}"
    put.more: " and ends before {key} = {value}"
    put.piece: ", which gives {key} = {value}."
    put.tail: " The tail has its last character, too: {key} = {value}."
    put.close: " The tail has the same end: {key} = {value}."
    next: " Next comes {heading}.\n"
    end: " The string is empty, so all calls return.\n"
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
    pass: ""
    pass.first: ""
    pass.char: " The first call gets {value}."
    pass.passed: ""
    call: ""
    call.sign: "\nNow we take the prefixes of the string that begins with {value}."
    put: ""
    put.one: " First comes {value}"
    put.two: ", then {value}"
    put.three: ", then {value}"
    put.more: "; it ends there, before {value}"
    put.piece: ". We write {value}."
    put.tail: " The tail has this last character, {value}, too."
    put.close: " The tail ends there."
    next: ""
    end: "\nWith an empty string, all calls return.\n"
    answer: "answer: {value}"
}
