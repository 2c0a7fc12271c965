# A longest common subsequence by dynamic programming. The cell of a row and a column holds the length
# for the characters of x up to that row and those of y up to that column. On the way back from the
# last cell to the border, every match is kept. Numbers are named by letters in alphabetical order, with
# E after Z; long strings need small letters before E, and rows and columns capital ones after z.

import std.reading, std.words

class character = 'A'..'D'
class name = 'E'..'Z' | 'a'..'z'

tape x, y: character
tape row, col: name                # letters of the rows and of the columns, border first
tape number: name                  # the names of the numbers, 0 first
tape lead: ' '..'~' word ' '..'}'  # the word before each string in the prompt
tape line: name                    # the row above; later it counts the cells of a row
tape table: name                   # all rows, one after the other
tape kept: character               # grows to the left
tape out: character | ' ' | 'n' | 'o' | 'e'

main {
    read_letter(row, "top", "start at")
    read_letter(col, "left", "{row.cell},")
    read_letter(number, "zero", "{col.cell},")
    read_bordered(x, row, lead, "x", "top")
    read_bordered(y, col, lead, "y", "left")
    rewind(x, row, y, col)
    # Write the row above x: the length is 0.
    step begin at "corner" {
        fetch "top" = {row.cell}, "left" = {col.cell}, "zero" = {number.cell}
        solve corner "{row.cell}{col.cell}" = {number.cell}
    }
    each y, table {
        table := number  right col
        step top at "{row.cell}{col.cell}" {
            fetch "y {col.cell}" = {y.cell|end}
            at end
            fetch side "{row.cell}{col.previous}" = {table.cell}
            solve cell "{row.cell}{col.cell}" = {number.cell}
        }
    }
    right row
    while begin_row() { fill_row()  right row, x }
    left row, x, col, y
    trace_back()
    write_kept()
    answer "{out.all}"
}

# Return the heads to the first column, make the last row the line above, and write the first cell.
proc begin_row() uses all -> bool {
    step row at "{row.cell}{col.cell}" {
        fetch "x {row.cell}" = {x.cell|end}
        if x == _ { return false }
        loop { line := table  left line, table, col, y  if y == _ { break } }
        right line, table, y  to_blank(table)  rewind(number)
        fetch "left" = {col.cell}, up "{row.previous}{col.cell}" = {line.cell}
        table := number
        solve cell "{row.cell}{col.cell}" = {number.cell}
    }
    right col
    return true
}

# Write the other cells. The head of `number` is on the length to the left; a cell exceeds it by at
# most 1.
proc fill_row() uses all {
    each y, col step cell at "{row.cell}{col.cell} {x.cell}" {
        fetch "y {col.cell}" = {y.cell|end}
        at end
        if y == x {
            fetch corner "{row.previous}{col.previous}" = {line.cell}
            if line == number { right number }
            right line
        } else {
            right line
            fetch side "{row.cell}{col.previous}" = {table.cell}, up "{row.previous}{col.cell}" = {line.cell}
            right number
            if line != number { left number }
        }
        right table  table := number
        solve cell "{row.cell}{col.cell}" = {number.cell}
    }
}

# Move the heads back from the last cell until a string is used up: diagonally from a match, otherwise
# up if the length there is the same, otherwise left. `number` is on the length of the cell.
proc trace_back() uses all {
    loop {
        let same = x == y
        step back at "{row.cell}{col.cell}" {
            fetch "x {row.cell}" = {x.cell|none}, "y {col.cell}" = {y.cell|none}
            if x == _ or y == _ { fetch "zero" = {number.cell}  break }
            if same {
                fetch cell "{row.cell}{col.cell}" = {table.cell}
                kept := x
                solve kept "kept {table.cell}" = {kept.cell}
                left kept, number, table
                row_up()
                to_blank(line)  left x, row, y, col
            }
        }
        if not same step turn at "{row.cell}{col.cell}" {
            fetch cell "{row.cell}{col.cell}" = {table.cell}
            row_up()
            fetch up "{row.previous}{col.cell}" = {table.cell}
            if table == number { to_blank(line)  left x, row }
            else {
                right line, table until line == _
                left table
                fetch side "{row.cell}{col.previous}" = {table.cell}
                left y, col
            }
        }
        left line
    }
}

# Move from a cell to the one above; the head of `line` counts the cells from the last to the first.
proc row_up() uses table, line { left line, table until line == _  right line }

# Write the kept characters, or `none`.
proc write_kept() uses number, kept, out {
    right number, kept
    if kept == _ { write out "none" }
    loop {
        step write at "{number.cell}" {
            fetch "kept {number.cell}" = {kept.cell|none}
            if kept == _ { break }
            out := kept
            solve ans "{kept.recent}"
            right out
        }
        right number, kept
        if kept != _ { write out ' ' }
    }
}

style styled {
    read: ""
    read.lead: "We read \"{key}\"."
    read.name: " So {key} = {value}."
    read.first: " After the name {key} = {value} comes"
    read.recent: "We read \"{key}\":"
    read.value: " {key} = {value}."
    begin: "Next we fill a table: the cell of a letter of x and a letter of y holds the length of a longest common subsequence up to them. Lengths are named by letters in a circle."
    begin.top: " Its corner is in row {key} = {value}"
    begin.left: " and column {key} = {value}."
    begin.zero: " Nothing is common there, which is {key} = {value}:"
    begin.corner: " {key} = {value}."
    top: "Top cell {label}:"
    top.y: " {key} = {value}."
    top.side: " Without a letter of x, the length stays {key} = {value}:"
    top.cell: " {key} = {value}."
    row: "Row of {label}:"
    row.x: " {key} = {value}."
    row.left: " In the first column {key} = {value} the length stays"
    row.up: " {key} = {value}:"
    row.cell: " {key} = {value}."
    cell: "Cell {row}{col}: {x} meets"
    cell.y: " {key} = {value}."
    cell.corner: " They match, and one more than {key} = {value} is"
    cell.side: " Of {key} = {value} on the left"
    cell.up: " and {key} = {value} above, the greater is"
    cell.cell: " {key} = {value}."
    back: "On the way back, cell {label} has"
    back.x: " {key} = {value}"
    back.y: " and {key} = {value}."
    back.cell: " They match. At the length {key} = {value} we keep"
    back.kept: " {key} = {value} and go on diagonally."
    back.zero: " At the border the length is {key} = {value}, so nothing more is common."
    turn: "They differ."
    turn.cell: " We have {key} = {value}"
    turn.up: " and above {key} = {value}."
    turn.side: " This is less, so we go left, to {key} = {value}."
    write: "Letter {label} of the answer is"
    write.kept: " {key} = {value}."
    write.ans: " We have now written {key}."
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
    begin: "The table has a border"
    begin.top: " above, called {value},"
    begin.left: " and one on the left, called {value}."
    begin.zero: " Nothing in common is {value}, and more is a later letter, with E after Z,"
    begin.corner: " so the corner is {value}."
    top: ""
    top.y: " The next letter of y is {value}."
    top.side: " Nothing is before it, so {value} on its left"
    top.cell: " gives {value} here."
    row: "\nThe next letter"
    row.x: " of x is {value}."
    row.left: " In the border {value}"
    row.up: " we have {value} above"
    row.cell: " and so {value} here."
    cell: " We have {x} of x"
    cell.y: " and {value} of y."
    cell.corner: " They are alike, and one more than {value}"
    cell.side: " They differ, and the greater of {value} on the left"
    cell.up: " and {value} above"
    cell.cell: " is {value}."
    back: " Going back,"
    back.x: " x has {value}"
    back.y: " and y has {value}."
    back.cell: " These match at {value},"
    back.kept: " so {value} is kept."
    back.zero: " The length is {value} before."
    turn: ""
    turn.cell: " They differ. Of the {value} here"
    turn.up: " there is {value} above"
    turn.side: ", so we go to the {value} on the left."
    write: ""
    write.kept: " The next letter kept is {value}."
    write.ans: " We have now written {key}."
    next: ""
    end: "\n"
    answer: "answer: {value}"
}
