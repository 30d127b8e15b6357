"""The views of the mathematics page without a window: states, controls, what is said, and where everything lies."""

from __future__ import annotations

from dataclasses import replace
from itertools import combinations
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from PySide6.QtCore import QRectF, QSizeF
from PySide6.QtWidgets import QApplication

from engine.context import Context
from engine.errors import UserError
from engine.foundations.algebra.check import check
from engine.foundations.algebra.presets import PAIRS
from engine.foundations.algebra.requests import CheckAlgebra
from gui.pages.mathematics import look
from gui.pages.mathematics.chapter import Pick, Press, Switch, Whole
from gui.pages.mathematics.chapters import CHAPTERS
from gui.pages.mathematics.controls import refusal, with_part
from gui.pages.mathematics.equations import ENOUGH_CELL
from gui.pages.mathematics.filters.words import title as filter_title
from gui.pages.mathematics.filters.words import verdict as filter_verdict
from gui.pages.mathematics.fourier.words import verdict as fourier_verdict
from gui.pages.mathematics.grids import array, checked, resized, with_cell
from gui.pages.mathematics.laws.words import titles
from gui.pages.mathematics.state import MathematicsState
from gui.pages.mathematics.sums.words import polynomial
from gui.pages.mathematics.tour import stops
from gui.state import from_json, to_json
from gui.widgets.scene import ColorBar, Scene, Words
from gui.widgets.stage_text import text_width

WIDE, LOW = QSizeF(830, 740), QSizeF(668, 432)
STEPPER = 47
"""What the stage gains where there are no steps."""
LEAST_CELL = 14
"""On the smallest stage that the program promises (a window of 1024 x 640)."""
VIEWS = tuple(CHAPTERS)
PLACE = {"f": 10, "g": 5, "output": 5}
"""Columns of two dice: five zeros lie in front of the faces of the first one, and the kernel is flipped."""


def part_of(view: str, **fields: Any) -> Any:
    return replace(getattr(MathematicsState(), view), **fields)


def texts(scene: Scene) -> list[str]:
    """What is written on a stage."""
    return [item.text for item in (*scene.below, *scene.above) if isinstance(item, Words)]


def moved(view: str, *settings: tuple[str, Any]) -> Any:
    """The first state of a view with controls moved."""
    part = part_of(view)
    for name, value in settings:
        part = CHAPTERS[view].with_value(part, name, value)
    return part


LOOKS = {
    **{stop.name: (stop.state.view, getattr(stop.state, stop.state.view)) for stop in stops()},
    "before the flip": ("sums", part_of("sums", step=0)),
    "polynomial": ("sums", moved("sums", ("preset", "polynomial"))),
    "sobel": ("sums", moved("sums", ("preset", "sobel"))),
    "correlation associates not": ("laws", moved("laws", ("law", "associate"), ("kind", "correlation"))),
    "convolution commutes": ("laws", part_of("laws")),
    "decimals": ("laws", moved("laws", ("law", "associate"), ("numbers", "decimal"))),
    "distribute": ("laws", moved("laws", ("law", "distribute"), ("axes", "1"))),
    "identity": ("laws", moved("laws", ("law", "identity"))),
    "shift": ("laws", moved("laws", ("law", "shift"))),
    "same": ("filters", moved("filters", ("mode", "same"))),
    "not separable": ("filters", moved("filters", ("part", "separable"), ("preset", "laplace"))),
    "adjoint in the plane": ("adjoint", replace(moved("adjoint", ("axes", "2")), row=8)),
    "adjoint of decimals": ("adjoint", moved("adjoint", ("numbers", "decimal"))),
    "short circle": ("fourier", moved("fourier", ("length", 6))),
}
"""Views as they are shown: those of the tour, and the others worth a look."""


@st.composite
def parts(draw: st.DrawFn) -> tuple[str, Any]:
    """A view and a state as a person reaches it: control after control, refusals skipped."""
    view = draw(st.sampled_from(VIEWS))
    chapter, part = CHAPTERS[view], part_of(view)
    controls = [control for group in chapter.groups for control in group.controls]
    for control in draw(st.lists(st.sampled_from(controls), max_size=7)):
        if not chapter.offers(part, control.name):
            continue
        if isinstance(control, Whole):
            value: Any = draw(st.integers(control.low, control.high))
        elif isinstance(control, Pick):
            value = draw(st.sampled_from([key for key, _ in control.options]))
        else:
            value = draw(st.booleans())
        try:
            pressed = isinstance(control, Press)
            after = (
                chapter.pressed(part, control.name)
                if pressed
                else chapter.with_value(part, control.name, value)
            )
            part = after.validated()
        except UserError as error:
            assert error.sentence.endswith((".", "that.")), error.sentence
    walked = chapter.walked(part)
    if walked is not None:
        part = chapter.at(part, draw(st.integers(0, walked.count - 1)))
    return view, part


class TestStates:
    @given(parts())
    @settings(max_examples=80)
    def test_every_state_that_can_be_reached_is_shown(
        self, qapp: QApplication, found: tuple[str, Any]
    ) -> None:
        view, part = found
        chapter = CHAPTERS[view]
        assert part.validated() is part
        whole = with_part(MathematicsState(), chapter, part)
        assert from_json(MathematicsState, to_json(whole)) == whole
        shown = chapter.resolve(part)
        for size in (WIDE, LOW):
            scene = chapter.scene(shown, size)
            assert scene.plates and scene.description
            for plate in scene.plates:
                assert plate.title and not plate.rect.isEmpty()
                cell = plate.shape[0] - 1, plate.shape[1] - 1
                for name, value, tip in chapter.under(shown, plate.key, *cell):
                    assert name and isinstance(value, str) and isinstance(tip, str)
                index = chapter.index_of(shown, plate.key, *cell)
                walked = chapter.walked(part)
                assert index is None or (walked is not None and 0 <= index < walked.count)
                if plate.editable and not (plate.faint is not None and plate.faint[cell]):
                    assert chapter.edited(part, plate.key, *cell, 1.0).validated()
        assert chapter.claims(shown) and chapter.arrays(shown) and chapter.facts(shown)
        assert chapter.note(shown).endswith(".") and chapter.formula(part)

    BAD: tuple[tuple[str, dict[str, Any], str], ...] = (
        ("sums", {"preset": "nothing"}, "no example"),
        ("sums", {"step": 10}, "no step 10"),
        ("sums", {"f": ((1.0, float("nan")),)}, "Numbers of f"),
        ("sums", {"f": ((1.0,), (1.0, 2.0))}, "differ in length"),
        ("sums", {"f": ((1.0,) * 11,)}, "1 to 10 columns"),
        ("sums", {"reading": "dice", "f": ((-1.0, 2.0),), "step": 0}, "die"),
        ("sums", {"reading": "dice", "g": ((0.0, 0.0),), "step": 0}, "die"),
        ("sums", {"reading": "polynomial", "f": ((1.0,), (2.0,))}, "one row"),
        ("sums", {"mode": "valid", "f": ((1.0,),), "step": 0}, "does not fit"),
        ("laws", {"shift_x": 3}, "−2 to 2"),
        ("laws", {"seed": -1}, "seed"),
        ("laws", {"a": ((2000.0,),)}, "−1000 to 1000"),
        ("filters", {"first": ((1.0, 2.0), (3.0, 4.0))}, "1, 3 or 5"),
        ("filters", {"preset": "nothing"}, "no kernel"),
        ("filters", {"x": ((1.0,),)}, "7 to 7 rows"),
        ("adjoint", {"y": ((1.0,),)}, "shape of the output"),
        ("adjoint", {"row": 99}, "no row 100"),
        ("fourier", {"length": 3}, "6 to 12 places"),
        ("fourier", {"frequency": 8}, "frequencies 0 to 7"),
    )

    @pytest.mark.parametrize(("view", "fields", "reason"), BAD)
    def test_bad_values_are_refused_with_the_reason(
        self, view: str, fields: dict[str, Any], reason: str
    ) -> None:
        with pytest.raises(UserError, match=reason):
            with_part(MathematicsState(), CHAPTERS[view], part_of(view, **fields)).validated()

    def test_a_refused_size_comes_with_the_nearest_that_fits(self) -> None:
        sums = CHAPTERS["sums"]
        control = next(c for group in sums.groups for c in group.controls if c.name == "f_columns")
        assert isinstance(control, Whole)
        problem = refusal(sums, part_of("sums", mode="valid", step=0), control, 2)
        assert problem is not None and "does not fit" in problem.message and problem.nearest == 3
        assert refusal(sums, part_of("sums"), control, 2) is None


class TestStages:
    """Nothing lies over anything else, nothing is cut off, digits can be read."""

    @pytest.mark.parametrize("size", [WIDE, LOW, QSizeF(1500, 900)], ids=["wide", "low", "projector"])
    @pytest.mark.parametrize("name", LOOKS)
    def test_everything_has_its_place(self, qapp: QApplication, name: str, size: QSizeF) -> None:
        view, part = LOOKS[name]
        chapter = CHAPTERS[view]
        if size is LOW and chapter.walked(part) is None:
            size = QSizeF(LOW.width(), LOW.height() + STEPPER)
        scene = chapter.scene(chapter.resolve(part), size)
        stage = QRectF(-1, -1, size.width() + 2, size.height() + 2)
        for plate in scene.plates:
            assert stage.contains(plate.rect), plate.key
            assert plate.cell >= (ENOUGH_CELL if size.width() > LOW.width() else LEAST_CELL), plate.key
        for first, second in combinations(scene.plates, 2):
            assert not first.rect.adjusted(1, 1, -1, -1).intersects(second.rect), (first.key, second.key)
        for item in (*scene.below, *scene.above):
            if isinstance(item, Words) and not item.wrap:
                wide = text_width(item.text, item.size, mono=item.mono, bold=item.bold)
                assert wide <= item.area.width() + 2 or not item.elide, item.text
            if isinstance(item, Words | ColorBar):
                assert stage.contains(item.area), item

    def test_keys_of_plates_are_their_own(self, qapp: QApplication) -> None:
        for name, (view, part) in LOOKS.items():
            for size in (WIDE, LOW):
                keys = [
                    plate.key for plate in CHAPTERS[view].scene(CHAPTERS[view].resolve(part), size).plates
                ]
                assert len(keys) == len(set(keys)), (name, keys)


class TestWords:
    def test_polynomials(self) -> None:
        assert polynomial((1, 2, 0, -1)) == "1 + 2x − x³"
        assert polynomial((0, -1)) == "−x" and polynomial((0, 0)) == "0" and polynomial((-2.5,)) == "−2.5"

    def test_dice_speak_of_throws(self) -> None:
        sums = CHAPTERS["sums"]
        fair = moved("sums", ("preset", "dice"))
        said = sums.scene(sums.resolve(replace(fair, step=6)), WIDE).description
        assert "The sum 7 comes up in 6 of 36 throws: 1/6 = 16.7%" in said
        assert "difference 0 (first minus second die) in 6 of 36 throws" in said
        shown = sums.resolve(
            replace(fair, step=6)
        )  # faces from 1 to 6 everywhere: the marked sum is 7 and not 5
        said = " ".join(texts(sums.scene(shown, WIDE)))
        assert "(f * g)(7) = 6" in said and "g(7 − k)" in said and "(f ★ g)(0) = 6" in said
        for key, name, value in (("f", "f at k", "6"), ("g", "kernel, index", "1"), ("output", "n", "7")):
            under = {fact[0]: fact[1] for fact in sums.under(shown, f"{key}/convolution", 0, PLACE[key])}
            assert under[name] == value
        assert ("(f * g)(7)", "6") in [fact[:2] for fact in sums.facts(shown)]
        half = replace(fair, f=((0.5, 0.5),), g=((1.0, 0.25),), step=1)
        assert "of all throws" in sums.scene(sums.resolve(half), WIDE).description

    def test_products_and_outputs_keep_their_colours_from_step_to_step(self) -> None:
        sums = CHAPTERS["sums"]
        seen: dict[float, set[tuple[int, ...]]] = {}
        for step in range(1, 10):
            scene = sums.scene(sums.resolve(part_of("sums", step=step)), WIDE)
            for key in (
                "products/convolution",
                "products/correlation",
                "output/convolution",
                "output/correlation",
            ):
                plate = scene.plate(key)
                assert plate is not None
                for value, color in zip(plate.values.flat, plate.colors.reshape(-1, 3), strict=True):
                    seen.setdefault(float(value), set()).add(tuple(int(part) for part in color))
        assert len(seen) > 10 and all(len(colors) == 1 for colors in seen.values())

    def test_polynomials_speak_of_coefficients(self) -> None:
        sums = CHAPTERS["sums"]
        part = replace(moved("sums", ("preset", "polynomial")), step=3)
        said = sums.scene(sums.resolve(part), WIDE).description
        assert "(1 + 2x + x³)(2 − x + 3x²): the coefficient of x² is 1." in said

    def test_it_says_when_the_flip_does_not_matter(self) -> None:
        sums = CHAPTERS["sums"]
        for name, word in (("binomial", "g is symmetric"), ("steps", "differ by up to 6")):
            part = moved("sums", ("preset", name))
            assert word in sums.scene(sums.resolve(part), WIDE).description
        happens = part_of("sums", f=((0.0, 0.0),), g=((1.0, 2.0),), step=1)
        assert "happen to agree" in sums.scene(sums.resolve(happens), WIDE).description

    def test_a_law_that_fails_in_general_may_hold_by_chance(self) -> None:
        laws = CHAPTERS["laws"]
        same = part_of("laws", kind="correlation", b=part_of("laws").a)
        assert "these numbers agree" in titles(laws.resolve(same).demo)[0]
        other = laws.resolve(part_of("laws", kind="correlation")).demo
        assert titles(other)[0] == "Cross-correlation does not commute: a ★ b ≠ b ★ a"

    def test_verdicts(self) -> None:
        assert look.verdict(0.0, exact=True, holds=True) == "✓ equal, exactly"
        assert look.verdict(0.0, exact=False, holds=True) == "✓ equal, to the last bit"
        assert look.verdict(4.4e-16, exact=False, holds=True) == "✓ equal, but for rounding: 4.4e−16"
        assert look.verdict(3.0, exact=True, holds=False) == "✗ they differ by up to 3"

    def test_roundings_are_shown_in_powers_of_ten(self) -> None:
        plate = look.differences("d", np.array([[4.4e-16, 0.0]]))
        assert plate.title == "difference in 10⁻¹⁶" and plate.values[0, 0] == pytest.approx(4.4)
        zero = look.differences("d", np.zeros((1, 2)))
        assert zero.title == "difference" and len(zero.marks) == 1 and not look.difference_keys(zero)

    def test_same_with_an_even_kernel_is_no_plain_product(self) -> None:
        chapter = CHAPTERS["adjoint"]
        part = moved("adjoint", ("k_columns", 2), ("mode", "same"))
        said = chapter.scene(chapter.resolve(part), WIDE).description
        assert "zeros on the other side" in said and "⟨x, Tᵀy⟩" in said
        shown = chapter.resolve(part)
        assert "y \\ast k" not in chapter.formula(part)[0] and chapter.formula(part)[0].endswith(
            "T^T y \\rangle"
        )
        assert "other side" in chapter.note(shown) and "other side" in chapter.words(part, "map")
        odd = moved("adjoint", ("mode", "same"))
        assert "y \\ast k" in chapter.formula(odd)[0] and "other side" not in chapter.note(
            chapter.resolve(odd)
        )

    def test_cross_correlation_has_its_identity_on_the_right_alone(self) -> None:
        laws = CHAPTERS["laws"]
        for kind, text in (
            ("convolution", "has an identity: a * δ = a"),
            ("correlation", "on the right only"),
        ):
            demo = laws.resolve(part_of("laws", law="identity", kind=kind)).demo
            assert text in titles(demo)[0] and demo.claim.holds

    def test_large_decimals_are_equal_but_for_roundings(self) -> None:
        """Sums of a billion round in the seventh place; sums that cancel round as their terms do."""
        large = np.random.default_rng(5).uniform(-1000, 1000, (3, 7, 7)).round(3)
        x, first, second = (
            tuple(map(tuple, one.tolist())) for one in (large[0], large[1, :5, :5], large[2, :3, :3])
        )
        filters = CHAPTERS["filters"]
        for mode in ("full", "valid"):
            shown = filters.resolve(part_of("filters", x=x, first=first, second=second, mode=mode))
            text, role = filter_verdict(shown)
            assert (
                text.startswith("✓ equal, but for rounding") and role == "good" and shown.joined.largest > 0
            )
        same = filters.resolve(part_of("filters", x=x, first=first, second=second, mode="same"))
        assert filter_verdict(same)[0].startswith("✗ not at the border") and same.joined.holds_inside
        fourier = CHAPTERS["fourier"]
        part = part_of("fourier", a=((999.7,) * 7,), b=((333.1, -666.3, 333.2),), length=7)
        circle = fourier.resolve(part)
        assert circle.circle.largest > 1e-12 and fourier_verdict(circle)[1] == "good"
        assert check(CheckAlgebra(fourier.claims(circle)), Context()).agrees
        wrong = replace(circle.circle, b=circle.circle.b + 1e-3)
        claim = replace(fourier.claims(circle)[0], result=wrong.product)
        assert not check(CheckAlgebra((claim,)), Context()).agrees

    def test_a_kernel_of_zeros_is_called_so(self) -> None:
        filters = CHAPTERS["filters"]
        shown = filters.resolve(part_of("filters", part="separable", kernel=((0.0, 0.0),)))
        assert filter_title(shown) == "A kernel of zeros" and filter_verdict(shown)[0] == ""

    def test_the_phase_is_written_with_a_minus(self) -> None:
        fourier = CHAPTERS["fourier"]
        found = {
            name: value for name, value, _ in fourier.under(fourier.resolve(part_of("fourier")), "A", 0, 1)
        }
        assert found["phase"].startswith("−") and found["phase"].endswith("°")


def test_torch_agrees_with_all_of_it() -> None:
    for name, (view, part) in LOOKS.items():
        claims = CHAPTERS[view].claims(CHAPTERS[view].resolve(part))
        found = check(CheckAlgebra(claims), Context())
        assert found.agrees, (name, found)


def test_grids() -> None:
    grid = ((1.0, 2.0), (3.0, 4.0))
    assert with_cell(grid, 1, 0, 9.0) == ((1.0, 2.0), (9.0, 4.0))
    assert resized(grid, 1, 3) == ((1.0, 2.0, 1.0),) and resized(grid, 3, 1) == ((1.0,), (3.0,), (1.0,))
    assert array(grid).dtype == np.int64
    with pytest.raises(UserError, match="1 to 1 rows"):
        checked("a", grid, (1, 1), (1, 9))


def test_examples_fit_the_limits_of_their_view() -> None:
    for one in PAIRS:
        part = moved("sums", ("preset", one.name))
        assert part.validated() and CHAPTERS["sums"].words(part, "preset") == one.description
    changed = part_of("sums", f=((1.0, 1.0),), step=0)
    assert CHAPTERS["sums"].words(changed, "preset").endswith("changed.")


def test_every_control_is_of_a_known_kind_and_explains_itself() -> None:
    for chapter in CHAPTERS.values():
        for group in chapter.groups:
            for control in group.controls:
                assert isinstance(control, Pick | Whole | Press | Switch)
                assert control.tip or isinstance(control, Pick)
