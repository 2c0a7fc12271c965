# Write a sentence backwards, from its last character to its first.

import std.words

class character = ' '..'~' - '"' - '\\' - '|'

tape source: character
tape place: 'a'..'z' | ' ' word 'a'..'z'  # the names of the places, after the name of one place before them
tape out: character

main {
    to_blank(source)
    to_blank(place)
    left source, place
    to_first(place)
    step begin {
        fetch "last" = {place}
    }
    loop {
        step flip at "{place}" {
            if source == ' ' {
                fetch char "{place}" = "space"
                out := ' '
                solve "ans {place}" = "space"
            } else {
                fetch char "{place}" = {source.cell|none}
                if source == _ { break }
                out := source
                solve "ans {place}" = {out.cell}
            }
        }
        left source, place
        right out
        to_first(place)
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
