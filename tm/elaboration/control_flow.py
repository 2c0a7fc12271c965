"""Control flow within a proc: successors, reachable instructions, live registers."""

from __future__ import annotations

from collections.abc import Iterator

from tm.elaboration import instructions as c


def successors(proc: c.Proc, index: int) -> tuple[int, ...]:
    """Return the instructions that may be executed directly after an instruction."""
    match proc.code[index]:
        case c.JumpUnless(target=target):
            return (index + 1, target)
        case c.Jump(target=target):
            return (target,)
        case c.LeaveProc() | c.HaltRun():
            return ()
        case _:
            return (index + 1,)


def reachable(proc: c.Proc) -> set[int]:
    """Return the instructions that some path from the first one reaches."""
    reached: set[int] = set()
    queue = [0]
    while queue:
        index = queue.pop()
        if index not in reached:
            reached.add(index)
            queue.extend(successors(proc, index))
    return reached


def find_live_registers(proc: c.Proc) -> None:
    """Fill ``proc.live`` by backward iteration to the fixed point."""
    read = [frozenset(_registers_read(instruction)) for instruction in proc.code]
    written = [_register_written(instruction) for instruction in proc.code]
    live: list[frozenset[c.Register]] = [frozenset()] * len(proc.code)
    changed = True
    while changed:
        changed = False
        for index in reversed(range(len(proc.code))):
            after = frozenset[c.Register]().union(*(live[n] for n in successors(proc, index)))
            before = read[index] | (after - {written[index]})
            if before != live[index]:
                live[index] = before
                changed = True
    proc.live = live


def _register_written(instruction: c.Instruction) -> c.Register | None:
    match instruction:
        case c.SetRegister(register=register):
            return register
        case c.CallProc(result=result):
            return result
        case _:
            return None


def _registers_read(instruction: c.Instruction) -> Iterator[c.Register]:
    match instruction:
        case c.WriteSymbol(value=value) | c.SetRegister(value=value):
            yield from _registers_in(value)
        case c.JumpUnless(test=test) | c.AssertTest(test=test):
            yield from _registers_in(test)
        case c.LeaveProc(value=value) if value is not None:
            yield from _registers_in(value)
        case c.CallProc(args=args):
            for arg in args:
                if isinstance(arg, tuple):
                    yield from _registers_in_template(arg)
                elif not isinstance(arg, str):
                    yield from _registers_in(arg)
        case c.PrintText(text=template):
            yield from _registers_in_template(template)
        case c.SayUtterance(key=key, value=template):
            yield from _registers_in_template(key)
            yield from _registers_in_template(template or ())


def _registers_in(node: c.Expression | c.Test) -> Iterator[c.Register]:
    match node:
        case c.RegisterRead(register=register):
            yield register
        case c.ReadOr(default=default):
            yield from _registers_in(default)
        case c.Truth(test=test):
            yield from _registers_in(test)
        case c.Arithmetic(left=left, right=right) | c.Comparison(left=left, right=right):
            yield from _registers_in(left)
            yield from _registers_in(right)
        case c.Connective(left=first, right=second):
            yield from _registers_in(first)
            yield from _registers_in(second)
        case c.InClass(operand=operand):
            yield from _registers_in(operand)
        case c.Negation(operand=test):
            yield from _registers_in(test)


def _registers_in_template(template: c.LoweredTemplate) -> Iterator[c.Register]:
    for piece in template:
        if isinstance(piece, c.RegisterPlaceholder):
            yield piece.register
