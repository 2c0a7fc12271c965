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
tape place, after: letter              # the names of the quotient's places; the place after each
tape first, point: letter              # the first place, the last place before the point
tape quotient: digit
tape out: digit | '.'

main {
    step begin { fetch "low" = {low.cell} }
    right column
    mark above
    while column != low { right column, above }
    mark column
    while not marked above { left column, above }
    list(one, last, sum, times, column, low, first)
    loop {
        step bring at "{place.cell}" {
            while not marked column { right column, above, x }
            fetch new "new {place.cell}" = {x.cell|none}
            if x == _ {
                fetch "first" = {first.cell}
                break
            }
            fetch "low" = {low.cell}, "top" = {top.cell}
            solve left "{place.cell}{column.cell}" = {x.cell}
            while not marked above { left column, above, x }
        }
        seek_digit(x, times, column, above, top, place, quotient)
        step digit at "{place.cell} {quotient.cell}" {
            fetch "low" = {low.cell}
            solve quotient "q {place.cell}" = {quotient.cell}
        }
        take_away(x, times, column, above, place, after, quotient)
        right x, quotient
        right place, after
    }
    rewind(place)
    while place != point { right place }
    mark place
    rewind(place)
    rewind(quotient)
    write(place, quotient, point, out)
    answer "{out.all}"
}

# List the multiples from 2 to 9, each as the previous one plus the divisor.
proc list(one at first, last at empty, sum at empty, times, column, low, first) -> one at first {
    to_blank(times)
    copy(one, last)
    let n: 1..9 = 1
    while n < 9 {
        while one in digit { right one, last  right sum, column }
        left one, last
        left sum, column
        let carry: 0..1 = 0
        loop {
            step add at "{n}{column.cell} {carry}" {
                if one == _ {
                    fetch one "{column.cell}1" = "none"
                    n = n + 1
                    if n < 9 { fetch "low" = {low.cell} } else { fetch "first" = {first.cell} }
                    break
                }
                fetch one "{column.cell}1" = {one.cell}, last "{column.cell}{n}" = {last.cell}
                let total: 0..19 = one + last + carry
                sum := total % 10
                carry = total / 10
                let next: 2..10 = n + 1
                solve sum "{column.cell}{next}" = {sum.cell}
            }
            left one, last
            left sum, column
        }
        right one, last
        right sum, column
        append(sum, times)
        times := ','
        right times
        copy(sum, last)
    }
}

# Find the greatest digit whose multiple is not above the remainder.
proc seek_digit(x, times, column, above, top, place, quotient) {
    let low: 0..9 = 0
    let high: 0..9 = 9
    while low < high {
        let n: 0..9 = (low + high + 1) / 2
        rewind(times)
        let k: 0..9 = n
        while k > 0 { next_word(times)  k = k - 1 }
        let more: yes | no | open = open
        while more == open {
            step seek at "{place.cell}{column.cell} {low} {high}" {
                if times == ',' {
                    fetch times "{column.cell}{n}" = "none"
                    more = no
                } else {
                    fetch times "{column.cell}{n}" = {times.cell},
                        left "{place.cell}{column.cell}" = {x.cell}
                    if times > x { more = yes } elsif times < x { more = no }
                }
                if more == yes { high = n - 1 } elsif more == no { low = n }
                if more != open and low < high { fetch "top" = {top.cell} }
            }
            if more == open {
                right x, times
                right column, above
            }
        }
        while not marked above { left column, above, x }
    }
    quotient := low
}

# Subtract the multiple from the remainder; each digit moves one column to the left.
proc take_away(x, times, column, above, place, after, quotient) {
    rewind(times)
    let n: 0..9 = quotient
    let k: 0..9 = n
    while k > 0 { next_word(times)  k = k - 1 }
    while not marked column {
        right x, times
        right column, above
    }
    let borrow: 0..1 = 0
    loop {
        step take at "{place.cell}{column.cell} {n} {borrow}" {
            if times not in digit {
                fetch times "{column.cell}{n}" = "none"
                break
            }
            fetch left "{place.cell}{column.cell}" = {x.cell},
                times "{column.cell}{n}" = {times.cell}
            let rest: -10..9 = x - times - borrow
            x := rest % 10
            if rest < 0 { borrow = 1 } else { borrow = 0 }
            solve rest "{after.cell}{above.cell}" = {x.cell}
        }
        left x, times
        left column, above
    }
    right x, times
    right column, above
}

# Write the digits of the quotient without leading zeros.
proc write(place, quotient, point, out) {
    let p: part = lead
    loop {
        step write at "{p} {place.cell}" {
            fetch quotient "q {place.cell}" = {quotient.cell|none}
            if quotient == _ { break }
            fetch "point" = {point.cell}
            if quotient > 0 or marked place { p = body }
            if p == body {
                solve ans "ans {place.cell}" = {quotient.cell}
                out := quotient
                right out
                if marked place {
                    out := '.'
                    right out
                }
            }
        }
        right place, quotient
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
    seek: "The quotient's digit is from {low} to {high}. "
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
