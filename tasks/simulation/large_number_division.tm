# Long division. The multiples of the divisor are listed once. Then, for each place of the quotient, a
# digit of the dividend is brought down, the greatest multiple that is not above the remainder is
# found by bisection and subtracted digit by digit, and the remainder moves by one column.

import std.words

class digit = '0'..'9'
class letter = 'a'..'z'

enum part = lead | body  # whether only leading zeros have occurred so far

tape x: digit                          # the dividend; the head is at the remainder
tape one, last, sum: digit word digit  # the divisor, the multiple listed last, the next one
tape times: digit | ',' word digit     # the multiples 0 and 1, and those listed
tape column, above: letter             # the columns, from one before the first; the column left of each
tape top, low: letter                  # the first column, the last column
tape place, first, point: letter       # the quotient's places, the first one, the last one before the point
tape quotient: digit
tape out: digit | '.'
group columns = column, above

main {
    step begin { fetch "low" = {low.cell} }
    right column
    mark above
    right columns until column == low
    mark column
    left columns until marked above
    list_multiples()
    loop {
        step bring at "{place.cell}" {
            right columns, x until marked column
            fetch new "new {place.cell}" = {x.cell|none}
            if x == _ { fetch "first" = {first.cell}  break }
            fetch "low" = {low.cell}, "top" = {top.cell}
            solve left "{place.cell}{column.cell}" = {x.cell}
            left columns, x until marked above
        }
        seek_digit()
        step digit at "{place.cell} {quotient.cell}" {
            fetch "low" = {low.cell}
            solve quotient "q {place.cell}" = {quotient.cell}
        }
        take_away()
        right x, quotient, place
    }
    rewind(place)
    right place until place == point
    mark place
    rewind(place, quotient)
    write_quotient()
    answer "{out.all}"
}

# List the multiples from 2 to 9, each as the previous one plus the divisor.
proc list_multiples() uses all {
    to_blank(times)
    copy(one, last)
    let n: 1..9 = 1
    while n < 9 {
        right one, last, sum, column until one == _
        left one, last, sum, column
        let carry: 0..1 = 0
        each left one, last, sum, column {
            step add at "{n}{column.cell} {carry}" {
                fetch one "{column.cell}1" = {one.cell|none}
                at end {
                    n = n + 1
                    if n < 9 { fetch "low" = {low.cell} } else { fetch "first" = {first.cell} }
                }
                fetch last "{column.cell}{n}" = {last.cell}
                let total: 0..19 = one + last + carry
                sum := total % 10
                carry = total / 10
                let next: 2..10 = n + 1
                solve sum "{column.cell}{next}" = {sum.cell}
            }
        }
        right one, last, sum, column
        append(sum, times)
        write times ','
        copy(sum, last)
    }
}

# Find the greatest digit whose multiple is not above the remainder.
proc seek_digit() uses all {
    let least: 0..9 = 0
    let high: 0..9 = 9
    while least < high {
        let n: 0..9 = (least + high + 1) / 2
        go_to(n)
        let more: yes | no | open = open
        while more == open {
            step seek at "{place.cell}{column.cell} {least} {high}" {
                fetch times "{column.cell}{n}" = {times.letter|none}
                if times == ',' { more = no }
                else {
                    fetch left "{place.cell}{column.cell}" = {x.cell}
                    if times > x { more = yes } else if times < x { more = no }
                }
                if more == yes { high = n - 1 } else if more == no { least = n }
                if more != open and least < high { fetch "top" = {top.cell} }
            }
            if more == open { right x, times, columns }
        }
        left columns, x until marked above
    }
    quotient := least
}

# Move to the first digit of a multiple.
proc go_to(n: 0..9) uses times { rewind(times)  repeat n { next_word(times) } }

# Subtract the multiple from the remainder; each digit moves one column to the left.
proc take_away() uses all {
    let n: 0..9 = quotient
    go_to(n)
    right x, times, columns until marked column
    let borrow: 0..1 = 0
    each left x, times, columns until times not in digit {
        step take at "{place.cell}{column.cell} {n} {borrow}" {
            at end { fetch times "{column.cell}{n}" = "none" }
            fetch left "{place.cell}{column.cell}" = {x.cell}, times "{column.cell}{n}" = {times.cell}
            let rest: -10..9 = x - times - borrow
            x := rest % 10
            if rest < 0 { borrow = 1 } else { borrow = 0 }
            solve rest "{place.next}{above.cell}" = {x.cell}
        }
    }
    right x, times, columns
}

# Write the digits of the quotient without leading zeros.
proc write_quotient() uses all {
    let p: part = lead
    each quotient, place {
        step write at "{p} {place.cell}" {
            fetch quotient "q {place.cell}" = {quotient.cell|none}
            at end
            fetch "point" = {point.cell}
            if quotient > 0 or marked place { p = body }
            if p == body {
                solve ans "ans {place.cell}" = {quotient.cell}
                write out quotient
                if marked place { write out '.' }
            }
        }
    }
}

style styled {
    begin: "The columns end at "
    begin.low: "{key} = {value}. "
    add: "Add to multiple {label}: "
    add.one: "{key} = {value} "
    add.low: "and we go on from {key} = {value}. "
    add.first: "and the list ends; {key} = {value}. "
    add.last: "and {key} = {value} "
    add.sum: "make {key} = {value}. "
    bring: "Bring down {label}: "
    bring.new: "{key} = {value} "
    bring.low: "at {key} = {value} "
    bring.top: "from {key} = {value}. "
    bring.first: "back to {key} = {value}. "
    bring.left: "So {key} = {value}. "
    seek: "Seek {label}: "
    seek.times: "{key} = {value} "
    seek.left: "against {key} = {value}. "
    seek.top: "Back to {key} = {value}. "
    digit: "The digit {label}: "
    digit.low: "from {key} = {value}, "
    digit.quotient: "{key} = {value}. "
    take: "Take away {label}: "
    take.left: "{key} = {value} "
    take.times: "less {key} = {value} "
    take.rest: "leaves {key} = {value}. "
    write: "Write {label}: "
    write.quotient: "{key} = {value}. "
    write.point: "Mind {key} = {value}. "
    write.ans: "So {key} = {value}. "
    next: "Next is {label}.\n"
    end: "That is the quotient.\n"
    answer: "answer: {value}"
}

style plain {
    begin: "First come the multiples of the divisor.\n"
    begin.low: ""
    add: ""
    add.one: "The divisor's next digit is {value}. "
    add.last: "With {value} of the multiple by {n} and the carried {carry}, "
    add.sum: "that makes {value}. "
    add.low: "So this multiple is complete.\n"
    add.first: "So all multiples are listed.\n"
    bring: ""
    bring.new: "The next digit to bring down is {value}. "
    bring.low: ""
    bring.top: ""
    bring.left: "What is left ends in {value} now. "
    bring.first: "So every digit is found.\n"
    seek: "The quotient's digit is from {least} to {high}. "
    seek.times: "The multiple by {n} has {value} here. "
    seek.left: "What is left has {value}. "
    seek.top: "Try another. "
    digit: ""
    digit.low: ""
    digit.quotient: "So the quotient's digit {place} is {value}. "
    take: ""
    take.left: "What is left has {value}. "
    take.times: "The multiple by {n} has {value}. "
    take.rest: "Less that and the borrowed {borrow}, it is {value}. "
    write: ""
    write.quotient: "The quotient's digit {place} is {value}. "
    write.point: "The point comes behind {value}. "
    write.ans: "We write {value}. "
    next: ""
    end: "That is the quotient.\n"
    answer: "answer: {value}"
}
