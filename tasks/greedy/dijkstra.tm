# Dijkstra's algorithm. A round settles the nearest open vertex. The distances of the others are
# relative to it: they decrease by its distance, and an edge from it may be shorter still. So only the
# total distances grow, and they are added digit by digit.

import std.words
import std.decimal

class name = 'A'..'Z'

tape vertex: name                          # the letters of the vertices, and of one more
tape top: 'a'..'z' | '?' word 'a'..'z'     # for each settled vertex, the place of its first digit
tape edges: digit | name | ';' word digit  # `;B5C20;A5;A20`: the edges from each vertex to its neighbours
tape now, next: digit | ',' word digit     # the relative distances of the vertices in this round and the next
tape round, place: 'a'..'z'                # the letters of the rounds; of the places of digits, from the ones on
tape u, lead: name                         # the vertex settled last, and the nearest open vertex
tape least, nearest, far: digit            # their distances from the vertex settled before; one more distance
tape sum: digit                            # the distance of u, with its head on the ones
tape dist: digit                           # the same, in four cells for each vertex: three digits and a blank
tape out: digit | ',' | ' '

main {
    to_blank(place)
    left place by 2
    right dist by 2
    step begin {
        fetch source "source" = {lead.cell}, round "round" = {round.cell},
            ones "ones" = {place.cell}, first "first" = {vertex.cell}
        sum := 0
        solve sum "{lead.cell} {place.cell}" = {sum}, top "top {lead.cell}" = {place.cell}
    }
    loop {
        settle()
        sweep()
        if nearest not in digit { break }
        add_up()
        move(nearest, least)
        right round
    }
    write_distances()
    answer "{out.all}"
}

# Settle the leading vertex: write its distance under it, and move to its edges.
proc settle() uses all {
    while vertex != lead { right vertex, top, edges  seek(edges, ';')  right dist by 4 }
    u := lead
    lead := _
    right edges
    each left sum, place, dist { dist := sum }
    right place, sum, dist
    top := place
    right place, sum, dist until sum == _
    left place, sum, dist
    while vertex != _ { left vertex, top  left dist by 4 }
    right vertex, top
    right dist by 4
}

# Subtract the distance of u from the distance of each open vertex; the nearest of them leads.
proc sweep() uses all {
    loop {
        if edges == vertex { right edges }
        step pass at "{round.cell} {vertex.cell}" {
            if top == _ { fetch mark "top {vertex.cell}" = "end"  end_round()  break }
            fetch mark "top {vertex.cell}" = {top.letter|none}
            if top == '?' {
                fetch old "{round.cell} {vertex.cell}" = {now|none}
                if now in digit {
                    fetch least "{round.cell} {u.cell}" = {least}
                    subtract(now, least, far)
                    solve rest "rest {round.next} {vertex.cell}" = {far}
                } else {
                    fetch edge "{u.cell} {vertex.cell}" = {edges|none}
                    if edges in digit { challenge(edges)  append(edges, next) }
                }
            }
        }
        if far in digit { relax()  take(far, next) }
        to_end(edges)
        clear(now)
        now := _
        write next ','
        right now, vertex, top
    }
    rewind(edges)
    left now, next
    each left next, now { now := next  next := _ }
    right now, next
}

# Return to the first vertex, and state the digits of the nearest distance, or where the first digit is.
proc end_round() uses all {
    left vertex, top
    left vertex, top until vertex == _
    right vertex, top
    if nearest in digit {
        fetch lead "lead {round.next} {lead.cell}" = {nearest}, ones "ones" = {place.cell}
        right nearest
        if nearest in digit {
            solve low "low {round.next} {lead.cell}" = {nearest.cell},
                ten "ten {round.next} {lead.cell}" = {nearest.previous}
        } else { left nearest }
    } else { to_top()  fetch first "first" = {vertex.cell}, top "top {vertex.cell}" = {place.cell} }
}

# Write the remaining distance to a vertex, or an edge from u if it is shorter.
proc relax() uses all {
    let has_edge = edges in digit
    step edge at "{round.next} {vertex.cell}" {
        fetch rest "rest {round.next} {vertex.cell}" = {far}, edge "{u.cell} {vertex.cell}" = {edges|none}
        if has_edge {
            if compare(edges, far) == lt { copy(edges, far) }
            solve way "way {round.next} {vertex.cell}" = {far}
        } else { challenge(far) }
    }
    if has_edge {
        step near at "{round.next} {vertex.cell}" {
            fetch way "way {round.next} {vertex.cell}" = {far}
            challenge(far)
        }
    }
}

# The distance to a vertex is known: it leads from now on if it is nearer than the leading one.
proc challenge(way) uses vertex, round, lead, nearest {
    if nearest in digit { fetch lead "{round.next} {lead.cell}" = {nearest} }
    if nearest not in digit or compare(way, nearest) == lt { copy(way, nearest)  lead := vertex }
    solve far "{round.next} {vertex.cell}" = {way}, leads "lead {round.next} {lead.cell}" = {nearest}
}

# Add the distance of u and the relative distance of the leading vertex, which is at most 20; if it
# has two digits, the ten is added to the carry.
proc add_up() uses all {
    left nearest
    let long = nearest in digit
    right nearest
    let more: 0..3 = 0
    step add at "{lead.cell} {place.cell}" {
        fetch sum "{u.cell} {place.cell}" = {sum.cell}
        if long { fetch low "low {round.next} {lead.cell}" = {nearest.cell} }
        else { fetch way "{round.next} {lead.cell}" = {nearest.cell} }
        more = digit_of(sum + nearest)
        if long { solve over "carry {round.next} {place.cell}" = {more} }
        else { solve carry "{round.next} {place.cell}" = {more} }
    }
    if long {
        left nearest
        step ten at "{lead.cell} {place.cell}" {
            fetch carry "carry {round.next} {place.cell}" = {more},
                ten "ten {round.next} {lead.cell}" = {nearest.cell}
            more = more + nearest
            solve more "{round.next} {place.cell}" = {more}
        }
    }
    loop {
        step add at "{lead.cell} {place.cell}" {
            fetch sum "{u.cell} {place.cell}" = {sum.cell|none}, more "{round.next} {place.cell}" = {more}
            if sum == _ and more == 0 {
                right place, sum
                fetch first "first" = {vertex.cell}
                solve top "top {lead.cell}" = {place.cell}
                break
            }
            more = digit_of((sum or 0) + more)
            solve carry "{round.next} {place.cell}" = {more}
        }
    }
    right place, sum until sum == _
    left place, sum
}

# Write the last digit of a sum, move to the next place, and return the carry.
proc digit_of(total: 0..18) uses lead, place, sum -> 0..1 {
    sum := total % 10
    solve digit "{lead.cell} {place.cell}" = {sum.cell}
    left place, sum
    return total / 10
}

# Move from the ones to the first digit.
proc to_top() uses place, dist { left place, dist until dist == _  right place, dist }

# Write the distances in the order of the vertices, first digit first.
proc write_distances() uses all {
    loop {
        step write at "{vertex.cell} {place.cell}" {
            fetch digit "{vertex.cell} {place.cell}" = {dist.cell|none}
            if dist in digit {
                out := dist
                solve ans "ans {vertex.cell} {place.cell}" = {out.cell}
                right place, dist, out
            } else {
                right vertex, top
                if top == _ { fetch top "top {vertex.cell}" = "end"  break }
                left place
                right dist by 3
                to_top()
                fetch top "top {vertex.cell}" = {place.cell}
                write out ", "
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
    begin.sum: "It has {key} = {value} "
    begin.top: "and {key} = {value}. "
    pass: "Pass by {label}. "
    pass.mark: "It has {key} = {value}. "
    pass.old: "See {key} = {value}. "
    pass.edge: "Edge {key} = {value}. "
    pass.far: "Reached, {key} = {value}. "
    pass.leads: "Hence {key} = {value}. "
    pass.least: "Take off {key} = {value}, "
    pass.rest: "which leaves {key} = {value}. "
    pass.lead: "Nearest is {key} = {value}. "
    pass.ones: "Add from {key} = {value}. "
    pass.low: "So {key} = {value} "
    pass.ten: "and {key} = {value}. "
    pass.first: "From {key} = {value} "
    pass.top: "and {key} = {value}. "
    edge: "For {label} "
    edge.rest: "there is {key} = {value}, "
    edge.edge: "and edge {key} = {value}. "
    edge.lead: "So far {key} = {value}. "
    edge.way: "Keep {key} = {value}. "
    edge.far: "Keep {key} = {value}. "
    edge.leads: "Hence {key} = {value}. "
    near: "Is {label} nearest? "
    near.way: "We have {key} = {value}. "
    near.lead: "So far {key} = {value}. "
    near.far: "Note {key} = {value}. "
    near.leads: "Hence {key} = {value}. "
    add: "Add {label}: "
    add.sum: "{key} = {value} "
    add.way: "and {key} = {value}. "
    add.low: "and {key} = {value}. "
    add.more: "and {key} = {value}. "
    add.digit: "That makes {key} = {value}, "
    add.carry: "carry {key} = {value}. "
    add.over: "{key} = {value}. "
    add.first: "Nothing more; {key} = {value}. "
    add.top: "It begins at {key} = {value}. "
    ten: "Tens of {label}: "
    ten.carry: "{key} = {value} "
    ten.ten: "and {key} = {value}. "
    ten.more: "So {key} = {value}. "
    write: "Copy {label}: "
    write.digit: "{key} = {value}. "
    write.top: "From {key} = {value}. "
    write.ans: "Now {key} = {value}. "
    next: "Go to {heading}.\n"
    end: "All are settled.\n"
    answer: "answer: {value}"
}

style plain {
    begin: "We begin "
    begin.source: "at {value}, "
    begin.round: ""
    begin.ones: ""
    begin.first: ""
    begin.sum: "whose distance is the digit {value}. "
    begin.top: "Its mark is {value}: it is settled.\n"
    pass: ""
    pass.mark: "The mark of {vertex} is {value}. "
    pass.old: "Its way so far was {value}, "
    pass.edge: "and the edge from {u} to it is {value}. "
    pass.least: "and we have come {value} nearer, "
    pass.rest: "which leaves {value}. "
    pass.far: "So its way is {value} now. "
    pass.lead: "The nearest is {lead}, {value} away. "
    pass.leads: "So {lead} is the nearest, {value} away. "
    pass.low: "Its ones are {value}, "
    pass.ten: "and its tens are {value}. "
    pass.ones: ""
    pass.first: ""
    pass.top: "So all are settled.\n"
    edge: ""
    edge.rest: "Of this {value} "
    edge.edge: "and the edge of {value} from {u} "
    edge.lead: "(the nearest so far is {lead}, {value} away) "
    edge.way: "the lesser is {value}. "
    edge.far: "we keep {value}. "
    edge.leads: "So {lead} is the nearest, {value} away. "
    near: ""
    near.way: "Is it the nearest at {value}? "
    near.lead: "The nearest so far is {lead}, {value} away. "
    near.far: "Its way is {value} now. "
    near.leads: "So {lead} is the nearest, {value} away. "
    add: ""
    add.sum: "To the digit {value} of the distance of {u} "
    add.way: "we add {value}, "
    add.low: "we add {value}, "
    add.more: "we add {value}, "
    add.digit: "which makes {value} "
    add.carry: "and carries {value}. "
    add.over: "and carries {value}. "
    add.first: "so nothing is left to add. "
    add.top: "The mark of {lead} is {value}: it is settled.\n"
    ten: ""
    ten.carry: "With the {value} carried "
    ten.ten: "and {value} for the tens "
    ten.more: "there is {value} to add. "
    write: ""
    write.digit: "The next digit of the distance of {vertex} is {value}. "
    write.ans: "We write {value}. "
    write.top: "So it is complete. "
    next: ""
    end: "That is all.\n"
    answer: "answer: {value}"
}
