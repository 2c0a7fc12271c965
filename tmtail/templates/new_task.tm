# The parity of a word of bits: their sum modulo 2, carried from place to place.

class bit = '0' | '1'

tape bits: bit
tape key: 'a'..'z'  # the letters of the places, and one more
tape out: bit

main {
    let sum: 0..1 = 0
    step begin {
        fetch "first" = {key.cell}
        solve "sum {key.cell}" = {sum}
    }
    each bits, key {
        step place at "{key.cell}" {
            fetch "bit {key.cell}" = {bits.cell|none}, "sum {key.cell}" = {sum}
            at end
            sum = (sum + bits) % 2
            solve "sum {key.next}" = {sum}
        }
    }
    out := sum
    answer "{out.all}"
}
