"""The words behind the page's "explain" button, and the keys of the page."""

SHORTCUTS = (
    ("Next or previous unit", "Left / Right"),
    ("A row on or back", "Up / Down, Shift+Arrows"),
    ("Layer before or after", "U / O"),
    ("One unit beside the photo, and back", "Z"),
    ("Freeze the camera or the film", "F"),
    ("Lock the cursor to its unit", "D"),
    ("Pin the unit", "P"),
    ("Keep the picture to compare with", "B"),
    ("Find a layer", "/"),
)

EXPLANATION = """
<p><b>What you see.</b> Every channel of a layer is one map: the same filter asked its question everywhere in the
picture. Red answers yes, blue no, the ground colour nothing (zero). The maps of a layer share one range of colours, so
that a pale map is a weak one; <i>each map</i> gives every map its own.</p>
<p><b>How a value comes about.</b> In a convolution with the weights <i>w</i> and the bias <i>b</i> unit <i>k</i> has at
row <i>y</i>, column <i>x</i></p>
<p align="center"><i>a<sub>k</sub></i>(<i>y</i>, <i>x</i>) = <i>b<sub>k</sub></i> + Σ<sub><i>c</i></sub>
Σ<sub><i>i, j</i></sub> <i>w<sub>k,c</sub></i>(<i>i, j</i>) ·
<i>x<sub>c</sub></i>(<i>y·s</i> + <i>i</i> − <i>p</i>, <i>x·s</i> + <i>j</i> − <i>p</i>)</p>
<p>The view <i>Filters</i> takes this sum apart: what each input channel <i>c</i> adds, checked against the output of
the layer itself. Batch norm is folded into the weights.</p>
<p><b>Keys.</b> Arrows move from unit to unit, U and O from layer to layer, Z enlarges a unit beside the photo with its
receptive field (what it reads), F freezes the camera, D locks the cursor to its unit while pictures change, P pins.</p>
<p><b>Try this.</b> Draw a digit and watch the edges light up while the pen moves. Order the maps by activity, and let
the camera run. Keep one picture (B), choose another, and look at the difference. Then compare with the untrained net:
edges and colours survive random weights, the rest does not.</p>
<p><b>Silent units.</b> A crossed-out map has one value everywhere; where a unit is a single number, 0.
A unit that is silent on every picture is dead; the
inspector counts the pictures that you have shown.</p>
<p>Zeiler &amp; Fergus, <i>Visualizing and Understanding Convolutional Networks</i>, 2013; Yosinski et al.,
<i>Understanding Neural Networks Through Deep Visualization</i>, 2015. Receptive fields: Araujo, Norris &amp; Sim,
Distill 2019.</p>
"""
