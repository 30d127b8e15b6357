"""The sum in the plane: f with its window, the kernel as it lies, the products, the outputs; a line a product."""

from __future__ import annotations

import numpy as np
from PySide6.QtCore import QSizeF

from engine.foundations.algebra.products import SIGNS, Kind
from gui.pages.mathematics import look
from gui.pages.mathematics.equations import Term, heading, lay_out
from gui.pages.mathematics.sums.line_scene import colour_keys, results_limit
from gui.pages.mathematics.sums.walks import KINDS, Walks
from gui.pages.mathematics.sums.words import sentences
from gui.theme import space
from gui.widgets.plate import Mark, MarkRole
from gui.widgets.scene import Scene
from gui.widgets.stage_text import sentences_height, sentences_strip


def plane_scene(shown: Walks, size: QSizeF) -> Scene:
    """Lay out both products for a stage of `size`."""
    words = look.few(sentences(shown), size, least=2)
    scene = Scene(size, description=" ".join(sentences(shown)))
    agrees = "✓ the same numbers: half a turn leaves g as it is" if shown.symmetric else ""
    titles = ("f * g turns the kernel by 180°, f ★ g does not", "f * g turns the kernel")
    top = heading(scene, titles, agrees, "good", colour_keys(shown))
    bottom = size.height() - sentences_height(words, size.width(), size.height()) - space.m
    lines = [_line(shown, kind) for kind in KINDS]
    for line in zip(*lines, strict=True):
        look.same_digits([term.plate for term in line])
    lay_out(scene, lines, top=top, bottom=bottom - space.s)
    sentences_strip(scene, bottom, words)
    return scene


def _line(shown: Walks, kind: Kind) -> list[Term]:
    walk, step = shown.walks[kind], shown.steps[kind]
    around = " with zeros around" if walk.is_around.any() else ""
    f = look.signal(
        f"f/{kind}", walk.padded, f"f{around}", look.limit(walk.f), editable=True, faint=walk.is_around
    )
    stored = shown.before_flip or kind == "correlation"
    g = look.kernel(
        f"g/{kind}", walk.g if stored else walk.kernel, "g, as stored" if stored else "g, turned", look.limit(walk.g),
        editable=True,
    )  # fmt: skip
    hidden = np.full(step.products.shape, shown.before_flip)
    products = look.signal(
        f"products/{kind}",
        step.products,
        "products",
        results_limit(shown),
        hidden=hidden,
        faint=~step.inside,
    )
    output = look.signal(
        f"output/{kind}", walk.output, f"f {SIGNS[kind]} g", results_limit(shown), hidden=shown.hidden
    )
    if not shown.before_flip:
        top, left = step.first
        rows, columns = walk.g.shape
        f.marks = (Mark(MarkRole.WINDOW, top, left, top + rows, left + columns),)
        output.marks = (Mark.cell(MarkRole.WINDOW, *step.place[:2]),)
    return [Term(f), Term(g, "×"), Term(products, "="), Term(output, "Σ")]
