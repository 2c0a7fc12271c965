# Interval scheduling on several machines. Every hour has a line (queue). Jobs queue by their starts,
# and from there again by their ends, each behind the jobs of the same hour. The order is therefore
# earlier end, smaller start, index. Each job in turn takes the free machine that became free last. Of
# a machine, only the hour from which on it is free is stored, earliest first: machines with the same
# hour are interchangeable. All these hours are named by the job that was accepted last.

import std.decimal, std.lists, std.reading, std.words, std.writing

class name = 'a'..'z'

tape jobs: digit | '-' | ',' | ' ' word digit | '-'  # `3-5, 4-9`
tape job: name | ' ' word name                       # the names of the jobs, and of one more
tape begin, end: digit | ',' word digit              # the hours of the jobs, `3,17,`
tape hour, clock: digit | ',' word digit             # all hours: the current one, and one to look up
tape starts, ends: name | ' ' | ',' word name        # the line of each hour, by starts and by ends
tape machines: '1'..'4'
tape slot: 'v'..'z'                       # names of the machines, and of one more
tape free, later: digit | ',' word digit  # hours from which on they are free, now and after this job
tape spare: digit                         # the same of the latest machine that the job can take
tape last: name                           # the job accepted last
tape ones, tens, out: digit
tape lead: ' '..'~' word ' '..'}'  # the word before the jobs and the machines in the prompt

main {
    read_first(job)
    read_list(jobs, job, lead, "jobs", "job {job}", "{jobs.last_words}") each() { body  if jobs != _ { say_hours() } }
    read_item(machines, lead, "machines")
    write hour "0,1,2,3,4,5,6,7,8,9,10,11,12,13,14,15,16,17,18,19,20,21,22,23,24,"
    rewind(hour)
    each hour, clock { clock := hour  if hour == ',' { write starts ','  write ends ',' } }
    write slot "vwxyz"  rewind(hour, slot, job, begin, end)
    step begin at "jobs" { fetch "first" = {job} }
    while put(begin, starts, "start", "from") { next_word(job, begin) }
    by_ends()
    open_all()
    assign()
    step write at "{last} tens" {
        fetch digit "tens" = {tens}
        if tens != 0 { write_keyed(tens, out, "ans tens") }
    }
    step write at "{last} ones" { fetch digit "ones {last}" = {ones}  write_keyed(ones, out, "ans ones") }
    answer "{out.all}"
}

# Copy the hours of the job at the head, and say them.
proc say_hours() uses jobs, job, begin, end {
    each jobs, begin until jobs == '-' { begin := jobs }
    solve start "start {job}" = {begin.before}
    write begin ','  right jobs
    each jobs, end until jobs not in word { end := jobs }
    solve end "end {job}" = {end.before}
    write end ','  to_first(jobs)
}

# Put the job behind the jobs of the same hour; return `false` if no job is left.
proc put(t, line, when: text, way: text) uses job, clock -> bool {
    step put at "{when} {job}" {
        if t == _ { fetch last "job {job}" = "end"  return false }
        fetch time "{when} {job}" = {t}
        # Move to the line of the hour t.
        rewind(clock, line)
        while not equal(clock, t) { next_word(clock)  seek(line, ',')  right line }
        fetch first "{way} {t}" = {line|none}
        if line == ',' { solve place "{way} {t}" = {job} }
    }
    while line in name {
        next_word(line)
        step join at "{way} {line.previous_word} {job}" {
            fetch behind "{way} {line.previous_word}" = {line|none}
            if line == ',' { solve place "{way} {line.previous_word}" = {job} }
        }
    }
    insert(line, job, ' ')
    return true
}

# Move to the job whose name is at the head of the line.
proc find_job(line) uses job, begin, end {
    rewind(job, begin, end)
    while not equal(job, line) { next_word(job, begin, end) }
}

# Queue by their ends all jobs that are queued by their starts.
proc by_ends() uses all {
    rewind(starts)
    while hour != _ {
        step hour at "{hour}" { fetch first "from {hour}" = {starts|none} }
        while starts in name {
            find_job(starts)
            assume put(end, ends, "end", "to")
            next_word(starts)
            step then at "{job}" {
                fetch start "start {job}" = {begin}, behind "from {job}" = {starts|none}
            }
        }
        right_named(starts, hour)
    }
    rewind(hour, ends)
}

# At first every machine is free from hour 0 on.
proc open_all() uses all {
    ones := 0  tens := 0
    for number in 1..4 {
        free := 0
        step open at "{slot.cell} {number}" {
            fetch "machines" = {machines.cell}
            solve free "new {slot.cell}" = {free}
            if machines == number { solve ones "ones new" = {ones}, tens "tens" = {tens} }
        }
        right free, slot  write free ','
        if machines == number { break }
    }
    rewind(slot, free)
}

# Offer every job to the machines, earliest end first.
proc assign() uses all {
    while hour != _ {
        step due at "{hour} {last|new}" { fetch first "to {hour}" = {ends|none} }
        while ends in name {
            find_job(ends)
            let fits = true
            step fit at "{last|new} {job}" {
                fetch start "start {job}" = {begin}, free "{last|new} {slot.cell}" = {free}
                fits = compare(begin, free) != lt
                if fits { move(free, spare)  solve spare "spare" = {spare} }
                else { solve late "late {job}" = {free} }
            }
            if fits { count()  shift()  copy(job, last) }
            next_word(ends)
            step after at "{last|new} {job}" {
                fetch end "end {job}" = {end}, behind "to {job}" = {ends|none}
            }
        }
        right_named(ends, hour)
    }
}

# Count one more accepted job.
proc count() uses job, last, ones, tens {
    step count at "{last|new} {job} ones" {
        fetch digit "ones {last|new}" = {ones}
        ones := (ones + 1) % 10
        solve sum "ones {job}" = {ones}
    }
    if ones == 0 step count at "{last|new} {job} tens" {
        fetch digit "tens" = {tens}
        tens := tens + 1
        solve sum "tens" = {tens}
    }
}

# Remove the free machine that became free last, and put it behind the others with the job's end: the
# spare hour moves past all machines that are free, and the others move up.
proc shift() uses all {
    loop {
        free := _  # the comma
        right free
        step shift at "{last|new} {job} {slot.cell}" {
            fetch free "{last|new} {slot.next}" = {free|none}
            if free == _ {
                fetch end "end {job}" = {end}
                append(end, later)
                solve stays "{job} {slot.cell}" = {later.before}
                break
            }
            fetch start "start {job}" = {begin}, spare "spare" = {spare}
            if compare(begin, free) == lt { take(free, later) }
            else { take(spare, later)  move(free, spare) }
            solve stays "{job} {slot.cell}" = {later.before}, ahead "spare" = {spare}
        }
        write later ','  right slot
    }
    later := ','  clear(spare)
    each left later, free { free := later  later := _ }
    right free, later  rewind(slot)
}

style styled {
    read: ""
    read.lead: "The prompt says {key}. "
    read.first: "The labels begin with {key} = {value}. "
    read.recent: "It goes on {key}. "
    read.value: "So {key} = {value}. "
    read.start: "It has {key} = {value} "
    read.end: "and {key} = {value}. "
    begin: "We form a line of jobs for each hour, first by their starts. "
    begin.first: "We begin with {key} = {value}. "
    put: "Put the {when} of job {job} in line. "
    put.time: "For {key} = {value}, "
    put.first: "the line begins {key} = {value}. "
    put.place: "The job is first in it, {key} = {value}. "
    put.last: "There is no such job, {key} = {value}, so all are in their lines. "
    join: "Go along the line, {label}. "
    join.behind: "The next one in it is {key} = {value}. "
    join.place: "So the job goes there, {key} = {value}. "
    hour: "Take the jobs that start at hour {hour}. "
    hour.first: "The line begins {key} = {value}. "
    then: ""
    then.start: "Job {job} has {key} = {value}; "
    then.behind: "behind it comes {key} = {value}. "
    open: "Open machine {slot}, which is number {number}. "
    open.machines: "We have {key} = {value}. "
    open.free: "The machine is free from {key} = {value} on. "
    open.ones: "This is the last one. No job is counted yet: {key} = {value} "
    open.tens: "and {key} = {value}. "
    due: "Take the jobs that end at hour {hour}. "
    due.first: "The line begins {key} = {value}. "
    fit: "Does job {job} fit? "
    fit.start: "It has {key} = {value}, "
    fit.free: "and a machine is free from {key} = {value} on. "
    fit.late: "That is too late, {key} = {value}. "
    fit.spare: "That is early enough, so hold {key} = {value}. "
    count: "Count job {job}. "
    count.digit: "Add one to {key} = {value}: "
    count.sum: "{key} = {value}. "
    shift: "Look behind machine {slot} for job {job}. "
    shift.free: "The next one has {key} = {value}. "
    shift.end: "So the job gets the one held; it has {key} = {value}, "
    shift.start: "With {key} = {value} "
    shift.spare: "and {key} = {value} held, "
    shift.stays: "{key} = {value} stays here. "
    shift.ahead: "We hold {key} = {value}. "
    after: ""
    after.end: "Job {job} has {key} = {value}; "
    after.behind: "behind it comes {key} = {value}. "
    write: "Write a digit of the count. "
    write.digit: "We have {key} = {value}. "
    write.ans: "So {key} = {value}. "
    next: "Next is {heading}.\n"
    end: "All jobs are counted.\n"
    answer: "answer: {value}"
}

style plain {
    read: ""
    read.lead: ""
    read.first: ""
    read.recent: ""
    read.value: ""
    read.start: ""
    read.end: ""
    begin: ""
    begin.first: ""
    put: ""
    put.last: ""
    put.time: "The {when} of {job} is {value}. "
    put.first: "The line of that hour begins with {value} so far. "
    put.place: "So {value} is put there. "
    join: ""
    join.behind: "Behind {line.previous_word} stands {value}. "
    join.place: "So {value} is put behind it. "
    hour: ""
    hour.first: "By their starts, the line of hour {hour} begins with {value}. "
    then: ""
    then.start: "Job {job} starts at {value}, "
    then.behind: "and behind it stands {value}.\n"
    open: ""
    open.machines: "There are {value} machines. "
    open.free: "It is free from {value} on. "
    open.ones: "This is the last. The count has {value} ones "
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
