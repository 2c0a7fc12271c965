# The 0/1 knapsack, from the top down: f(i, c) is the greatest value of the first i items within c.
# The stack holds what remains to be done, the memo the known values.

import std.decimal, std.lists, std.stack, std.words

class phase = 'o' | 's' | 't'

tape items: digit | ',' | ';' word digit  # weight,value; and so on
tape capacity, i, c, value: digit         # the query f(i, c) and its value
tape sum, skipped: digit
tape memo: digit | ':' | '=' | ';' word digit  # i:c=value;
tape stack: '$' | ';' | phase | digit word phase | digit
# Entries of the stack: the item is finished (too heavy); f(i - 1, c) is pending (skip it);
# f(i - 1, c - w) is pending (take it), above c and the value without the item.
tape task: phase

main {
    open_stack(stack)
    copy(capacity, c)
    i := 0
    while items != _ {
        increment(i)
        seek(items, ';')
        right items
    }
    previous_item(items)
    loop {
        let known: yes | no = ask(items, i, c, value, memo, task, stack)
        if known == yes {
            let more: yes | no = reply(items, i, c, value, sum, skipped, memo, task, stack)
            if more == no { break }
        }
    }
    answer "{value}"
}

# Return f(i, c) if it is known; else push the item and query f(i - 1, c).
proc ask(items, i, c, value, memo, task, stack) -> yes | no {
    step ask at "{i}.{c}" {
        if i == 0 {
            value := 0
            solve f "f {i}.{c}" = {value}
            return yes
        }
        rewind(memo)
        if find_pair(memo, i, c, ';') {
            copy(memo, value)
            fetch f "f {i}.{c}" = {value}
            solve "known"
            return yes
        }
        fetch weight "weight {i}" = {items}
        let order: lt | eq | gt = compare(items, c)
        if order == gt {
            task := 'o'
            solve fit "too heavy"
        } else {
            task := 's'
            solve fit "it fits"
        }
        push(stack, task)
        previous_item(items)
        decrement(i)
    }
    return no
}

# Pass the value of f(i, c) to the pending entries, until one makes another query (yes) or the
# stack is empty (no).
proc reply(items, i, c, value, sum, skipped, memo, task, stack) -> yes | no {
    loop {
        if is_bottom(stack) { return no }
        clear(task)
        pop(stack, task)
        if task == 's' {
            step skip at "{i}.{c}" {
                fetch f "f {i}.{c}" = {value}
                next_item(items, i)
                fetch c "c" = {c}, weight "weight {i}" = {items}
                push(stack, c)
                push(stack, value)
                task := 't'
                push(stack, task)
                subtract(c, items, sum)
                move(sum, c)
                clear(value)
                previous_item(items)
                decrement(i)
                solve "{i}.{c}"
            }
            return yes
        }
        if task == 't' {
            step take at "{i}.{c}" {
                fetch f "f {i}.{c}" = {value}
                next_item(items, i)
                pop(stack, skipped)
                clear(c)
                pop(stack, c)
                next_word(items)
                fetch value "value {i}" = {items}, without "f without" = {skipped}
                increase(value, items)
                solve sum "sum" = {value}
                let order: lt | eq | gt = compare(value, skipped)
                if order == lt { copy(skipped, value) }
                clear(skipped)
                left items
                to_first(items)
                solve f "f {i}.{c}" = {value}
            }
        } else {
            step over at "{i}.{c}" {
                fetch f "f {i}.{c}" = {value}
                next_item(items, i)
                solve f "f {i}.{c}" = {value}
            }
        }
        remember(memo, i, c, value)
    }
}

# Move from the weight of an item to that of the previous one, or to the blank before the first.
proc previous_item(items at first) -> items at first {
    left items
    if items == ';' {
        left items
        while items != ';' and items != _ { left items }
        right items
    }
}

proc next_item(items, i) -> items at first {
    increment(i)
    seek(items, ';')
    right items
}

proc remember(memo, i at first, c at first, value at first) {
    to_blank(memo)
    append(i, memo)
    memo := ':'
    right memo
    append(c, memo)
    memo := '='
    right memo
    append(value, memo)
    memo := ';'
}
