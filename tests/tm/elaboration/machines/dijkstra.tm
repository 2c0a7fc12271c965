# Dijkstra's algorithm. Each round settles the nearest open vertex and relaxes its edges.

import std.decimal, std.lists, std.words

tape edges: digit | '=' | ':' | ',' | ';' word digit  # 1=2:7,3:4;2=1:7;3=1:4; with both directions
tape source: digit
tape dist: digit | '=' | ':' | ';' word digit  # 1=0;2:7;3:; where `=` is settled, `:` open
tape round: digit
tape u, near: digit  # the nearest open vertex so far, its distance
tape v, sum: digit

main {
    list_vertices(edges, dist, source)
    loop {
        increment(round)
        nearest(dist, round, u, near, v)
        if u == _ { break }
        step settle at "{round}" {
            fetch best "best {round}" = {near}, vertex "at {round}" = {u}
            find_vertex(dist, u)
            left dist
            dist := '='
            rewind(dist)
            solve "dist {u}" = {near}
        }
        relax(edges, dist, u, near, v, sum)
        clear(u)
        clear(near)
    }
    answer "{dist.all}"
}

# Initialize: every vertex is open and unreached, except the source at distance 0.
proc list_vertices(edges at start, dist at empty, source at first) -> edges at start, dist at start {
    while edges != _ {
        append(edges, dist)
        dist := ':'
        right dist
        step vertex at "{edges}" {
            if equal(edges, source) {
                solve dist "dist {edges}" = "0"
                dist := 0
                right dist
            } else {
                solve dist "dist {edges}" = none
            }
        }
        dist := ';'
        right dist
        seek(edges, ';')
        right edges
    }
    rewind(edges)
    rewind(dist)
}

# Copy the nearest vertex that is open and reached to u, its distance to `near`.
proc nearest(dist at start, round, u at empty, near at empty, v) -> dist at start {
    while dist != _ {
        copy(dist, v)
        to_end(dist)
        if dist == ':' {
            right dist
            step pick at "{round}.{v}" {
                fetch "dist {v}" = {dist|none}, best "best {round}" = {near|none}
                if dist == ';' {
                    solve "unreached"
                } elsif near == _ {
                    hold(dist, v, u, near)
                    solve best "best {round}" = {near}, vertex "at {round}" = {u}
                } else {
                    let order: lt | eq | gt = compare(dist, near)
                    if order == lt {
                        hold(dist, v, u, near)
                        solve best "best {round}" = {near}, vertex "at {round}" = {u}
                    } else {
                        solve "kept"
                    }
                }
            }
        }
        seek(dist, ';')
        right dist
    }
    rewind(dist)
    clear(v)
}

proc hold(dist, v, u, near) {
    copy(dist, near)
    copy(v, u)
}

# Reduce the distance of each open neighbour of u that is nearer through u.
proc relax(edges at start, dist at start, u at first, near at first, v at empty, sum at empty)
    -> edges at start, dist at start {
    find_vertex(edges, u)
    loop {
        copy(edges, v)
        next_word(edges)
        find_vertex(dist, v)
        left dist
        if dist == '=' {
            step skip at "{u}.{v}" { solve "settled" }
        } else {
            right dist
            step relax at "{u}.{v}" {
                fetch "dist {u}" = {near}, weight "edge {u}.{v}" = {edges}, old "dist {v}" = {dist|none}
                add(near, edges, sum)
                let order: lt | eq | gt = lt
                if dist != ';' { order = compare(sum, dist) }
                if order == lt {
                    replace(dist, sum)
                    solve "dist {v}" = {sum}
                } else {
                    solve kept "kept, not {sum}"
                }
            }
            clear(sum)
        }
        rewind(dist)
        to_end(edges)
        if edges == ';' { break }
        right edges
    }
    rewind(edges)
    clear(v)
}

# Move from the start of a table to the entry of a vertex that it holds.
proc find_vertex(t at start, vertex at first) -> t at first, vertex at first {
    assume find(t, vertex, ';')
}
