# Count a letter in a sentence, letter by letter and word by word. The count has two digits; when it
# grows, both are stated again with the place from which on they are valid.

import std.words

class letter = 'a'..'z'
class digit = '0'..'9'

tape source: letter | ' ' word letter
tape sought: letter
tape row, place: letter  # the letters of the words, and of one more; the letters of the places in a word
tape since: letter       # the place from which on the digits are valid
tape ones, tens, out: digit

main {
    step begin {
        fetch "letter" = {sought.cell}, "first" = {row.cell}
        ones := 0
        tens := 0
        hold()
        solve "tens {since}" = {tens.cell}, "ones {since}" = {ones.cell}
    }
    loop {
        let hit = false
        step look at "{sought.cell} {since} {row.cell}{place.cell}" {
            fetch char "{row.cell}{place.cell}" = {source.letter|none}
            if source in letter { hit = source == sought  right source, place }
            else {
                if place == 'a' { break }
                if source == ' ' { right source }
                right row
                rewind(place)
            }
        }
        if hit { add(add(1, ones, "ones"), tens, "tens")  hold() }
    }
    step write at "{since} tens" {
        fetch "tens {since}" = {tens.cell}
        if tens != 0 { out := tens  solve "ans tens" = {out.cell}  right out }
    }
    step write at "{since} ones" {
        fetch "ones {since}" = {ones.cell}
        out := ones
        solve "ans ones" = {out.cell}
    }
    answer "{out.all}"
}

# Note the current place.
proc hold() uses since, row, place { write since row  since := place  left since }

# Increment one digit of the count, or leave it if there is no carry; return the carry.
proc add(more: 0..1, count, unit: text) uses sought, since, row, place -> 0..1 {
    let carry: 0..1 = 0
    step add at "{sought.cell} {since} {row.cell}{place.cell} {unit} {more}" {
        fetch old "{unit} {since}" = {count.cell}
        let sum: 0..10 = count + more
        count := sum % 10
        carry = sum / 10
        solve new "{unit} {row.cell}{place.cell}" = {count.cell}
    }
    return carry
}

style styled {
    begin: "We seek a "
    begin.letter: "{key} = {value} "
    begin.first: "and the {key} = {value}. "
    begin.tens: "Set {key} = {value} "
    begin.ones: "and {key} = {value}. "
    look: "See {label}: "
    look.char: "there is {key} = {value}. "
    add: "Add {label}: "
    add.old: "it was {key} = {value} "
    add.new: "and is {key} = {value}. "
    write: "Write {label}, "
    write.tens: "where {key} = {value}. "
    write.ones: "where {key} = {value}. "
    write.ans: "So {key} = {value}. "
    next: "Then {label}.\n"
    end: "That is all.\n"
    answer: "answer: {value}"
}

style plain {
    begin: "We look for the letter "
    begin.letter: "{value}, "
    begin.first: "from word {value} on. "
    begin.tens: "The tens of the count are {value} "
    begin.ones: "and the ones {value}. "
    look: ""
    look.char: "The next letter is {value}, and we look for {sought}. "
    add: "As we found it, {more} is added "
    add.old: "to the {unit} {value} of the count, "
    add.new: "which makes {value}. "
    write: ""
    write.tens: "The tens of the count are {value}. "
    write.ones: "The ones of the count are {value}. "
    write.ans: "We write {value}. "
    next: ""
    end: "That is all.\n"
    answer: "answer: {value}"
}
