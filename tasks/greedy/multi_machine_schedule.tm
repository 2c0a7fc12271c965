# Interval scheduling on several machines. Every hour has a line (queue). Jobs queue by their starts,
# and from there again by their ends, each behind the jobs of the same hour. The order is therefore
# earlier end, smaller start, index. Each job in turn takes the free machine that became free last. Of
# a machine, only the hour from which on it is free is stored, earliest first: machines with the same
# hour are interchangeable. All these hours are named by the job that was accepted last.

import std.words
import std.decimal
import std.lists

class name = 'A'..'Z' | 'a'..'z'

tape job: name                            # the letters of the jobs, and of one more
tape begin, end: digit | ',' word digit   # the hours of the jobs, `3,17,`
tape hour, clock: digit | ',' word digit  # all hours: the current one, and one to look up
tape starts, ends: name | ',' word name   # the line of each hour, by starts and by ends
tape before: name                         # the job before a job in a line
tape machines: '1'..'4'
tape slot: 'v'..'z'                       # names of the machines
tape free, later: digit | ',' word digit  # hours from which on they are free, now and after this job
tape spare: digit                         # the same of the latest machine that the job can take
tape last: name                           # the job accepted last
tape decade: 'a'..'z'                     # names of the tens of the count
tape ones, tens, out: digit

main {
    while hour != _ { write starts ','  write ends ','  next_word(hour) }
    rewind(hour)
    while put(begin, starts, "start", "from") { right job  next_word(begin) }
    by_ends()
    open_all()
    assign()
    step write at "{decade.cell} {last.cell} tens" {
        fetch digit "tens {decade.cell}" = {tens}
        if tens != 0 { out := tens  solve ans "ans tens" = {out.cell}  right out }
    }
    step write at "{last.cell} ones" {
        fetch digit "ones {last.cell}" = {ones}
        out := ones
        solve ans "ans ones" = {out.cell}
    }
    answer "{out.all}"
}

# Put the job behind the jobs of the same hour; return `false` if no job is left.
proc put(t, line, when: text, way: text) uses job, clock, before -> bool {
    step put at "{when} {job.cell}" {
        fetch time "{when} {job.cell}" = {t|none}
        if t == _ { return false }
        # Move to the line of the hour t.
        rewind(clock, line)
        while not equal(clock, t) { next_word(clock)  seek(line, ',')  right line }
        fetch first "{way} {t}" = {line.letter|none}
        if line == ',' { solve place "{way} {t}" = {job.cell} }
    }
    while line in name {
        before := line
        right line
        step join at "{way} {before.cell} {job.cell}" {
            fetch behind "{way} {before.cell}" = {line.letter|none}
            if line == ',' { solve place "{way} {before.cell}" = {job.cell} }
        }
    }
    insert_letter(job, line)
    return true
}

# Put the letter of a job before the content under the head of the line.
proc insert_letter(letter, line) {
    local tape rest like line
    lift(line, rest)
    write line letter
    lower(rest, line)
    left line
}

# Move to the job whose letter is under the head of the line.
proc find_job(line) uses job, begin, end {
    rewind(job, begin, end)
    while job != line { next_word(begin, end)  right job }
}

# Queue by their ends all jobs that are queued by their starts.
proc by_ends() uses all {
    rewind(starts)
    loop {
        step hour at "{hour}" { fetch first "from {hour}" = {starts.letter|none} }
        while starts in name {
            find_job(starts)
            assume put(end, ends, "end", "to")
            right starts
            step then at "{job.cell}" {
                fetch start "start {job.cell}" = {begin}, behind "from {job.cell}" = {starts.letter|none}
            }
        }
        right starts
        next_word(hour)
        if hour == _ { break }
    }
    rewind(hour, ends)
}

# At first every machine is free from hour 0 on.
proc open_all() uses all {
    loop {
        free := 0
        step open at "{slot.cell}" {
            fetch "machines" = {machines.cell}
            if machines == slot - 'v' + 1 or slot == 'y' {
                fetch "decade" = {decade.cell}
                ones := 0
                tens := 0
                solve free "new {slot.cell}" = {free}, ones "ones new" = {ones},
                    tens "tens {decade.cell}" = {tens}
                break
            }
            solve free "new {slot.cell}" = {free}
        }
        right free, slot
        write free ','
    }
    right free
    free := ','
    rewind(slot, free)
}

# Offer every job to the machines, earliest end first.
proc assign() uses all {
    loop {
        step due at "{hour} {decade.cell} {last.cell|new}" {
            fetch first "to {hour}" = {ends.letter|none}
        }
        while ends in name {
            find_job(ends)
            let fits = true
            step fit at "{decade.cell} {last.cell|new} {job.cell}" {
                fetch start "start {job.cell}" = {begin}, free "{last.cell|new} {slot.cell}" = {free}
                fits = compare(begin, free) != lt
                if fits { move(free, spare)  solve spare "spare {job.cell} {slot.cell}" = {spare} }
                else { solve late "late {job.cell}" = {free} }
            }
            if fits { count()  shift()  last := job }
            right ends
            step after at "{decade.cell} {last.cell|new} {job.cell}" {
                fetch end "end {job.cell}" = {end}, behind "to {job.cell}" = {ends.letter|none}
            }
        }
        right ends
        next_word(hour)
        if hour == _ { break }
    }
}

# Count one more accepted job.
proc count() uses job, last, decade, ones, tens {
    step count at "{decade.cell} {last.cell|new} {job.cell} ones" {
        fetch digit "ones {last.cell|new}" = {ones}
        ones := (ones + 1) % 10
        solve sum "ones {job.cell}" = {ones}
    }
    if ones == 0 {
        step count at "{decade.cell} {last.cell|new} {job.cell} tens" {
            fetch digit "tens {decade.cell}" = {tens}
            tens := tens + 1
            solve sum "tens {decade.next}" = {tens}
        }
        right decade
    }
}

# Remove the free machine that became free last, and put it behind the others with the job's end: the
# spare hour moves past all machines that are free, and the others move up.
proc shift() uses all {
    loop {
        free := _  # the comma
        right free
        step shift at "{decade.cell} {last.cell|new} {job.cell} {slot.cell}" {
            fetch free "{last.cell|new} {slot.next}" = {free|none}
            if free == _ {
                fetch end "end {job.cell}" = {end}
                append(end, later)
                solve stays "{job.cell} {slot.cell}" = {later.before}
                break
            }
            fetch start "start {job.cell}" = {begin}, spare "spare {job.cell} {slot.cell}" = {spare}
            if compare(begin, free) == lt { take(free, later) }
            else { take(spare, later)  move(free, spare) }
            solve stays "{job.cell} {slot.cell}" = {later.before},
                ahead "spare {job.cell} {slot.next}" = {spare}
        }
        write later ','
        right slot
    }
    later := ','
    clear(spare)
    each left later, free { free := later  later := _ }
    right free, later
    rewind(slot)
}

style styled {
    put: "Line up {label}. "
    put.time: "The job has {key} = {value}. "
    put.first: "The line begins {key} = {value}. "
    put.place: "So it is first, {key} = {value}. "
    join: "Go along {label}. "
    join.behind: "Behind, {key} = {value}. "
    join.place: "So it goes there, {key} = {value}. "
    hour: "At hour {label} "
    hour.first: "the line begins {key} = {value}. "
    then: "After {label}, "
    then.start: "with {key} = {value}, "
    then.behind: "comes {key} = {value}. "
    open: "Open machine {label}. "
    open.machines: "There are {key} = {value}. "
    open.decade: "The first is {key} = {value}. "
    open.free: "It is free from {key} = {value}. "
    open.ones: "The count is {key} = {value} "
    open.tens: "and {key} = {value}. "
    due: "At {label} "
    due.first: "the line begins {key} = {value}. "
    fit: "Try {label}. "
    fit.start: "It begins at {key} = {value}. "
    fit.free: "The first machine is free from {key} = {value}. "
    fit.late: "That is too late, {key} = {value}. "
    fit.spare: "That will do, {key} = {value}. "
    count: "Count {label}. "
    count.digit: "From {key} = {value} "
    count.sum: "go to {key} = {value}. "
    shift: "Look past {label}. "
    shift.free: "There is {key} = {value}. "
    shift.end: "The job has {key} = {value}. "
    shift.start: "For {key} = {value} "
    shift.spare: "we hold {key} = {value}. "
    shift.stays: "So {key} = {value}. "
    shift.ahead: "Hold {key} = {value}. "
    after: "After {label}, "
    after.end: "with {key} = {value}, "
    after.behind: "comes {key} = {value}. "
    write: "Write {label}. "
    write.digit: "Copy {key} = {value}. "
    write.ans: "So {key} = {value}. "
    next: "Now {label}.\n"
    end: "All jobs are tried.\n"
    answer: "answer: {value}"
}

style plain {
    put: ""
    put.time: "The {when} of {job} is {value}. "
    put.first: "The line of that hour begins with {value} so far. "
    put.place: "So {value} is put there. "
    join: ""
    join.behind: "Behind {before} stands {value}. "
    join.place: "So {value} is put behind it. "
    hour: ""
    hour.first: "By their starts, the line of hour {hour} begins with {value}. "
    then: ""
    then.start: "Job {job} starts at {value}, "
    then.behind: "and behind it stands {value}.\n"
    open: ""
    open.machines: "There are {value} machines. "
    open.decade: "This is the last. "
    open.free: "It is free from {value} on. "
    open.ones: "The count has {value} ones "
    open.tens: "and {value} tens. "
    due: ""
    due.first: "By their ends, the line of hour {hour} begins with {value}. "
    fit: ""
    fit.start: "Job {job} starts at {value}, "
    fit.free: "and the first machine is free from {value} on. "
    fit.late: "So {value} is too late for it. "
    fit.spare: "So it may have the one that is free from {value}. "
    count: ""
    count.digit: "A digit of the count was {value} "
    count.sum: "and is {value} now. "
    shift: ""
    shift.free: "The next machine is free from {value} on. "
    shift.start: "The job starts at {value}, "
    shift.spare: "and we hold the machine of {value}, "
    shift.end: "The job ends at {value}, "
    shift.stays: "so {value} stays at this place in the row. "
    shift.ahead: "We hold {value} now. "
    after: ""
    after.end: "This job ends at {value}, "
    after.behind: "and behind it stands {value}.\n"
    write: ""
    write.digit: "The count has the digit {value}. "
    write.ans: "We write {value}. "
    next: ""
    end: "That is the count.\n"
    answer: "answer: {value}"
}
