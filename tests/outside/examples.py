#!/usr/bin/env python3
"""Runs the three planners' examples on published instances, turned round and shuffled, and on broken ones, and checks
what they answer with rules written here alone.

Not part of `make test`; it needs nothing but Python. From the repository's root:

    cargo build --release -p aisle-core --examples
    python3 tests/outside/examples.py target/release/examples

Routes: each order visited is measured by shortest ways of this program's own; the length must be the one told, not
below the published optimum, and equal to it where each article has one bin; mirroring, flipping and shuffling must
not change it. Cartons: every piece is there once, inside its carton, through no other, on at least 70 % of its base,
under the carton's weight. Carts: every order is on one cart within the capacity, and the total is that of the shortest
rounds. Broken input: a reason and a status
that is not 0, or an answer; never a panic.
"""

import csv
import json
import random
import re
import subprocess
import sys
import tempfile
from collections import Counter, defaultdict
from pathlib import Path

PROGRAMS, DATA = Path(sys.argv[1]), Path(__file__).parent / "../../sync/core/data"
WRONG = []


def run(example, *args):
    return subprocess.run([PROGRAMS / example, *map(str, args)], capture_output=True, text=True, timeout=600)


def expect(fact, what):
    if not fact:
        WRONG.append(what)
        print("WRONG", what)


def field(text, name):
    return re.search(rf"^{name} *: *(\S+)", text, re.M)[1]


def length(text, order, two):
    """What an order of visits comes to: cells are counted from the top, one unit each."""
    cells, pitch = int(field(text, "NUM_CELLS")), int(field(text, "DISTANCE_AISLE_TO_AISLE"))
    top = cells + 1 + two
    cross = [0, top / 2, top] if two else [0, top]
    along = lambda cell: cells - cell + (two if cell < cells // 2 else 0)
    depot = int(field(text, "DEPOT_AISLE")), top if field(text, "DEPOT_LOCATION") == "top" else 0
    bins = defaultdict(list)
    for sku, aisle, cell in re.findall(r"^ID (\d+) AISLE (\d+) CELL (\d+)", text, re.M):
        bins[sku].append((int(aisle), int(cell)))
    points = [depot]
    for visit in order.split(","):
        sku, _, at = visit.partition("@")
        aisle, cell = map(int, at.split(".")) if at else bins[sku][0]
        expect((aisle, cell) in bins[sku], f"{visit} is no bin of {sku}")
        points.append((aisle, along(cell)))
    way = 0
    for (a, x), (b, y) in zip(points, points[1:] + [depot]):
        over = abs(x - y) if a == b else min(abs(x - row) + abs(y - row) for row in cross) + pitch * abs(a - b)
        way += over
    return way


def turned(text, mirror, flip, dice):
    aisles, cells = int(field(text, "NUM_AISLES")), int(field(text, "NUM_CELLS"))
    head, rows = text.split("SKU_SECTION\n", 1)
    if mirror:
        head = re.sub(r"(DEPOT_AISLE : )(\d+)", lambda m: m[1] + str(aisles - 1 - int(m[2])), head)
        rows = re.sub(r"AISLE (\d+)", lambda m: f"AISLE {aisles - 1 - int(m[1])}", rows)
    if flip:
        head = re.sub(r"(DEPOT_LOCATION : )(\w+)", lambda m: m[1] + ("bottom" if m[2] == "top" else "top"), head)
        rows = re.sub(r"CELL (\d+)", lambda m: f"CELL {cells - 1 - int(m[1])}", rows)
    lines = rows.splitlines()
    stock = [number for number, line in enumerate(lines) if " CELL " in line]
    moved = dice.sample(stock, len(stock))
    shuffled = list(lines)
    for to, source in zip(stock, moved):
        shuffled[to] = lines[source]
    return head + "SKU_SECTION\n" + "\n".join(shuffled) + "\n"


def routes(folder):
    dice, gaps, checked = random.Random(5), defaultdict(list), 0
    for name, *optima in list(csv.reader(open(DATA / "sprp-ss/optima.csv")))[1:]:
        text = (DATA / "sprp-ss" / name).read_text()
        for two, optimum in enumerate(map(float, optima)):
            for variant, (mirror, flip) in enumerate([(0, 0), (1, 0), (0, 1), (1, 1)]):
                task = turned(text, mirror, flip, dice) if variant else text
                file = folder / f"{variant}-{name}"
                file.write_text(task)
                told = run("route", *(["--two-block"] if two else []), "--ms", 20, file)
                expect(told.returncode == 0, f"{name} {variant}: {told.stderr}")
                _, claimed, certificate, _, order = told.stdout.strip().split("\t")
                claimed, checked = float(claimed), checked + 1
                walked = length(task, order, two)
                expect(walked == claimed, f"{name} {variant} two={two}: says {claimed}, comes to {walked}")
                if name.startswith("unit"):
                    expect(claimed >= optimum, f"{name} {variant}: {claimed} is below the optimum {optimum}")
                if "_F1_" in name:
                    expect(claimed == optimum and certificate == "optimal", f"{name} {variant}: {claimed}")
                else:
                    gaps[two].append(100 * (claimed / optimum - 1))
    told = ", ".join(f"{two + 1} block: {sum(all) / len(all):.2f} %" for two, all in gaps.items())
    print(f"routes: {checked} checked; mean gap where there are several bins, 20 ms: {told}")


def shared(a, b, at, size):
    return max(0, min(a[at] + a[size], b[at] + b[size]) - max(a[at], b[at]))


def cartons(folder):
    boxes, items = DATA / "boxpacker/boxes.csv", DATA / "boxpacker/items.csv"
    rows = list(csv.reader(open(items)))
    dice = random.Random(3)
    for variant in ("published", "turned and shuffled"):
        if variant != "published":
            rows = [[*row[:3], *dice.sample(row[3:6], 3), *row[6:]] for row in dice.sample(rows, len(rows))]
        file, plan = folder / "items.csv", folder / "plan.csv"
        csv.writer(open(file, "w")).writerows(rows)
        told = run("carton", "--plan", plan, boxes, file)
        kinds = {row[0]: [int(cell) for cell in row[1:]] for row in csv.reader(open(boxes))}
        weigh, wanted, packed = {}, Counter(), defaultdict(list)
        for order, quantity, item, *size, weight in rows:
            weigh[order, item] = sorted(map(int, size)), int(weight)
            wanted[order, item] += int(quantity)
        for order, number, carton, item, *box in list(csv.reader(open(plan)))[1:]:
            packed[order, number, carton].append((item, *map(int, box)))
            wanted[order, item] -= 1
        expect(not any(wanted.values()), "a piece is missing or there twice")
        for (order, number, carton), pieces in packed.items():
            where, kind = f"order {order}, carton {number}", kinds[carton]
            weight = kind[3] + sum(weigh[order, piece[0]][1] for piece in pieces)
            expect(weight <= kind[7], f"{where} is too heavy")
            for one, piece in enumerate(pieces):
                expect(sorted(piece[4:]) == weigh[order, piece[0]][0], f"{where}: {piece} has other sides")
                expect(all(0 <= piece[1 + a] and piece[1 + a] + piece[4 + a] <= kind[4 + a] for a in range(3)), f"{where}: {piece} sticks out")
                below = sum(shared(piece, other, 1, 4) * shared(piece, other, 2, 5) for other in pieces if other[3] + other[6] == piece[3])
                expect(piece[3] == 0 or 10 * below >= 7 * piece[4] * piece[5], f"{where}: {piece} hangs")
                for other in pieces[:one]:
                    expect(not all(shared(piece, other, 1 + a, 4 + a) for a in range(3)), f"{where}: {piece} in {other}")
        print(f"cartons, {variant}: {told.stdout.strip()}")


# Ratliff and Rosenthal (1983): what walking through, returning to the back, returning to the front, leaving out a gap
# and passing by make of each class, and where 1+1, 2+0, 0+2, 2+2 and 0+0 walks to the next aisle (back, front) lead.
AISLE = {
    "UU": ("EE1", "UU", "UU", "UU", "UU"), "E0": ("UU", "E0", "EE2", "EE2", "E0"), "0E": ("UU", "EE2", "0E", "EE2", "0E"),
    "EE1": ("UU", "EE1", "EE1", "EE1", "EE1"), "EE2": ("UU", "EE2", "EE2", "EE2", "EE2"), "00": ("UU", "E0", "0E", "EE2", "00"),
    "done": (None, None, None, None, "done"),
}
ACROSS = {
    "UU": ("UU", None, None, None, None), "E0": (None, "E0", None, "EE2", "done"), "0E": (None, None, "0E", "EE2", "done"),
    "EE1": (None, "E0", "0E", "EE1", "done"), "EE2": (None, None, None, "EE2", None), "00": (None, "E0", "0E", None, "00"),
    "done": (None, None, None, None, "done"),
}


def step(states, table, costs):
    reached = {}
    for state, length in states.items():
        for to, cost in zip(table[state], costs):
            if to is not None and cost is not None and length + cost < reached.get(to, 1e18):
                reached[to] = length + cost
    return reached


def tour(task, picks):
    """The shortest round of one block from the front of the depot's aisle, by Ratliff and Rosenthal's tables."""
    long, depot = 2 * task["entry"] + (task["cells"] - 1) * task["cell"], task["depot"]["aisle"]
    states = {"00": 0}
    for aisle in range(task["aisles"]):
        if aisle == depot:
            touched = {"0E": ("0E", "00"), "EE2": ("EE2", "E0"), "UU": ("UU",), "EE1": ("EE1",)}
            states = {to: min(states.get(state, 1e18) for state in of) for to, of in touched.items()}
        places = sorted({task["entry"] + cell * task["cell"] for at, cell in picks if at == aisle})
        if places:
            gap = max((b - a for a, b in zip(places, places[1:])), default=None)
            gap = None if gap is None else 2 * (long - gap)
            states = step(states, AISLE, (long, 2 * (long - places[0]), 2 * places[-1], gap, None))
        else:
            states = step(states, AISLE, (long, None, None, None, 0))
        pitch = 2 * task["aisle_pitch"] if aisle + 1 < task["aisles"] else None
        states = step(states, ACROSS, (pitch, pitch, pitch, pitch and 2 * pitch, 0))
    return states["done"]


def carts(folder):
    for name, best in list(csv.reader(open(DATA / "carts/best.csv")))[1:]:
        task = json.loads((DATA / "carts" / name).read_text())
        told = run("cart", "--ms", 100, "--plan", DATA / "carts" / name).stdout
        sizes = {order["id"]: order["size"] for order in task["orders"]}
        head, *plan = told.strip().splitlines()
        batches = [re.split(r"[,\s]+", line.strip()) for line in plan]
        batches = [[word for word in batch if word in sizes] for batch in batches]
        expect(Counter(order for batch in batches for order in batch) == Counter(list(sizes)), f"{name}: an order is missing or there twice")
        expect(all(sum(sizes[order] for order in batch) <= task["capacity"] for batch in batches), f"{name}: a cart is too full")
        expect(int(head.split("\t")[2]) == len([batch for batch in batches if batch]), f"{name}: other batches than told")
        picks = {order["id"]: order["picks"] for order in task["orders"]}
        total = sum(tour(task, [pick for order in batch for pick in picks[order]]) for batch in batches)
        expect(abs(total - float(head.split("\t")[1])) < 1e-6, f"{name}: says {head}, comes to {total}")
        if total < float(best):
            print(f"{name}: {total} is below the best known {best}")
    print("carts: checked")


def broken(folder):
    name = next(DATA.glob("sprp-ss/unit_F1_*"))
    text = name.read_text()
    swap = lambda what, to: re.sub(what, to, text)
    many = {"orders": [{"id": f"o{n}", "size": 1, "picks": [[n % 10, n % 45]]} for n in range(10_000)]}
    site = {"aisles": 10, "cells": 45, "cell": 1, "aisle_pitch": 5, "entry": 1.5, "depot": {"aisle": 0, "end": "front"}, "capacity": 45}
    order = lambda **more: {**site, "orders": [{"id": "a", "size": 3, "picks": [[1, 2]]}], **more}
    tries = [("route", ["--ms", ms], {"a.txt": task}) for ms in (0, 5) for task in (
        "", "x", text, text[: len(text) // 2], swap(r"NUM_AISLES : \d+", "NUM_AISLES : 0"),
        swap(r"NUM_CELLS : \d+", "NUM_CELLS : 0"), swap(r"DEPOT_AISLE : \d+", "DEPOT_AISLE : 9999"),
        swap(r"AISLE_TO_AISLE : \d+", "AISLE_TO_AISLE : 0"), swap(r"AISLE_TO_AISLE : \d+", "AISLE_TO_AISLE : -5"),
        swap(r"AISLE_TO_AISLE : \d+", "AISLE_TO_AISLE : 99999999999999999999"), swap(r"NUM_CELLS : \d+", "NUM_CELLS : 4000000000"),
        swap(r"CELL \d+", "CELL 999999"), swap(r"CELL \d+", "CELL -1"), swap(r"QUANTITY \d+", "QUANTITY 0"))]
    tries += [("cart", ["--ms", ms], {"a.json": json.dumps(task)}) for ms in (0, 5) for task in (
        {}, [], order(), order(orders=[]), order(capacity=0), order(capacity=-1), order(aisles=0), order(cells=0), order(cell=0),
        order(aisle_pitch=0), order(aisle_pitch=-3), order(aisle_pitch=1e300), order(entry=-1), order(depot={"aisle": 99, "end": "front"}),
        order(orders=[{"id": "a", "size": 99, "picks": [[1, 2]]}]), order(orders=[{"id": "a", "size": 0, "picks": []}]),
        order(orders=[{"id": "a", "size": 1, "picks": [[99, 2]]}]), order(orders=[{"id": "a", "size": 1, "picks": [[1, 99]]}]),
        {**site, **many})]
    boxes = "S,100,100,100,10,90,90,90,1000\n"
    tries += [("carton", [], {"boxes.csv": b, "items.csv": i}) for b, i in (
        ("", ""), (boxes, ""), ("", "1,1,a,1,1,1,1\n"), (boxes, "1,1,a,0,1,1,1\n"), (boxes, "1,1,a,-1,1,1,1\n"), (boxes, "1,0,a,1,1,1,1\n"),
        (boxes, "1,1,a,500,1,1,1\n"), (boxes, "1,1,a,1,1,1,5000\n"), (boxes, "1,99999999999,a,1,1,1,1\n"), (boxes, "x\n"), ("x\n", "1,1,a,1,1,1,1\n"),
        (boxes, "1,10000,a,9,9,9,1\n"), ("S,1,1,1,1,0,0,0,1\n", "1,1,a,1,1,1,1\n"), (boxes, "1,1,a,4294967296,1,1,1\n"))]
    refused = 0
    for example, args, files in tries:
        for file, content in files.items():
            (folder / file).write_text(content)
        told = run(example, *args, *(folder / file for file in files))
        what = f"{example} {args} {[content[:160] for content in files.values()]}"
        expect("panicked" not in told.stderr and told.returncode >= 0, f"{what}: {told.stderr[:300]}")
        expect(told.returncode == 0 or told.stderr.strip(), f"{what}: no reason")
        refused += told.returncode != 0
        if "-v" in sys.argv:
            print(told.returncode, example, args, (told.stderr or told.stdout).strip()[:150])
    print(f"broken: {len(tries)} tried, {refused} refused with a reason, the others answered")


with tempfile.TemporaryDirectory() as home:
    for part in (carts, broken, cartons, routes):
        part(Path(home))
print("nothing wrong" if not WRONG else f"{len(WRONG)} wrong")
sys.exit(bool(WRONG))
