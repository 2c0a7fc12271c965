# Long division. The points are moved to the right until the divisor is an integer, the divisor is
# written below the first digits of the dividend, and its multiples are listed once. Then, for each place
# of the quotient, the greatest multiple that is not above the remainder is found by bisection and
# subtracted digit by digit, the remainder moves by one column, and a digit is brought down.

import std.reading, std.words, std.writing

class digit = '0'..'9'
class letter = 'a'..'z'

tape x, y: digit | '.' | '$'               # a `$` is written after the last digit
tape places: digit                         # the number of decimal places
tape first: letter word letter             # the name of the first digit of x and of y
tape place: letter | ' ' word letter       # the names of the digits of x and of the quotient
tape column: letter | ' ' word letter      # the names of the digits of y; the first and the last are marked
tape lead: ' '..'~' word ' '..'}'          # the word before each operand in the prompt
tape low, edge: letter word letter         # the last column, the column left of the first one
tape high, last: letter word letter        # the first place of the quotient, the last one
tape one, multiple, sum: digit word digit  # the divisor, the multiple listed last, the next one
tape times: digit | ',' word digit         # the multiples from 0 on
tape rest: digit                           # the remainder, and what was left of it before
tape quotient: digit
tape out: digit | '.'

main {
    read_operands()
    move_points()
    count_places()
    find_start()
    list_columns()
    list_multiples()
    loop {
        seek_digit()
        let is_last = equal(place, last)
        step digit at "{place} {quotient.cell}" {
            if is_last { fetch last "last {place}" = "here", high "high" = {high} }
            else { fetch last "last {place}" = "none", low "y low" = {low} }
            solve quotient "q {place}" = {quotient.cell}
        }
        if is_last { break }
        take_away()
        right rest, quotient  next_digit(x, place)
        step bring at "{place} {column}" {
            fetch_dividend()
            fetch edge "edge" = {edge}
            rest := digit_of(x)
            solve rest "{place} {column}" = {rest.cell}
        }
    }
    rewind(quotient, place)  seek_word(place, high)
    write_quotient()
    answer "{out.all}"
}

# ------------------------------------------------------------------ reading

proc read_operands() uses all {
    seek_word(place, first)  seek_word(column, first)
    read_first(place)
    read_number(x, place, "x")
    to_unit(x, place)
    read_number(y, column, "y")
    mark column  append(column, low)  to_first(low)
    to_unit(y, column)
    read_item(places, lead, "places")
    step begin at "points" { fetch_unit(x, place, "x")  fetch_unit(y, column, "y") }
    left x, y
}

# Read a number and say where its unit and its last digit are. A point is read together with the digit
# after it, which is marked. The heads end on the end and on the name of the last digit.
proc read_number(t, place, name: text) uses lead {
    read_text(t, place, lead, name) each() {
        if t == '.' {
            right t
            solve value "{name} {place}" = ".{t.cell}", unit "{name} unit" = {place.previous_word}
            mark t
        } else {
            body
            if t == _ { solve low "{name} low" = {place.previous_word} }
        }
    }
    t := '$'  previous_word(place)
}

# Move to the point after the unit, or to the end of an integer.
proc to_unit(t, place) {
    left t
    while t != '.' and t != _ { left_named(t, place) }
    if t == _ { right_named(t, place)  while t != '$' { right_named(t, place) }  previous_word(place) }
}

proc fetch_unit(t, place, name: text) {
    if t == '.' { fetch unit "{name} unit" = {place} }
    else { fetch unit "{name} unit" = none, low "{name} low" = {place} }
}

# ------------------------------------------------------------------ preparation

# Find the quotient's point, which is before a place: x's point moves as far as that of y to its end.
proc move_points() uses all {
    loop step shift at "{place} {column}" {
        fetch_divisor("y {column}")
        if y == '$' { solve point "point {place}" = "here"  break }
        next_word(place)  next_digit(y, column)
    }
    previous_word(place)  mark place  next_word(place)
}

# Find the last place of the quotient.
proc count_places() uses place, places, first, last {
    for n in 1..9 step count at "{place} {n}" {
        fetch places "places" = {places.cell}
        if n == places { fetch first "first" = {first}  solve last "last {place}" = "here"  break }
        next_word(place)
    }
    append(place, last)  to_first(last)
}

# Find the place at which the quotient begins: there the divisor is below the first digits of the
# dividend, but its last digit is not right of the quotient's point.
proc find_start() uses all {
    rewind(x, y, place, column)
    seek_word(place, first)  seek_word(column, first)
    loop step skip at "{column}" {
        fetch_divisor("y {column}")
        if y != 0 { fetch first "first" = {first}  solve top "y top" = {column}  break }
        next_digit(y, column)
    }
    right_digit(y)
    loop step fit at "{place} {column}" {
        fetch_divisor("y {column.next_word}")
        fetch_point()
        if marked place or marked column { fetch low "y low" = {low}  solve high "high" = {place}  break }
        next_digit(x, place)  next_digit(y, column)
    }
    append(place, high)  to_first(high)
    while not marked column { next_digit(y, column) }
    left_digit(y)
}

# Write the divisor and the part of the dividend above it in columns, from the last column on. The
# column left of the divisor gets zeros; the dividend has no digit there.
proc list_columns() uses all {
    loop step list at "{high} {place} {column}" {
        fetch_divisor("y {column}")
        if y == _ { fetch low "y low" = {low} } else { fetch_dividend() }
        rest := digit_of(x)  one := (y or 0)
        solve one "{column}1" = {one.cell}, rest "{high} {column}" = {rest.cell}
        if y == _ { solve edge "edge" = {column}  break }
        left_digit(x, y)
        previous_word(place, column)  left rest, one
    }
    mark column  append(column, edge)  to_first(edge)
    each one { write times '0' }
    rewind(one)  write times ','  append(one, times)  write times ','
    to_low()  right rest until rest == _  left rest
    while not equal(place, high) { next_digit(x, place) }
}

# List the multiples from 2 to 9, each as the previous one plus the divisor.
proc list_multiples() uses all {
    copy(one, multiple)
    for n in 1..8 {
        to_last_cell(one, multiple)
        let carry: 0..1 = 0
        each left one, multiple, sum step add at "{column}{n} {carry}" {
            fetch one "{column}1" = {one.cell|none}
            at end {
                if n < 8 { fetch low "y low" = {low} } else { fetch high "high" = {high}, edge "edge" = {edge} }
            }
            fetch multiple "{column}{n}" = {multiple.cell}
            let total: 0..19 = one + multiple + carry
            carry = total / 10
            if carry == 1 { solve carry "carry" }
            sum := total % 10
            let next: 2..9 = n + 1
            solve sum "{column}{next}" = {sum.cell}
            previous_word(column)
        }
        right one, multiple, sum  append(sum, times)  write times ','
        move(sum, multiple)  next_word(column)  to_low()
    }
}

# ------------------------------------------------------------------ division

# Find the greatest digit whose multiple is not above the remainder; the heads end on the first column.
proc seek_digit() uses all {
    left_named(rest, column)
    while not marked column { left_named(rest, column) }
    let least: 0..9 = 0
    let most: 0..9 = 9
    while least < most {
        let n: 0..9 = (least + most + 1) / 2
        go_to(n)
        let more: yes | no | open = open
        while more == open {
            step seek at "{place} {column} {least} {most}" {
                fetch times "{column}{n}" = {times.letter|none}
                if times == ',' { more = no }
                else {
                    fetch rest "{place} {column}" = {rest.cell}
                    if times > rest { more = yes } else if times < rest { more = no }
                }
                if more == yes { most = n - 1 } else if more == no { least = n }
                if more != open and least < most { fetch edge "edge" = {edge} }
                if more == yes { solve most "most" = {most} }
                else if more == no { solve least "least" = {least} }
                else { solve same "equal" }
            }
            if more == open { right times  right_named(rest, column) }
        }
        left times  left_named(rest, column)
        while times in digit { left times  left_named(rest, column) }
        right_named(rest, column)
    }
    quotient := least
}

# Move to the first digit of a multiple.
proc go_to(n: 0..9) uses times { rewind(times)  repeat n { next_word(times) } }

# Subtract the multiple from the remainder; each digit moves one column to the left.
proc take_away() uses all {
    let n: 0..9 = quotient
    if n == 0 { go_to(1) } else { go_to(n) }
    right times  right_named(rest, column)
    while not marked column { right times  right_named(rest, column) }
    if n == 0 { move_remainder() } else { subtract_multiple(n) }
    right_named(rest, column)  right_named(rest, column)
    while not marked column { right_named(rest, column) }
}

proc move_remainder() uses all {
    each left times, rest until times not in digit step move at "{place} {column}" {
        fetch one "{column}1" = {times.letter|none}
        at end { fetch low "y low" = {low} }
        fetch rest "{place} {column}" = {rest.cell}
        solve moved "{place.next_word} {column.previous_word}" = {rest.cell}
        previous_word(column)
    }
}

proc subtract_multiple(n: 0..9) uses all {
    let borrow: 0..1 = 0
    each left times, rest until times not in digit step take at "{place} {column}{n} {borrow}" {
        fetch times "{column}{n}" = {times.letter|none}
        at end { fetch low "y low" = {low} }
        fetch rest "{place} {column}" = {rest.cell}
        let difference: -10..9 = rest - times - borrow
        if difference < 0 { borrow = 1  solve borrow "borrow" } else { borrow = 0 }
        rest := difference % 10
        solve difference "{place.next_word} {column.previous_word}" = {rest.cell}
        previous_word(column)
    }
}

# Write the digits of the quotient without leading zeros, and its point.
proc write_quotient() uses all {
    loop step drop at "{place}" {
        fetch quotient "q {place}" = {quotient.cell}
        fetch_point()
        if quotient > 0 or marked place { break }
        solve zero "drop 0"
        right_named(quotient, place)
    }
    each quotient step write at "{place}" {
        fetch quotient "q {place}" = {quotient.cell|none}
        at end
        fetch_point()
        write_symbol(quotient, out)
        if marked place { out := '.'  solve dot "{out.recent}"  right out }
        next_word(place)
    }
}

proc fetch_point() uses place {
    if marked place { fetch point "point {place.next_word}" = "here" }
    else { fetch point "point {place.next_word}" = "none" }
}

# ------------------------------------------------------------------ heads

# Move to the next digit and its name; a point is passed over.
proc next_digit(t, place) { right_digit(t)  next_word(place) }

proc right_digit(t) { right t  if t == '.' { right t } }

proc left_digit(t) { left t  if t == '.' { left t } }

# Move from a column left of the last one to the last one.
proc to_low() uses column {
    next_word(column)
    while not marked column { next_word(column) }
}

proc fetch_dividend() uses x, place {
    if x == '$' { fetch "x {place}" = "end" }
    else if marked x { fetch "x {place}" = ".{x.cell}" }
    else { fetch "x {place}" = {x.cell|none} }
}

proc fetch_divisor(key: text) uses y {
    if y == '$' { fetch y "{key}" = "end" }
    else if marked y { fetch y "{key}" = ".{y.cell}" }
    else { fetch y "{key}" = {y.cell|none} }
}

style styled {
    read: ""
    read.lead: "We find {key} in the question."
    read.first: " The digits are named from {key} = {value} on."
    read.recent: "The question goes on with {key}."
    read.value: " So {key} = {value}."
    read.unit: " A point is before it, so the units digit is named by {key} = {value}."
    read.low: " The number is complete, and its last digit is named by {key} = {value}."
    begin: "Before we divide, we move both points to the right until the divisor is an integer. We start at the units."
    begin.unit: " Here, {key} = {value}."
    begin.low: " An integer has its unit at its end, so we take {key} = {value}."
    shift: "We look at place {place} of x and {column} of y. "
    shift.y: "There, {key} = {value}."
    shift.point: " The divisor ends, so the quotient has its point before this place of x: {key} = {value}."
    count: "Place {place} is decimal place {n} of the quotient. "
    count.places: "We need {key} = {value}."
    count.first: " That is enough. We go back to {key} = {value}"
    count.last: " and note for later that the quotient ends at this place: {key} = {value}."
    skip: "Is {column} the first digit of the divisor that is not 0? "
    skip.y: "There, {key} = {value}."
    skip.first: " It goes below {key} = {value}, the first digit of the dividend,"
    skip.top: " and we have {key} = {value}."
    fit: "With digit {column} of the divisor below {place} of the dividend, we look one place ahead. "
    fit.y: "There, {key} = {value}"
    fit.point: " and, for the quotient's point, {key} = {value}."
    fit.low: " So we stop and fetch the last digit's name, {key} = {value}."
    fit.high: " The quotient begins here: {key} = {value}."
    list: "In row {high} we write place {place} of the dividend and column {column} of the divisor. "
    list.x: " It goes below {key} = {value}."
    list.y: "The divisor has {key} = {value}."
    list.low: " That is the column left of the divisor; its last column was {key} = {value}."
    list.one: " So the multiple 1 has {key} = {value},"
    list.rest: " and the remainder has {key} = {value}."
    list.edge: " So the columns begin with {key} = {value}."
    add: "In column {column}, with {carry} carried, we add "
    add.one: "{key} = {value}"
    add.multiple: " and {key} = {value}."
    add.carry: " We {key} 1."
    add.sum: " So {key} = {value}."
    add.low: ", so this multiple is complete. The next one begins in column {key} = {value}."
    add.high: ", so all multiples are complete. The quotient begins at {key} = {value},"
    add.edge: " and the columns with {key} = {value}."
    seek: "Between {least} and {most} we try the middle, in column {column}: "
    seek.times: "{key} = {value}"
    seek.rest: " against {key} = {value}."
    seek.edge: " Back to {key} = {value}."
    seek.most: " It is too large, so {key} = {value}."
    seek.least: " It fits, so {key} = {value}."
    seek.same: " They are {key}."
    digit: "The digit for place {place} is {quotient.cell}. "
    digit.last: "Is it the last one? We have {key} = {value}."
    digit.low: " No, so we subtract, beginning in column {key} = {value}."
    digit.high: " Yes, so we write the quotient from {key} = {value} on."
    digit.quotient: " We note {key} = {value}."
    take: "In column {column}, with {borrow} borrowed, we take "
    take.times: "{key} = {value}"
    take.low: ", so that is done. The last column is {key} = {value}."
    take.rest: " from {key} = {value}."
    take.borrow: " We {key} 1."
    take.difference: " So {key} = {value}, one column to the left."
    move: "The digit is 0, so in column {column} nothing is taken away. "
    move.one: "The divisor has {key} = {value}"
    move.low: ", so that is done. The last column is {key} = {value}."
    move.rest: " there, and the remainder has {key} = {value}."
    move.moved: " It moves one column to the left, {key} = {value}."
    bring: "We bring down the digit of place {place} to column {column}. "
    bring.x: "It is {key} = {value}."
    bring.edge: " The columns begin with {key} = {value}."
    bring.rest: " So the remainder ends with {key} = {value}."
    drop: "We write the quotient without zeros in front and look at {place}. "
    drop.quotient: "There, {key} = {value}, "
    drop.point: "and for the point, {key} = {value}."
    drop.zero: " The zero is not needed: {key}."
    write: "We write the digit of place {place}. "
    write.quotient: "There, {key} = {value}"
    write.point: ", and for the point, {key} = {value}."
    write.ans: " We have now written {key}."
    write.dot: " Then comes the point, so {key} is written."
    next: " Next: {heading}.\n"
    end: ". So the quotient is written.\n"
    answer: "answer: {value}"
}

style plain {
    read: ""
    read.lead: ""
    read.first: ""
    read.recent: ""
    read.value: ""
    read.unit: ""
    read.low: ""
    begin: "First we move both points to the right until the divisor is an integer."
    begin.unit: ""
    begin.low: ""
    shift: ""
    shift.y: " In the divisor we come to {value}."
    shift.point: " So that is done."
    count: ""
    count.places: "\nOf {value} decimal places, this is number {n}."
    count.first: ""
    count.last: " So the quotient ends here."
    skip: ""
    skip.y: "\nThe divisor goes on with {value}."
    skip.first: ""
    skip.top: " That is its first digit."
    fit: ""
    fit.y: "\nWhere we write the divisor below the dividend, it goes on with {value}."
    fit.point: ""
    fit.low: ""
    fit.high: " There the quotient begins."
    list: ""
    list.y: "\nThe divisor has {value} here."
    list.x: " The dividend has {value}."
    list.low: ""
    list.one: ""
    list.rest: " So the remainder has {value}."
    list.edge: ""
    add: ""
    add.one: "\nThe divisor's next digit is {value}."
    add.multiple: " The multiple by {n} has {value}, and {carry} was carried."
    add.carry: " We carry 1."
    add.sum: " That makes {value}."
    add.low: " So this multiple is complete."
    add.high: " So all multiples are listed."
    add.edge: ""
    seek: "\nThe quotient's digit is from {least} to {most}."
    seek.times: " The multiple by {n} has {value} here."
    seek.rest: " What is left has {value}."
    seek.edge: ""
    seek.most: " The digit is at most {value}."
    seek.least: " The digit is at least {value}."
    seek.same: " These are equal."
    digit: ""
    digit.last: ""
    digit.low: ""
    digit.high: ""
    digit.quotient: "\nSo the quotient's next digit is {value}."
    take: ""
    take.times: "\nThe multiple by {n} has {value}."
    take.low: " So it is subtracted."
    take.rest: " What is left has {value}, of which {borrow} was borrowed."
    take.borrow: " We borrow 1."
    take.difference: " The difference is {value}."
    move: ""
    move.one: "\nThe divisor has {value} here."
    move.low: " So nothing is taken away."
    move.rest: ""
    move.moved: " What is left keeps its {value}."
    bring: ""
    bring.x: "\nThe next digit to bring down is {value}."
    bring.edge: ""
    bring.rest: " What is left ends in {value} now."
    drop: ""
    drop.quotient: "\nIn front, the quotient has {value}."
    drop.point: ""
    drop.zero: " We leave it out."
    write: ""
    write.quotient: "\nThe digit to write now is {value}."
    write.point: ""
    write.ans: " We write {quotient}."
    write.dot: " Then comes the point."
    next: ""
    end: " That is the quotient.\n"
    answer: "answer: {value}"
}
