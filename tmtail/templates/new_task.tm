# The parity of a word of bits: their sum modulo 2, carried from place to place.

import std.reading, std.words

class bit = '0' | '1'

tape bits: bit
tape place: 'a'..'z' | ' ' word 'a'..'z'  # the names of the bits and of the end, and one more
tape lead: ' '..'~' word ' '..'}'         # the word before the bits in the prompt
tape out: bit

main {
    read_first(place)
    read_spelled(bits, place, lead, "bits", "bit {place}")
    rewind(bits, place)
    let sum: 0..1 = 0
    step begin {
        fetch "first" = {place}
        solve "sum {place}" = {sum}
    }
    loop step place at "{place}" {
        fetch "bit {place}" = {bits.cell|end}, "sum {place}" = {sum}
        if bits == _ { break }
        sum = (sum + bits) % 2
        solve "sum {place.next_word}" = {sum}
        right bits
        next_word(place)
    }
    out := sum
    answer "{out.all}"
}
