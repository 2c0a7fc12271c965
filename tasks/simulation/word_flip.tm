# Write a sentence backwards, from its last character to its first.

import std.reading
import std.words

class character = ' '..'~' - '"' - '\\' - '|'

tape source, out: character
tape place: 'a'..'z' | ' ' word 'a'..'z'  # the names of the places, after the name of one place before them
tape lead: ' '..'~' word ' '..'}'         # the words before the sentence in the prompt

main {
    next_word(place)
    read_first(place)
    read_spelled(source, place, lead, "text", "{place}")
    left source
    previous_word(place)
    each left source {
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
        previous_word(place)
    }
    answer "{out.all}"
}

style styled {
    read: ""
    read.lead: "We read what follows {key}."
    read.first: " The {key} = {value}."
    read.recent: "After {key} we read on."
    read.value: " So {key} = {value}."
    flip: "At place {label} the text has"
    flip.char: " {key} = {value}."
    flip.ans: " We write {key} = {value}."
    next: " Next comes place {heading}.\n"
    end: " There was no place before the first, so this is the end.\n"
    answer: "answer: {value}"
}

style plain {
    read: ""
    read.lead: ""
    read.first: ""
    read.recent: ""
    read.value: ""
    flip: ""
    flip.char: "Going backwards, the next character is {value}"
    flip.ans: ", and so we write {value}. "
    next: ""
    end: ", so that is all.\n"
    answer: "answer: {value}"
}
