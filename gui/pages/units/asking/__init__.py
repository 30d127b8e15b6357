"""The view "Ask": Grad-CAM, gradient, SmoothGrad and integrated gradients side by side; pictures grown for a unit."""
