"""What a picture of a graph shows is what was computed, and nothing of it touches."""

import re
import shutil
import subprocess
from dataclasses import replace
from functools import cache

import numpy as np
import pytest
from boxes import overlapping_pairs
from matplotlib.colors import to_rgb
from matplotlib.text import Text

from relusgd.errors import InputError
from relusgd.graphs.chain_rule import input_line
from relusgd.graphs.columns import arrange, column_numbers, crossings, node_key
from relusgd.graphs.design import LETTERS, Design, label_pixels
from relusgd.graphs.dot import dot_text
from relusgd.graphs.expression_graph import expression_graph
from relusgd.graphs.network_graph import network_graph
from relusgd.graphs.nudge_picture import draw_nudge, nudge_picture
from relusgd.graphs.picture import RED, GraphPicture, draw_graph
from relusgd.graphs.placing import place
from relusgd.graphs.sheet_functions import sheet_graph
from relusgd.graphs.text import FORMS, box_lines, norm, printed, value_cell
from relusgd.model.network import Network, parameter_count
from relusgd.words import significant


def network(hidden):
    return network_graph(
        Network.from_parameters(
            np.random.default_rng(3).normal(size=parameter_count(hidden)), hidden
        ),
        0.53,
        -0.71,
    )


MANY = "where(x > 2, sin(x)/x, 3 - x**x)*x + exp(-x**2/2)*x"

GRAPHS = {
    "sheet-a": lambda: sheet_graph("sheet-a"),
    "sheet-b": lambda: sheet_graph("sheet-b"),
    "sheet-b of 6": lambda: sheet_graph("sheet-b", None, [6]),
    "sheet-b of 40": lambda: sheet_graph("sheet-b", None, [40]),
    "sheet-c": lambda: sheet_graph("sheet-c"),
    "sheet-c of 6, 3": lambda: sheet_graph("sheet-c", None, [6, 3]),
    "sheet-c of 30, 8": lambda: sheet_graph("sheet-c", None, [30, 8]),
    "sheet-d": lambda: sheet_graph("sheet-d"),
    "sheet-d of 1": lambda: sheet_graph("sheet-d", None, [1]),
    "sheet-d of 9": lambda: sheet_graph("sheet-d", None, [9]),
    "two paths": lambda: expression_graph("(x**2)**2 + x**2", 3),
    "many paths": lambda: expression_graph(MANY, 2.5),
    "a chain": lambda: expression_graph("sin(cos(exp(-x)))", 1e-7),
    "x alone": lambda: expression_graph("x", -3),
    **{
        f"width {hidden}": lambda hidden=hidden: network(hidden)
        for hidden in [(1,), (3,), (5,), (10,), (40,), (2, 2), (20, 20), (8, 8, 8, 8)]
    },
}

every_graph = pytest.mark.parametrize("make", GRAPHS.values(), ids=GRAPHS)


@cache
def picture(make, theme="light"):
    """The drawn picture, which several tests look at and none changes."""
    state = make().evaluate()
    design = Design.of([state], theme, "training point 101 of 200")
    drawn = GraphPicture(state, replace(design, formula=input_line(state) or ""))
    drawn.sheet.canvas.draw()
    return drawn


def extents(artists):
    return [artist.get_window_extent() for artist in artists]


@every_graph
@pytest.mark.parametrize("theme", ["light", "dark"])
def test_no_words_touch_and_none_leave_their_box_or_the_picture(make, theme):
    drawn = picture(make, theme)
    boxes = {name: box.get_window_extent() for name, box in drawn.boxes.items()}
    words = [text for text in drawn.sheet.figure.findobj(Text) if text.get_text().strip()]
    inside = drawn.sheet.figure.bbox.padded(0.5)
    for text, extent in zip(words, extents(words), strict=True):
        assert inside.x0 <= extent.x0 <= extent.x1 <= inside.x1, text
        assert inside.y0 <= extent.y0 <= extent.y1 <= inside.y1, text
    for name, box in boxes.items():
        for extent in extents([*drawn.values[name], *drawn.derivatives[name]]):
            assert box.x0 < extent.x0 < extent.x1 < box.x1
            assert box.y0 < extent.y0 + 1 < extent.y1 - 1 < box.y1
    assert overlapping_pairs([*extents(drawn.labels.values()), *boxes.values()]) == []


@every_graph
def test_no_label_covers_an_arrowhead(make):
    drawn = picture(make)
    heads = extents([head for _, head, *_ in (*drawn.forward, *drawn.backward)])
    for label in extents(drawn.labels.values()):
        for head in heads:
            assert not label.overlaps(head)


def drawn_numbers(texts):
    """All numbers in drawn words, as floats."""
    found = re.findall(r"(?<![\w.)])−?\d+(?:\.\d+)?(?:e−?\d+)?(?![\w.(])", " ".join(texts))
    return [float(number.replace("−", "-")) for number in found]


def rounded(values):
    return [float(f"{value:.4g}") for value in np.ravel(values)]


@every_graph
def test_every_drawn_value_and_derivative_is_the_computed_one(make):
    drawn = picture(make)
    for node in drawn.state.graph.nodes:
        value, derivative = drawn.state.values[node.name], drawn.state.derivatives[node.name]
        small = (value.size <= 4 and value.ndim < 2) or (value.ndim == 2 and max(value.shape) <= 3)
        pieces = drawn.values[node.name]
        own = [piece.get_text() for piece in pieces if piece.get_weight() == "bold"][1:]
        assert drawn_numbers(own) == rounded(value if small else norm(value)), node.name
        red = " ".join(piece.get_text() for piece in drawn.derivatives[node.name]).rsplit("=", 1)[1]
        assert drawn_numbers([red]) == rounded(derivative if small else norm(derivative)), node.name


@every_graph
def test_every_drawn_local_derivative_is_the_computed_one(make):
    drawn = picture(make)
    for number, label in drawn.labels.items():
        text, edge = label.get_text(), drawn.state.edges[number]
        shown = text.rsplit("= ", 1)[-1]
        if re.fullmatch(r"−?[\d.]+(e−?\d+)?", shown):
            values = np.unique(edge.local.numbers)
            assert drawn_numbers([shown]) == rounded(values)
        else:
            assert text == printed(edge.symbol)


def test_sheet_a_shows_the_sum_over_its_paths():
    drawn = picture(GRAPHS["sheet-a"])
    assert drawn.derivatives["x"][0].get_text() == "∂h/∂x = 108 + 6 = 114"
    assert sorted(label.get_text() for label in drawn.labels.values()) == [
        "1",
        "2f = 18",
        "2g = 6",
        "2x = 6",
    ]


WITH_LARGE_LETTERS = [
    "sheet-a",
    "sheet-b",
    "sheet-b of 6",
    "sheet-c",
    "sheet-d",
    "sheet-d of 9",
    "two paths",
    "width (3,)",
    "width (20, 20)",
]


@pytest.mark.parametrize("name", WITH_LARGE_LETTERS)
def test_letters_are_at_least_a_45th_of_the_height(name):
    design = Design.of([GRAPHS[name]().evaluate()], title="a title")
    assert label_pixels(design.text) >= design.look.size[1] / LETTERS
    assert label_pixels(design.text) > 13.5


@pytest.mark.parametrize("name", ["sheet-a", "sheet-b", "sheet-c", "sheet-d"])
def test_letters_of_the_sheet_are_as_large_on_a_slide(name):
    state = GRAPHS[name]().evaluate()
    design = Design.of([state], title="a title", size=(1920, 1080))
    assert design.text >= 1080 / LETTERS


@pytest.mark.parametrize(
    ("title", "shown"),
    [("(x**2)**2 + x**2", True), (None, True), ("a title of many words " * 4, False)],
)
def test_the_formula_of_the_derivative_stands_beside_the_title_or_the_legend(title, shown):
    state = GRAPHS["two paths"]().evaluate()
    design = replace(Design.of([state], title=title), formula=input_line(state))
    drawn = GraphPicture(state, design)
    assert drawn.formula.get_text() == "∂f/∂x = 4x³ + 2x"
    header = [artist for artist in drawn.sheet.figure.texts if artist.get_text() == title]
    on_the_titles_line = [words.get_position()[1] for words in header] == [
        drawn.formula.get_position()[1]
    ]
    assert on_the_titles_line == (shown and title is not None)


@pytest.mark.parametrize("form", FORMS)
def test_every_form_of_a_box_says_the_same(form):
    state = sheet_graph("sheet-d").evaluate()
    for node in state.graph.nodes:
        words, usual = [
            " ".join(piece.text for line in lines for piece in line if piece.role != "faint")
            for lines in (box_lines(state, node.name, form), box_lines(state, node.name))
        ]
        assert re.findall(r"−?\d[\d.]*", words) == re.findall(r"−?\d[\d.]*", usual)


def test_a_table_has_a_line_for_each_row_of_a_matrix():
    matrix = np.array([[0.5, -1.25], [10.0, 3.0]])
    assert value_cell(matrix) == "0.5  −1.25\n 10      3"


def test_a_nudge_shows_new_values_and_the_way_that_it_takes():
    state = sheet_graph("sheet-a", [3]).evaluate()
    drawn = nudge_picture(state, "f", 0.5)
    new = {name: [text.get_text() for text in texts] for name, texts in drawn.derivatives.items()}
    assert new == {"x": [], "f": ["→ 9.5"], "g": [], "h": ["→ 99.25"]}
    reds = [
        (edge.parent, edge.child)
        for edge, (curve, *_) in zip(state.edges, drawn.forward, strict=True)
        if curve.get_edgecolor()[:3] == to_rgb(RED["light"])
    ]
    assert reds == [("f", "h")]
    assert not any(artist.get_visible() for artists in drawn.backward for artist in artists)
    words = [text.get_text() for text in drawn.sheet.figure.texts]
    assert "h moves by 9.25 when f moves by 0.5;  ∂h/∂f · 0.5 = 9" in words


@pytest.mark.parametrize("size", [None, (1920, 1080), (640, 480), (1080, 1080)], ids=str)
@pytest.mark.parametrize("at", [3, -123456.789])
def test_title_and_legend_of_a_nudge_end_in_the_picture(size, at):
    state = expression_graph("(x**2)**2 + x**2", at).evaluate()
    sheet = nudge_picture(state, "x", -0.54321, size=size).sheet
    for text in sheet.figure.texts:
        assert text.get_window_extent().x1 <= sheet.width, text.get_text()


def test_a_nudge_of_an_entry_is_drawn_in_any_format(tmp_path):
    state = sheet_graph("sheet-d").evaluate()
    draw_nudge(state, "x⁽¹⁾[2]", 0.5, tmp_path / "nudge.svg", theme="dark", size=(1920, 1080))
    assert (tmp_path / "nudge.svg").stat().st_size > 3000
    with pytest.raises(InputError, match="no node"):
        draw_nudge(state, "q", 0.5, tmp_path / "other.svg")
    assert not (tmp_path / "other.svg").exists()


@pytest.mark.parametrize("suffix", [".png", ".svg", ".pdf"])
def test_pictures_are_written_whole(suffix, tmp_path):
    path = tmp_path / f"graph{suffix}"
    draw_graph(sheet_graph("sheet-c").evaluate(), path, theme="dark", title="a title")
    assert path.stat().st_size > 3000
    assert [other.name for other in tmp_path.iterdir()] == [path.name]


def test_a_graph_that_no_picture_holds_is_refused(tmp_path):
    state = expression_graph("*".join(["x"] * 60), 1.01).evaluate()
    with pytest.raises(InputError, match="the largest is 4,000"):
        draw_graph(state, tmp_path / "long.png")


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.0, "0"),
        (-0.0, "0"),
        (114.0, "114"),
        (-0.25, "−0.25"),
        (1 / 3, "0.3333"),
        (123456.0, "1.235e5"),
        (-1e-9, "−1e−9"),
    ],
)
def test_numbers_have_four_digits(value, text):
    assert significant(value) == text


@pytest.mark.parametrize(
    ("plain", "print_"),
    [
        ("w1", "w₁"),
        ("W1 x + b", "W⁽¹⁾ x + b"),
        ("[x12 > 0]", "[x⁽¹²⁾ > 0]"),
        ("2g12", "2g₁₂"),
        ("x**2", "x²"),
        ("3*u1**2", "3·u₁²"),
        ("loss", "ℓ"),
        ("1e5*x", "1e5·x"),
        ("z1.2", "z1.2"),
        ("exp(x)", "exp(x)"),
    ],
)
def test_names_are_printed_as_in_a_book(plain, print_):
    assert printed(plain) == print_


# Layout


def test_nodes_stand_right_of_their_parents_and_sources_next_to_their_children():
    graph = network((3,))
    edges = [(edge.parent, edge.child) for edge in graph.evaluate().edges]
    depth = column_numbers([node.name for node in graph.nodes], edges)
    assert all(depth[parent] < depth[child] for parent, child in edges)
    assert [depth[name] for name in ("x", "w1", "z1", "a1", "v1", "c", "f", "y", "r", "loss")] == [
        0,
        0,
        1,
        2,
        2,
        2,
        3,
        3,
        4,
        5,
    ]


def test_crossings_are_avoided_where_they_can_be():
    # two chains that are given interleaved
    columns = arrange(
        ["a", "b", "c", "d", "e", "f"], [("a", "d"), ("b", "c"), ("c", "f"), ("d", "e")]
    )
    assert crossings(columns.columns, columns.links) == 0
    # of two by two nodes that all join, one pair has to cross
    columns = arrange(["a", "b", "c", "d"], [(one, other) for one in "ab" for other in "cd"])
    assert crossings(columns.columns, columns.links) == 1


def test_an_edge_past_a_column_bends_around_its_boxes():
    sizes = {"a": (50.0, 20.0), "b": (50.0, 20.0), "c": (50.0, 20.0)}
    placed = place(sizes, [("a", "b"), ("b", "c"), ("a", "c")], [None, None, None], head_length=7)
    assert len(arrange(list(sizes), [("a", "b"), ("b", "c"), ("a", "c")]).columns[1]) == 2
    passing, box = placed.curves[2], placed.boxes["b"]
    heights = [
        passing.at(piece, t)[1]
        for piece in (0, 1, 2)
        for t in np.linspace(0, 1, 21)
        if box.left <= passing.at(piece, t)[0] <= box.right
    ]
    assert heights
    assert min(abs(height - box.y) for height in heights) > box.height / 2
    assert node_key("a") in arrange(list(sizes), [("a", "b")]).columns[0]


# Graphviz


@every_graph
def test_the_dot_file_names_every_node_and_edge(make):
    state = make().evaluate()
    text = dot_text(state)
    assert text.count(" -> ") == len(state.edges)
    for node in state.graph.nodes:
        assert f'  "{node.name}" [fillcolor=' in text


@every_graph
def test_graphviz_reads_the_dot_file(make):
    dot = shutil.which("dot")
    if dot is None:
        pytest.skip("Graphviz is not installed")
    read = subprocess.run(
        [dot, "-Tplain"],
        input=dot_text(make().evaluate()),
        capture_output=True,
        text=True,
        check=True,
    )
    assert read.stderr == ""
    assert read.stdout.count("\nnode ") == len(make().nodes)
