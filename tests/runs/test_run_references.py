"""What a run is compared with: by name, in the units of the data, beside every snapshot."""

import numpy as np
import pytest
from command import run as command
from small import small

import relusgd
from relusgd.errors import InputError
from relusgd.gradients.jacobian import jacobian
from relusgd.runs.drawn_scene import scene_of
from relusgd.runs.references import REFERENCES, reference_names


@pytest.fixture(scope="module")
def trained(tmp_path_factory):
    config = small(
        training__batch_size="full",
        data__standardize=True,
        data__domain=[1900.0, 1940.0],
        data__target="100*sin((x - 1900)/6)",
        data__noise=1,
    )
    return relusgd.record(config, out=tmp_path_factory.mktemp("runs") / "run")


def test_all_are_functions_in_the_units_of_the_data(trained):
    found = trained.references()
    assert list(found) == list(REFERENCES)
    x = trained.data.scaling.x_to_original(trained.data.x_train)
    y = trained.data.scaling.y_to_original(trained.data.y_train)
    for name in ("spline", "cubic", "kernel"):
        np.testing.assert_allclose(found[name](x), y, atol=1e-4)
    slope, height = np.polyfit(x, y, 1)
    np.testing.assert_allclose(found["line"]([1910.0]), [slope * 1910 + height], rtol=1e-9)
    assert found["line"](1910.0).shape == ()


def test_the_linearised_network_goes_with_the_run(trained):
    linearized = trained.references("linearized")["linearized"]
    between = np.linspace(1900, 1940, 50)
    np.testing.assert_allclose(linearized(between, 0), trained.predict(between, 0), atol=1e-9)
    start, scaling = trained.network(epoch=0), trained.scaling
    # The first step is the run's own, and f_0 + J (θ − θ_0) is written out.
    moved = trained.network(epoch=1).parameters() - start.parameters()
    x = scaling.x_to_network(between)
    expected = scaling.y_to_original(start(x) + jacobian(start, x) @ moved)
    np.testing.assert_allclose(linearized(between, epoch=1), expected, atol=1e-9)
    np.testing.assert_array_equal(linearized(between), linearized(between, 40))
    with pytest.raises(InputError, match="the nearest recorded: 40"):
        linearized(between, 41)


def test_what_is_drawn_has_both_sides_of_the_jumps(trained):
    view = scene_of([trained], "line,linearized")
    line, linearized = view.references
    assert (line.moves, linearized.moves) == (False, True)
    elbows = trained.history.elbow[0]
    inside = np.count_nonzero((elbows > line.x[0]) & (elbows < line.x[-1]))
    assert len(linearized.x) >= len(line.x) + inside
    at = trained.references("linearized")["linearized"](linearized.x, 10)
    np.testing.assert_allclose(linearized.at(10), at, rtol=1e-9, atol=1e-6)


def test_names_are_read_as_people_write_them():
    assert reference_names(" line, cubic,line,") == ["line", "cubic"]
    assert reference_names(["kernel"]) == ["kernel"]
    assert reference_names("none") == reference_names("") == []
    with pytest.raises(InputError, match="'linearised' is not a reference; did you mean linea"):
        reference_names("linearised")


def test_a_run_has_the_references_that_it_can_have(tmp_path):
    deep = relusgd.record(small(network__hidden=[5, 4]), out=tmp_path / "deep")
    assert list(deep.references()) == ["line", "spline", "cubic", "linearized"]
    with pytest.raises(InputError, match="of one hidden layer"):
        deep.references("kernel")
    follower = relusgd.record(
        small(
            network__start={"run": str(tmp_path / "deep"), "epoch": "last"}, network__hidden=[5, 4]
        ),
        out=tmp_path / "follower",
    )
    with pytest.raises(InputError, match=r"begins with given parameters \(network\.start\)"):
        follower.references("kernel")


def test_pictures_take_them_by_name(trained, tmp_path):
    everything = "line,spline,cubic,linearized,kernel"
    picture = trained.figure(with_=everything, size=(640, 480), layout="panels")
    dashes = {line.get_linestyle() for line in picture.axes[0].lines}
    assert len(dashes) >= 3
    words = [
        text.get_text() for text in picture.findobj(lambda artist: hasattr(artist, "get_text"))
    ]
    assert {"line", "spline", "cubic", "linearised", "kernel"} <= set(words)
    assert trained.plot(tmp_path / "story.svg", story=True, with_=["linearized"]).is_file()
    assert trained.animate(tmp_path / "film.gif", frames=3, with_="linearized").is_file()
    both = relusgd.plot([trained, trained.folder], tmp_path / "both.png", with_="line")
    assert both.is_file()


def test_commands_take_them_and_refuse_others_before_they_draw(trained, tmp_path):
    drawn = tmp_path / "plot.png"
    result = command("plot", trained.folder, "--with", "line,kernel", "--out", drawn)
    assert result.exit_code == 0
    assert drawn.is_file()
    refused = command("animate", trained.folder, "--with", "lines", "--out", tmp_path / "a.gif")
    assert refused.exit_code == 2
    assert "did you mean line?" in refused.stderr
    assert not (tmp_path / "a.gif").exists()
