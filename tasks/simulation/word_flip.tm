# Write a sentence backwards, from its last character to its first.

import std.words

class character = ' '..'~' - '"' - '\\' - '|'

tape source, out: character
tape place: 'a'..'z' | ' ' word 'a'..'z'  # the names of the places, after the name of one place before them

main {
    to_last_cell(source)
    to_last_cell(place)
    step begin { fetch "last" = {place} }
    each left source, place {
        to_first(place)
        step flip at "{place}" {
            if source == ' ' {
                fetch char "{place}" = "space"
                out := ' '
                solve "ans {place}" = "space"
            } else {
                fetch char "{place}" = {source.cell|none}
                at end
                out := source
                solve "ans {place}" = {out.cell}
            }
        }
        right out
    }
    answer "{out.all}"
}

style styled {
    begin: "We read backwards. "
    begin.last: "The end is {key} = {value}, "
    flip: "At {label} "
    flip.char: "stands {key} = {value} "
    flip.ans: "which gives {key} = {value} "
    next: "so on to {label}.\n"
    end: "so that is all.\n"
    answer: "answer: {value}"
}

style plain {
    begin: "We read backwards "
    begin.last: "from {value} on. "
    flip: ""
    flip.char: "The character before is {value}"
    flip.ans: ", and so we write {value}. "
    next: ""
    end: ". So that is all.\n"
    answer: "answer: {value}"
}
