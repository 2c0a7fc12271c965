# Dijkstra's algorithm. A round settles the nearest open vertex. How far the others are is counted
# from there: they get nearer by as much, and an edge from there may be nearer still. So nothing
# grows but the sums, which are added digit by digit.

import std.words
import std.decimal

enum part = front | body  # whether a digit of the number has come already

class name = 'A'..'Z'

tape vertex: name  # the letters of the vertices, and one at either end
tape source: name
tape edges: digit | name | ',' word digit  # `A,5,,B5,,7,`: from each vertex to each, or nothing
tape now, next: digit | ',' word digit     # how far the vertices are in this round and the next
tape round, later: 'a'..'z'                # the letters of the rounds, and from the second on
tape place, higher: 'a'..'z'               # those of the places of digits, thousands to ones
tape ones, top: 'a'..'z'                   # those of the ones and of the hundreds
tape done: '1'                             # under each vertex that is settled
tape u, lead: name                         # the vertex settled last, and the nearest open one
tape least, nearest: digit                 # how far they are from the one settled before
tape rest, far: digit
tape sum: digit   # the distance of u, its head on the ones
tape dist: digit  # the same, in four cells under each vertex
tape out: digit | ',' | ' '

main {
    right vertex
    to_blank(place)
    left place
    left place
    to_last(higher)
    begin(vertex, source, now, round, ones, u, least, sum)
    loop {
        settle(vertex, round, done, u, sum, dist)
        sweep(
            vertex, edges, now, next, round, later, ones, top, done, u, lead, least, nearest, rest, far
            )
        if lead == _ { break }
        add_up(later, place, higher, u, lead, nearest, sum)
        u := lead
        lead := _
        move(nearest, least)
        right round, later
    }
    write(vertex, place, top, dist, out)
    answer "{out.all}"
}

proc begin(vertex, source, now, round, ones, u, least, sum) {
    step begin {
        fetch source "source" = {source.cell}, round "round" = {round.cell},
            ones "ones" = {ones.cell}
        u := source
        least := 0
        sum := 0
        solve far "{round.cell} {u.cell}" = {least}, sum "{u.cell} {ones.cell}" = {sum}
    }
    while vertex != _ {
        if vertex == u { now := 0  right now }
        now := ','
        right vertex, now
    }
    to_start(vertex)
    rewind(now)
}

# From a letter, or the blank behind the last, to the first vertex.
proc to_start(vertex) {
    rewind(vertex)
    right vertex
}

# Writes down the distance of u, which is settled by that.
proc settle(vertex, round, done, u, sum, dist) {
    step settle at "{round.cell} {u.cell}" {
        fetch first "first" = {vertex.cell}
        solve done "done {u.cell}" = "yes"
    }
    while vertex != u {
        right vertex, done, dist
        skip(dist)
    }
    done := 1
    right dist
    right dist
    while sum in digit { dist := sum  left sum, dist }
    right sum, dist
    while sum in digit { right sum, dist }
    left sum
    left dist
    left dist
    left dist
    left vertex
    while vertex != _ {
        left vertex, done, dist
        left dist
        left dist
        left dist
    }
    right vertex, done, dist
    skip(dist)
    right vertex
}

# On to the same digit under the vertex that follows, but for one cell.
proc skip(dist) {
    right dist
    right dist
    right dist
}

# What u leaves of the way to each open vertex; the nearest of them leads.
proc sweep(
    vertex, edges, now, next, round, later, ones, top, done, u, lead, least, nearest, rest, far
    ) {
    while edges != u { right edges }
    right edges
    loop {
        step pass at "{round.cell} {vertex.cell}" {
            fetch old "{round.cell} {vertex.cell}" = {now|none}
            if edges not in digit | ',' {
                fetch edge "{u.cell} {vertex.cell}" = "end"
                if lead != _ {
                    fetch lead "{later.cell} {lead.cell}" = {nearest}, ones "ones" = {ones.cell}
                } else {
                    to_start(vertex)
                    fetch first "first" = {vertex.cell}, top "top" = {top.cell}
                }
                break
            }
            if now not in digit {
                fetch edge "{u.cell} {vertex.cell}" = {edges|none}
                if edges in digit {
                    if done == 1 {
                        fetch done "done {vertex.cell}" = "yes"
                    } else {
                        fetch done "done {vertex.cell}" = none
                        solve far "{later.cell} {vertex.cell}" = {edges}
                        copy(edges, far)
                    }
                }
            } elsif vertex != u {
                fetch least "{round.cell} {u.cell}" = {least}
                subtract(now, least, rest)
                solve rest "rest {later.cell} {vertex.cell}" = {rest}
            }
        }
        if rest in digit { relax(vertex, edges, later, u, lead, nearest, rest, far) }
        if far in digit {
            if edges in digit { near(vertex, later, lead, nearest, far) }
            take(far, next)
        }
        clear(now)
        now := _
        next := ','
        right vertex, now, next, done
        next_word(edges)
    }
    now := _
    left vertex, done
    while vertex != _ { left vertex, done }
    right vertex, done
    right vertex, done
    left edges
    rewind(edges)
    rewind(next)
    while next != _ { now := next  next := _  right now, next }
    rewind(now)
}

# An open vertex is what is left of the way to it, or the edge from u if that is less.
proc relax(vertex, edges, later, u, lead, nearest, rest, far) {
    step relax at "{later.cell} {vertex.cell}" {
        fetch edge "{u.cell} {vertex.cell}" = {edges|none},
            rest "rest {later.cell} {vertex.cell}" = {rest}
        if edges in digit {
            let order: lt | eq | gt = compare(edges, rest)
            if order == lt { copy(edges, far)  clear(rest) } else { move(rest, far) }
            solve far "{later.cell} {vertex.cell}" = {far}
        } else {
            let order: lt | eq | gt = lt
            if lead != _ {
                fetch lead "{later.cell} {lead.cell}" = {nearest}
                order = compare(rest, nearest)
            }
            if order == lt { copy(rest, nearest)  lead := vertex }
            move(rest, far)
            solve far "{later.cell} {vertex.cell}" = {far},
                least "least {later.cell} {vertex.cell}" = {nearest}
        }
    }
}

# The vertex leads from now on if it is nearer than the one that does.
proc near(vertex, later, lead, nearest, far) {
    step near at "{later.cell} {vertex.cell}" {
        let order: lt | eq | gt = lt
        if lead != _ {
            fetch lead "{later.cell} {lead.cell}" = {nearest}
            order = compare(far, nearest)
        }
        fetch here "{later.cell} {vertex.cell}" = {far}
        if order == lt { copy(far, nearest)  lead := vertex }
        solve least "least {later.cell} {vertex.cell}" = {nearest}
    }
}

# The distance of the vertex that leads: that of u, and how far it is from there.
proc add_up(later, place, higher, u, lead, nearest, sum) {
    let more: 0..20 = number(nearest)
    let carry: 0..2 = add_digit(later, place, higher, u, lead, sum, more, "{later.cell} {lead.cell}")
    while sum in digit {
        left place, higher, sum
        carry = add_digit(later, place, higher, u, lead, sum, carry, "{later.cell} {place.cell}")
    }
    right place, higher, sum
    while sum in digit { right place, higher, sum }
    left place, higher, sum
}

# A digit of the sum; none where the distance of u has none and nothing is carried.
proc add_digit(later, place, higher, u, lead, sum, more: 0..20, key: text) -> 0..2 {
    let carry: 0..2 = 0
    step add at "{lead.cell} {place.cell}" {
        fetch sum "{u.cell} {place.cell}" = {sum.cell|none}, more "{key}" = {more}
        if sum in digit or more > 0 {
            let total: 0..29 = more
            if sum in digit { total = total + sum }
            carry = total / 10
            sum := total % 10
            solve digit "{lead.cell} {place.cell}" = {sum.cell},
                carry "{later.cell} {higher.cell}" = {carry}
        }
    }
    return carry
}

# The number of one or two digits, up to 20.
proc number(t) -> 0..20 {
    let first: 0..9 = t
    right t
    if t in digit {
        let both: 0..20 = 10 * first + t
        left t
        return both
    }
    left t
    return first
}

# The distances in the order of the vertices, each from its first digit on.
proc write(vertex, place, top, dist, out) {
    while place != top { left place }
    loop {
        let p: part = front
        loop {
            step write at "{p} {vertex.cell} {place.cell}" {
                fetch digit "{vertex.cell} {place.cell}" = {dist.cell|none}
                if dist in digit {
                    if p == front { part_from(out) }
                    p = body
                    out := dist
                    solve ans "ans {vertex.cell} {place.cell}" = {out.cell}
                    right out
                } else {
                    fetch top "top" = {top.cell}
                    if p == body { break }
                }
            }
            right place, dist
            if place == _ { break }
        }
        if place == _ { break }
        right vertex, dist
        while place != top { left place }
    }
}

# A comma and a space after the number that stands before, if one does.
proc part_from(out) {
    left out
    if out in digit {
        right out
        out := ','
        right out
        out := ' '
    }
    right out
}

style styled {
    begin: "We begin with "
    begin.source: "{key} = {value}, "
    begin.round: "{key} = {value} "
    begin.ones: "and {key} = {value}. "
    begin.far: "It is at {key} = {value}, "
    begin.sum: "so {key} = {value}. "
    settle: "Settle {label}. "
    settle.first: "The {key} = {value}. "
    settle.done: "Note {key} = {value}. "
    pass: "At {label} "
    pass.old: "see {key} = {value}. "
    pass.edge: "Edge {key} = {value}. "
    pass.done: "It has {key} = {value}. "
    pass.far: "Reached, {key} = {value}. "
    pass.least: "Take off {key} = {value}, "
    pass.rest: "which leaves {key} = {value}. "
    pass.lead: "Nearest is {key} = {value}. "
    pass.ones: "Start at {key} = {value}. "
    pass.first: "From {key} = {value} "
    pass.top: "and {key} = {value}. "
    relax: "For {label} "
    relax.edge: "the edge {key} = {value} "
    relax.rest: "stands by {key} = {value}. "
    relax.lead: "Nearest was {key} = {value}. "
    relax.far: "Keep {key} = {value}. "
    relax.least: "So far {key} = {value}. "
    near: "Is {label} nearest? "
    near.lead: "So far {key} = {value}, "
    near.here: "here {key} = {value}. "
    near.least: "Hence {key} = {value}. "
    add: "Add {label}: "
    add.sum: "{key} = {value} "
    add.more: "and {key} = {value}. "
    add.digit: "That makes {key} = {value}, "
    add.carry: "carry {key} = {value}. "
    write: "Copy {label}: "
    write.digit: "{key} = {value}. "
    write.top: "From {key} = {value}. "
    write.ans: "Now {key} = {value}. "
    next: "Go to {label}.\n"
    end: "All are settled.\n"
    answer: "answer: {value}"
}
