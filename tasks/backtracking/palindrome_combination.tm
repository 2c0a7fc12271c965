# All ways to cut a string into palindromes, by backtracking: take the shortest piece from each place
# on; at the end, go back to the last piece that can be replaced by a longer palindrome. A single
# letter is a palindrome, so every beginning can be continued to the end. Which pieces are palindromes
# is worked out before: the ends must be equal, and what is between them a palindrome.

import std.reading, std.words, std.writing

class letter = 'a'..'z'
class digit = '0'..'9'
enum verdict = yes | no | none_said

tape x, y, z: letter                   # the string, three times
tape place: letter | ' ' word letter   # the names of the characters
tape from, to, here: letter            # the names of the characters at the heads of x, y and z
tape gap: '1'                          # its head is as far from the cell before the first 1 as `to` from `from`
tape kind: 'n' | 's'                   # of the current line: new piece, same piece as before
tape line: letter | ' ' word letter    # the names of the lines, one for each way
tape lead: ' '..'~' word ' '..'}'      # the word before the string in the prompt
tape ones, tens, hundreds: digit       # the number of lines
tape pieces: letter | ' ' word letter  # the pieces of each line, with a blank between two lines
tape out: letter | digit | ' ' | ',' | ';'
group first = x, from
group last = y, to
group walk = z, here, kind

main {
    next_word(place)  # the first name is before that of the first character
    read_first(place)
    step read at "line" { fetch lead "{place}, {line}"  solve "line" = {line} }
    read_spelled(x, place, lead, "text", "{place}")
    # Copy the string, and write as many ones as it has characters.
    rewind(x)  copy(x, y)  copy(x, z)
    each x { right gap  gap := '1' }
    rewind(x)  left gap until gap == _  right from, to, here
    test_all()
    rest()
    while go_back() { next_line() }
    left out by 2  write out "; "
    write_total(hundreds, out, "hundreds", "")
    write_total(tens, out, "tens", "")
    write_total(ones, out, "ones", "")
    answer "{out.all}"
}

# ------------------------------------------------------------------ which pieces are palindromes

proc test_all() uses all {
    step begin { fetch "first" = {from.cell} }
    loop {
        right last, gap
        step row at "{to.cell}" {
            fetch "first" = {from.cell}, char "{to.cell}" = {y.cell|end}
            if y == _ { fetch line "line" = {line}  break }
        }
        while gap != _ { test()  right first  left gap }
        while x != _ { left first  right gap }
        right first  left gap
    }
}

# Say whether the piece from `from` to `to` is a palindrome.
proc test() uses all {
    mark x  right x  left y  left gap by 2
    let inner = judge()
    step test at "{from.cell} {to.cell}" {
        fetch one "{from.cell}" = {x.cell}, other "{to.cell}" = {y.cell}
        if x != y { solve pal "pal {from.cell} {to.cell}" = "no" }
        else if inner == none_said {
            fetch inner "pal {from.next} {to.previous}" = "none"
            solve pal "pal {from.cell} {to.cell}" = "yes"
        } else {
            fetch inner "pal {from.next} {to.previous}" = {inner}
            solve pal "pal {from.cell} {to.cell}" = {inner}
        }
    }
}

# Return whether the piece between the heads of x and y is a palindrome, if it has several characters;
# the heads move away from each other to the mark on x.
proc judge() uses x, y, gap -> verdict {
    let result: verdict = none_said
    while gap != _ and result != no {
        if x == y { result = yes } else { result = no }
        right x  left y  left gap by 2
    }
    while not marked x { left x  right y  right gap by 2 }
    unmark x
    return result
}

# ------------------------------------------------------------------ lines

# Write the rest of a line, each character as a piece, and count the line.
proc rest() uses all {
    each walk step rest at "{line} {here.cell}" {
        fetch char "{here.cell}" = {z.cell|end}
        at end
        put_new()
    }
    write out ", "
    right pieces
    if count(ones, "ones") and count(tens, "tens") { assume not count(hundreds, "hundreds") }
}

# Write the character of a new piece.
proc put_new() uses line, here, kind, pieces, out {
    if pieces.previous in letter { write out ' '  write pieces ' ' }
    kind := 'n'
    solve kind "{line} {here.cell}" = "new"
    put()
}

# Write a character of the same piece as the one before it.
proc put_same() uses line, here, kind {
    kind := 's'
    solve kind "{line} {here.cell}" = "same"
    put()
}

# Write the character, and quote the last two pieces of the line.
proc put() uses z, pieces, out {
    write out z
    pieces := z
    right pieces
    solve ans "{pieces.last_words}"
}

# Go back to the last piece that can be longer, and make it longer. Return whether there is one.
proc go_back() uses all -> bool {
    while x != _ { right first  left gap }
    while y != _ { right last  right gap }
    loop {
        left walk, first  right gap
        step back at "{line} {here.cell} {to.cell}" {
            fetch_kind("{line} {here.cell}")
            if kind == _ { return false }
        }
        if kind == 'n' { if grow() { return true }  while gap != _ { left last, gap } }
    }
}

# Make the piece longer until it is a palindrome; return whether that is possible.
proc grow() uses all -> bool {
    loop {
        let result: verdict = none_said
        if y != _ { mark x  result = judge() }
        step grow at "{line} {from.cell} {to.cell}" {
            if result == none_said { fetch pal "pal {from.cell} {to.cell}" = "none"  return false }
            fetch pal "pal {from.cell} {to.cell}" = {result}
            if result == yes {
                left kind
                fetch_kind("{line} {here.previous}")
                let follows = kind != _
                right kind
                mark_piece()
                if follows { fetch "first" = {here.cell} }
                return true
            }
        }
        right last, gap
    }
}

# Fetch what kind of character is at the head of `kind`, if any.
proc fetch_kind(key: text) uses kind {
    if kind == 'n' { fetch kind "{key}" = "new" }
    else if kind == 's' { fetch kind "{key}" = "same" }
    else { fetch kind "{key}" = "none" }
}

# Mark the first character of the piece on `kind` and its last one on `here`; go to the first of all.
proc mark_piece() uses all {
    mark kind
    while gap != _ { right walk  left gap }
    mark here
    while not marked kind { left walk  right gap }
    left walk until z == _  right walk
}

# Write the next line: the pieces before the longer one are those of the current line.
proc next_line() uses all {
    next_word(line)
    while not marked kind step copy at "{line} {here.cell} {from.cell} {to.cell}" {
        let is_new = kind == 'n'
        if is_new { fetch old "{line.previous_word} {here.cell}" = "new" }
        else { fetch old "{line.previous_word} {here.cell}" = "same" }
        fetch char "{here.cell}" = {z.cell}
        if is_new { put_new() } else { put_same() }
        right walk
    }
    step open at "{line} {here.cell} {to.cell}" {
        fetch char "{here.cell}" = {z.cell}
        put_new()
    }
    loop {
        right walk
        step join at "{line} {here.cell} {to.cell}" {
            fetch char "{here.cell}" = {z.cell}
            put_same()
        }
        if marked here { break }
    }
    unmark here  right walk
    rest()
}

# Increment a digit of the number of lines; return whether there is a carry.
proc count(t, unit: text) uses line, here -> bool {
    step count at "{line} {here.cell} {unit}" {
        fetch old "{unit}" = {t.cell|none}
        t := ((t or 0) + 1) % 10
        solve digit "{unit}" = {t.cell}
    }
    return t == 0
}

style styled {
    read: ""
    read.lead: "We read what follows {key}."
    read.first: " The {key} = {value}."
    read.line: " The first {key} = {value}."
    read.recent: "After {key} we read on."
    read.value: " So {key} = {value}."
    begin: "We look for palindromes"
    begin.first: " from the {key} = {value} on."
    row: "Which pieces from the first place on end at {label}? The"
    row.first: " {key} = {value}"
    row.char: " and {key} = {value}."
    row.line: " There are no more, so we write the first {key} = {value}."
    test: "Of piece {label}, the first and the last character are"
    test.one: " {key} = {value}"
    test.other: " and {key} = {value}."
    test.inner: " Between them there is {key} = {value}."
    test.pal: " So {key} = {value}."
    rest: "At {here} in line {line} there is"
    rest.char: " {key} = {value}."
    rest.kind: " It is a piece, {key} = {value}."
    rest.ans: " We have now written {key}."
    count: "A line is complete. The number was"
    count.old: " {key} = {value}."
    count.digit: " It becomes {key} = {value}."
    back: "We go back to {here} in line {line}. The character there was"
    back.kind: " {key} = {value}."
    grow: "Can the piece from {from} in line {line} go on to {to}? It is"
    grow.pal: " {key} = {value}."
    grow.kind: " Before it there is {key} = {value}."
    grow.first: " Then we begin a line at the {key} = {value}."
    copy: "At {here}, before the longer piece, line {line} copies"
    copy.old: " {key} = {value}"
    copy.char: " with {key} = {value}."
    copy.kind: " So {key} = {value}."
    copy.ans: " We have now written {key}."
    open: "At {here} in line {line} begins the longer piece with"
    open.char: " {key} = {value}."
    open.kind: " So {key} = {value}."
    open.ans: " We have now written {key}."
    join: "At {here} in line {line}, the longer piece goes on with"
    join.char: " {key} = {value}."
    join.kind: " So {key} = {value}."
    join.ans: " We have now written {key}."
    total: "Of the number of lines, we take"
    total.digit: " {key} = {value}."
    total.ans: " We write {key} = {value}."
    next: " Next comes {heading}.\n"
    end: " That is the whole number.\n"
    answer: "answer: {value}"
}

style plain {
    read: ""
    read.lead: ""
    read.first: ""
    read.line: ""
    read.recent: ""
    read.value: ""
    begin: ""
    begin.first: "First we look for the palindromes."
    row: ""
    row.first: ""
    row.char: "\nA piece may end in {value}."
    row.line: "\nNow we cut."
    test: ""
    test.one: " Look at the piece from {value}"
    test.other: " to {value}"
    test.inner: ", with a palindrome between them: {value}"
    test.pal: ". Does it read the same backwards? The answer is {value}."
    rest: ""
    rest.char: " The next character of the string is {value}."
    rest.kind: " With it begins a {value} piece."
    rest.ans: " We have now written {key}."
    count: "\nThat is a way."
    count.old: " We had counted {value}"
    count.digit: " and now count {value}."
    back: " We go back by one character."
    back.kind: " Its piece was {value}."
    grow: " Can this piece be made longer than that?"
    grow.pal: " {value}."
    grow.kind: ""
    grow.first: " We begin again.\n"
    copy: ""
    copy.old: " As before, this is the {value} piece"
    copy.char: " with the character {value}"
    copy.kind: ", so it is {value}."
    copy.ans: " We have now written {key}."
    open: ""
    open.char: " The longer piece begins with {value}"
    open.kind: ", so it is {value}."
    open.ans: " We have now written {key}."
    join: ""
    join.char: " It goes on with the character {value}"
    join.kind: " in the {value} piece."
    join.ans: " We have now written {key}."
    total: ""
    total.digit: " The number has the digit {value}."
    total.ans: " We write {value}."
    next: ""
    end: " That is the whole number.\n"
    answer: "answer: {value}"
}
