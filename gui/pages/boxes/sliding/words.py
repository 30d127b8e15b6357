"""What the view says while the net folds, and the words behind the page's "explain" button."""

from __future__ import annotations

from typing import Final

from engine.detection.sliding.counting import common, conv_looks, cost, looks
from engine.detection.sliding.window_net import HIDDEN, LABELS
from gui.pages.boxes.sliding.settings import FOLD_STEPS
from gui.pages.boxes.sliding.shown import Folding
from gui.widgets.stage_text import by, plain

HEADINGS: Final = {
    "net": "The net for one window",
    "columns": "A column of 400 is a volume of 1 × 1 × 400",
    "row": "One neuron: a row of the matrix",
    "cut": "Cut: 25 weights for each of the 16 channels",
    "fold": "Fold: a filter of 5 × 5 × 16",
    "apply": "The filter lies on its input, and there is one place for it",
    "filters": "Every layer is a convolution",
    "larger": "The same filters on a larger picture",
}


def heading(folding: Folding) -> str:
    """The title of the step on show."""
    return HEADINGS[FOLD_STEPS[folding.settings.step]]


def sentences(folding: Folding, step: str | None = None) -> list[str]:
    """What happens in a step: in the one on show, if none is named."""
    step, neuron = step or FOLD_STEPS[folding.settings.step], folding.settings.neuron
    if step == "larger":
        return _larger(folding)
    texts = {
        "net": [
            "A window of 14 × 14 becomes 10 × 10 × 16, then 5 × 5 × 16. Flattened, these are 400 numbers, and two "
            "fully connected layers of 400 neurons lead to eleven answers.",
            "Each matrix has a row for every neuron and a column for every number that it reads.",
        ],
        "columns": [
            "Nothing is computed here: 400 numbers below one another are a volume with one row, one column and 400 "
            "channels.",
        ],
        "row": [
            f"Row {neuron} of the first matrix, its 400 weights in eight lines, beneath the 400 numbers that they are "
            "multiplied with.",
        ],
        "cut": ["The 400 numbers came from 16 channels of 5 × 5, one channel after the other: so are the weights."],
        "fold": ["Every 25 weights in rows of five again: the weights are the same numbers in the same order."],
        "apply": [_applied(folding)],
        "filters": [
            "All 400 rows folded: 400 filters of 5 × 5 × 16. A row of the matrices behind them is a filter of "
            "1 × 1 × 400 as it is. No weight has changed.",
            "A convolution takes pictures of any size. Go on to give it a larger one.",
        ],
    }  # fmt: skip
    return texts[step]


def _applied(folding: Folding) -> str:
    neuron, net = folding.settings.neuron, folding.net
    total = float(net.fc2[neuron] @ folding.alone.pool.ravel())
    bias = float(net.fc2_bias[neuron])
    result = float(folding.alone.fc2[neuron, 0, 0])
    return (
        f"The sum of the 400 products is {plain(total)}, with the bias {plain(bias)} it is {plain(total + bias)}, and "
        f"after ReLU neuron {neuron} is {plain(result)}: as the matrix has it."
    )


def _larger(folding: Folding) -> list[str]:
    rows, columns = folding.larger.logits.shape[1:]
    row, column = folding.cell
    answer = folding.larger.probabilities[:, row, column]
    best = int(answer.argmax())
    said = "nothing" if best == len(LABELS) - 1 else f"a {LABELS[best]}"
    first = (
        f"{by(folding.size)} pixels give {by((rows, columns))} answers at once, one for every window of 14 × 14, two "
        f"pixels apart. Row {row}, column {column} says {said} with p = {answer[best]:.3f}."
    )
    if rows * columns == 1:
        return [first, "It is one window, and the answer is that of the fully connected layers."]
    tall, wide = common((0, 0), (0, 1) if columns > 1 else (1, 0))
    looked, cells = looks(folding.size), conv_looks(folding.size)
    share = cost([folding.size]).layers[0]
    return [
        first,
        f"Neighbours have {tall * wide} of 196 pixels in common, and up to {int(looked.max())} windows look at one "
        f"pixel. Apart, they would compute the {cells.size} places of the convolution {int(cells.sum()):,} times: "
        f"{share.saved:.1f} times the work.",
    ]


def weights_text() -> str:
    """How many weights the layers have, in either form."""
    return f"{HIDDEN} × {HIDDEN} = {HIDDEN * HIDDEN:,} weights"


EXPLANATION: Final = """
<p><b>Sliding windows.</b> A small net says of 14 × 14 pixels whether a digit stands in their middle. To find digits
anywhere, the window passes over the picture, two pixels at a time, and over smaller and smaller copies of it: at one
of these scales every digit is as large as the net knows it. A window that says a digit is a box; non-max suppression
keeps the strongest of those that overlap.</p>
<p><b>Folded.</b> A neuron of the first fully connected layer reads all of the 5 × 5 × 16 volume:</p>
<p>y<sub>k</sub> = Σ<sub>n</sub> W<sub>k,n</sub> x<sub>n</sub> + b<sub>k</sub> =
Σ<sub>c,r,q</sub> K<sub>k</sub>(c, r, q) · x(c, r, q) + b<sub>k</sub>, &nbsp; K<sub>k</sub>(c, r, q) =
W<sub>k, 25c + 5r + q</sub></p>
<p>which is a filter that has one place to lie. On a larger picture it has more: 16 × 16 pixels give 2 × 2 answers, and
28 × 28 give 8 × 8. The max pool halves the picture, hence the stride of 2. The answers are those of the windows cut
out one by one; the badge has the largest difference.</p>
<p><b>What is shared.</b> The convolution is computed once for all windows instead of once for each. The layers behind
it give every window an answer of its own, and cost the same in both ways; in this net they are nine tenths of the
work, so the multiplications hardly become fewer. The time does: one large call instead of hundreds of small ones. In
nets whose work is in their convolutions, as in the detectors of today, the multiplications become fewer, too.</p>
<p>Sermanet, Eigen, Zhang, Mathieu, Fergus &amp; LeCun, <i>OverFeat</i> (2013): the convolutional sliding window. Long,
Shelhamer &amp; Darrell (2015): fully convolutional networks. The net is that of a well-known course, trained by this
project on MNIST (LeCun, Cortes &amp; Burges).</p>
"""
