from itertools import product

from tasks.backtracking.palindrome_combination import Word


def answer(instance: Word) -> str:
    """Look at all 2ⁿ⁻¹ ways to insert spaces, and sort those of palindromes by their lengths."""
    text = instance.text
    ways = []
    for spaces in product(("", " "), repeat=len(text) - 1):
        pieces = "".join(map("".join, zip(text, (*spaces, ""), strict=True))).split()
        if all(piece == piece[::-1] for piece in pieces):
            ways.append(pieces)
    ways.sort(key=lambda pieces: [*map(len, pieces)])
    return f"{', '.join(map(' '.join, ways))}; {len(ways)}"
