# Write a sentence backwards, from its last character to its first.

import std.reading, std.words, std.writing

class character = ' '..'~' - '"' - '\\' - '|'

tape source, out: character
tape place: 'a'..'z' | ' ' word 'a'..'z'  # the names of the places, after the name of one place before them
tape lead: ' '..'~' word ' '..'}'         # the word before the sentence in the prompt

main {
    next_word(place)
    read_first(place)
    read_spelled(source, place, lead, "text", "{place}")
    left source
    write_back(source, place, out, "{place}")
    answer "{out.all}"
}

style styled {
    read: ""
    read.lead: "We read what follows {key}."
    read.first: " The {key} = {value}."
    read.recent: "After {key} we read on."
    read.value: " So {key} = {value}."
    write: "At place {label} the text has"
    write.char: " {key} = {value}."
    write.ans: " We have now written {key}."
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
    write: ""
    write.char: "Going backwards, the next character is {value}"
    write.ans: ", and so we write {char}. "
    next: ""
    end: ", so that is all.\n"
    answer: "answer: {value}"
}
