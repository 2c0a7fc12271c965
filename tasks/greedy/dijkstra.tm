# Dijkstra's algorithm. A round settles the nearest open vertex. How far the others are is counted
# from there: they get nearer by as much, and an edge from there may be nearer still. So nothing
# grows but the sums, which are added digit by digit.

import std.words
import std.decimal

class name = 'A'..'Z'

tape vertex: name                          # the letters of the vertices, and one behind
tape done: '1'                             # under each vertex that is settled
tape edges: digit | name | ',' word digit  # `A,5,,B5,,7,`: from each vertex to each, or nothing
tape now, next: digit | ',' word digit     # how far the vertices are in this round and the next
tape round, later: 'a'..'z'                # the letters of the rounds, and from the second on
tape place: 'a'..'z'                       # those of the places of digits; the head is at the ones
tape u, lead: name                         # the vertex settled last, and the nearest open one
tape least, nearest: digit                 # how far they are from the one settled before
tape rest, far: digit
tape sum: digit   # the distance of u, its head on the ones
tape dist: digit  # the same, in four cells under each vertex: three digits and a blank
tape out: digit | ',' | ' '

main {
    to_ones(place, dist)
    step begin {
        fetch source "source" = {lead.cell}, round "round" = {round.cell},
            ones "ones" = {place.cell}, first "first" = {vertex.cell}
        least := 0
        sum := 0
        solve far "{round.cell} {lead.cell}" = {least}, sum "{lead.cell} {place.cell}" = {sum},
            top "top {lead.cell}" = {place.cell}, done "done {lead.cell}" = "yes"
    }
    loop {
        settle(vertex, done, edges, u, lead, sum, dist)
        sweep(
            vertex, done, edges, now, next, round, later, place, u, lead, least, nearest, rest, far,
            dist
            )
        if nearest not in digit { break }
        add_up(vertex, later, place, u, lead, nearest, sum)
        move(nearest, least)
        right round, later
    }
    write(vertex, done, place, dist, out)
    answer "{out.all}"
}

proc to_ones(place, dist) {
    to_blank(place)
    left place
    left place
    right dist
    right dist
}

# Settles the vertex that leads: its distance is written under it, and its edges are next.
proc settle(vertex, done, edges, u, lead, sum, dist) {
    while vertex != lead {
        right vertex, done, edges
        while edges not in name { right edges }
        on(dist)
    }
    done := 1
    u := lead
    lead := _
    right edges
    while sum in digit { dist := sum  left sum, dist }
    right sum, dist
    while sum in digit { right sum, dist }
    left sum, dist
    while vertex != _ { left vertex, done  back(dist) }
    right vertex, done
    on(dist)
}

# To the same digit under the vertex that follows.
proc on(dist) {
    right dist
    right dist
    right dist
    right dist
}

proc back(dist) {
    left dist
    left dist
    left dist
    left dist
}

# What u leaves of the way to each open vertex; the nearest of them leads.
proc sweep(
    vertex, done, edges, now, next, round, later, place, u, lead, least, nearest, rest, far, dist
    ) {
    loop {
        step pass at "{round.cell} {vertex.cell}" {
            if done == 1 {
                fetch done "done {vertex.cell}" = "yes"
            } elsif edges in digit | ',' {
                fetch done "done {vertex.cell}" = none, old "{round.cell} {vertex.cell}" = {now|none},
                    edge "{u.cell} {vertex.cell}" = {edges|none}
                if now in digit {
                    if edges in digit {
                        solve way "way {later.cell} {vertex.cell}" = {edges}
                    } else {
                        fetch least "{round.cell} {u.cell}" = {least}
                        subtract(now, least, far)
                        solve far "{later.cell} {vertex.cell}" = {far}
                    }
                } elsif edges in digit {
                    challenge(edges, vertex, later, lead, nearest)
                    solve far "{later.cell} {vertex.cell}" = {edges},
                        leads "lead {later.cell} {lead.cell}" = {nearest}
                    append(edges, next)
                }
            } else {
                fetch done "done {vertex.cell}" = "end"
                left vertex, done
                while vertex != _ { left vertex, done }
                right vertex, done
                if nearest in digit {
                    fetch lead "lead {later.cell} {lead.cell}" = {nearest},
                        ones "ones" = {place.cell}
                } else {
                    to_top(place, dist)
                    fetch first "first" = {vertex.cell}, top "top {vertex.cell}" = {place.cell}
                }
                break
            }
        }
        if now in digit and edges in digit and done != 1 {
            relax(vertex, edges, now, round, later, u, least, rest, far)
        }
        if far in digit {
            step near at "{later.cell} {vertex.cell}" {
                fetch far "{later.cell} {vertex.cell}" = {far}
                challenge(far, vertex, later, lead, nearest)
                solve leads "lead {later.cell} {lead.cell}" = {nearest}
            }
            take(far, next)
        }
        clear(now)
        now := _
        next := ','
        right vertex, done
        right now, next
        next_word(edges)
    }
    now := _
    left edges
    rewind(edges)
    rewind(next)
    while next != _ { now := next  next := _  right now, next }
    rewind(now)
}

# There is an edge from u as well: the less of that and of what is left of the way.
proc relax(vertex, edges, now, round, later, u, least, rest, far) {
    step rest at "{later.cell} {vertex.cell}" {
        fetch old "{round.cell} {vertex.cell}" = {now}, least "{round.cell} {u.cell}" = {least}
        subtract(now, least, rest)
        solve rest "rest {later.cell} {vertex.cell}" = {rest}
    }
    step relax at "{later.cell} {vertex.cell}" {
        fetch rest "rest {later.cell} {vertex.cell}" = {rest},
            way "way {later.cell} {vertex.cell}" = {edges}
        let order: lt | eq | gt = compare(edges, rest)
        if order == lt { copy(edges, far)  clear(rest) } else { move(rest, far) }
        solve far "{later.cell} {vertex.cell}" = {far}
    }
}

# The vertex leads from now on if it is nearer than the one that does.
proc challenge(way, vertex, later, lead, nearest) {
    let order: lt | eq | gt = lt
    if nearest in digit {
        fetch lead "{later.cell} {lead.cell}" = {nearest}
        order = compare(way, nearest)
    }
    if order == lt {
        copy(way, nearest)
        lead := vertex
    }
}

# The distance of the vertex that leads: that of u, and how far it is from there.
proc add_up(vertex, later, place, u, lead, nearest, sum) {
    let more: 0..20 = number(nearest)
    let at_ones: yes | no = yes
    loop {
        step add at "{lead.cell} {place.cell}" {
            fetch sum "{u.cell} {place.cell}" = {sum.cell|none}
            if at_ones == yes { fetch way "{later.cell} {lead.cell}" = {more} }
            else { fetch more "{later.cell} {place.cell}" = {more} }
            if at_ones == no and sum not in digit and more == 0 {
                right place, sum
                fetch first "first" = {vertex.cell}
                solve top "top {lead.cell}" = {place.cell}, done "done {lead.cell}" = "yes"
                break
            }
            at_ones = no
            let total: 0..29 = more
            if sum in digit { total = total + sum }
            sum := total % 10
            more = total / 10
            solve digit "{lead.cell} {place.cell}" = {sum.cell}
            left place, sum
            solve carry "{later.cell} {place.cell}" = {more}
        }
    }
    while sum in digit { right place, sum }
    left place, sum
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

# From the ones to the first digit.
proc to_top(place, dist) {
    while dist in digit { left place, dist }
    right place, dist
}

# The distances in the order of the vertices, each from its first digit on.
proc write(vertex, done, place, dist, out) {
    loop {
        step write at "{vertex.cell} {place.cell}" {
            fetch digit "{vertex.cell} {place.cell}" = {dist.cell|none}
            if dist in digit {
                out := dist
                solve ans "ans {vertex.cell} {place.cell}" = {out.cell}
                right place, dist, out
            } else {
                right vertex, done
                left place
                on(dist)
                left dist
                if done != 1 {
                    fetch top "top {vertex.cell}" = none
                    break
                }
                to_top(place, dist)
                fetch top "top {vertex.cell}" = {place.cell}
                out := ','
                right out
                out := ' '
                right out
            }
        }
    }
}

style styled {
    begin: "We begin with "
    begin.source: "{key} = {value}, "
    begin.round: "{key} = {value} "
    begin.ones: "and {key} = {value}, "
    begin.first: "while {key} = {value}. "
    begin.far: "It is at {key} = {value}, "
    begin.sum: "so {key} = {value} "
    begin.top: "and {key} = {value}; "
    begin.done: "note {key} = {value}. "
    pass: "Pass by {label}. "
    pass.old: "See {key} = {value}. "
    pass.edge: "Edge {key} = {value}. "
    pass.done: "It has {key} = {value}. "
    pass.far: "Reached, {key} = {value}. "
    pass.leads: "Hence {key} = {value}. "
    pass.least: "Take off {key} = {value}, "
    pass.way: "Or else {key} = {value}. "
    pass.lead: "Nearest is {key} = {value}. "
    pass.ones: "Add from {key} = {value}. "
    pass.first: "From {key} = {value} "
    pass.top: "and {key} = {value}. "
    rest: "Of the way to {label}, "
    rest.old: "{key} = {value}, "
    rest.least: "take off {key} = {value}, "
    rest.rest: "which leaves {key} = {value}. "
    relax: "For {label} "
    relax.rest: "there is {key} = {value}, "
    relax.way: "and there is {key} = {value}. "
    relax.far: "Keep {key} = {value}. "
    near: "Is {label} nearest? "
    near.far: "We have {key} = {value}. "
    near.lead: "So far {key} = {value}. "
    near.leads: "Hence {key} = {value}. "
    add: "Add {label}: "
    add.sum: "{key} = {value} "
    add.way: "and {key} = {value}. "
    add.more: "and {key} = {value}. "
    add.digit: "That makes {key} = {value}, "
    add.carry: "carry {key} = {value}. "
    add.first: "Nothing more; {key} = {value}. "
    add.top: "It begins at {key} = {value}. "
    add.done: "Settled, {key} = {value}. "
    write: "Copy {label}: "
    write.digit: "{key} = {value}. "
    write.top: "From {key} = {value}. "
    write.ans: "Now {key} = {value}. "
    next: "Go to {label}.\n"
    end: "All are settled.\n"
    answer: "answer: {value}"
}

style plain {
    begin: "We begin "
    begin.source: "at {value}, "
    begin.round: ""
    begin.ones: ""
    begin.first: ""
    begin.far: "which is {value} away from itself. "
    begin.sum: "The last digit of its distance is {value}. "
    begin.top: ""
    begin.done: "So it is settled.\n"
    pass: ""
    pass.done: "Is {vertex} settled? The mark is {value}. "
    pass.old: "Its way so far was {value}, "
    pass.edge: "and the edge from {u} to it is {value}. "
    pass.way: "So it may be {value} away by that edge. "
    pass.least: "We have come {value} nearer. "
    pass.far: "So its way is {value} now. "
    pass.lead: "The nearest is {lead}, {value} away. "
    pass.leads: "So {lead} is the nearest, {value} away. "
    pass.ones: ""
    pass.first: ""
    pass.top: "So all are settled.\n"
    rest: ""
    rest.old: "From {value} "
    rest.least: "take the {value} that we have come nearer, "
    rest.rest: "which leaves {value}. "
    relax: ""
    relax.rest: "Of this {value} "
    relax.way: "and {value} by the edge "
    relax.far: "the lesser is {value}. "
    near: ""
    near.far: "Is it the nearest at {value}? "
    near.lead: "The nearest so far is {lead}, {value} away. "
    near.leads: "So {lead} is the nearest, {value} away. "
    add: ""
    add.sum: "To the digit {value} of the distance of {u} "
    add.way: "we add {value}, "
    add.more: "we add {value}, "
    add.digit: "which makes {value} "
    add.carry: "and carries {value}. "
    add.first: "so nothing is left to add. "
    add.top: ""
    add.done: "Thus {lead} is settled.\n"
    write: ""
    write.digit: "The next digit of the distance of {vertex} is {value}. "
    write.ans: "We write {value}. "
    write.top: "So it is complete. "
    next: ""
    end: "That is all.\n"
    answer: "answer: {value}"
}
