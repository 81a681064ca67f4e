#!/usr/bin/env python3
"""Compares planned walks with those of an outside solver (PyVRP), on random layouts of one to five blocks.

Not part of `make test`: it needs a solver from PyPI. From the repository's root:

    python3 -m venv target/outside-venv
    target/outside-venv/bin/pip install pyvrp
    cargo build --release -p aisle-core --example walk
    target/outside-venv/bin/python tests/outside/routes.py target/release/examples/walk [TASKS [SEED [SECONDS]]]

For every kind of task (blocks; a round, a walk from inside an aisle to another place, a walk that ends at its last
stop) it makes TASKS tasks, measures every planned order with distances of its own (shortest ways on the corridor
graph, found by relaxation, sharing no code with the planner) and lets the solver look for a shorter one for SECONDS
each. It fails when a walk misses a stop, when a length is not what its order comes to, when the solver finds a walk
shorter than one that is called optimal, or a proven bound lies above a walk that was found. Where the planner did
not prove its walk optimal it says by how much the solver's is shorter or longer.

`times_faster` is the ratio at equal quality, both on one core in this one run: the time until the solver first held
a walk no longer than the planned one (reading the task not counted), over the time of the plan, each summed over the
tasks. Where it never did within SECONDS, these count, so that the ratio is then too low; `unmatched` says how often.
"""

import json
import random
import subprocess
import sys
import tempfile
from statistics import mean

import pyvrp
from pyvrp.stop import MaxRuntime


def make(dice, blocks, kind):
    aisles = dice.randint(2, 14)
    length = dice.randrange(8_000, 40_000, 500) * blocks // 2 + 1_000 * blocks
    cross = sorted({0, length, *(row * length // blocks for row in range(1, blocks))})
    place = lambda: [dice.randrange(aisles), dice.randrange(0, length + 1, 250)]
    stops = [place() for _ in range(dice.randint(3, 40))]
    task = {"aisles": aisles, "pitch": dice.randrange(2_000, 6_000, 100), "cross": cross, "stops": stops}
    if kind == "round":
        task["start"] = task["end"] = [dice.randrange(aisles), 0]
    else:
        task["start"] = place()
        if kind == "walk":
            task["end"] = place()
    return task


def ways(task):
    """Shortest ways between the start, the stops and the end, on the graph of corridors."""
    cross, pitch = task["cross"], task["pitch"]
    points = [tuple(task["start"]), *map(tuple, task["stops"])]
    if "end" in task:
        points.append(tuple(task["end"]))
    nodes = sorted({*points, *((aisle, row) for aisle in range(task["aisles"]) for row in cross)})
    edges = {node: [] for node in nodes}
    for one, two in zip(nodes, nodes[1:]):
        if one[0] == two[0]:
            edges[one].append((two, two[1] - one[1]))
            edges[two].append((one, two[1] - one[1]))
    for aisle in range(task["aisles"] - 1):
        for row in cross:
            edges[(aisle, row)].append(((aisle + 1, row), pitch))
            edges[(aisle + 1, row)].append(((aisle, row), pitch))
    table = []
    for start in points:
        away, waiting = {start: 0}, [start]
        while waiting:
            node = waiting.pop(0)
            for other, length in edges[node]:
                if away[node] + length < away.get(other, 1 << 60):
                    away[other] = away[node] + length
                    waiting.append(other)
        table.append([away[point] for point in points])
    return table


def outside(task, table, seconds, seed, planned):
    """The shortest walk that the solver finds, and the seconds until it had one no longer than the planned one."""
    stops = len(task["stops"])
    model = pyvrp.Model()
    places = [model.add_location(x=0, y=0) for _ in range(stops + 2)]
    start, end = model.add_depot(places[0]), model.add_depot(places[-1])
    for place in places[1:-1]:
        model.add_client(place)
    model.add_vehicle_type(num_available=1, start_depot=start, end_depot=end)
    for one in range(1, stops + 1):
        model.add_edge(places[0], places[one], distance=table[0][one])
        model.add_edge(places[one], places[-1], distance=table[one][stops + 1] if "end" in task else 0)
        for two in range(1, stops + 1):
            if one != two:
                model.add_edge(places[one], places[two], distance=table[one][two])
    model.add_edge(places[0], places[-1], distance=0)
    found = model.solve(stop=MaxRuntime(seconds), seed=seed, display=False)
    reached = 0.0
    for spent, state in zip(found.stats.runtimes, found.stats.data):
        reached += spent
        if state.best_cost <= planned:
            return int(found.cost()), reached
    return int(found.cost()), None


def main():
    program = sys.argv[1]
    count, seed, seconds = (list(map(float, sys.argv[2:])) + [20, 1, 0.5][len(sys.argv) - 2:])[:3]
    dice, wrong = random.Random(int(seed)), 0
    for blocks in range(1, 6):
        for kind in ("round", "walk", "open"):
            tasks = [make(dice, blocks, kind) for _ in range(int(count))]
            with tempfile.NamedTemporaryFile("w", suffix=".jsonl") as file:
                file.write("".join(json.dumps(task) + "\n" for task in tasks))
                file.flush()
                told = subprocess.run([program, file.name], check=True, capture_output=True, text=True).stdout
            equal = better = worse = optimal = 0
            gaps, micros, waits, unmatched = [], [], [], 0
            for number, (task, line) in enumerate(zip(tasks, told.splitlines(), strict=True)):
                length, certificate, us, order = line.split("\t")
                length, order = int(length), [int(stop) for stop in order.split(",")]
                micros.append(int(us))
                table = ways(task)
                path = [0, *(stop + 1 for stop in order)]
                if "end" in task:
                    path.append(len(task["stops"]) + 1)
                walked = sum(table[a][b] for a, b in zip(path, path[1:]))
                theirs, reached = outside(task, table, seconds, number, length)
                unmatched += reached is None
                waits.append(1e6 * (seconds if reached is None else reached))
                proven = certificate == "optimal"
                bound = length if proven else int(certificate.split()[-1])
                problems = []
                if sorted(order) != list(range(len(task["stops"]))):
                    problems.append("a stop is missed or visited twice")
                if walked != length:
                    problems.append(f"says {length}, comes to {walked}")
                if min(theirs, walked) < bound:
                    problems.append(f"a walk of {min(theirs, walked)} is shorter than the bound {bound}")
                for problem in problems:
                    wrong += 1
                    print(f"WRONG {problem}: {json.dumps(task)}")
                optimal += proven
                equal += theirs == length
                better += length < theirs
                worse += length > theirs
                gaps.append(100 * (length - theirs) / max(theirs, 1))
            print(
                f"blocks={blocks} {kind:5} tasks={len(tasks)} proven={optimal} equal={equal} shorter={better} "
                f"longer={worse} mean_gap_percent={mean(gaps):+.3f} worst_gap_percent={max(gaps):+.3f} "
                f"us_mean={mean(micros):.0f} solver_us_mean={mean(waits):.0f} "
                f"times_faster={sum(waits) / max(sum(micros), 1):.0f} unmatched={unmatched} "
                f"(solver: {seconds} s each)",
                flush=True,
            )
    print("nothing wrong" if wrong == 0 else f"{wrong} wrong")
    sys.exit(wrong != 0)


main()
