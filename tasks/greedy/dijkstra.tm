# Dijkstra's algorithm. A round settles the nearest open vertex. The distances of the others are
# relative to it: they decrease by its distance, and an edge from it may be shorter still. So only the
# total distances grow, and they are added digit by digit. In graphs of more than 25 vertices, a follows
# Z, and rounds have names of two letters, so that no vertex and no place has the name of a round.

import std.decimal, std.reading, std.words, std.writing

class name = 'A'..'Z' | 'a'..'z'
class letter = name | digit | '-' | ' '

tape edges: letter | ',' word digit  # `B-C 5, B-D 20`
tape source: name word name
tape lead: ' '..'~' word ' '..'}'         # the word before the edges and the source in the prompt
tape edge: letter | ',' word letter       # the edges again, without spaces between them
tape vertex: name                         # all letters; the vertices are those above `top`
tape top: 'a'..'z' | '?' word 'a'..'z'    # for each settled vertex, the place of its first digit
tape rows: digit | name | ';' word digit  # `;C5D20;B5;B20`: the edges from each vertex to its neighbours
tape now, next: digit | ',' word digit    # the relative distances of the vertices in this round and the next
tape round: 'a'..'z' | ' ' word 'a'..'z'  # the names of the rounds
tape ones, place: 'a'..'z'                # the letter of the ones; those of all places
tape u, leader: name                      # the vertex settled last, and the nearest open vertex
tape least, nearest, far: digit           # their distances from the vertex settled before; one more distance
tape sum: digit                           # the distance of u, with its head on the ones
tape dist: digit                          # the same, in four cells for each vertex: three digits and a blank
tape out: digit | ',' | ' ' word digit

main {
    step read at "round" { fetch lead "start at {round}"  solve name "round" = {round} }
    read_letter(ones, "ones", "{round},")
    write vertex "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz"
    read_edges()
    read_item(source, lead, "source")
    write_rows()
    write place "abcdefghijklmnopqrstuvwxyz"
    left place  left place until place == ones  right dist by 2
    step begin {
        fetch source "source" = {source.cell}, round "round" = {round},
            ones "ones" = {place.cell}, first "first" = {vertex.cell}
        sum := 0  leader := source
        solve sum "{leader.cell} {place.cell}" = {sum}, top "top {leader.cell}" = {place.cell}
    }
    loop {
        settle()
        sweep()
        if nearest not in digit { break }
        add_up()
        move(nearest, least)  next_word(round)
    }
    write_distances()
    answer "{out.all}"
}

# Read each edge, and note the vertices: the first is that of the first edge, the last is the greatest.
proc read_edges() uses all {
    step read at "edges" {
        take_edge()
        fetch lead "{lead} {edge}"
        left vertex  left vertex until vertex == edge
        say_edge()
        solve first "first" = {vertex.cell}
        note_last()
    }
    next_word(lead)
    loop {
        next_word(edge)  right edges by 2
        step read at "edges after {edge.last_word}" {
            take_edge()
            fetch recent "{edge.last_word}, {edge|end}", so_far "last" = {vertex.cell}
            if edge == _ { solve end "top {vertex.next}" = "end"  break }
            say_edge()
            left vertex, top until vertex == edge or top == _
            let is_new = top == _
            if is_new { right vertex, top }
            right vertex, top until top == _
            if is_new { note_last() } else { left vertex, top }
        }
    }
    rewind(edge)  to_first_vertex()
}

# Copy the edge at the head, if there is one, and a comma.
proc take_edge() uses edges, edge {
    if edges in letter {
        while edges in letter { edge := edges  right edges, edge }
        edge := ','  to_first(edge)
    }
}

# Say the edge and its weight in both directions, and move to its second vertex.
proc say_edge() uses edges, edge {
    right edge
    solve edge "edge" = {edge}, there "{edge.previous} {edge.next}" = {edges.before},
        back "{edge.next} {edge.previous}" = {edges.before}
    right edge
}

# Note the vertices from the head on, up to that of the edge, which is the last one so far.
proc note_last() uses vertex, top, edge {
    top := '?'
    while vertex != edge { right vertex, top  top := '?' }
    solve last "last" = {vertex.cell}
}

# Write for each vertex the edges to its neighbours, in the order of the prompt.
proc write_rows() uses all {
    each top, vertex {
        write rows ';'
        each edge {
            if edge == vertex { right edge by 2  write rows edge  right edge by 2 }
            else {
                right edge by 2
                if edge == vertex { left edge by 2  write rows edge  right edge by 4 }
            }
            while edge in digit { write rows edge  right edge }
            seek(edge, ',')
        }
        rewind(edge)
    }
    rewind(rows)  to_first_vertex()
}

proc to_first_vertex() uses vertex, top { left vertex, top  left vertex, top until top == _  right vertex, top }

# Settle the leading vertex: write its distance under it, and move to its edges.
proc settle() uses all {
    while vertex != leader { right vertex, top, rows  seek(rows, ';')  right dist by 4 }
    u := leader  leader := _  right rows
    each left sum, place, dist { dist := sum }
    right place, sum, dist  top := place
    right place, sum, dist until sum == _  left place, sum, dist
    while top != _ { left vertex, top  left dist by 4 }
    right vertex, top  right dist by 4
}

# Subtract the distance of u from the distance of each open vertex; the nearest of them leads.
proc sweep() uses all {
    loop {
        if rows == vertex { right rows }
        step pass at "{round} {vertex.cell}" {
            if top == _ { fetch over "top {vertex.cell}" = "end"  end_round()  break }
            if top != '?' { fetch settled "top {vertex.cell}" = {top.cell} }
            else {
                fetch open "top {vertex.cell}" = none, old "{round} {vertex.cell}" = {now|none}
                if now in digit {
                    fetch least "{round} {u.cell}" = {least}
                    subtract(now, least, far)
                    solve rest "rest {round.next_word} {vertex.cell}" = {far}
                } else {
                    fetch edge "{u.cell} {vertex.cell}" = {rows|none}
                    if rows in digit { challenge(rows)  append(rows, next) }
                }
            }
        }
        if far in digit { relax()  take(far, next) }
        to_end(rows)  clear(now)  now := _  write next ','
        right now, vertex, top
    }
    rewind(rows)  left now, next
    each left next, now { now := next  next := _ }
    right now, next
}

# Return to the first vertex, and state the digits of the nearest distance, or where the first digit is.
proc end_round() uses all {
    to_first_vertex()
    if nearest in digit {
        fetch nearest "lead {round.next_word} {leader.cell}" = {nearest}, ones "ones" = {place.cell}
        right nearest
        if nearest in digit {
            solve low "low {round.next_word} {leader.cell}" = {nearest.cell},
                ten "ten {round.next_word} {leader.cell}" = {nearest.previous}
        } else { left nearest }
    } else { to_top()  fetch first "first" = {vertex.cell}, top "top {vertex.cell}" = {place.cell} }
}

# Write the remaining distance to a vertex, or an edge from u if it is shorter.
proc relax() uses all {
    let has_edge = rows in digit
    step edge at "{round.next_word} {vertex.cell}" {
        fetch rest "rest {round.next_word} {vertex.cell}" = {far}, edge "{u.cell} {vertex.cell}" = {rows|none}
        if has_edge {
            if compare(rows, far) == lt { copy(rows, far) }
            solve way "way {round.next_word} {vertex.cell}" = {far}
        } else { challenge(far) }
    }
    if has_edge step near at "{round.next_word} {vertex.cell}" {
        fetch way "way {round.next_word} {vertex.cell}" = {far}
        challenge(far)
    }
}

# The distance to a vertex is known: it leads from now on if it is nearer than the leading one.
proc challenge(way) uses vertex, round, leader, nearest {
    if nearest in digit { fetch lead "{round.next_word} {leader.cell}" = {nearest} }
    if nearest not in digit or compare(way, nearest) == lt { copy(way, nearest)  leader := vertex }
    solve far "{round.next_word} {vertex.cell}" = {way}, leads "lead {round.next_word} {leader.cell}" = {nearest}
}

# Add the distance of u and the relative distance of the leading vertex, which is at most 20; if it
# has two digits, the ten is added to the carry.
proc add_up() uses all {
    let long = nearest.previous in digit
    let more: 0..3 = 0
    step add at "{leader.cell} {place.cell}" {
        fetch sum "{u.cell} {place.cell}" = {sum.cell}
        if long { fetch low "low {round.next_word} {leader.cell}" = {nearest.cell} }
        else { fetch way "{round.next_word} {leader.cell}" = {nearest.cell} }
        more = (sum + nearest) / 10
        if long { solve over "carry {round.next_word} {place.previous}" = {more} }
        else { solve carry "{round.next_word} {place.previous}" = {more} }
        put_digit(sum + nearest)
    }
    if long {
        left nearest
        step ten at "{leader.cell} {place.cell}" {
            fetch carry "carry {round.next_word} {place.cell}" = {more},
                ten "ten {round.next_word} {leader.cell}" = {nearest.cell}
            more = more + nearest
            solve more "{round.next_word} {place.cell}" = {more}
        }
    }
    loop step add at "{leader.cell} {place.cell}" {
        fetch sum "{u.cell} {place.cell}" = {sum.cell|none}, more "{round.next_word} {place.cell}" = {more}
        if sum == _ and more == 0 {
            right place, sum
            fetch first "first" = {vertex.cell}
            solve top "top {leader.cell}" = {place.cell}
            break
        }
        let total: 0..18 = (sum or 0) + more
        more = total / 10
        solve carry "{round.next_word} {place.previous}" = {more}
        put_digit(total)
    }
    right place, sum until sum == _  left place, sum
}

# Write the last digit of a sum, after its carry, and move to the next place.
proc put_digit(total: 0..18) uses leader, place, sum {
    sum := total % 10
    solve digit "{leader.cell} {place.cell}" = {sum.cell}
    left place, sum
}

# Move from the ones to the first digit.
proc to_top() uses place, dist { left place, dist until dist == _  right place, dist }

# Write the distances in the order of the vertices, first digit first.
proc write_distances() uses all {
    loop step write at "{vertex.cell} {place.cell}" {
        fetch digit "{vertex.cell} {place.cell}" = {dist.cell|none}
        if dist in digit { write_listed(dist, out)  right place, dist }
        else {
            right vertex, top
            if top == _ { fetch top "top {vertex.cell}" = "end"  break }
            left place  right dist by 3  to_top()
            fetch top "top {vertex.cell}" = {place.cell}
            write out ", "
        }
    }
}

style styled {
    read: ""
    read.lead: "The prompt says {key}. "
    read.name: "We name {key} = {value}. "
    read.recent: "It goes on {key}. "
    read.so_far: "So far {key} = {value}. "
    read.edge: "The {key} = {value} "
    read.there: "gives {key} = {value} "
    read.back: "and {key} = {value}. "
    read.first: "The vertices have {key} = {value}. "
    read.last: "Now {key} = {value}. "
    read.end: "What follows the last vertex has {key} = {value}. "
    read.value: "So {key} = {value}. "
    begin: "In each round we settle the nearest open vertex, and count distances from there. "
    begin.source: "The first to be settled is {key} = {value}. "
    begin.round: "Letters from {key} = {value} on name the rounds. "
    begin.ones: "A distance has its ones at {key} = {value}, and higher digits at the letters before. "
    begin.first: "The vertices begin with {key} = {value}. "
    begin.sum: "The source has distance 0, so {key} = {value}. "
    begin.top: "A settled vertex has the letter of its first digit, {key} = {value}. "
    pass: ""
    pass.settled: "Vertex {vertex} is settled, {key} = {value}. "
    pass.open: "Vertex {vertex} is open, {key} = {value}. "
    pass.old: "So far {key} = {value}. "
    pass.edge: "The edge is {key} = {value}. "
    pass.least: "We came {key} = {value} closer, "
    pass.rest: "so {key} = {value}. "
    pass.lead: "The nearest is {key} = {value}. "
    pass.far: "So {key} = {value} "
    pass.leads: "and {key} = {value}. "
    pass.over: "All vertices are done, {key} = {value}. "
    pass.nearest: "We settle the nearest, {key} = {value}. "
    pass.ones: "We add from {key} = {value} on. "
    pass.low: "Its digits are {key} = {value} "
    pass.ten: "and {key} = {value}. "
    pass.first: "All are settled. We write them from {key} = {value} on, "
    pass.top: "with {key} = {value}. "
    edge: "Take the shorter way to {vertex}. "
    edge.rest: "It has {key} = {value} "
    edge.edge: "and edge {key} = {value}. "
    edge.lead: "The nearest is {key} = {value}. "
    edge.way: "So {key} = {value}. "
    edge.far: "So {key} = {value} "
    edge.leads: "and {key} = {value}. "
    near: "Is {vertex} nearer? "
    near.way: "It has {key} = {value}. "
    near.lead: "The nearest is {key} = {value}. "
    near.far: "So {key} = {value} "
    near.leads: "and {key} = {value}. "
    add: "Add the digits at {place}. "
    add.sum: "To {key} = {value} "
    add.way: "we add {key} = {value}. "
    add.low: "we add {key} = {value}. "
    add.more: "we add {key} = {value}. "
    add.carry: "That carries {key} = {value} "
    add.over: "That makes {key} = {value} "
    add.digit: "and leaves {key} = {value}. "
    add.first: "Nothing is left to add. We return to {key} = {value}. "
    add.top: "The distance begins at {key} = {value}. "
    ten: "Add the ten to the carry. "
    ten.carry: "We have {key} = {value} "
    ten.ten: "and {key} = {value}. "
    ten.more: "So {key} = {value}. "
    write: "Write the digit of {vertex} at {place}. "
    write.digit: "We have {key} = {value}. "
    write.ans: "We have now written {key}. "
    write.top: "It is complete. Next is {key} = {value}. "
    next: "Go to {heading}.\n"
    end: "All distances are written.\n"
    answer: "answer: {value}"
}

style plain {
    read: ""
    read.lead: ""
    read.name: ""
    read.recent: ""
    read.so_far: ""
    read.edge: ""
    read.there: ""
    read.back: ""
    read.first: ""
    read.last: ""
    read.end: ""
    read.value: ""
    begin: "We begin "
    begin.source: "at {value}, "
    begin.round: ""
    begin.ones: ""
    begin.first: ""
    begin.sum: "whose distance is the digit {value}. "
    begin.top: "Its mark is {value}: it is settled.\n"
    pass: ""
    pass.settled: "The mark of {vertex} is {value}. "
    pass.open: "The mark of {vertex} is {value}. "
    pass.over: "After the last vertex, the mark is {value}. "
    pass.nearest: "The nearest is {leader}, {value} away. "
    pass.old: "Its way so far was {value}, "
    pass.edge: "and the edge from {u} to it is {value}. "
    pass.least: "and we have come {value} nearer, "
    pass.rest: "which leaves {value}. "
    pass.far: "So its way is {value} now. "
    pass.lead: "The nearest so far is {leader}, {value} away. "
    pass.leads: "So {leader} is the nearest, {value} away. "
    pass.low: "Its ones are {value}, "
    pass.ten: "and its tens are {value}. "
    pass.ones: ""
    pass.first: ""
    pass.top: "So all are settled.\n"
    edge: ""
    edge.rest: "Of this {value} "
    edge.edge: "and the edge of {value} from {u} "
    edge.lead: "(the nearest so far is {leader}, {value} away) "
    edge.way: "the lesser is {value}. "
    edge.far: "we keep {value}. "
    edge.leads: "So {leader} is the nearest, {value} away. "
    near: ""
    near.way: "Is it the nearest at {value}? "
    near.lead: "The nearest so far is {leader}, {value} away. "
    near.far: "Its way is {value} now. "
    near.leads: "So {leader} is the nearest, {value} away. "
    add: ""
    add.sum: "To the digit {value} of the distance of {u} "
    add.way: "we add {value}, "
    add.low: "we add {value}, "
    add.more: "we add {value}, "
    add.carry: "which carries {value} "
    add.over: "which carries {value} "
    add.digit: "and leaves {value}. "
    add.first: "so nothing is left to add. "
    add.top: "The mark of {leader} is {value}: it is settled.\n"
    ten: ""
    ten.carry: "With the {value} carried "
    ten.ten: "and {value} for the tens "
    ten.more: "there is {value} to add. "
    write: ""
    write.digit: "The next digit of the distance of {vertex} is {value}. "
    write.ans: "We have now written {key}. "
    write.top: "So it is complete. "
    next: ""
    end: "That is all.\n"
    answer: "answer: {value}"
}
