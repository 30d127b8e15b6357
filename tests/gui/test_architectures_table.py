"""The table of a network: numbers as text, order, totals, what is taken away, and the widget."""

from __future__ import annotations

import csv
import io
import math

import pytest
from PySide6.QtCore import Qt
from PySide6.QtTest import QTest
from PySide6.QtWidgets import QApplication
from pytestqt.qtbot import QtBot

from engine.networks.graphs.errata import errata
from engine.networks.graphs.graph import Graph
from engine.networks.graphs.shapes import Window
from engine.networks.graphs.what_if import Edit, apply
from gui import export
from gui.pages.architectures import layer_facts, numbers
from gui.pages.architectures.table.table_parts import FIRST
from gui.pages.architectures.table.table_rows import (
    COLUMNS,
    KEYS,
    cell_share,
    cell_text,
    cell_tip,
    exported,
    next_sort,
    ordered,
    rows_of,
    totals_of,
)
from gui.pages.architectures.table.table_view import NetworkTable
from gui.widgets.number_text import memory_text
from tests.gui import canned_networks as canned

PARAMS, MACS = (COLUMNS[KEYS.index(key)] for key in ("params", "macs"))


@pytest.mark.parametrize(
    ("count", "text"),
    [(0, "0"), (999, "999"), (61_706, "61.7 k"), (416_520, "416.5 k"), (61_100_840, "61.10 M"),
     (15_470_264_320, "15.47 G"), (138_357_544, "138.4 M"), (2 * 10**12, "2.00 T")],
)  # fmt: skip
def test_rounded_numbers(count: int, text: str) -> None:
    assert numbers.rounded(count) == text


def test_shares_ratios_and_differences() -> None:
    assert numbers.share(1, 3) == "33.3 %"
    assert numbers.share(1, 10**9) == "< 0.1 %" and numbers.share(0, 5) == "0 %"
    assert numbers.times(138_357_544, 61_100_840) == "2.26×" and numbers.times(3, 0) == numbers.DASH
    assert numbers.signed(-1200) == "−1,200" and numbers.signed(5) == "+5" and numbers.signed(0) == "±0"
    assert memory_text(18_816) == "18.4 KiB" and memory_text(40) == "40 B"


def test_a_layers_formulas_have_its_numbers() -> None:
    net = canned.lenet()
    assert [worked[1] for worked in layer_facts.formulas(net.by_name["conv2"])] == [
        "⌊(14 + 2·0 − 5)/1⌋ + 1 = 10",
        "(5·5·6 + 1)·16 = 2,416",
        "5·5·6·16·10·10 = 240,000",
        "2·240,000 + 1,600 = 481,600",
    ]
    assert [worked[1] for worked in layer_facts.formulas(net.by_name["fc3"])] == [
        "(400 + 1)·120 = 48,120",
        "400·120 = 48,000",
        "2·48,000 + 120 = 96,120",
    ]
    assert [worked[1] for worked in layer_facts.formulas(net.by_name["flatten"])] == ["5·5·16 = 400"]
    assert layer_facts.formulas(net.by_name["act1"]) == ()


def test_formulas_of_other_layers() -> None:
    window = Window((3, 3), (2, 2), (1, 1), (2, 2))
    letters, worked = layer_facts.size_formula(window, (8, 32, 20), (8, 15, 9), round_up=True)
    assert r"\lceil" in letters and "d(f-1)-1" in letters
    assert worked == "⌈(32 + 2·1 − 2·2 − 1)/2⌉ + 1 = 15\n⌈(20 + 2·1 − 2·2 − 1)/2⌉ + 1 = 9"
    net = canned.residual()
    assert layer_facts.formulas(net.by_name["stage.0.bn1"])[0][1] == "2·16 = 32"
    assert layer_facts.formulas(net.by_name["stage.0.conv1"])[1][1] == "3·3·16·16 = 2,304", "without biases"
    assert layer_facts.formulas(canned.branches().by_name["mix.join"])[0][1] == "8 + 16 = 24"


@pytest.mark.parametrize("net", [canned.lenet(), canned.residual(), canned.branches()])
def test_every_formula_is_true(net: Graph) -> None:
    """What stands left of the equals sign, computed by Python, is what stands right of it."""
    checked = 0
    for node in net.nodes:
        for _, worked in layer_facts.formulas(node):
            for line in filter(None, worked.split("\n")):
                left, _, right = line.rpartition(" = ")
                source = left.replace("·", "*").replace("−", "-").replace(",", "")
                source = (
                    source.replace("⌊", "math.floor(")
                    .replace("⌈", "math.ceil(")
                    .replace("⌋", ")")
                    .replace("⌉", ")")
                )
                assert eval(source, {"math": math}) == int(right.replace(",", "")), line
                checked += 1
    assert checked > 8


def test_totals_are_those_of_lenet5() -> None:
    totals = totals_of(canned.lenet())
    assert (totals.params, totals.macs, totals.layers) == (61_706, 416_520, 12)
    assert totals.flops == 2 * 416_520 + 4704 + 1600 + 120 + 84 + 10
    assert totals.of("field") is None and totals.of("output") is None and totals.of("layers") is None


def test_shares_of_a_column_sum_to_the_whole() -> None:
    net = canned.lenet()
    totals = totals_of(net)
    for column in (PARAMS, MACS):
        shares = [cell_share(row, column, totals) or 0.0 for row in rows_of(net)]
        assert sum(shares) == pytest.approx(1.0)
    fc3 = next(row for row in rows_of(net) if row.name == "fc3")
    assert cell_tip(fc3, PARAMS, totals) == "Parameters: 48,120, 78.0 % of the whole"


def test_sorting_by_a_column_and_back() -> None:
    rows = rows_of(canned.lenet())
    assert [row.name for row in ordered(rows, "params", True)][:3] == ["fc3", "fc4", "conv2"]
    assert [row.name for row in ordered(rows, "macs", True)][:2] == ["conv2", "conv1"]
    assert ordered(rows, "", False) == rows
    free = [row.name for row in ordered(rows, "params", True)][5:]
    assert free == ["input", "act1", "pool1", "act2", "pool2", "flatten", "act3", "act4"], (
        "equal: as in the net"
    )
    assert ordered(rows, "field", True)[0].name == "fc3", "the whole picture is the largest field"


def test_a_click_sorts_turns_and_takes_back() -> None:
    sort = next_sort(("", False), "macs")
    assert sort == ("macs", True)
    assert next_sort(sort, "macs") == ("macs", False)
    assert next_sort(("macs", False), "macs") == ("", False)
    assert next_sort(sort, "name") == ("name", False), "names begin with A"


def broken() -> Graph:
    return apply(canned.residual(), (Edit("stage.1.conv2", "filters", 8),))


def test_where_the_network_breaks_the_rows_say_so() -> None:
    net = broken()
    rows = {row.name: row for row in rows_of(net, {"stage.1.conv2"})}
    assert rows["stage.1.conv2"].changed and not rows["stem"].changed
    assert "cannot be added" in rows["stage.1.add"].problem
    assert cell_text(rows["stage.2.conv1"], PARAMS) == numbers.DASH
    assert "stops at a layer before" in cell_tip(rows["stage.2.conv1"], PARAMS, totals_of(net))
    assert totals_of(net).output == numbers.DASH
    assert ordered(tuple(rows.values()), "macs", True)[-1].node is None, "unknown ones come last"


def test_csv_and_markdown_have_the_exact_numbers() -> None:
    net = canned.lenet()
    header, lines = exported(net, rows_of(net))
    read = list(csv.DictReader(io.StringIO(export.table_csv(header, lines))))
    assert len(read) == len(net.layers) + 1
    assert sum(int(row["parameters"]) for row in read[:-1]) == int(read[-1]["parameters"]) == 61_706
    assert read[1]["output (height × width × channels)"] == "28 × 28 × 6"
    text = export.table_markdown(header, lines).splitlines()
    assert len({len(line) for line in text}) == 1, "the columns stand one below the other"
    assert text[0].startswith("| name") and "| ---" in text[1] and "61706" in text[-1]
    assert text[1].split("|")[5].strip().endswith(":"), "numbers are set to the right"


# --- the widget -------------------------------------------------------------------------------------------


@pytest.fixture
def table(qtbot: QtBot) -> NetworkTable:
    widget = NetworkTable()
    qtbot.addWidget(widget)
    widget.resize(900, 600)
    widget.show()
    show(widget, canned.lenet())
    return widget


def show(
    table: NetworkTable,
    net: Graph,
    selected: str = "",
    sort: tuple[str, bool] = ("", False),
    short: bool = False,
) -> None:
    table.show_graph(net, changed=frozenset(), selected=selected, sort=sort, short=short)


def test_names_and_numbers_scroll_together_and_totals_stay(table: NetworkTable) -> None:
    table.resize(500, 240)
    table.cells.verticalScrollBar().setValue(40)
    assert table.names.verticalScrollBar().value() == 40
    table.cells.horizontalScrollBar().setValue(2)  # columns: no number is ever cut at its left end
    widths = table.total_row.widths
    assert table.total_row.offset == sum(widths[1:3]) == table.cells.horizontalHeader().offset()
    assert (
        table.names_foot.isVisible()
        and table.names_foot.height() == table.cells.horizontalScrollBar().height()
    )
    table.resize(2400, 240)
    QApplication.processEvents()
    assert not table.names_foot.isVisible() and not table.cells.horizontalScrollBar().isVisible()
    assert "Parameters 61,706" in table.total_row.accessibleDescription()


def test_selecting_emits_once_and_showing_emits_nothing(table: NetworkTable, qtbot: QtBot) -> None:
    heard: list[str] = []
    table.picked.connect(heard.append)
    show(table, canned.lenet(), selected="conv2")
    assert heard == []
    assert table.names.selectionModel().currentIndex().row() == 4
    table.cells.setFocus()
    QTest.keyClick(table.cells, Qt.Key.Key_Down)
    assert heard == ["act2"]
    with qtbot.waitSignal(table.activated) as signal:
        QTest.keyClick(table.cells, Qt.Key.Key_Return)
    assert signal.args == ["act2"]


def test_a_header_asks_for_its_column(table: NetworkTable, qtbot: QtBot) -> None:
    head = table.cells.horizontalHeader()
    index = KEYS.index("macs")
    place = head.viewport().rect().center()
    place.setX(head.sectionViewportPosition(index) + head.sectionSize(index) // 2)
    with qtbot.waitSignal(table.sortAsked) as signal:
        QTest.mouseClick(head.viewport(), Qt.MouseButton.LeftButton, pos=place)
    assert signal.args == ["macs"]
    show(table, canned.lenet(), sort=("macs", True))
    assert table.model.rows[0].name == "conv2"
    title = table.model.headerData(index, Qt.Orientation.Horizontal)
    assert title == "MACs ▾"


def test_rounded_numbers_keep_the_exact_ones_in_the_tip(table: NetworkTable) -> None:
    show(table, canned.lenet(), short=True)
    assert table.texts("fc3")["params"] == "48.1 k"
    row = table.model.position("fc3")
    tip = table.model.data(table.model.index(row, KEYS.index("params")), Qt.ItemDataRole.ToolTipRole)
    assert "48,120" in str(tip)
    assert table.digits.value == "rounded"


def test_wide_tables_leave_no_gap_and_cut_nothing(table: NetworkTable) -> None:
    table.resize(1600, 600)
    widths = [table.cells.columnWidth(i) for i in range(FIRST, len(COLUMNS))]
    assert sum(widths) + table.names.width() <= table.width()
    assert table.cells.horizontalScrollBar().maximum() == 0


def test_notes_about_other_tables_unfold(table: NetworkTable) -> None:
    notes = errata("lenet5-course")
    table.show_errata(notes, unfolded=False)
    assert table.errata_button.isVisible() and table.errata.isHidden()
    assert f"({len(notes)})" in table.errata_button.text()
    table.show_errata(notes, unfolded=True)
    assert table.errata.isVisible() and len(table.errata.notes) == len(notes)
    spoken = " ".join(note.accessibleName() for note in table.errata.notes)
    assert "208" in spoken and "48,001" in spoken and "depth of the filters" in spoken
    table.show_errata((), unfolded=True)
    assert table.errata_button.isHidden() and table.errata.isHidden()


def test_the_exported_picture_has_every_row(table: NetworkTable) -> None:
    picture = table.picture()
    assert picture is not None
    image = export.render(picture)
    assert image.height() > 14 * 20
    before = picture.preferred_size().height()
    show(table, canned.residual(blocks=8))
    after = table.picture()
    assert after is not None and after.preferred_size().height() > before


def test_another_network_begins_at_its_beginning_and_a_sort_at_its_top(table: NetworkTable) -> None:
    table.resize(400, 160)
    graph = table._graph
    assert graph is not None

    def show(selected: str = "", sort: tuple[str, bool] = ("", False), of: Graph = graph) -> None:
        table.show_graph(of, changed=frozenset(), selected=selected, sort=sort, short=False)

    last = graph.layers[-1].name
    show(selected=last)
    assert table.cells.verticalScrollBar().value() > 0
    show(selected=last, sort=("params", True))
    assert table.cells.verticalScrollBar().value() == 0
    table.cells.horizontalScrollBar().setValue(3)
    show(of=canned.residual())
    assert table.cells.horizontalScrollBar().value() == 0


def test_layers_are_counted_alike_everywhere() -> None:
    from engine.networks.graphs.compare import compare
    from engine.networks.graphs.what_if import Edit, apply
    from gui.pages.architectures.layer_facts import totals_rows
    from gui.pages.architectures.table.table_rows import totals_of

    graph = canned.lenet()
    facts = {name: value for name, value, _ in totals_rows(graph)}
    assert (facts["layers"], facts["of them with weights"]) == ("12", "5")
    assert totals_of(graph).layers == 12
    without = apply(graph, (Edit("pool1", "drop", 1),))
    totals = {total.title: (total.left, total.right) for total in compare(graph, without).totals}
    assert totals["Layers"] == (12, 11) and totals["With weights"] == (5, 5)
