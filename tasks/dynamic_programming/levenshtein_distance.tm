# Edit distance by dynamic programming. The cell of a row and a column holds the least number of
# substitutions, insertions and deletions that turn x up to that row into y up to that column. Numbers
# are named by letters in alphabetical order, with E after Z, which the text says before and undoes at the end.
# Long strings need small letters before E, and rows and columns capital ones after z.

import std.decimal, std.reading, std.words

class character = 'A'..'D'
class name = 'E'..'Z' | 'a'..'z'

tape x, y: character
tape row, col: name                 # letters of the rows and of the columns, border first
tape number: name                   # the names of the numbers, 0 first
tape lead: ' '..'~' word ' '..'}'   # the word before each string in the prompt
tape corner, up: name               # the row above; `corner` is one column behind
tape line: name                     # the current row
tape next: digit                    # the first number that has not been said
tape count: digit | ' ' word digit  # the numbers before it
tape out: digit

main {
    read_letter(row, "top", "start at")
    read_letter(col, "left", "{row.cell},")
    read_letter(number, "zero", "{col.cell},")
    read_bordered(x, row, lead, "x", "top")
    read_bordered(y, col, lead, "y", "left")
    rewind(x, row, y, col)
    # Say the first ten numbers: short strings show all digits.
    next := 0
    step count at "{next}" { fetch "zero" = {number.cell}  say_numbers() }
    step count at "{next}" { fetch last "worth {number.previous}" = {count.previous_word}  say_numbers() }
    rewind(number)
    # Write the row above x: all characters of y are inserted.
    step begin at "corner" {
        fetch "top" = {row.cell}, "left" = {col.cell}, "zero" = {number.cell}
        solve corner "{row.cell}{col.cell}" = {number.cell}
    }
    each y {
        line := number  right col
        step top at "{row.cell}{col.cell}" {
            fetch "y {col.cell}" = {y.cell|end}
            at end
            fetch side "{row.cell}{col.previous}" = {line.cell}
            right number
            solve cell "{row.cell}{col.cell}" = {number.cell}
        }
        right line
    }
    right row
    while begin_row() { fill_row()  right row, x }
    loop {
        rewind(number, count)
        while number != line { right number  next_word(count) }
        step result at "{row.previous}{col.previous} {next}" {
            fetch cell "{row.previous}{col.previous}" = {line.cell}, worth "worth {number.cell}" = {count|none}
            if count in digit {
                append(count, out)  to_first(out)
                solve "ans" = {out}
                break
            }
            # Strings of more than nine characters may need more numbers.
            rewind(number)  right number until marked number
            left count until count != _  right count
            fetch last "worth {number.previous}" = {count.previous_word}
            say_numbers()
        }
    }
    answer "{out.all}"
}

# Return the heads to the first column, make the row the one above, and write the first cell.
proc begin_row() uses all -> bool {
    step row at "{row.cell}{col.cell}" {
        fetch "x {row.cell}" = {x.cell|end}
        if x == _ { return false }
        each left line, corner, up, col, y { corner := line  up := line }
        right line, corner, up, y  rewind(number)
        right number until number == corner
        fetch "left" = {col.cell}, up "{row.previous}{col.cell}" = {corner.cell}
        right number  line := number
        solve cell "{row.cell}{col.cell}" = {number.cell}
    }
    right col, up
    return true
}

# Write the other cells. A match costs as much as the corner, and an edit one more than the least of
# three neighbours. The head of `number` is on the cost to the left, then on the lesser of two costs.
proc fill_row() uses all {
    each y, col, corner, up {
        step cell at "{row.cell}{col.cell} {x.cell}" {
            fetch "y {col.cell}" = {y.cell|end}
            at end
            left number
            if y == x {
                fetch corner "{row.previous}{col.previous}" = {corner.cell}
                right number until number == corner  right line  line := number
                solve cell "{row.cell}{col.cell}" = {number.cell}
                continue
            }
            fetch side "{row.cell}{col.previous}" = {line.cell}, up "{row.previous}{col.cell}" = {up.cell}
            left number  # two neighbours of a corner differ by at most two
            right number until number == line or number == up
            solve least "least {row.cell}{col.cell}" = {number.cell}
        }
        step edit at "{row.cell}{col.cell} {x.cell}" {
            fetch "least {row.cell}{col.cell}" = {number.cell}, corner "{row.previous}{col.previous}" = {corner.cell}
            left number
            if number != corner { right number }
            right number, line  line := number
            solve cell "{row.cell}{col.cell}" = {number.cell}
        }
    }
}

# Say the next five numbers with their letters; the cell after them is marked.
proc say_numbers() uses number, next, count {
    unmark number
    repeat 5 {
        solve worth "worth {number.cell}" = {next}
        append(next, count)  write count ' '
        increment(next)
        right number
    }
    mark number
}

style styled {
    read: ""
    read.lead: "We read \"{key}\"."
    read.name: " So {key} = {value}."
    read.first: " After the name {key} = {value} comes"
    read.recent: "We read \"{key}\":"
    read.value: " {key} = {value}."
    begin: "Next we fill a table: the cell of a letter of x and a letter of y holds the least number of edits up to them."
    begin.top: " Its corner is in row {key} = {value}"
    begin.left: " and column {key} = {value}."
    begin.zero: " No edit is needed there, which is {key} = {value}:"
    begin.corner: " {key} = {value}."
    top: "For the top cell {label} we look at y:"
    top.y: " {key} = {value}."
    top.side: " Its insertion is one more than {key} = {value},"
    top.cell: " hence {key} = {value}."
    row: "For the row of {label} we look at x:"
    row.x: " {key} = {value}."
    row.left: " In the first column {key} = {value} it is deleted, one more than"
    row.up: " {key} = {value},"
    row.cell: " hence {key} = {value}."
    cell: "Cell {row}{col}: {x} meets"
    cell.y: " {key} = {value}."
    cell.corner: " They are equal, so the diagonal cost {key} = {value} stays:"
    cell.side: " They differ: of the costs {key} = {value} on the left"
    cell.up: " and {key} = {value} above"
    cell.least: " the less is {key} = {value}."
    cell.cell: " {key} = {value}."
    edit: "Cell {row}{col}: of this"
    edit.least: " {key} = {value}"
    edit.corner: " and the diagonal cost {key} = {value}"
    edit.cell: " the less, and one more, is {key} = {value}."
    count: "Numbers are named by letters, which form a circle."
    count.zero: " The first one is {key} = {value}:"
    count.last: " We go on after {key} = {value}:"
    count.worth: " {key} = {value}."
    result: "The distance is in the last cell,"
    result.cell: " {key} = {value}."
    result.worth: " We know {key} = {value}."
    result.last: " So far we have {key} = {value}, then"
    result.ans: " Hence {key} = {value}."
    next: " Next: {heading}.\n"
    end: " That is all.\n"
    answer: "answer: {value}"
}

style plain {
    read: ""
    read.lead: ""
    read.name: ""
    read.first: ""
    read.recent: ""
    read.value: ""
    begin: ".\nThe table has a border"
    begin.top: " above, called {value},"
    begin.left: " and one on the left, called {value}."
    begin.zero: " No cost is {value},"
    begin.corner: " so the corner is {value}."
    top: ""
    top.y: " The next letter of y is {value}."
    top.side: " Adding it costs one more than {value},"
    top.cell: " which is {value}."
    row: "\nThe next letter"
    row.x: " of x is {value}."
    row.left: " In the border {value}"
    row.up: " dropping it costs one more than {value},"
    row.cell: " which is {value}."
    cell: " We have {x} of x"
    cell.y: " and {value} of y."
    cell.corner: " They are alike, so the cost {value} stays"
    cell.side: " They differ. The lesser of {value} on the left"
    cell.up: " and {value} above"
    cell.least: " is {value}."
    cell.cell: " and we have {value}."
    edit: ""
    edit.least: " The lesser of this {value}"
    edit.corner: " and {value} for a swap, and one more,"
    edit.cell: " is {value}."
    count: ""
    count.zero: "The letter {value} means 0. In order, the letters mean"
    count.last: ", and after {value} for"
    count.worth: " {value}"
    result: ""
    result.cell: " The last cost is {value},"
    result.worth: " which means {value},"
    result.last: " We had counted to {value}."
    result.ans: " so the distance is {value}."
    next: ""
    end: "\n"
    answer: "answer: {value}"
}
