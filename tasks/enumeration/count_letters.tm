# Count a letter in a sentence, character by character. The count has two digits; when it grows,
# both are stated again with the place from which on they are valid.

import std.reading, std.words, std.writing

class letter = 'a'..'z'
class digit = '0'..'9'

tape source: letter | ' '
tape sought: letter
tape place: letter | ' ' word letter  # the names of the characters, and of the end
tape since: letter                    # the name of the place from which on the digits are valid
tape lead: ' '..'~' word ' '..'}'     # the word before each operand in the prompt
tape ones, tens, out: digit

main {
    read_first(place)
    read_spelled(source, place, lead, "text", "{place}")
    read_item(sought, lead, "letter")
    rewind(source, place)
    step begin {
        fetch "letter" = {sought.cell}, "first" = {place}
        ones := 0  tens := 0  copy(place, since)
        solve "tens {since}" = {tens.cell}, "ones {since}" = {ones.cell}
    }
    each source {
        let hit = source == sought
        step look at "{sought.cell} {since} {place}" {
            if source == ' ' { fetch char "{place}" = "space" } else { fetch char "{place}" = {source.cell|end} }
            at end
        }
        next_word(place)
        if hit {
            # The new count is valid from the next place on.
            step count at "{sought.cell} {since} {place}" {
                fetch "tens {since}" = {tens.cell}, "ones {since}" = {ones.cell}
                if ones == 9 { ones := 0  tens := tens + 1 } else { ones := ones + 1 }
                solve new_tens "tens {place}" = {tens.cell}, new_ones "ones {place}" = {ones.cell}
            }
            copy(place, since)
        }
    }
    step write at "{since} tens" {
        fetch "tens {since}" = {tens.cell}
        if tens != 0 { write_keyed(tens, out, "ans tens") }
    }
    step write at "{since} ones" { fetch "ones {since}" = {ones.cell}  write_keyed(ones, out, "ans ones") }
    answer "{out.all}"
}

style styled {
    read: ""
    read.lead: "We read what follows {key}."
    read.first: " The {key} = {value}."
    read.recent: "After {key} we read on."
    read.value: " So {key} = {value}."
    begin: "We look for the"
    begin.letter: " {key} = {value}"
    begin.first: " from the {key} = {value} on."
    begin.tens: " We have found none so far: {key} = {value}"
    begin.ones: " and {key} = {value}."
    look: "We look for {sought} at place {place}, with the count of {since}:"
    look.char: " {key} = {value}."
    count: "This is one more {sought}. The count was"
    count.tens: " {key} = {value}"
    count.ones: " and {key} = {value}."
    count.new_tens: " It becomes {key} = {value}"
    count.new_ones: " and {key} = {value}."
    write: "The text has ended. Of the count, we take"
    write.tens: " {key} = {value}."
    write.ones: " {key} = {value}."
    write.ans: " So we write {key} = {value}."
    next: " Next comes {heading}.\n"
    end: " That is the whole number.\n"
    answer: "answer: {value}"
}

style plain {
    read: ""
    read.lead: ""
    read.first: ""
    read.recent: ""
    read.value: ""
    begin: "We look for the letter"
    begin.letter: " {value}"
    begin.first: "."
    begin.tens: " We begin with {value} tens"
    begin.ones: " and {value} ones. "
    look: ""
    look.char: "The next character is {value}, and we look for {sought}. "
    count: "We have found it, so we add one"
    count.tens: " to {value} tens"
    count.ones: " and {value} ones"
    count.new_tens: ", which makes {value} tens"
    count.new_ones: " and {value} ones. "
    write: ""
    write.tens: "The tens are {value}. "
    write.ones: "The ones are {value}. "
    write.ans: "We write {value}. "
    next: ""
    end: "That is all.\n"
    answer: "answer: {value}"
}
