"""The words behind the page's "explain" button, and the keys of the page."""

SHORTCUTS = (
    ("Reset the edits", "Delete"),
    ("Smaller or larger brush", "[ / ]"),
    ("Move the crop, turn by 1°", "Arrows"),
)

EXPLANATION = """
<p><b>What you see.</b> On the left the picture, beside it the very pixels that the net gets, beneath it the classes
that it finds likeliest. The bars are probabilities: the softmax of the net's own numbers, the logits.</p>
<p><b>Counting</b> begins at 0, as on the other pages and in PyTorch: the first row, the first column and the first
class have the number 0.</p>
<p><b>Try this.</b> Draw a digit on the paper: big, small, in a corner, it is found, scaled and
centred as the digits of the training set were. Take a photo and paint over the animal's head, cut a part out, or turn
it: the answer follows the hand. The mark on each bar shows what it was before; <i>new</i> marks a class that was not
among the first.</p>
<p><b>What it cannot do.</b> Such a net always answers with one of its classes, whatever it is shown, and is often sure
of it. It learned from pictures of one kind: a digit net knows nothing of photos, and a net that never saw pictures
upside down is wrong about them.</p>
<p><b>More nets.</b> Two come with the program. The page <i>Weights</i> downloads others, or imports your own file.</p>
<p>Digits are normalised after LeCun, Bottou, Bengio &amp; Haffner (1998); photos as torchvision's recipes do.</p>
"""
