# Edit distance by dynamic programming. The cell of a row and a column holds the least number of
# substitutions, insertions and deletions that turn x up to that row into y up to that column.

import std.words

class character = 'A'..'D'
class name = 'K'..'Z'
class digit = '0'..'9'

tape x, y: character
tape row, col: 'a'..'z'             # letters of the rows and of the columns, border first
tape number: name                   # the names of the numbers, 0 first
tape count: digit | ' ' word digit  # the numbers themselves
tape corner, up: name               # the row above; `corner` is one column behind
tape line: name                     # the current row
tape out: digit

main {
    # Write the row above x: all characters of y are inserted.
    step begin {
        fetch "top" = {row.cell}, "left" = {col.cell}, "zero" = {number.cell}
        solve corner "{row.cell}{col.cell}" = {number.cell}
    }
    each y {
        line := number
        right col
        step top at "{row.cell}{col.cell}" {
            fetch "y {col.cell}" = {y.cell|none}
            at end
            fetch side "{row.cell}{col.previous}" = {line.cell}
            right number
            solve cell "{row.cell}{col.cell}" = {number.cell}
        }
        right line
    }
    right row
    while begin_row() { fill_row()  right row, x }
    step result at "{row.previous}{col.previous}" {
        fetch cell "{row.previous}{col.previous}" = {line.cell}
        rewind(number)
        while number != line { right number  next_word(count) }
        fetch "count {number.cell}" = {count}
        append(count, out)
        to_first(out)
        solve "ans" = {out}
    }
    answer "{out.all}"
}

# Return the heads to the first column, make the row the one above, and write the first cell.
proc begin_row() uses all -> bool {
    step row at "{row.cell}{col.cell}" {
        fetch "x {row.cell}" = {x.cell|none}
        if x == _ { return false }
        each left line, corner, up, col, y { corner := line  up := line }
        right line, corner, up, y
        rewind(number)
        right number until number == corner
        fetch "left" = {col.cell}, up "{row.previous}{col.cell}" = {corner.cell}
        right number
        line := number
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
            fetch "y {col.cell}" = {y.cell|none}
            at end
            left number
            if y == x {
                fetch corner "{row.previous}{col.previous}" = {corner.cell}
                right number until number == corner
                right line
                line := number
                solve cell "{row.cell}{col.cell}" = {number.cell}
                continue
            }
            fetch side "{row.cell}{col.previous}" = {line.cell}, up "{row.previous}{col.cell}" = {up.cell}
            left number  # two neighbours of a corner differ by at most two
            right number until number == line or number == up
            solve least "least {row.cell}{col.cell}" = {number.cell}
        }
        step edit at "{row.cell}{col.cell} {x.cell}" {
            fetch "least {row.cell}{col.cell}" = {number.cell},
                corner "{row.previous}{col.previous}" = {corner.cell}
            left number
            if number != corner { right number }
            right number, line
            line := number
            solve cell "{row.cell}{col.cell}" = {number.cell}
        }
    }
}

style styled {
    begin: "The border is above and left of the strings: "
    begin.top: "{key} = {value} "
    begin.left: "and {key} = {value}. "
    begin.zero: "Nothing is called {key} = {value}, "
    begin.corner: "hence {key} = {value}. "
    top: "Above at {label}, "
    top.y: "{key} = {value}. "
    top.side: "One more than {key} = {value} "
    top.cell: "is {key} = {value}. "
    row: "Row {label} "
    row.x: "has {key} = {value}. "
    row.left: "Its border {key} = {value} "
    row.up: "is below {key} = {value}. "
    row.cell: "One more is {key} = {value}. "
    cell: "At {label} "
    cell.y: "we meet {key} = {value}. "
    cell.corner: "A match costs no more than {key} = {value}, "
    cell.side: "Of {key} = {value} "
    cell.up: "and {key} = {value} "
    cell.least: "the lesser is {key} = {value}. "
    cell.cell: "so {key} = {value}. "
    edit: "Edit {label}: "
    edit.least: "of {key} = {value} "
    edit.corner: "and {key} = {value} "
    edit.cell: "the lesser and one more is {key} = {value}. "
    result: "The last cell is {label}: "
    result.cell: "{key} = {value}, "
    result.count: "and {key} = {value}. "
    result.ans: "Hence {key} = {value}. "
    next: "Go to {label}.\n"
    end: "That is all.\n"
    answer: "answer: {value}"
}

style plain {
    begin: "The table has a border"
    begin.top: " above, called {value},"
    begin.left: " and one on the left, called {value}."
    begin.zero: " No cost at all is {value},"
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
    result: ""
    result.cell: " The last cost is {value},"
    result.count: " which stands for {value},"
    result.ans: " so the distance is {value}."
    next: ""
    end: "\n"
    answer: "answer: {value}"
}
