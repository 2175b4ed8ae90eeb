"""Templates of the loops around the rules of a Boolean network.

States and the nodes that may flip are words in plain variables, ``s0, s1, ...`` and ``u0, u1, ...``. A line
that holds a word in braces only is replaced by several lines, words in capitals by numbers of the network.
"""

from __future__ import annotations

__all__ = ["ASYNCHRONOUS", "CELL", "CONTINUOUS", "DISCRETE", "LOOP", "STATES", "SYNCHRONOUS"]

CELL = """

MOST_UPDATES = 10_000_000
MOST_AT_ONCE = 10_000


@kernel
def advance_cell(
    values, place, table, held, constants, scale, key, cell_id, tick, purpose, first_draw, duration
):
    {load}
    flipped = 0
    {updates}
    {store}
    return OK, flipped
"""

CONTINUOUS = """
{check_rates}
left = duration * scale
at_once = 0
while True:
    first, second = uniform_pair(key, cell_id, tick, purpose, first_draw + flipped)
    waiting = math.log(first)
    {flips}
    {sum_rates}
    if total == 0.0:
        break
    if not total < math.inf:
        return NOT_FINITE, flipped
    after = left + waiting / total
    if not after > 0.0:
        break
    wanted = second * total
    {pick}
    {flip_chosen}
    flipped += 1
    at_once = at_once + 1 if after == left else 0
    if at_once == MOST_AT_ONCE or flipped == MOST_UPDATES:
        return TOO_MANY_STEPS, flipped
    left = after
"""

DISCRETE = """
total = values[place, PHASE] + duration * scale * EACH
if not total < MOST_UPDATES:
    return TOO_MANY_STEPS, 0
updates = int(math.floor(total + 1e-9))
{each_update}
values[place, PHASE] = max(total - updates, 0.0)
"""

SYNCHRONOUS = """
for _ in range(updates):
    {flips}
    before = flipped
    {flip_all}
    if flipped == before:
        break
"""

ASYNCHRONOUS = """
update = 0
second = 0.0
while update < updates:
    {flips}
    flip = False
    while update < updates and not flip:
        if update % 2 == 0:
            first, second = uniform_pair(key, cell_id, tick, purpose, first_draw + update // 2)
        else:
            first = second
        update += 1
        chosen = min(int(first * NODES), NODES - 1)
        {rate_of_chosen}
        if not rate >= 0.0:
            return NOT_FINITE, flipped
        flip = rate > 0.0
    if flip:
        flipped += 1
        {flip_chosen}
"""

LOOP = """

CHUNK = 64


@kernel
def advance_chunk(
    first, last, values, places, cell_ids, constants, key, tick, purpose, first_draw, duration, status,
    flipped
):
    table = np.zeros(TABLE)
    held = np.zeros(HELD, dtype=np.int64)
    for i in range(first, last):
        place = places[i]
        if PREPARED_PER_CELL or i == first:
            prepare(values, place, constants, table, held)
        status[i], flipped[i] = advance_cell(
            values, place, table, held, constants, SCALE, key, cell_ids[i], tick, purpose, first_draw,
            duration
        )


@kernel(parallel=True)
def advance(values, places, cell_ids, constants, key, tick, purpose, first_draw, duration, status, flipped):
    number = places.shape[0]
    for chunk in prange((number + CHUNK - 1) // CHUNK):
        first = np.int64(chunk) * CHUNK
        last = min(first + CHUNK, number)
        advance_chunk(
            first, last, values, places, cell_ids, constants, key, tick, purpose, first_draw, duration,
            status, flipped
        )
"""

STATES = """

@kernel
def possible_flips(values, constants, begin, out):
    place = 0
    table = np.zeros(TABLE)
    held = np.zeros(HELD, dtype=np.int64)
    prepare(values, place, constants, table, held)
    for i in range(out.shape[0]):
        s0 = begin + i
        {flips}
        possible = 0
        {possible}
        out[i] = possible
    return OK
"""
