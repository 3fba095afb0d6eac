"""A random cut forest in Python and numpy, for where the program `pipec-forest` cannot be started.

The same algorithm and the same formulas: random cuts proportional to the ranges of a bounding box, samples by weights that
decay with time, and the score of AWS's random cut forest. So scores are on one scale; their digits differ, as those of two
seeds do. A row takes about 50 times as long.

All trees are followed at once: the first index of every array is the tree.
"""

import collections
import heapq
import itertools

import numpy

SEED = 0x0070_6970_6563
# The part of a sample that is filled by every row; behind it, rows come in less and less often until it is full.
FILLED_AT_ONCE = 0.125
NONE = -1


class SlowForest:
    """Parameters as pipec-forest has them."""

    def __init__(self, columns, trees, sample, decay, shingle, attribution):
        self.columns, self.sample, self.attribution = columns, sample, attribution
        self.decay = 1.0 / decay
        self.dimensions = columns * shingle
        self.shingle = collections.deque(maxlen=shingle)
        self.points_seen = 0
        self.random = numpy.random.default_rng(SEED)
        self.trees = numpy.arange(trees)
        # A tree of n leaves has n - 1 nodes above them.
        nodes = (trees, 2 * sample)
        self.root = numpy.full(trees, NONE)
        self.parent = numpy.full(nodes, NONE, numpy.int32)
        # The two parts of a node: below its cut or at it, and above. A leaf has none.
        self.parts = numpy.full((*nodes, 2), NONE, numpy.int32)
        self.cut_column = numpy.zeros(nodes, numpy.int32)
        self.cut_value = numpy.zeros(nodes, numpy.float32)
        self.mass = numpy.zeros(nodes, numpy.int32)
        self.low = numpy.zeros((*nodes, self.dimensions), numpy.float32)
        self.high = numpy.zeros((*nodes, self.dimensions), numpy.float32)
        self.free = [list(range(2 * sample - 1, -1, -1)) for _ in self.trees]
        # The heaviest first: weights with the other sign, a number that tells equal ones apart, and the leaf.
        self.heaps = [[] for _ in self.trees]
        self.heaviest = numpy.full(trees, -numpy.inf)
        self.number = itertools.count()

    def close(self):
        pass

    def score(self, values):
        """The score, and with attributions the high and the low parts of all columns; then the row is learned."""
        self.shingle.append(values)
        no_parts = [0.0] * self.columns if self.attribution else []
        if len(self.shingle) < self.shingle.maxlen:
            return 0.0, no_parts, no_parts
        point = numpy.array(self.shingle, numpy.float32).reshape(-1)
        result = (0.0, no_parts, no_parts)
        if self.points_seen >= self.sample:
            result = self._score(point)
        self._learn(point)
        self.points_seen += 1
        return result

    def _path(self, point):
        """For each level of the trees their nodes on the way to the point, and on which level its leaf is."""
        node, path = self.root.copy(), []
        leaf_at = numpy.zeros(len(self.trees), numpy.int32)
        while True:
            path.append(node)
            parts = self.parts[self.trees, node]
            inner = parts[:, 0] != NONE
            if not inner.any():
                return path, leaf_at
            leaf_at[inner] += 1
            above = point[self.cut_column[self.trees, node]] > self.cut_value[self.trees, node]
            node = numpy.where(inner, parts[self.trees, above.astype(int)], node)

    def _score(self, point):
        path, depth = self._path(point)
        leaf, mass_of_tree = path[-1], self.mass[self.trees, self.root]
        mass = self.mass[self.trees, leaf]
        is_known = (self.low[self.trees, leaf] == point).all(axis=1)
        seen = (1.0 - mass / (2.0 * mass_of_tree)) / (depth + numpy.log2(1.0 + mass))
        score = numpy.where(is_known, seen, 1.0 / (depth + 1.0))
        if self.attribution:
            below, above = self._beyond(point, self.low[self.trees, leaf], self.high[self.trees, leaf])
            total = (below.sum(axis=1) + above.sum(axis=1))[:, None]
            total[total == 0.0] = 1.0
            low, high = score[:, None] * below / total, score[:, None] * above / total
            # A point that the tree knows is explained by what is around it.
            around_low = numpy.full(low.shape, numpy.inf, numpy.float32)
            around_high = numpy.full(low.shape, -numpy.inf, numpy.float32)
        for level in range(len(path) - 2, -1, -1):
            node = path[level]
            here = level < depth
            box_low, box_high = self.low[self.trees, node], self.high[self.trees, node]
            if self.attribution:
                parts = self.parts[self.trees, node]
                other = numpy.where(parts[:, 0] == path[level + 1], parts[:, 1], parts[:, 0])
                use = (here & is_known)[:, None]
                around_low = numpy.where(use, numpy.minimum(around_low, self.low[self.trees, other]), around_low)
                around_high = numpy.where(use, numpy.maximum(around_high, self.high[self.trees, other]), around_high)
                box_low = numpy.where(use, around_low, box_low)
                box_high = numpy.where(use, around_high, box_high)
            below, above = self._beyond(point, box_low, box_high)
            beyond = below.sum(axis=1) + above.sum(axis=1)
            total = (box_high.astype(float) - box_low).sum(axis=1) + beyond
            total[total == 0.0] = 1.0
            share = numpy.where(here, beyond / total, 0.0)
            new = 1.0 / (level + 1.0)
            if self.attribution:
                keep = (1.0 - share)[:, None]
                scale = numpy.where(here, new / total, 0.0)[:, None]
                low, high = low * keep + below * scale, high * keep + above * scale
                share = numpy.where(is_known, 0.0, share)
            score = (1.0 - share) * score + share * new
        score = score * numpy.log2(1.0 + mass_of_tree)
        if not self.attribution:
            return float(score.mean()), [], []
        total = low.sum(axis=1) + high.sum(axis=1)
        factor = numpy.where(total > 0.0, score / numpy.where(total > 0.0, total, 1.0), 0.0)[:, None]
        by_column = lambda parts: (parts * factor).mean(axis=0).reshape(-1, self.columns).sum(axis=0).tolist()
        low, high = by_column(low), by_column(high)
        return sum(low) + sum(high), high, low

    @staticmethod
    def _beyond(point, low, high):
        """How far the point lies outside of boxes, in each dimension."""
        point = point.astype(float)
        return numpy.maximum(low - point, 0.0), numpy.maximum(point - high, 0.0)

    def _learn(self, point):
        count = len(self.trees)
        weights = numpy.log(-numpy.log(self.random.random(count))) - self.points_seen * self.decay
        fill = numpy.array([len(heap) for heap in self.heaps]) / self.sample
        chance = numpy.where(fill < FILLED_AT_ONCE, 1.0, 1.0 - (fill - FILLED_AT_ONCE) / (1.0 - FILLED_AT_ONCE))
        more = self.random.random(count) < chance
        for tree in numpy.flatnonzero(more | (weights < self.heaviest)):
            heap = self.heaps[tree]
            if not more[tree]:
                self._remove(tree, heapq.heappop(heap)[2])
            leaf = self._add(tree, point)
            heapq.heappush(heap, (-weights[tree], next(self.number), leaf))
            self.heaviest[tree] = -heap[0][0]

    def _add(self, tree, point):
        """The leaf of a point that is taken into a tree."""
        low, high, parts, mass = self.low[tree], self.high[tree], self.parts[tree], self.mass[tree]
        node, above = int(self.root[tree]), NONE
        while node != NONE:
            if parts[node, 0] == NONE and (low[node] == point).all():
                mass[node] += 1
                self._grow(tree, int(self.parent[tree, node]), point)
                return node
            new_low, new_high = numpy.minimum(low[node], point), numpy.maximum(high[node], point)
            ends = numpy.cumsum(new_high.astype(float) - new_low)
            column = min(int(numpy.searchsorted(ends, self.random.random() * ends[-1], side="right")), len(ends) - 1)
            start, end = new_low[column], new_high[column]
            value = numpy.float32(start + (float(end) - float(start)) * self.random.random())
            # A cut has something on either side, however numbers are rounded.
            value = start if value >= end else value
            if point[column] <= value < low[node, column] or high[node, column] <= value < point[column]:
                return self._split(tree, node, above, point, column, value)
            above = node
            node = int(parts[node, int(point[self.cut_column[tree, node]] > self.cut_value[tree, node])])
        leaf = self._leaf(tree, point)
        self.root[tree] = leaf
        return leaf

    def _leaf(self, tree, point):
        leaf = self.free[tree].pop()
        self.low[tree, leaf] = self.high[tree, leaf] = point
        self.mass[tree, leaf] = 1
        self.parts[tree, leaf] = self.parent[tree, leaf] = NONE
        return leaf

    def _split(self, tree, node, above, point, column, value):
        """Puts a cut between a node and a new leaf in the node's place."""
        leaf, cut = self._leaf(tree, point), self.free[tree].pop()
        self.parts[tree, cut] = (leaf, node) if point[column] <= value else (node, leaf)
        self.cut_column[tree, cut], self.cut_value[tree, cut] = column, value
        self.low[tree, cut] = numpy.minimum(self.low[tree, node], point)
        self.high[tree, cut] = numpy.maximum(self.high[tree, node], point)
        self.mass[tree, cut] = self.mass[tree, node] + 1
        self.parent[tree, [node, leaf]] = cut
        self._replace(tree, above, node, cut)
        self._grow(tree, above, point)
        return leaf

    def _replace(self, tree, above, node, other):
        self.parent[tree, other] = above
        if above == NONE:
            self.root[tree] = other
        else:
            parts = self.parts[tree, above]
            parts[int(parts[1] == node)] = other

    def _grow(self, tree, node, point):
        while node != NONE:
            self.low[tree, node] = numpy.minimum(self.low[tree, node], point)
            self.high[tree, node] = numpy.maximum(self.high[tree, node], point)
            self.mass[tree, node] += 1
            node = int(self.parent[tree, node])

    def _remove(self, tree, leaf):
        """Takes one point of a leaf out of a tree."""
        self.mass[tree, leaf] -= 1
        node = int(self.parent[tree, leaf])
        if self.mass[tree, leaf] == 0:
            self.free[tree].append(leaf)
            if node == NONE:
                self.root[tree] = NONE
                return
            parts = self.parts[tree, node]
            other, above = int(parts[int(parts[0] == leaf)]), int(self.parent[tree, node])
            self._replace(tree, above, node, other)
            self.free[tree].append(node)
            node = above
        while node != NONE:
            parts = self.parts[tree, node]
            self.low[tree, node] = self.low[tree, parts].min(axis=0)
            self.high[tree, node] = self.high[tree, parts].max(axis=0)
            self.mass[tree, node] -= 1
            node = int(self.parent[tree, node])
